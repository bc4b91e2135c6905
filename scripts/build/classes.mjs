// The classes: tsc writes pkg/lib (modules and declarations, as in jssip/lib), esbuild bundles the entries into pkg/dist.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { step } from '../toolchain.mjs';
import { at, files, unlessFresh } from './stamp.mjs';
import { wasmFile } from './wasm.mjs';

const PARTS = ['presence', 'quality', 'report'];

/** `viasip/auto` is `viasip`, started: a page that uses both starts one wasm. */
const externalIndex = {
  name: 'index',
  setup(on) {
    on.onResolve({ filter: /^\.\/index\.js$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** `viasip/report` stands on `viasip/quality`: an app that uses both measures each call once. */
const externalQuality = (extension) => ({
  name: 'quality',
  setup(on) {
    on.onResolve({ filter: /^\.{1,2}\/quality\.js$/ }, () => ({ path: `./quality${extension}`, external: true }));
  },
});

/**
 * Gives the files that use them the classes of utf8.ts. esbuild's own `inject` gives them to every file, and as soon as one is
 * CommonJS each of the others calls what makes them: no bundler could leave one of those out.
 */
const utf8 = {
  name: 'utf8',
  setup(on) {
    on.onLoad({ filter: /pkg\/src\/(SIPMessage|Utils)\.ts$|pkg\/wasm\/viasip\.js$/ }, ({ path: file }) => ({
      contents: `import { TextDecoder, TextEncoder } from '../src/utf8.js'; ${readFileSync(file, 'utf8')}`,
      loader: path.extname(file) === '.ts' ? 'ts' : 'js',
    }));
  },
};

/** Puts the wasm into the bundle as text. */
const embeddedWasm = {
  name: 'wasm-base64',
  setup(on) {
    on.onLoad({ filter: /wasm-base64\.ts$/ }, () => {
      const base64 = readFileSync(wasmFile).toString('base64');
      return { contents: `export const wasmBase64 = ${JSON.stringify(base64)};` };
    });
  },
};

/** Builds `pkg/lib` and `pkg/dist` from `pkg/src` and what is in `pkg/wasm`. */
export async function buildClasses() {
  const inputs = [
    ...files(at('pkg', 'src')),
    ...files(at('pkg', 'wasm')),
    ...files(at('scripts', 'build')),
    ...['tsconfig.json', 'package.json', 'package-lock.json'].map((file) => at(file)),
  ];
  await unlessFresh('classes', at('pkg', 'dist', 'inline.cjs'), { inputs }, async () => {
    const version = JSON.parse(readFileSync(at('package.json'), 'utf8')).version;
    if (!readFileSync(at('pkg', 'src', 'version.ts'), 'utf8').includes(`'${version}'`)) {
      throw new Error('pkg/src/version.ts and package.json disagree');
    }
    for (const folder of ['lib', 'dist']) rmSync(at('pkg', folder), { recursive: true, force: true });
    await step('tsc', 'tsc', ['-p', 'tsconfig.json']);
    await bundle();
    writeForOldTools();
    // The same declarations as CommonJS: `moduleResolution: node16` lets no CommonJS file require those of a module.
    const declared = (file) => !path.extname(file) || file.endsWith('.d.ts');
    cpSync(at('pkg', 'lib'), at('pkg', 'dist', 'cjs'), { recursive: true, filter: declared });
    writeFileSync(at('pkg', 'dist', 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
  });
}

async function bundle() {
  const { build } = await import('esbuild');
  const source = (name) => at('pkg', 'src', name);
  const product = (name) => at('pkg', 'dist', name);
  const common = {
    bundle: true,
    target: 'es2022',
    platform: 'browser',
    legalComments: 'none',
    logLevel: 'warning',
    minifySyntax: true,
    sourcemap: true,
  };
  // One file with the glue inside: each file more is a round trip before the wasm is asked for.
  const modules = { ...common, format: 'esm', plugins: [utf8], outdir: at('pkg', 'dist') };
  // With declarations one by one, of which a bundler takes those that are used.
  await build({ ...modules, entryPoints: [source('index.ts')], minifySyntax: false });
  markPure(product('index.js'));
  await build({ ...modules, entryPoints: [source('auto.ts')], plugins: [externalIndex] });
  // Parts that stand beside either entry. They reach the core through the user agent that they are given, and so have nothing of
  // it inside.
  const parts = { ...modules, entryPoints: PARTS.map((name) => source(`${name}.ts`)) };
  await build({ ...parts, plugins: [externalQuality('.js')] });
  const old = { target: 'es2019', format: 'cjs', outExtension: { '.js': '.cjs' }, plugins: [externalQuality('.cjs')] };
  await build({ ...parts, ...old });
  const inline = {
    ...common,
    plugins: [embeddedWasm, utf8],
    entryPoints: [source('inline.ts')],
    // Names stay as they are: esbuild's `keepNames` defines one on each function as it is made, which costs an object of
    // 256 bytes each time.
    minifyWhitespace: true,
    define: { 'import.meta.url': '"file:///"' },
    sourcemap: false,
  };
  const module = await build({ ...inline, format: 'esm', outfile: product('inline.js'), metafile: true });
  const [{ exports: names }] = Object.values(module.metafile.outputs);
  // ES2019, for what reads CommonJS and nothing newer: webpack 4, browserify. Node's own reader takes the names that a module
  // of CommonJS exports from its text, and does not run it.
  const named = `0 && (module.exports = { ${names.filter((name) => name !== 'default').join(', ')} });`;
  const common19 = { ...inline, target: 'es2019', format: 'cjs', footer: { js: named } };
  await build({ ...common19, outfile: product('inline.cjs') });
  await build({ ...inline, format: 'iife', globalName: 'viasip', outfile: product('viasip.js') });
}

/** Lets a bundler leave out the reader of descriptions: of what wraps a CommonJS module esbuild does not say that it does no more. */
function markPure(file) {
  const text = readFileSync(file, 'utf8');
  const marked = text
    .replaceAll('= __commonJS({', '= /* @__PURE__ */ __commonJS({')
    .replace('__toESM(require_parser()', '/* @__PURE__ */ __toESM(/* @__PURE__ */ require_parser()');
  if (marked.split('@__PURE__ */ require_parser').length !== 2)
    throw new Error(`${file} does not require the reader of descriptions as it did`);
  writeFileSync(file, marked);
}

/** The entries for tools that read no `exports` in package.json: Jest 27, webpack 4, browserify, Parcel as it is. */
function writeForOldTools() {
  // What `viasip` is there: started already, which `init()` only confirms.
  writeFileSync(
    at('pkg', 'dist', 'main.cjs'),
    `Object.defineProperty(exports, '__esModule', { value: true });
Object.assign(exports, require('./inline.cjs'));
exports.default = () => Promise.resolve();
`,
  );
  for (const entry of ['auto', 'inline', ...PARTS]) {
    mkdirSync(at(entry), { recursive: true });
    const file = PARTS.includes(entry) ? entry : 'inline';
    const manifest = { main: `../pkg/dist/${file}.cjs`, types: `../pkg/lib/${entry}.d.ts` };
    writeFileSync(at(entry, 'package.json'), `${JSON.stringify(manifest)}\n`);
  }
  mkdirSync(at('inline', 'lib'), { recursive: true });
  writeFileSync(at('inline', 'lib', 'JsSIP.js'), "module.exports = require('../../pkg/dist/inline.cjs');\n");
}
