// Random input, guided by what it reaches (cargo-fuzz, libFuzzer), from the recorded flows on.
//   npm run test:fuzz                    each target for a minute
//   npm run test:fuzz -- 20              for twenty minutes
//   npm run test:fuzz -- 20 dialog app   these only
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { has } from './servers/packages.mjs';
import { environment, fetching, output, root, step } from './toolchain.mjs';

const LONGEST_S = 5;
const MEMORY_MB = 1024;

const words = process.argv.slice(2);
const minutes = Number(words.find((word) => /^[\d.]+$/.test(word)) ?? 1);
const named = words.filter((word) => !/^[\d.]+$/.test(word));
const targets = named.length > 0 ? named : ['frame', 'dialog', 'description', 'app'];

if (!has('cargo-fuzz')) await fetching('cargo-fuzz (some minutes)', 'cargo', ['install', 'cargo-fuzz', '--locked']);
// Coverage is counted by a flag of the compiler that only a nightly takes, or one that is told to behave like one.
const nightly = /^nightly/m.test(output('rustup', ['toolchain', 'list']) ?? '');
const env = environment(nightly ? { RUSTUP_TOOLCHAIN: 'nightly' } : { RUSTC_BOOTSTRAP: '1' });
const folder = path.join(root, 'target', 'fuzz');
const cargo = (title, args, more) => step(title, 'cargo', args, { env, ...more });

const seeds = path.join(folder, 'seeds');
rmSync(seeds, { recursive: true, force: true });
await cargo('seeds', [
  'run',
  '-q',
  '--release',
  '--manifest-path',
  'fuzz/Cargo.toml',
  '--target-dir',
  folder,
  '--bin',
  'seeds',
  seeds,
]);
for (const target of targets) {
  // What a run found interesting is where the next one begins.
  const corpus = path.join(folder, 'corpus', target);
  mkdirSync(corpus, { recursive: true });
  // There is no unsafe code that an address sanitizer could watch.
  const build = [
    'fuzz',
    'run',
    '--sanitizer',
    'none',
    '--target-dir',
    folder,
    target,
    corpus,
    path.join(seeds, target),
    '--',
  ];
  const limits = [
    `-max_total_time=${Math.round(minutes * 60)}`,
    `-timeout=${LONGEST_S}`,
    `-rss_limit_mb=${MEMORY_MB}`,
    '-max_len=65536',
  ];
  const reports = ['-print_final_stats=1', '-dict=fuzz/sip.dict', `-artifact_prefix=${folder}/`];
  try {
    const text = await cargo(`${target}, ${minutes} min`, [...build, ...limits, ...reports]);
    const stat = (name) => Number(new RegExp(`stat::${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0).toLocaleString('en');
    console.log(
      `${target}: no finding in ${stat('number_of_executed_units')} executions, ${stat('average_exec_per_sec')} a second`,
    );
  } catch (error) {
    console.log(`${target}: ${error.text?.slice(-6_000) ?? error.message}`);
    process.exitCode = 1;
  }
}
