// Importing the package touches nothing of the page: that is safe on a server, in a worker, in a test of jsdom, under any policy.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';

const entry = path.join(import.meta.dirname, '..', '..', 'pkg', 'dist', 'index.js');
const PAGE = ['localStorage', 'sessionStorage', 'document', 'window', 'navigator', 'fetch', 'WebSocket', 'crypto'];

const program = `
  const touched = [];
  for (const name of ${JSON.stringify(PAGE)})
    Object.defineProperty(globalThis, name, { configurable: true, get: () => void touched.push(name) });
  for (const name of ['TextDecoder', 'TextEncoder']) Object.defineProperty(globalThis, name, { value: undefined });
  const { UA } = await import(${JSON.stringify(entry)});
  process.stdout.write(JSON.stringify({ touched, UA: typeof UA }));
`;

test('importing touches nothing, and needs no class that jsdom lacks', () => {
  const told = JSON.parse(execFileSync('node', ['--input-type=module', '-e', program], { encoding: 'utf8' }));
  assert.deepEqual(told, { touched: [], UA: 'function' });
});
