import { defineConfig } from '@playwright/test';
import { existsSync } from 'node:fs';
import path from 'node:path';

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);

const measuring = ['quality', 'media-problems'].map((name) => `**/${name}.spec.mjs`);

export default defineConfig({
  testDir: '.',
  workers: 2,
  globalSetup: path.join(import.meta.dirname, 'prepare.mjs'),
  timeout: 60_000,
  outputDir: '../../test-results',
  reporter: [['list'], ['json', { outputFile: `../../target/${process.env.VIASIP_RESULTS ?? 'e2e'}.json` }]],
  // What measures time has the machine for itself: `npm test` runs it after the others.
  projects: [
    { name: 'together', testMatch: '*.spec.mjs', testIgnore: measuring },
    { name: 'alone', testMatch: measuring, workers: 1 },
  ],
  use: {
    launchOptions: {
      ...(installed ? { executablePath: process.env.CHROMIUM ?? installed } : {}),
      args: [
        '--no-sandbox',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        '--disable-features=WebRtcHideLocalIpsWithMdns',
        '--autoplay-policy=no-user-gesture-required',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
