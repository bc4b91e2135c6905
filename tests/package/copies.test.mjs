// Two copies of the package in one page, as two of its dependencies bring them: the objects of one are taken by the other.
import assert from 'node:assert/strict';
import test from 'node:test';
import JsSIP from '../../pkg/dist/inline.js';
import { readFileSync } from 'node:fs';
import init, { URI } from '../../pkg/dist/index.js';

await init(readFileSync(new URL('../../pkg/wasm/viasip_bg.wasm', import.meta.url)));

test('an address of the other copy is a target', () => {
  const theirs = URI.parse('sip:bob@example.com;transport=ws');
  assert.equal(theirs instanceof JsSIP.URI, false);
  assert.equal(JsSIP.Utils.normalizeTarget(theirs), theirs);
  assert.equal(String(new JsSIP.NameAddrHeader(theirs, 'Bob')), '"Bob" <sip:bob@example.com;transport=ws>');
  for (const other of [{}, [], 1, { toAor: 'sip:bob@example.com' }]) {
    assert.equal(JsSIP.Utils.normalizeTarget(other, 'example.com'), undefined);
    assert.throws(() => new JsSIP.NameAddrHeader(other), /uri/);
  }
});
