// Small faults are put into the code one by one (cargo-mutants, .cargo/mutants.toml), and the native tests have to notice.
//   npm run test:mutants                          what has to be well guarded: some 1,500 faults, about 3 s each and core
//   npm run test:mutants -- src/auth src/uri.rs   these places only
//   npm run test:mutants -- --shard 1/4           a part of them; words with a dash go to cargo-mutants as they are
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { has } from './servers/packages.mjs';
import { environment, fetching, root, step } from './toolchain.mjs';

const LEAST_PERCENT = 85;
const guarded = [
  'src/transaction',
  'src/dialog.rs',
  'src/auth',
  'src/session',
  'src/registration.rs',
  'src/transport.rs',
  'src/subscription',
];

const words = process.argv.slice(2);
const first = words.findIndex((word) => word.startsWith('-'));
const [named, options] = first < 0 ? [words, []] : [words.slice(0, first), words.slice(first)];
const places = named.length > 0 ? named : guarded;

if (!has('cargo-mutants'))
  await fetching('cargo-mutants (some minutes)', 'cargo', ['install', 'cargo-mutants', '--locked']);
const report = path.join(root, 'target', 'mutants.out', 'outcomes.json');
rmSync(report, { force: true });
const globs = places.flatMap((place) => ['-f', place.endsWith('.rs') ? place : `${place}/**`]);
// They are tried in a copy, which has no neighbours: the messages of the RFCs (tests/native/torture.rs) are named to it.
const corpora = path.resolve(root, process.env.VIASIP_CORPORA ?? '../shared/corpora');
const env = environment({ VIASIP_CORPORA: existsSync(corpora) ? corpora : 'none' });
// It ends with an error as soon as one fault is missed; how many are too many is decided here.
const mutants = ['mutants', '--colors', 'never', ...globs, ...options];
await step('faults in the code', 'cargo', mutants, { env, show: true }).catch((error) => console.log(error.message));
if (!existsSync(report)) throw new Error('cargo-mutants did not come to its end');

const outcomes = JSON.parse(readFileSync(report, 'utf8')).outcomes.filter(({ scenario }) => scenario.Mutant);
const enough = places.map((place) => {
  const here = outcomes.filter(
    ({ scenario }) => scenario.Mutant.file === place || scenario.Mutant.file.startsWith(`${place}/`),
  );
  const count = (summary) => here.filter((outcome) => outcome.summary === summary).length;
  // A fault that makes the tests hang has been noticed.
  const [caught, missed, unviable] = [
    count('CaughtMutant') + count('Timeout'),
    count('MissedMutant'),
    count('Unviable'),
  ];
  const percent = caught + missed === 0 ? 100 : (100 * caught) / (caught + missed);
  console.log(`${place}: ${caught} caught, ${missed} missed, ${unviable} do not compile: ${percent.toFixed(1)} %`);
  return percent >= LEAST_PERCENT;
});
if (!enough.every(Boolean)) {
  console.log(`at least ${LEAST_PERCENT} % of each have to be caught`);
  process.exitCode = 1;
}
