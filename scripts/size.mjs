// What an application of viasip loads, in bytes as a server sends them, and the budget that no change may exceed unnoticed.
import { readFileSync, statSync } from 'node:fs';
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
 * than its lines should weigh.
 */
const BUDGET = { gzip: 244_000, brotli: 208_500 };

const compressed = (data) => ({
  raw: data.length,
  gzip: gzipSync(data, { level: 9 }).length,
  brotli: brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
});

async function minified(entry) {
  const { build } = await import('esbuild');
  const made = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return made.outputFiles[0].contents;
}

await prepare('build');
await buildAll();
const parts = {
  // With the glue of wasm-bindgen inside.
  classes: compressed(await minified(at('pkg', 'src', 'index.ts'))),
  wasm: compressed(readFileSync(wasmFile)),
};
const total = { raw: 0, gzip: 0, brotli: 0 };
for (const part of Object.values(parts)) for (const kind of Object.keys(total)) total[kind] += part[kind];
console.log('bytes of viasip      raw   gzip -9   brotli 11');
for (const [name, part] of Object.entries({ ...parts, total })) {
  console.log(
    `${name.padEnd(14)}${String(part.raw).padStart(10)}${String(part.gzip).padStart(10)}${String(part.brotli).padStart(12)}`,
  );
}
const inline = compressed(readFileSync(at('pkg', 'dist', 'inline.js')));
console.log(
  `viasip/inline ${String(inline.raw).padStart(10)}${String(inline.gzip).padStart(10)}${String(inline.brotli).padStart(12)}`,
);
const presence = compressed(await minified(at('pkg', 'src', 'presence.ts')));
console.log(
  `viasip/presence ${String(presence.raw).padStart(8)}${String(presence.gzip).padStart(10)}${String(presence.brotli).padStart(12)}`,
);
console.log(`wasm on disk: ${statSync(wasmFile).size} bytes`);
for (const [kind, most] of Object.entries(BUDGET)) {
  if (total[kind] > most) {
    console.error(`over budget: ${total[kind]} of ${most} bytes (${kind}); scripts/size.mjs says what counts`);
    process.exitCode = 1;
  }
}
