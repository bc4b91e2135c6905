// Makes the npm package: cargo and wasm-bindgen -> pkg/wasm, tsc -> pkg/lib, esbuild -> pkg/dist. Unchanged parts are kept.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { prepare } from './setup.mjs';
import { order } from './order.mjs';
import { SHORTEN, shorten } from './shorten.mjs';
import { silence } from './silence.mjs';
import { slim } from './slim.mjs';
import { output, root, step, wasmEnvironment } from './toolchain.mjs';

const BUDGET = 130_000;
const at = (...parts) => path.join(root, ...parts);
const wasmFile = at('pkg', 'wasm', 'viasip_bg.wasm');

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** True if what `name` was made from has changed since; remembers it. */
function changed(name, inputs, product) {
  const hash = createHash('sha256');
  for (const file of inputs) hash.update(path.relative(root, file)).update(readFileSync(file));
  const stamp = at('target', `.${name}.stamp`);
  const now = hash.digest('hex');
  const before = existsSync(stamp) && existsSync(product) ? readFileSync(stamp, 'utf8') : '';
  return { fresh: now === before, keep: () => (mkdirSync(at('target'), { recursive: true }), writeFileSync(stamp, now)) };
}

/** Flags of rustc for the wasm of the package, beside those in .cargo/config.toml. */
function linkedEnvironment() {
  // Copies of structs as `memory.copy`, not as a row of loads and stores: 3 kB. LLVM of an older toolchain may not know it.
  const copies = ['-Cllvm-args=-max-store-memcpy=1', '-Cllvm-args=-max-store-memmove=1'];
  const known = output('rustc', ['--print', 'cfg', ...copies], { env: wasmEnvironment() }) !== null;
  const flags = [...(known ? copies : []), '-Clink-arg=--emit-relocs'];
  return { ...wasmEnvironment(), CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: flags.join(' ') };
}

async function buildWasm() {
  const inputs = [...files(at('src')), at('Cargo.toml'), at('Cargo.lock'), ...['build.mjs', 'order.mjs', 'shorten.mjs', 'silence.mjs', 'wasm-module.mjs'].map((name) => at('scripts', name))];
  const stamp = changed('wasm', inputs, wasmFile);
  if (stamp.fresh) return;
  const built = at('target', 'wasm32-unknown-unknown', 'release', 'viasip.wasm');
  await step('cargo build', 'cargo', ['build', '--lib', '--release', '--target', 'wasm32-unknown-unknown'], { env: linkedEnvironment() });
  const linked = at('target', 'viasip.wasm');
  writeFileSync(linked, silence(readFileSync(built)));
  const out = ['--target', 'web', '--keep-debug', '--omit-default-module-path', '--out-dir', at('pkg', 'wasm'), '--out-name', 'viasip'];
  await step('wasm-bindgen', 'wasm-bindgen', [linked, ...out], { env: wasmEnvironment() });
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(wasmFile)));
  const foreign = [...new Set(imports.map((entry) => entry.module))].filter((name) => name !== './viasip_bg.js');
  if (foreign.length > 0) throw new Error(`the wasm imports ${foreign.join(', ')}`);
  // What counts is the size once it is compressed: inlining into several callers costs 5 kB of it, and -Os beats -Oz by
  // 2 kB (and is faster).
  const features = ['bulk-memory', 'mutable-globals', 'nontrapping-float-to-int', 'sign-ext', 'multivalue', 'reference-types', 'bulk-memory-opt'];
  const enabled = features.map((feature) => `--enable-${feature}`);
  const optimise = ['-Os', '-aimfs', '0', '-fimfs', '0', '-ocimfs', '0', ...enabled];
  const renamed = await step('short names', 'wasm-opt', [wasmFile, SHORTEN, '--debuginfo', ...enabled, '-o', linked]);
  const glue = at('pkg', 'wasm', 'viasip.js');
  writeFileSync(glue, shorten(readFileSync(glue, 'utf8'), renamed));
  // It declares the long names.
  rmSync(`${wasmFile}.d.ts`, { force: true });
  await step('wasm-opt', 'wasm-opt', [linked, ...optimise, '--converge', '--debuginfo', '-o', linked]);
  writeFileSync(linked, order(readFileSync(linked)));
  const strip = ['--strip-debug', '--strip-producers', '--strip-target-features'];
  await step('wasm-opt, in order', 'wasm-opt', [linked, ...optimise, '--reorder-functions-by-name', ...strip, '-o', wasmFile]);
  stamp.keep();
}

async function buildClasses() {
  const { build } = await import('esbuild');
  const version = JSON.parse(readFileSync(at('package.json'), 'utf8')).version;
  if (!readFileSync(at('pkg', 'src', 'version.ts'), 'utf8').includes(`'${version}'`)) {
    throw new Error('pkg/src/version.ts and package.json disagree');
  }
  const inputs = [...files(at('pkg', 'src')), wasmFile, at('scripts', 'build.mjs'), at('scripts', 'slim.mjs'), at('tsconfig.json')];
  const stamp = changed('classes', inputs, at('pkg', 'dist', 'inline.cjs'));
  if (stamp.fresh) return;
  rmSync(at('pkg', 'lib'), { recursive: true, force: true });
  rmSync(at('pkg', 'dist'), { recursive: true, force: true });
  await step('tsc', 'tsc', ['-p', 'tsconfig.json']);
  const base64 = readFileSync(wasmFile).toString('base64');
  const embed = {
    name: 'wasm-base64',
    setup(on) {
      on.onLoad({ filter: /wasm-base64\.ts$/ }, () => ({ contents: `export const wasmBase64 = ${JSON.stringify(base64)};` }));
    },
  };
  const external = { name: 'glue', setup(on) {
    on.onResolve({ filter: /wasm\/viasip\.js$/ }, () => ({ path: '../wasm/viasip.js', external: true }));
  } };
  const common = { bundle: true, target: 'es2022', platform: 'browser', legalComments: 'none', logLevel: 'warning', minifySyntax: true };
  const entry = (name) => [at('pkg', 'src', name)];
  // index and auto share their module, so that a page that uses both starts one wasm.
  await build({
    ...common, format: 'esm', splitting: true, plugins: [slim, external], outdir: at('pkg', 'dist'),
    entryPoints: [...entry('index.ts'), ...entry('auto.ts')],
  });
  const inline = { ...common, plugins: [slim, embed], inject: entry('text.ts'), entryPoints: entry('inline.ts'), minify: true, keepNames: true, define: { 'import.meta.url': '"file:///"' } };
  await build({ ...inline, format: 'esm', outfile: at('pkg', 'dist', 'inline.js') });
  await build({ ...inline, format: 'cjs', outfile: at('pkg', 'dist', 'inline.cjs') });
  await build({ ...inline, format: 'iife', globalName: 'viasip', outfile: at('pkg', 'dist', 'viasip.js') });
  // The same declarations as CommonJS: `moduleResolution: node16` does not let a CommonJS file require those of a module.
  const declared = (file) => !path.extname(file) || file.endsWith('.d.ts');
  cpSync(at('pkg', 'lib'), at('pkg', 'dist', 'cjs'), { recursive: true, filter: declared });
  writeFileSync(at('pkg', 'dist', 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
  stamp.keep();
}

async function sizes() {
  const { build } = await import('esbuild');
  const gzip = (data) => gzipSync(data, { level: 9 }).length;
  const bundle = await build({
    entryPoints: [at('pkg', 'src', 'index.ts')], bundle: true, minify: true, format: 'esm', target: 'es2022', write: false,
    plugins: [slim, { name: 'glue', setup: (on) => on.onResolve({ filter: /wasm\/viasip\.js$/ }, () => ({ path: 'glue', external: true })) }],
  });
  const glue = await build({ entryPoints: [at('pkg', 'wasm', 'viasip.js')], minify: true, format: 'esm', write: false });
  const parts = { classes: gzip(bundle.outputFiles[0].contents), glue: gzip(glue.outputFiles[0].contents), wasm: gzip(readFileSync(wasmFile)) };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  console.log(`size of viasip, gzip -9: ${total} bytes (classes ${parts.classes}, glue ${parts.glue}, wasm ${parts.wasm})`);
  console.log(`size of viasip/inline, gzip -9: ${gzip(readFileSync(at('pkg', 'dist', 'inline.js')))} bytes`);
  console.log(`wasm on disk: ${statSync(wasmFile).size} bytes`);
  if (total > BUDGET) throw new Error(`over budget: viasip has ${BUDGET} bytes`);
}

/** Builds what has changed. */
export async function buildAll() {
  await buildWasm();
  await buildClasses();
  await sizes();
}

if (process.argv[1] === import.meta.filename) {
  await prepare('build');
  await buildAll();
}
