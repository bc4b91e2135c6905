// What a run of the tests says in the end: each suite's output is read for what passed and for what failed, and why.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { cargo, playwright, sums, tap } from '../../scripts/outcome.mjs';

test('of cargo test, in several runs', () => {
  const text = `
running 2 tests
test uri::tests::a_port ... ok
test uri::tests::a_host ... FAILED

failures:

---- uri::tests::a_host stdout ----

thread 'uri::tests::a_host' panicked at src/uri.rs:7:5:
no host

failures:
    uri::tests::a_host

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

running 3 tests
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s
`;
  const { passed, failed, failures } = cargo(text);
  assert.deepEqual([passed, failed, failures.length], [4, 1, 1]);
  assert.match(failures[0], /^uri::tests::a_host\n[^]*panicked at src\/uri\.rs:7:5:\n {2}no host$/);
});

test('of node --test, as it speaks itself', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-outcome-'));
  try {
    const file = path.join(folder, 'one.test.mjs');
    const program = `import { test } from 'node:test';
      test('one that holds', () => {});
      test('one that does not', () => { throw new Error('for a reason'); });`;
    writeFileSync(file, program);
    const env = { ...process.env };
    // Set by the runner of this test: with it a runner within says nothing.
    delete env.NODE_TEST_CONTEXT;
    const { stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', file], { encoding: 'utf8', env });
    const { passed, failed, failures } = tap(stdout);
    assert.deepEqual([passed, failed], [1, 1], stdout);
    assert.match(failures.join('\n'), /one that does not[^]*for a reason/);
    assert.doesNotMatch(failures.join('\n'), /one that holds/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('of the runners of this project', () => {
  const { passed, failed, failures } = sums(
    'ok\nnot ok  a call\n  - one line\n  + another\nvite 3 right\n\n7 passed, 1 failed\n',
  );
  assert.deepEqual([passed, failed, failures], [7, 1, ['a call\n    - one line\n    + another']]);
});

test('of Playwright: what failed, with its error and the end of what it printed', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-outcome-'));
  try {
    const file = path.join(folder, 'results.json');
    assert.deepEqual(playwright(file), { passed: 0, failed: 1, failures: ['results has left no results'] });
    const spec = (title, status, results) => ({
      title,
      file: 'a.spec.mjs',
      line: 3,
      tests: [{ projectName: 'P', status, results }],
    });
    const ladder = [{ text: 'old\n'.repeat(4000) }, { text: '12 INVITE' }];
    const suites = [
      {
        specs: [spec('holds', 'expected', [{}])],
        suites: [
          {
            specs: [
              spec('does not', 'unexpected', [{ errors: [{ message: '\u001b[31mlate\u001b[39m' }], stdout: [] }]),
              spec('prints', 'unexpected', [{ errors: [], stdout: ladder }]),
              spec('was left out', 'skipped', []),
            ],
          },
        ],
      },
    ];
    const stats = { expected: 1, flaky: 0, unexpected: 2, skipped: 1 };
    writeFileSync(file, JSON.stringify({ stats, suites, errors: [{ message: 'no server' }] }));
    const { passed, failed, failures } = playwright(file);
    assert.deepEqual([passed, failed], [1, 4]);
    assert.equal(failures[0], '[P] a.spec.mjs:3 does not\n  late');
    assert.match(failures[1], /12 INVITE$/);
    assert.ok(failures[1].length < 12_000);
    assert.deepEqual(failures.slice(2), ['[P] a.spec.mjs:3 was left out', 'no server']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
