// The wasm and its glue: cargo, wasm-bindgen and, for the package, one pass of wasm-opt.
//
// The package's wasm has no words for a panic: the compiler makes each a trap (`panic = "immediate-abort"`) and builds the
// standard library to match, which takes the component rust-src. Everything else (the page, the tests, an outsider's
// `cargo build`) uses the plain profile, in which a panic says where it was.
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodePackages } from '../setup.mjs';
import { fetching, output, root, step, wasmEnvironment } from '../toolchain.mjs';
import { at, files, unlessFresh } from './stamp.mjs';

const TARGET = 'wasm32-unknown-unknown';
export const wasmFile = at('pkg', 'wasm', 'viasip_bg.wasm');

/** What cargo is told for wasm that can be debugged. */
export const PLAIN_PROFILE = ['--target', TARGET, '--profile', 'plain', '--features', 'panic-hook'];

const cargo = (...words) => ['build', '--lib', ...words];
const PLAIN = { folder: 'plain', args: cargo(...PLAIN_PROFILE), env: {} };
const RELEASE = { folder: 'release', args: cargo('--target', TARGET, '--release'), env: {} };
const PACKAGE = {
  folder: 'release',
  args: cargo(
    '--target',
    TARGET,
    '--release',
    '-Z',
    'build-std=std,panic_abort',
    '-Z',
    'build-std-features=optimize_for_size',
    '-Z',
    'panic-immediate-abort',
    '--config',
    'profile.release.panic="immediate-abort"',
  ),
  env: {
    // These flags are not stable yet; the compiler is pinned in rust-toolchain.toml.
    RUSTC_BOOTSTRAP: '1',
    // Copies of structs as `memory.copy`, not as a row of loads and stores: 3 kB.
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: '-Cllvm-args=-max-store-memcpy=1 -Cllvm-args=-max-store-memmove=1',
  },
};
// Inlining into several callers costs 5 kB of what the package has once it is compressed.
const OPTIMISE = ['-Os', '-aimfs', '0', '-fimfs', '0', '-ocimfs', '0', '--converge'];
const FEATURES = [
  'bulk-memory',
  'bulk-memory-opt',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
].map((name) => `--enable-${name}`);
const STRIP = ['--strip-debug', '--strip-producers', '--strip-target-features'];

/** Whether the sources of the standard library are there, fetched if rustup can. */
function hasStandardLibrary() {
  const sources = () =>
    existsSync(
      path.join(
        output('rustc', ['--print', 'sysroot'], { env: wasmEnvironment() }) ?? '',
        'lib/rustlib/src/rust/library',
      ),
    );
  return sources() || (output('rustup', ['component', 'add', 'rust-src']) !== null && sources());
}

function profile(debug) {
  if (debug) return PLAIN;
  if (hasStandardLibrary()) return PACKAGE;
  console.log('- rust-src is not to be had: the wasm keeps what panics say, and is some 10 kB larger');
  return RELEASE;
}

/** Builds `pkg/wasm`: with `debug` in the plain profile, else as the package has it. */
export async function buildWasm(debug) {
  const chosen = profile(debug);
  const name = debug ? 'wasm-debug' : 'wasm';
  const made = at('target', name);
  const inputs = [
    ...files(at('src')),
    ...files(at('scripts', 'build')),
    ...[
      'Cargo.toml',
      'Cargo.lock',
      'package.json',
      '.cargo/config.toml',
      'rust-toolchain.toml',
      'package-lock.json',
      'scripts/toolchain.mjs',
    ].map((file) => at(file)),
  ];
  const facts = [chosen, output('rustc', ['-vV'], { env: wasmEnvironment() })];
  await unlessFresh(name, path.join(made, 'viasip_bg.wasm'), { inputs, facts }, async () => {
    const [tool] = await Promise.all([
      binder(),
      step(`cargo build (${debug ? 'plain' : 'package'})`, 'cargo', chosen.args, {
        env: { ...wasmEnvironment(), ...chosen.env },
      }),
    ]);
    rmSync(made, { recursive: true, force: true });
    mkdirSync(made, { recursive: true });
    const linked = at('target', TARGET, chosen.folder, 'viasip.wasm');
    await step('wasm-bindgen', tool, [linked, made, 'viasip', ...(debug ? ['--debug'] : [])]);
    const bound = path.join(made, 'viasip_bg.wasm');
    checkImports(bound);
    if (debug) {
      sourceMap(bound);
    } else {
      await nodePackages();
      await step('wasm-opt', 'wasm-opt', [bound, ...OPTIMISE, ...FEATURES, ...STRIP, '-o', bound]);
    }
    // By this the JavaScript knows that it has the wasm of its own package (`start` in pkg/src/core/Core.ts).
    appendSection(bound, 'viasip', JSON.parse(readFileSync(at('package.json'), 'utf8')).version);
  });
  rmSync(at('pkg', 'wasm'), { recursive: true, force: true });
  cpSync(made, at('pkg', 'wasm'), { recursive: true, preserveTimestamps: true });
}

/** The wasm may ask for its own glue only: anything else would not load in a browser. */
function checkImports(file) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file)));
  const foreign = [...new Set(imports.map((entry) => entry.module))].filter((name) => name !== './viasip_bg.js');
  if (foreign.length > 0) throw new Error(`the wasm imports ${foreign.join(', ')}`);
}

/**
 * The program in scripts/build/wasm. It is wasm-bindgen in a fifth of the time that it takes to install its whole command, which
 * brings a web server and a web client for tests.
 */
async function binder() {
  const target = at('target', 'binder');
  const manifest = at('scripts', 'build', 'wasm', 'Cargo.toml');
  const words = ['build', '--locked', '--manifest-path', manifest, '--target-dir', target];
  await fetching('the program that makes glue and source map', 'cargo', words);
  return path.join(target, 'debug', 'viasip-wasm');
}

/**
 * The source map beside the wasm, by which a browser's debugger stops at lines of Rust, with the text of our files. The DWARF that
 * it is made from stays in a file of its own (`viasip_bg.debug.wasm`), which Chromium's extension for DWARF finds; the code is the
 * same in both.
 */
function sourceMap(bound) {
  const map = JSON.parse(readFileSync(`${bound}.map`, 'utf8'));
  map.sourcesContent = map.sources.map((source) =>
    existsSync(path.join(root, source)) ? readFileSync(path.join(root, source), 'utf8') : null,
  );
  writeFileSync(`${bound}.map`, JSON.stringify(map));
  const url = path.basename(`${bound}.map`);
  appendSection(bound, 'sourceMappingURL', String.fromCharCode(url.length) + url);
}

/** Adds a custom section (id 0) with a short text. */
function appendSection(file, name, text) {
  const content = Buffer.concat([Buffer.from([name.length]), Buffer.from(name + text)]);
  appendFileSync(file, Buffer.concat([Buffer.from([0, content.length]), content]));
}
