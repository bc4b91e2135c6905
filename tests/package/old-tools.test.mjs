// Tools that read no `exports` in package.json, and nothing newer than ES2019: Jest 27, webpack 4, browserify, Parcel as it is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { parse } from 'acorn';

const root = path.join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);

/** What a path of the package is to who knows folders and `main` only. */
const found = (entry) => require(path.join(root, entry));

test('each entry is a folder, and what it gives is started', async () => {
  for (const entry of ['inline', 'auto', 'inline/lib/JsSIP', 'inline/lib/JsSIP.js']) {
    assert.ok(found(entry).URI.parse('sip:a@b'), entry);
  }
  const { main, types } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const { default: init, URI } = found(main);
  await init();
  assert.ok(URI.parse('sip:a@b'));
  // The declaration beside it promises the same: a function that gives a promise.
  assert.match(readFileSync(path.join(root, types), 'utf8'), /export default function init\(/);
});

test('their entry is ES2019', () => {
  parse(readFileSync(path.join(root, 'pkg', 'dist', 'inline.cjs'), 'utf8'), { ecmaVersion: 2019 });
});

test('a package that stands in for jssip has its named exports', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-stand-in-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, 'node_modules', 'jssip', 'lib'), { recursive: true });
  symlinkSync(root, path.join(folder, 'node_modules', 'viasip'));
  for (const file of ['index.js', 'lib/JsSIP.js']) {
    writeFileSync(path.join(folder, 'node_modules', 'jssip', file), "module.exports = require('viasip/inline');\n");
  }
  writeFileSync(path.join(folder, 'node_modules', 'jssip', 'package.json'), '{ "main": "index.js" }\n');
  const program = "import JsSIP, { UA, C } from 'jssip'; console.log(typeof UA, C.causes.BUSY, JsSIP.UA === UA);";
  writeFileSync(path.join(folder, 'app.mjs'), program);
  assert.equal(execFileSync('node', [path.join(folder, 'app.mjs')], { encoding: 'utf8' }).trim(), 'function Busy true');
});
