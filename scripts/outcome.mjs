// What came of the tests: how many passed, which failed. As a program it sums up what the runs have left (`all`, `interop`): last,
// where it is seen however long the output is, stands what failed, and then one line, N passed, N failed.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './toolchain.mjs';

/** How many characters of what a failed test said are told again at the end: the last ones. */
const LAST_WORDS = 6000;

/** An outcome: how many passed and failed, and the names of these with what is known of them. */
export const outcome = (passed = 0, failures = []) => ({ passed, failed: failures.length, failures });

/** Adds one outcome to another. */
export function add(sum, { passed, failed, failures }) {
  sum.passed += passed;
  sum.failed += failed;
  sum.failures.push(...failures);
}

/** Of `cargo test`: several runs in one output. */
export function cargo(text) {
  // Why it failed stands under a headline of its own, up to an empty line.
  const why = (name) => (text.split(`\n---- ${name} stdout ----\n`)[1] ?? '').split('\n\n')[0];
  const failed = Array.from(text.matchAll(/^test (.+) \.\.\. FAILED$/gm), ([, name]) => described(name, why(name)));
  const sum = { passed: 0, failed: 0, failures: failed };
  for (const [, passed, failed] of text.matchAll(/test result: \w+\. (\d+) passed; (\d+) failed/g)) {
    sum.passed += Number(passed);
    sum.failed += Number(failed);
  }
  return sum;
}

/** Of `node --test`. */
export const tap = (text) => ({
  passed: Number(/^# pass (\d+)/m.exec(text)?.[1] ?? 0),
  failed: Number(/^# fail (\d+)/m.exec(text)?.[1] ?? 0),
  failures: Array.from(
    text.matchAll(/^( *)not ok \d+ - (.+)(?:\n\1 {2}---\n([\s\S]*?)\n\1 {2}\.\.\.$)?/gm),
    ([, , name, why]) => described(name, why),
  ),
});

/** Of runners of our own, which say `not ok  NAME` and in the end `N passed, N failed`. */
export function sums(text) {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(text) ?? [0, 0, 0];
  const failures = Array.from(text.matchAll(/^not ok {2}(.+)((?:\n +.*)*)/gm), ([, name, why]) => described(name, why));
  return { passed: Number(passed), failed: Number(failed), failures };
}

/** Of Playwright, by the file of its JSON reporter. A file that is not there counts as one failure. */
export function playwright(file) {
  if (!existsSync(file)) return outcome(0, [`${path.basename(file, '.json')} has left no results`]);
  const { stats, suites, errors } = JSON.parse(readFileSync(file, 'utf8'));
  const failures = [...suites.flatMap(failedSpecs), ...errors.map(({ message }) => plain(message ?? ''))];
  return outcome(stats.expected + stats.flaky, failures);
}

/** The tests of a suite that did not pass, as text: which, why, and what they printed. */
function failedSpecs({ specs = [], suites = [] }) {
  const failed = specs.flatMap(({ file, line, title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'skipped')
      .map(({ projectName, results }) => {
        const { errors = [], stdout = [] } = results.at(-1) ?? {};
        const why = errors.map(({ message }) => message);
        const words = [...why, ...stdout.map(({ text }) => text)].join('\n');
        return described(`[${projectName}] ${file}:${line} ${title}`, words);
      }),
  );
  return [...failed, ...suites.flatMap(failedSpecs)];
}

/** A failure as it is told: its name, and under it the end of why. */
const described = (name, why = '') =>
  `${name}\n${plain(why).replace(/^\n/, '').slice(-LAST_WORDS).replace(/^/gm, '  ')}`.trimEnd();

// eslint-disable-next-line no-control-regex -- the colours of a terminal begin with one
const plain = (text) => text.replace(/\u001b\[[0-9;]*m/g, '');

const fileOf = (name) => path.join(root, 'target', `summary-${name}.json`);

/** Prints what a run came to, keeps it for the sum of all, and fails the process if anything failed. */
export function conclude(name, total) {
  mkdirSync(path.dirname(fileOf(name)), { recursive: true });
  writeFileSync(fileOf(name), JSON.stringify(total));
  print(total);
}

function print({ passed, failed, failures }) {
  for (const failure of failures) console.log(`\nfailed: ${failure.trimEnd()}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) {
  const sum = outcome();
  for (const name of process.argv.slice(2)) {
    const kept = existsSync(fileOf(name)) ? JSON.parse(readFileSync(fileOf(name), 'utf8')) : null;
    add(sum, kept ?? outcome(0, [`${name}: the run has not come to its end`]));
  }
  print(sum);
}
