// The long walk of the simulation: `npm run test:simulation`, 100,000 seeds, always the same.
// VIASIP_SEEDS=2000000 walks further, VIASIP_SEED=7 or VIASIP_SEED=100000-199999 somewhere else.
import { environment, step } from './toolchain.mjs';

const SEEDS = 100_000;
const words = ['test', '--profile', 'simulation', '--test', 'simulation'];

/** Compiles it only. */
export const compileSimulation = () => step('simulation, compiled', 'cargo', [...words, '--no-run']);

/** Runs it; the output ends as that of `cargo test`. */
export function simulate() {
  const seeds = process.env.VIASIP_SEED ?? `0-${Number(process.env.VIASIP_SEEDS ?? SEEDS) - 1}`;
  const run = [...words, '--', '--nocapture'];
  return step(`simulation of seeds ${seeds}`, 'cargo', run, { env: environment({ VIASIP_SEED: seeds }) });
}

if (process.argv[1] === import.meta.filename) {
  try {
    console.log((await simulate()).trim());
  } catch (error) {
    console.log(error.text ?? error.message);
    process.exitCode = 1;
  }
}
