// Installs what a step needs and is missing. Each part looks first, does the ordinary thing where that works, and
// falls back to Debian's packages where a toolchain cannot be downloaded. A second run changes nothing.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline/promises';
import { forgetToolchain, output, root, step, wasmToolchain } from './toolchain.mjs';

const isRoot = () => process.getuid?.() === 0;
const has = (command) => output('sh', ['-c', `command -v ${command}`]) !== null;
let updated = false;

/** Installs Debian packages: unasked as root or in CI, after a question on a person's machine. */
async function packages(why, names) {
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (!has('apt-get')) throw new Error(`${why}: please install ${names.join(', ')} with this system's package manager`);
  const prefix = isRoot() ? [] : ['sudo'];
  if (!isRoot() && !process.env.CI) {
    console.log(`${why} needs: sudo ${command}`);
    if (!process.stdin.isTTY) throw new Error(`${why}: run the command above, then try again`);
    const question = readline.createInterface({ input: process.stdin, output: process.stdout });
    const answer = await question.question('Run it now? [y/N] ');
    question.close();
    if (!/^y/i.test(answer)) throw new Error(`${why}: not installed`);
  }
  const run = (title, words) => step(title, [...prefix, ...words][0], [...prefix, ...words].slice(1), {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (!updated) await run('apt-get update', ['apt-get', 'update', '-q']);
  updated = true;
  await run(why, command.split(' '));
}

async function wasmTarget() {
  if (wasmToolchain()) return;
  const targets = output('rustup', ['target', 'list', '--installed']) ?? '';
  if (targets.includes('wasm32-unknown-unknown')) return;
  // What was seen before this function installs anything would hide the toolchain that it links.
  forgetToolchain();
  if (output('rustup', ['target', 'add', 'wasm32-unknown-unknown']) !== null) return;
  console.log('- rustup cannot fetch the wasm32 target: building it from the distribution\'s Rust');
  await packages('Rust for wasm', ['rustc-web', 'cargo-web', 'rust-web-src', 'rust-web-llvm', 'rust-web-clippy']);
  try {
    realpathSync('/usr/bin/rust-lld');
  } catch {
    const link = output('readlink', ['/usr/bin/rust-lld']) ?? '';
    const version = /lld-(\d+)|llvm-(\d+)/.exec(link);
    if (version) await packages('The linker for wasm', [`lld-${version[1] ?? version[2]}`]);
  }
  const source = readdirSync('/usr/src').filter((name) => /^rustc-/.test(name)).map((name) => `/usr/src/${name}/library`).find(existsSync);
  if (!source) throw new Error('the sources of the standard library are missing');
  const work = path.join(os.tmpdir(), `viasip-std-${process.pid}`);
  cpSync(source, path.join(work, 'library'), { recursive: true });
  const args = ['build', '--release', '--target', 'wasm32-unknown-unknown', '--manifest-path', 'sysroot/Cargo.toml',
    '--features', 'panic-unwind', '--target-dir', path.join(work, 'out')];
  await step('standard library for wasm', '/usr/bin/cargo', args, {
    cwd: path.join(work, 'library'),
    env: {
      ...process.env, RUSTC: '/usr/bin/rustc', RUSTC_BOOTSTRAP: '1', CARGO_PROFILE_RELEASE_DEBUG: '0',
      RUSTFLAGS: '-Zforce-unstable-if-unmarked -Cembed-bitcode=yes',
    },
  });
  const built = path.join(work, 'out', 'wasm32-unknown-unknown', 'release', 'deps');
  const target = '/usr/lib/rustlib/wasm32-unknown-unknown/lib';
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(built).filter((name) => name.endsWith('.rlib'))) cpSync(path.join(built, file), path.join(target, file));
  rmSync(work, { recursive: true, force: true });
  await step('toolchain "wasm"', 'rustup', ['toolchain', 'link', 'wasm', '/usr']);
  forgetToolchain();
}

async function wasmTools(purpose) {
  const wanted = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(readFileSync(path.join(root, 'Cargo.lock'), 'utf8'))?.[1];
  const found = output('wasm-bindgen', ['--version'])?.split(' ')[1];
  if (found !== wanted) await step(`wasm-bindgen ${wanted} (some minutes)`, 'cargo', ['install', 'wasm-bindgen-cli', '--version', wanted, '--force']);
  // It runs the tests in the browser.
  if (purpose === 'test' && !has('wasm-pack')) await step('wasm-pack (some minutes)', 'cargo', ['install', 'wasm-pack']);
}

async function nodePackages() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const now = createHash('sha256').update(lock).digest('hex');
  const stamp = path.join(root, 'node_modules', '.viasip-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  // `npm ci` refuses a lock file whose optional packages of other systems were left out by npm's configuration.
  const quiet = ['--no-audit', '--no-fund'];
  if (output('npm', ['ci', ...quiet]) === null) await step('npm packages', 'npm', ['install', '--no-save', ...quiet]);
  writeFileSync(stamp, now);
}

async function rust() {
  if (!has('cargo')) throw new Error('Rust is missing: install it from https://rustup.rs, then try again');
}

async function browser() {
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some(existsSync);
  if (!found || !has('chromedriver')) await packages('Chromium', ['chromium', 'chromium-driver']);
}

/** Prepares for `build` or `test`. */
export async function prepare(purpose) {
  await rust();
  await nodePackages();
  await wasmTarget();
  await wasmTools(purpose);
  if (purpose === 'test') await browser();
}

export { packages, has };

if (process.argv[1] === import.meta.filename) await prepare(/--for=(\w+)/.exec(process.argv.join(' '))?.[1] ?? 'build');
