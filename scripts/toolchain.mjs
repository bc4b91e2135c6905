// How cargo and wasm-pack reach the wasm32 target on this machine, and how steps are run and shown.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The compiler that rust-toolchain.toml names. */
export const pinned =
  /channel = "([^"]+)"/.exec(readFileSync(path.join(root, 'rust-toolchain.toml'), 'utf8'))?.[1] ?? 'stable';

/** Output of a command, or null if it failed. */
export function output(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', env: environment(), ...options });
  return result.status === 0 ? result.stdout.trim() : null;
}

let toolchain;
let substitute;

/** Looks again which toolchains there are: to be called once something has been installed. */
export function forgetToolchain() {
  toolchain = undefined;
  substitute = undefined;
}

/** What stands in for the pinned compiler where it could not be fetched: rustup would refuse each command without it. */
function toolchainOverride() {
  if (substitute === undefined) {
    const listed = spawnSync('rustup', ['toolchain', 'list'], { encoding: 'utf8', cwd: path.parse(root).root });
    substitute = listed.status === 0 && !listed.stdout.includes(pinned) ? { RUSTUP_TOOLCHAIN: 'stable' } : {};
  }
  return substitute;
}

/** `wasm` where the target had to be built beside rustup's toolchain, else nothing. */
export function wasmToolchain() {
  if (toolchain === undefined) {
    const installed = output('rustup', ['target', 'list', '--installed']) ?? '';
    const linked = output('rustup', ['toolchain', 'list']) ?? '';
    toolchain = !installed.includes('wasm32-unknown-unknown') && /^wasm\b/m.test(linked) ? 'wasm' : null;
  }
  return toolchain;
}

/** The environment of every step: npm's own binaries first, cargo's next. */
export function environment(extra = {}) {
  const cargo = path.join(process.env.CARGO_HOME ?? path.join(process.env.HOME ?? '', '.cargo'), 'bin');
  const PATH = [path.join(root, 'node_modules', '.bin'), cargo, process.env.PATH].join(path.delimiter);
  return { ...process.env, ...toolchainOverride(), PATH, ...extra };
}

/** The environment for steps that build for wasm32. */
export function wasmEnvironment() {
  return environment(wasmToolchain() ? { RUSTUP_TOOLCHAIN: wasmToolchain() } : {});
}

/** Runs a step, shows how long it takes, and rejects if it fails. Its output is shown when it fails, or always. */
export function step(title, command, args, { env = environment(), cwd = root, show = false, lines } = {}) {
  const begun = Date.now();
  const seconds = () => `${((Date.now() - begun) / 1000).toFixed(0)} s`;
  process.stdout.write(`- ${title} ...\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const take = (chunk) => {
      text += chunk;
      if (show) process.stdout.write(chunk);
      lines?.(String(chunk));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const tick = setInterval(() => process.stdout.write(`  ${title}: ${seconds()}\n`), 15_000);
    child.on('error', (error) => {
      clearInterval(tick);
      reject(error);
    });
    child.on('close', (code) => {
      clearInterval(tick);
      if (code === 0) {
        process.stdout.write(`  ${title}: done in ${seconds()}\n`);
        resolve(text);
        return;
      }
      if (!show) process.stdout.write(text.slice(-8000));
      reject(Object.assign(new Error(`${title} failed (${command} ended with ${code})`), { text }));
    });
  });
}

/** How long a registry that failed is left alone before it is asked again, in s. */
const PAUSES_S = [5, 30];

/** A step that fetches something: tried again twice, because a registry may fail for a moment. */
export async function fetching(title, command, args, options) {
  for (const pause of PAUSES_S) {
    try {
      return await step(title, command, args, options);
    } catch (error) {
      console.log(`${error.message}: again in ${pause} s`);
      await new Promise((resolve) => setTimeout(resolve, pause * 1000));
    }
  }
  return step(title, command, args, options);
}
