// The wasm32 target where rustup's server cannot be reached: from the distribution's Rust, whose standard library is built for
// wasm once and put beside the one of the host. It changes /usr/lib/rustlib, so it asks on a person's machine.
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { forgetToolchain, output, step } from '../toolchain.mjs';
import { ask, packages } from './packages.mjs';

const target = '/usr/lib/rustlib/wasm32-unknown-unknown/lib';

/** Makes the toolchain `wasm`. */
export async function buildWasmTarget() {
  if (process.getuid?.() !== 0)
    await ask(`rustup cannot fetch the wasm32 target. It can be built with the system's Rust and put into ${target}.`);
  console.log("- rustup cannot fetch the wasm32 target: building it from the distribution's Rust");
  await packages('Rust for wasm', ['rustc-web', 'cargo-web', 'rust-web-src', 'rust-web-llvm', 'rust-web-clippy']);
  await linker();
  const source = readdirSync('/usr/src')
    .filter((name) => /^rustc-/.test(name))
    .map((name) => `/usr/src/${name}/library`)
    .find(existsSync);
  if (!source) throw new Error('the sources of the standard library are missing');
  const work = path.join(os.tmpdir(), `viasip-std-${process.pid}`);
  cpSync(source, path.join(work, 'library'), { recursive: true });
  const args = [
    'build',
    '--release',
    '--target',
    'wasm32-unknown-unknown',
    '--manifest-path',
    'sysroot/Cargo.toml',
    '--features',
    'panic-unwind',
    '--target-dir',
    path.join(work, 'out'),
  ];
  await step('standard library for wasm', '/usr/bin/cargo', args, {
    cwd: path.join(work, 'library'),
    env: {
      ...process.env,
      RUSTC: '/usr/bin/rustc',
      RUSTC_BOOTSTRAP: '1',
      CARGO_PROFILE_RELEASE_DEBUG: '0',
      RUSTFLAGS: '-Zforce-unstable-if-unmarked -Cembed-bitcode=yes',
    },
  });
  const built = path.join(work, 'out', 'wasm32-unknown-unknown', 'release', 'deps');
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(built).filter((name) => name.endsWith('.rlib')))
    cpSync(path.join(built, file), path.join(target, file));
  rmSync(work, { recursive: true, force: true });
  await step('toolchain "wasm"', 'rustup', ['toolchain', 'link', 'wasm', '/usr']);
  forgetToolchain();
}

/** rust-lld is a link to an LLVM of some version, which the package does not bring. */
async function linker() {
  try {
    realpathSync('/usr/bin/rust-lld');
  } catch {
    const link = output('readlink', ['/usr/bin/rust-lld']) ?? '';
    const version = /lld-(\d+)|llvm-(\d+)/.exec(link);
    if (version) await packages('The linker for wasm', [`lld-${version[1] ?? version[2]}`]);
  }
}
