import { readdirSync } from 'node:fs';
import base from '../e2e/playwright.config.mjs';
import { has } from './shards.mjs';

const used = (laptop, desk) => ({ browsers: { laptop, desk } });

/** Whether what takes long runs too: `npm run test:interop:all`. */
const all = process.env.VIASIP_INTEROP === 'all';
const slow = all ? [] : [/@slow/];

/** One of `shards` for a part of the tests, which keeps its results apart. */
const shard = process.env.VIASIP_SHARD ?? '';
const ofOther = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.spec.mjs') && !has(shard, file));
const leftOut = ofOther.map((file) => `**/${file}`);

export default {
  ...base,
  // Servers have fixed ports, and lines of the network fixed names: each shard has a network, a worker has none.
  workers: 1,
  testDir: '.',
  outputDir: `../../test-results/interop${shard}`,
  reporter: [['list'], ['json', { outputFile: `../../target/interop${shard}.json` }]],
  // The browser that changes its line or loads its page anew is each of these in turn.
  projects: [
    // The softphone page in Chromium is among tests/e2e.
    { name: 'Chromium', grepInvert: slow, testIgnore: [/softphone\.spec/] },
    { name: 'The page in Firefox', testMatch: /softphone\.spec/ },
    {
      name: 'Firefox',
      testMatch: /(between|roaming|roaming-asterisk|reload)\.spec/,
      // What is left out here differs by nothing that a browser does.
      grep: all ? /./ : /calls|and the call goes on|video|anew, twice|one line|on hold|both ends/,
      use: used('Firefox', 'Chromium'),
    },
    {
      // Firefox makes one DTLS handshake for each transport, and another end comes with other keys.
      name: 'Firefox at the far end',
      testMatch: /reload\.spec/,
      grep: all ? /Kamailio/ : /Kamailio.*(goes on|video)/,
      use: used('Chromium', 'Firefox'),
    },
    {
      name: 'Firefox to Firefox',
      testMatch: /(between|roaming|reload)\.spec/,
      grep: /calls another|leaves one line|both ends|Kamailio.*(anew.*goes on|twice|video)/,
      use: used('Firefox', 'Firefox'),
    },
  ]
    .filter(({ name }) => all || name !== 'Firefox to Firefox')
    .map((project) => ({ ...project, testIgnore: [...(project.testIgnore ?? []), ...leftOut] })),
};
