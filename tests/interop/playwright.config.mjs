import base from '../e2e/playwright.config.mjs';

const used = (laptop, desk) => ({ browsers: { laptop, desk } });

export default {
  ...base,
  testDir: '.',
  reporter: [['list'], ['json', { outputFile: '../../target/interop.json' }]],
  // The browser that changes its line or loads its page anew is each of these in turn.
  projects: [
    { name: 'Chromium' },
    { name: 'Firefox', testMatch: /(between|roaming|roaming-asterisk|reload)\.spec/, use: used('Firefox', 'Chromium') },
    {
      name: 'Firefox to Firefox',
      // After a reload at one end the other, if it is Firefox too, has no sound yet (docs/staying-connected.md).
      testMatch: /(between|roaming)\.spec/,
      grep: /calls another|leaves one line|both ends/,
      use: used('Firefox', 'Firefox'),
    },
  ],
};
