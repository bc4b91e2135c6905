// Installs what a step needs and is missing: the wasm32 target, npm's packages, and for the tests wasm-bindgen, wasm-pack and a
// browser. Each part looks first and does the ordinary thing where that works; what changes the system is in scripts/servers.
// A second run changes nothing.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, has } from './servers/packages.mjs';
import { buildWasmTarget } from './servers/wasm-target.mjs';
import { fetching, forgetToolchain, output, pinned, root, step, wasmToolchain } from './toolchain.mjs';

/** Prepares for `build` or `test`. A build sees to the packages of npm by itself, beside the compiler (build.mjs). */
export async function prepare(purpose) {
  await rust();
  await wasmTarget();
  if (purpose === 'build') return;
  await nodePackages();
  // The one compiles, the other mostly fetches.
  await Promise.all([testTools(), chromium()]);
}

/** The compiler of rust-toolchain.toml; where it cannot be had, the one that is there serves (`environment()` names it). */
async function rust() {
  if (!has('cargo')) throw new Error('Rust is missing: install it from https://rustup.rs, then try again');
  const installed = () => (output('rustup', ['toolchain', 'list']) ?? pinned).includes(pinned);
  if (installed()) return;
  await step(`Rust ${pinned}`, 'rustup', [
    'toolchain',
    'install',
    pinned,
    '--profile',
    'minimal',
    '--component',
    'clippy,rustfmt',
  ]).catch(() => {
    console.log(`- Rust ${pinned} cannot be fetched: building with the compiler that is there`);
  });
  forgetToolchain();
}

async function wasmTarget() {
  const installed = () =>
    (output('rustup', ['target', 'list', '--installed']) ?? '').includes('wasm32-unknown-unknown');
  if (wasmToolchain() || installed()) return;
  // What was seen before this function installs anything would hide the toolchain that it links.
  forgetToolchain();
  if (output('rustup', ['target', 'add', 'wasm32-unknown-unknown']) === null) await buildWasmTarget();
}

/** What runs the tests in a browser: wasm-pack, which wants the wasm-bindgen of Cargo.lock. */
async function testTools() {
  const wanted = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(
    readFileSync(path.join(root, 'Cargo.lock'), 'utf8'),
  )?.[1];
  const found = output('wasm-bindgen', ['--version'])?.split(' ')[1];
  if (found !== wanted)
    await fetching(`wasm-bindgen ${wanted} (some minutes)`, 'cargo', [
      'install',
      'wasm-bindgen-cli',
      '--version',
      wanted,
      '--force',
    ]);
  // It only starts other programs: an optimised one would be no faster, and takes twice as long to compile.
  if (!has('wasm-pack')) await fetching('wasm-pack (some minutes)', 'cargo', ['install', '--debug', 'wasm-pack']);
}

let installed;

/** The packages of package-lock.json; whoever asks while they are being installed waits for the same. */
export function nodePackages() {
  installed ??= installNodePackages();
  return installed;
}

async function installNodePackages() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const now = createHash('sha256').update(lock).digest('hex');
  const stamp = path.join(root, 'node_modules', '.viasip-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  const quiet = ['--no-audit', '--no-fund'];
  try {
    await step('npm packages', 'npm', ['ci', ...quiet]);
  } catch {
    // `npm ci` refuses a lock file whose optional packages of other systems were left out by npm's configuration.
    await fetching('npm packages', 'npm', ['install', '--no-save', ...quiet]);
  }
  writeFileSync(stamp, now);
}

if (process.argv[1] === import.meta.filename) await prepare(/--for=(\w+)/.exec(process.argv.join(' '))?.[1] ?? 'build');
