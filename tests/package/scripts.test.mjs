// A fresh clone has no npm packages: what installs them may not need them to load.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

const root = path.join(import.meta.dirname, '..', '..');
const clone = mkdtempSync(path.join(os.tmpdir(), 'viasip-clone-'));
test.after(() => rmSync(clone, { recursive: true, force: true }));
for (const part of ['scripts', 'tests/interop', 'rust-toolchain.toml'])
  cpSync(path.join(root, part), path.join(clone, part), { recursive: true });

// These begin to work when they are loaded; what they load is listed with the others.
const programs = [
  'test.mjs',
  'start.mjs',
  'interop.mjs',
  'bench.mjs',
  'size.mjs',
  'releasable.mjs',
  'mutants.mjs',
  'fuzz.mjs',
  'docs.mjs',
  'page.mjs',
];
/** What is run once they are there, and loaded by no other script. */
const afterwards = ['sources.mjs'];
for (const script of readdirSync(path.join(root, 'scripts'), { recursive: true }).filter(
  (name) => name.endsWith('.mjs') && ![...programs, ...afterwards].includes(name),
)) {
  test(`${script} loads without an npm package`, () => {
    execFileSync(
      'node',
      ['--input-type=module', '-e', `await import(${JSON.stringify(path.join(clone, 'scripts', script))})`],
      { stdio: 'pipe' },
    );
  });
}

test("the programs load node's modules and their neighbours only", () => {
  for (const script of programs) {
    const names = [
      ...readFileSync(path.join(root, 'scripts', script), 'utf8').matchAll(/^import .* from '([^']+)'/gm),
    ].map(([, name]) => name);
    assert.deepEqual(
      names.filter((name) => !/^(node:|\.)/.test(name)),
      [],
      script,
    );
  }
});

test('no script loads what is run once the packages are there', () => {
  for (const script of readdirSync(path.join(root, 'scripts'), { recursive: true }).filter((name) =>
    name.endsWith('.mjs'),
  ))
    for (const name of afterwards)
      assert.doesNotMatch(
        readFileSync(path.join(root, 'scripts', script), 'utf8'),
        new RegExp(`from '[./]+${name}'`),
        script,
      );
});

test('the interop servers load without an npm package', () => {
  execFileSync(
    'node',
    ['--input-type=module', '-e', `await import(${JSON.stringify(path.join(clone, 'tests/interop/servers.mjs'))})`],
    { stdio: 'pipe' },
  );
});

// wasm-bindgen writes into the wasm what only the same version reads.
test('glue is made by the version of wasm-bindgen that the core is compiled with', () => {
  const version = (lock, name) =>
    new RegExp(`name = "${name}"\\nversion = "([^"]+)"`).exec(readFileSync(path.join(root, lock), 'utf8'))?.[1];
  const compiled = version('Cargo.lock', 'wasm-bindgen');
  assert.match(compiled, /^\d+\.\d+\.\d+$/);
  assert.equal(version('scripts/build/wasm/Cargo.lock', 'wasm-bindgen-cli-support'), compiled);
});
