// All tests, one runner after the other, and one line that sums them up.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildAll } from './build.mjs';
import { add, cargo, conclude, outcome, playwright, sums, tap } from './outcome.mjs';
import { prepare } from './setup.mjs';
import { firefox, webkit } from './servers/packages.mjs';
import { compileSimulation, simulate } from './simulation.mjs';
import { environment, root, step, wasmEnvironment, wasmToolchain } from './toolchain.mjs';

const only = /--only=(\w+)/.exec(process.argv.join(' '))?.[1];
/** All cases of tests/packaging, and the browsers that they need. */
const allCases = process.argv.includes('--all');
/** A part of the names of the scenarios of tests/parity that are wanted. */
const part = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const total = outcome();

/** Runs a suite; `count` reads how many passed and failed from its output. A suite that dies counts as one failure. */
async function suite(name, run, count) {
  if (only && only !== name) return;
  let text = '';
  let died = null;
  try {
    text = (await run()) ?? '';
  } catch (error) {
    died = error;
    text = error.text ?? '';
  }
  const counted = count(text);
  if (died) console.log(`${name}: ${died.message}`);
  if (died ? counted.failed === 0 : counted.passed + counted.failed === 0)
    add(counted, outcome(0, [died ? died.message : `${name}: nothing was tested`]));
  console.log(`${name}: ${counted.passed} passed, ${counted.failed} failed`);
  add(total, counted);
}

/** The tests in a browser: many at once, then each of those alone that measure time. */
const parts = ['together', 'alone'].map((name) => ({ name, file: path.join(root, 'target', `e2e-${name}.json`) }));

async function inBrowsers() {
  let failed = null;
  for (const { file } of parts) rmSync(file, { force: true });
  for (const { name, file } of parts) {
    const words = ['test', '-c', 'tests/e2e/playwright.config.mjs', `--project=${name}`];
    const env = environment({ VIASIP_RESULTS: path.basename(file, '.json') });
    await step(`Playwright, ${name}`, 'playwright', words, { env, show: true }).catch((error) => (failed = error));
  }
  if (failed) throw failed;
}

/** What both have come to. */
function ofBrowsers() {
  const sum = outcome();
  for (const { file } of parts) add(sum, playwright(file));
  return sum;
}

// Two rows side by side, for the two cores that a machine has at least. Those of cargo wait for each other anyway.
const checksOfCargo = [
  ['formatting of Rust', 'cargo', ['fmt', '--check']],
  ['clippy', 'cargo', ['clippy', '--all-targets', '--', '-D', 'warnings']],
  ['cargo doc', 'cargo', ['doc', '--no-deps', '--lib'], { RUSTDOCFLAGS: '-D warnings' }],
];
const otherChecks = [
  ['formatting of TypeScript', 'prettier', ['--check', '.']],
  ['eslint', 'eslint', ['.']],
  ['the shape of the sources', 'node', ['scripts/sources.mjs']],
  ['an application with the types of JsSIP', 'tsc', ['-p', 'tests/types/tsconfig.jssip.json']],
  ['the same with the types of viasip', 'tsc', ['-p', 'tests/types/tsconfig.viasip.json']],
  ['size', 'node', ['scripts/size.mjs']],
  ['the API reference', 'node', ['scripts/docs.mjs', '--check']],
  ['the types of viasip alone', 'tsc', ['-p', 'tests/types/tsconfig.beyond.json']],
];

async function check() {
  const words = ['clippy', '--lib', '--test', 'browser', '--target', 'wasm32-unknown-unknown', '--', '-D', 'warnings'];
  const wasmClippy = wasmToolchain()
    ? [
        'clippy for wasm',
        'cargo-clippy',
        words,
        {
          RUSTC: '/usr/bin/rustc',
          PATH: `/usr/bin:${process.env.PATH}`,
          CARGO_TARGET_DIR: path.join(root, 'target', 'clippy-wasm'),
        },
      ]
    : ['clippy for wasm', 'cargo', words];
  const done = outcome();
  const row = async (wanted) => {
    for (const [title, command, args, extra] of wanted) {
      try {
        await step(title, command, args, {
          env: environment(extra),
        });
        add(done, outcome(1));
      } catch (error) {
        console.log(error.message);
        add(done, outcome(0, [error.message]));
      }
    }
  };
  await Promise.all([row([...checksOfCargo, wasmClippy]), row(otherChecks)]);
  return done;
}

/**
 * Compiles what the first suites run, beside the package: the compiler works long on one core with that, and `wasm-opt` too. What
 * does not compile says so when its suite runs.
 */
async function compileTests() {
  const native = step('native tests, compiled', 'cargo', ['test', '--no-run']);
  await Promise.allSettled([native, compileSimulation()]);
}

await prepare(only === 'native' ? 'build' : 'test');
// The package as it is published: its types, its size, and what installs it.
if (!only || ['check', 'package', 'packaging'].includes(only)) {
  await Promise.all([buildAll(), only ? null : compileTests()]);
}
await suite('native', () => step('native tests', 'cargo', ['test']), cargo);
await suite('simulation', simulate, cargo);
await suite('check', check, (done) => done);
// The first compiles for most of its time, and the second starts one small program after the other.
await Promise.all([
  suite(
    'wasm',
    () =>
      step('tests in Chromium', 'wasm-pack', ['test', '--headless', '--chrome', '--test', 'browser'], {
        env: wasmEnvironment(),
      }),
    cargo,
  ),
  suite(
    'package',
    () => step('the package as applications use it', 'node', ['--test', '--test-concurrency=2', 'tests/package/']),
    tap,
  ),
]);
await suite(
  'packaging',
  async () => {
    for (const install of allCases ? [firefox, webkit] : []) await install();
    const words = ['tests/packaging/run.mjs', ...(allCases ? ['--all'] : [])];
    return step('the tarball in fresh projects', 'node', words, { show: true });
  },
  sums,
);
// The rest in the plain profile, in which a panic says where it was.
if (!only || ['parity', 'e2e'].includes(only)) await buildAll({ debug: true });
await suite(
  'parity',
  () => step('viasip beside JsSIP', 'node', ['tests/parity/run.mjs', ...part], { show: true }),
  sums,
);
await suite('e2e', inBrowsers, ofBrowsers);

conclude(only ?? 'all', total);
