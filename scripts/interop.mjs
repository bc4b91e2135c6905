// viasip against real servers: Kamailio, rtpengine, sipp, baresip, coturn and Asterisk 22, in Chromium and in Firefox;
// scripts/servers installs what is absent. With --all also what takes long: 200 lamps, the time of a session timer, every
// change of the line in Firefox, and Firefox to Firefox. Its shards run at once (tests/interop/shards.mjs).
import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildAll } from './build.mjs';
import { firefox } from './servers/packages.mjs';
import { canMakeNetworks, stepInNetwork } from './servers/network.mjs';
import { servers } from './servers/sip.mjs';
import { add, conclude, outcome, playwright } from './outcome.mjs';
import { prepare } from './setup.mjs';
import { environment, root, step } from './toolchain.mjs';
import { shards } from '../tests/interop/shards.mjs';

const total = outcome();
try {
  await prepare('test');
  for (const install of [servers, firefox])
    await install().catch((error) => {
      // What cannot be installed counts as failed; the tests that need it say which.
      console.log(error.message);
      add(total, outcome(0, [error.message]));
    });
} catch (error) {
  console.log(error.message);
  add(total, outcome(0, [error.message]));
}
await buildAll({ debug: true });

/** Runs the tests, or a shard of them, with `run`, which is a step; counts what passed and what failed. */
async function suite(shard, run) {
  const file = path.join(root, 'target', `interop${shard}.json`);
  rmSync(file, { force: true });
  const env = environment({
    VIASIP_SHARD: shard,
    ...(process.argv.includes('--all') ? { VIASIP_INTEROP: 'all' } : {}),
  });
  const words = ['playwright', 'test', '-c', 'tests/interop/playwright.config.mjs'];
  // The first shard holds times to limits, and the others let it go before.
  const [command, ...rest] = shard && shard !== shards[0] ? ['nice', '-n', '19', ...words] : words;
  await run(`interop ${shard}`.trim(), command, rest, { env, show: true }).catch((error) => console.log(error.message));
  add(total, playwright(file));
}

if (canMakeNetworks()) {
  await Promise.all(shards.map((shard) => suite(shard, stepInNetwork)));
} else {
  console.log('- no network for each shard of them (that takes root and unshare): one test after the other');
  await suite('', step);
}
conclude('interop', total);
