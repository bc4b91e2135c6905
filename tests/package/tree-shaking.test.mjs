// An application pays for the names that it imports: a bundler can leave the others out.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { build } from 'esbuild';

const entry = path.join(import.meta.dirname, '..', '..', 'pkg', 'dist', 'index.js');

/** Bytes of a program that uses one name, minified. */
async function weight(name) {
  const contents = `import { ${name} } from ${JSON.stringify(entry)}; console.log(${name});`;
  const made = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return made.outputFiles[0].contents.length;
}

test('an address costs its class and the border to the wasm', async () => {
  assert.ok((await weight('URI')) < 5_000, `${await weight('URI')} bytes`);
});

test('constants cost themselves', async () => {
  assert.ok((await weight('C')) < 5_000, `${await weight('C')} bytes`);
});
