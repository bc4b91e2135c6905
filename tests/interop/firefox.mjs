// Stock Firefox, here or on a host of lines.mjs, driven over WebDriver BiDi by puppeteer-core.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'puppeteer-core';

export const preferences = {
  // A tone and a picture of its own, for which nobody is asked.
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // As everywhere but under remote control: a page is told that there is no network.
  'network.manage-offline-status': true,
  // The codec for video that Firefox would fetch.
  'media.gmp-manager.updateEnabled': false,
  'media.autoplay.default': 0,
};

/** Starts it, in the namespace that the command `within` enters. What it returns is used as Playwright's browser is. */
export async function startFirefox(within = []) {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'viasip-firefox-'));
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`);
  writeFileSync(path.join(profile, 'user.js'), lines.join(''));
  const door = within.length > 0 ? await relay(within) : await freeDoor();
  const [command, ...words] = [...within, 'firefox-esr', '--headless', '--no-remote', '--profile', profile];
  const args = [...words, `--remote-debugging-port=${door.port}`];
  const program = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await said(program, 'WebDriver BiDi listening');
  const browser = await connect({
    browserWSEndpoint: `ws://127.0.0.1:${door.port}/session`,
    protocol: 'webDriverBiDi',
  });
  return {
    newContext: async () => {
      const context = await browser.createBrowserContext();
      return { newPage: () => newPage(context), close: () => context.close() };
    },
    close: async () => {
      const over = new Promise((resolve) => program.once('exit', resolve));
      await browser.close();
      await over;
      door.stop();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

async function newPage(context) {
  const page = await context.newPage();
  // What Playwright calls so.
  const opened = () => new Promise((resolve) => page.once('popup', resolve));
  page.context = () => ({ close: () => context.close(), waitForEvent: opened });
  return page;
}

function said(program, what) {
  let text = '';
  return new Promise((resolve, reject) => {
    program.on('error', reject);
    program.on('exit', (code) => reject(new Error(`Firefox ended with ${code}: ${text}`)));
    program.stderr.on('data', (data) => {
      text = (text + data).slice(-10_000);
      if (text.includes(what)) resolve();
    });
  });
}

/** A port on which nobody listens. */
async function freeDoor() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return { port, stop: () => {} };
}

/** A port of this network that leads to the same one in another: who listens is made here, and handed to a process there. */
async function relay(within) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const script = `
    const { connect } = require('node:net');
    process.on('message', (_, server) => {
      server.on('connection', (here) => {
        const there = connect(${port}, '127.0.0.1');
        here.pipe(there).pipe(here);
        for (const socket of [here, there]) socket.on('error', () => [here, there].forEach((end) => end.destroy()));
      });
      process.send('ready');
    });
    process.on('disconnect', () => process.exit());`;
  const [command, ...words] = [...within, process.execPath, '-e', script];
  const child = spawn(command, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ready = new Promise((resolve) => child.once('message', resolve));
  child.send('server', server);
  await ready;
  server.close();
  return { port, stop: () => child.kill() };
}
