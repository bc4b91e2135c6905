// `viasip/presence` as an application loads it: beside each entry, and not at all where it is not imported.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '..', '..');
const built = (file) => readFileSync(path.join(root, 'pkg', 'dist', file), 'utf8');

test('each way of loading gives the same names', async () => {
  const require = createRequire(import.meta.url);
  const [module, common, folder] = [
    await import('viasip/presence'),
    require('viasip/presence'),
    require(path.join(root, 'presence')),
  ];
  const names = Object.keys(module).sort();
  assert.deepEqual(Object.keys(common).sort(), names);
  assert.deepEqual(Object.keys(folder).sort(), names);
  for (const name of ['Watch', 'watch', 'readDialogInfo', 'readMessageSummary', 'readPresence'])
    assert.ok(module[name], name);
});

test('it has nothing of the core inside, and the core nothing of it', () => {
  for (const file of ['presence.js', 'presence.cjs'])
    assert.doesNotMatch(built(file), /agent_command|WebAssembly/, file);
  for (const file of ['index.js', 'inline.js', 'inline.cjs', 'viasip.js', 'auto.js'])
    assert.doesNotMatch(built(file), /dialog-info|DOMParser/, file);
});

test('without a page XML is not read, and what is no XML is', async () => {
  const { readDialogInfo, readMessageSummary } = await import('viasip/presence');
  assert.equal(readDialogInfo('<dialog-info/>'), null);
  assert.equal(readMessageSummary('Messages-Waiting: yes\r\n').waiting, true);
});
