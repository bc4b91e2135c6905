// A test with what the browser tests need beside them; each is started once for all tests of a worker that ask for it.
import { test as base } from '@playwright/test';
import { build } from 'esbuild';
import { serveFiles, startRegistrar } from './servers.mjs';

const running = (start) => [
  // eslint-disable-next-line no-empty-pattern -- Playwright wants the pattern
  async ({}, use) => {
    const server = await start();
    await use(server);
    server.stop();
  },
  { scope: 'worker' },
];

export const test = base.extend({
  /** The files of this project over HTTP. */
  files: running(serveFiles),
  /** The embedded SIP service. */
  registrar: running(startRegistrar),
  /** JsSIP as a script, whose global is `JsSIP`. */
  jssip: [
    // eslint-disable-next-line no-empty-pattern -- Playwright wants the pattern
    async ({}, use) => {
      const bundled = await build({
        stdin: { contents: "module.exports = require('jssip')", resolveDir: import.meta.dirname },
        bundle: true,
        format: 'iife',
        globalName: 'JsSIP',
        write: false,
        logLevel: 'error',
      });
      await use(bundled.outputFiles[0].text);
    },
    { scope: 'worker' },
  ],
});

export { expect } from '@playwright/test';
