// What an application of viasip loads, in bytes as a server sends them, and the budget that no change may exceed unnoticed.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { buildAll } from './build.mjs';
import { at } from './build/stamp.mjs';
import { wasmFile } from './build/wasm.mjs';
import { prepare } from './setup.mjs';

/**
 * Of the entry `viasip`: classes and wasm, each compressed by itself. It is to come down to 136,000 and 119,000 again: the
 * code that reads and writes the border is not shared between its rows yet. Of what was 160,000 the bringing back of lines
 * and calls has added about 7,000, the exchange of candidates 6,500, the changing of devices 1,700; what a phone on a PBX
 * needs (100rel, identity, redirects, REFER, two flows, accounts, subscriptions that last, PUBLISH) has added 68,000, more
 * than its lines should weigh, and the holding back of requests, the grammar that the core is asked for, and what REFER,
 * Replaces and `tel:` say on their edges another 4,700. Servers that grant nothing, and a BYE past its first edge, took 1,000,
 * to notice that media has fallen silent 1,000, and a description with all of its candidates 600.
 */
const BUDGET = { gzip: 234_200, brotli: 200_300 };

const compressed = (data) => ({
  raw: data.length,
  gzip: gzipSync(data, { level: 9 }).length,
  brotli: brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
});

async function minified(options) {
  const { build } = await import('esbuild');
  const made = await build({
    bundle: true,
    minify: true,
    target: 'es2022',
    write: false,
    legalComments: 'none',
    ...options,
  });
  return compressed(made.outputFiles[0].contents);
}
const ours = (file) => minified({ entryPoints: [at('pkg', 'src', file)], format: 'esm' });
/** What an application pays for another library, of which it uses all. */
const theirs = (name) =>
  minified({
    stdin: { contents: `import * as all from '${name}'; globalThis.all = all;`, resolveDir: at() },
    format: 'iife',
    platform: 'browser',
  });

await prepare('build');
await buildAll();
// With the glue of wasm-bindgen inside.
const [classes, wasm] = [await ours('index.ts'), compressed(readFileSync(wasmFile))];
const total = Object.fromEntries(Object.keys(wasm).map((kind) => [kind, classes[kind] + wasm[kind]]));
const sizes = {
  '`viasip`': total,
  'of which classes': classes,
  'of which wasm': wasm,
  '`viasip/inline`': compressed(readFileSync(at('pkg', 'dist', 'inline.js'))),
  '`viasip/presence`': await ours('presence.ts'),
  '`viasip/quality`': await ours('quality.ts'),
  '`viasip/report`, with it': await ours('report.ts'),
  'JsSIP 3.13.8': await theirs('jssip'),
  'SIP.js 0.21.2': await theirs('sip.js'),
};
console.log('bytes                         raw   gzip -9   brotli 11');
for (const [name, { raw, gzip, brotli }] of Object.entries(sizes)) {
  console.log(
    `${name.replaceAll('`', '').padEnd(23)}${String(raw).padStart(10)}${String(gzip).padStart(10)}${String(brotli).padStart(12)}`,
  );
}
if (process.argv.includes('--write')) {
  const grouped = (bytes) => bytes.toLocaleString('en-US');
  const lines = Object.entries(sizes).map(
    ([name, { raw, gzip, brotli }]) => `| ${name} | ${grouped(raw)} | ${grouped(gzip)} | ${grouped(brotli)} |`,
  );
  const head = '| | minified | gzip -9 | brotli 11 |\n|---|---|---|---|\n';
  const file = at('docs', 'sizes.md');
  const table = `<!-- table -->\n${head}${lines.join('\n')}\n<!-- /table -->`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/<!-- table -->[^]*<!-- \/table -->/, table));
}
for (const [kind, most] of Object.entries(BUDGET)) {
  if (total[kind] > most) {
    console.error(`over budget: ${total[kind]} of ${most} bytes (${kind}); scripts/size.mjs says what counts`);
    process.exitCode = 1;
  }
}
