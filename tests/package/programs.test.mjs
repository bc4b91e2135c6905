// Programs as they are published, run on both packages.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..', '..');

test('a robot in Node with its own Socket says the same, and its process ends by itself', () => {
  const run = (library) => spawnSync(process.execPath, [path.join(import.meta.dirname, 'programs', 'node-app.cjs'), library], { encoding: 'utf8', timeout: 10_000 });
  const [theirs, ours] = [run('jssip'), run(path.join(root, 'pkg', 'dist', 'inline.cjs'))];
  // stop() leaves no timer: without it the process would wait 32 s for an ACK that cannot come.
  assert.equal(ours.status, 0, ours.stderr);
  assert.match(ours.stdout, /registered true/);
  assert.match(ours.stdout, /answered SIP\/2\.0 488/);
  // JsSIP needs a `window` to find out that there is no WebRTC (its defect 18): what it says until then is the same.
  const until = (text) => text.slice(0, text.indexOf('options answered'));
  assert.equal(until(ours.stdout), until(theirs.stdout));
});
