// The interop tests run in shards (tests/interop/shards.mjs). A test in none would never run, and nothing would say so.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { shards } from '../interop/shards.mjs';

const root = path.join(import.meta.dirname, '..', '..');

/** The interop tests of a shard, the long ones included; without a shard all. */
async function listed(shard) {
  const words = ['playwright', 'test', '-c', 'tests/interop/playwright.config.mjs', '--list'];
  const env = { ...process.env, VIASIP_INTEROP: 'all', VIASIP_SHARD: shard };
  const { stdout } = await promisify(execFile)('npx', words, { cwd: root, env });
  return stdout.split('\n').filter((line) => line.includes(' › '));
}

test('each interop test is in one shard', async () => {
  const [all, ...parts] = await Promise.all(['', ...shards].map(listed));
  for (const part of parts) assert.ok(part.length > 0);
  assert.deepEqual(parts.flat().sort(), all.sort());
});
