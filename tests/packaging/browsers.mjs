// The browsers in which projects are opened. Each is used as Playwright's is: `newContext()`, `newPage()`, `goto()`, `evaluate()`.
import { spawn } from 'node:child_process';
import { chromium } from '@playwright/test';
import e2e from '../e2e/playwright.config.mjs';
import { startFirefox } from '../interop/firefox.mjs';
import { freePort } from './project.mjs';

/** How long WebKit's driver may take to listen, in ms. */
const PATIENCE_MS = 30_000;
/** What Debian's WebKitGTK is tried in. */
const miniBrowser = {
  binary: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  args: ['--automation'],
};

const starters = {
  chromium: () => chromium.launch(e2e.use.launchOptions),
  firefox: () => startFirefox(),
  webkit: startWebKit,
};

/** Browsers by name, each started when a case wants it, and once. */
export class Browsers {
  started = {};

  /** @param {'chromium' | 'firefox' | 'webkit'} name */
  get(name) {
    this.started[name] ??= starters[name]();
    return this.started[name];
  }

  async close() {
    for (const browser of Object.values(this.started)) await (await browser).close();
  }
}

/** WebKitGTK on a screen that nobody sees, by WebDriver. It has no WebRTC. */
async function startWebKit() {
  const port = await freePort();
  const command = ['-a', 'WebKitWebDriver', `--port=${port}`];
  const program = spawn('xvfb-run', command, { stdio: 'ignore', detached: true });
  const ended = new Promise((resolve) => program.once('exit', resolve));
  const ask = async (method, path, body) => {
    const words = { method, ...(body && { body: JSON.stringify(body) }) };
    const { value } = await (await fetch(`http://127.0.0.1:${port}${path}`, words)).json();
    if (value?.error) throw new Error(value.message);
    return value;
  };
  const end = Date.now() + PATIENCE_MS;
  while (!(await ask('GET', '/status').catch(() => null))) {
    if (Date.now() > end) throw new Error("WebKit's driver does not answer");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }

  async function newContext() {
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': miniBrowser } };
    const { sessionId } = await ask('POST', '/session', { capabilities });
    const session = `/session/${sessionId}`;
    const page = {
      // WebDriver tells of no error of a page: what it keeps from telling is missed.
      on: () => {},
      goto: (url) => ask('POST', `${session}/url`, { url }),
      evaluate: (work) => ask('POST', `${session}/execute/sync`, { script: `return (${work})()`, args: [] }),
    };
    return { newPage: async () => page, close: () => ask('DELETE', session) };
  }

  async function close() {
    // The group: xvfb-run stands above the driver and the screen.
    process.kill(-program.pid, 'SIGTERM');
    await ended;
  }
  return { newContext, close };
}
