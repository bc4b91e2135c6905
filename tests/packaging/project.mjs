// A fresh project with the tarball in it, as a stranger makes one, and what came of each thing that was tried in it.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { serveFiles } from '../e2e/servers.mjs';

/** How long a registry that failed is left alone before it is asked again, in ms. */
const PAUSES_MS = [5_000, 30_000];
/** How long a server may take to listen, and a page to register and call, in ms. */
const PATIENCE_MS = 60_000;
/** Tools that ask nobody, tell nobody, and write no colours. */
const quiet = {
  CI: 'true',
  NO_COLOR: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  NG_CLI_ANALYTICS: 'false',
  PARCEL_DISABLE_TELEMETRY: '1',
};

export class Project {
  /** What was tried, as `{ what, wrong }`: what is wrong is nothing, or says what came instead. */
  trials = [];

  /** A folder with the files of a case, `call.js` and a package.json that names its packages, before anything is installed. */
  constructor(
    { name, files = name, packages = {}, manifest = {}, browser = 'chromium' },
    { tarball, service, browsers },
  ) {
    this.service = service;
    this.browser = () => browsers.get(browser);
    this.tarball = tarball;
    this.folder = mkdtempSync(path.join(os.tmpdir(), `viasip-${name}-`));
    if (files) cpSync(path.join(import.meta.dirname, 'projects', files), this.folder, { recursive: true });
    cpSync(path.join(import.meta.dirname, 'call.js'), path.join(this.folder, 'call.js'));
    const dependencies = { ...packages, viasip: `file:${tarball}` };
    const text = JSON.stringify({ name: 'app', private: true, ...manifest, dependencies }, null, 2);
    writeFileSync(path.join(this.folder, 'package.json'), text);
  }

  async install() {
    const command = 'npm install --prefer-offline --no-audit --no-fund --loglevel=error';
    let { status, text } = await this.execute(command);
    for (const pause of PAUSES_MS) {
      if (status === 0) break;
      await new Promise((resolve) => setTimeout(resolve, pause));
      ({ status, text } = await this.execute(command));
    }
    if (status !== 0) throw new Error(`npm install: ${text.slice(-2000)}`);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a command of the project's packages, which has to end well and, with `says`, to write that. */
  async run(command, { says = /(?:)/, env } = {}) {
    const { status, text } = await this.execute(command, env);
    const right = status === 0 && says.test(text);
    this.trials.push({ what: command, wrong: right ? '' : `ended with ${status}: ${text.slice(-3000)}` });
  }

  /** Opens pages of a folder that was built, served as files; each has to call, or to say what `pages` has for it. */
  async serve(folder, pages, headers = {}) {
    const site = await this.folderAt(folder, headers);
    await this.open(site.url, pages, Object.keys(headers).join(', '));
    site.stop();
  }

  /** Serves a folder of it as files, until it is told to stop. */
  folderAt(folder, headers = {}) {
    return serveFiles(path.join(this.folder, folder), headers);
  }

  /** Opens pages of a server that a command starts on the port `$PORT`. */
  async start(command, pages) {
    const port = await freePort();
    const child = this.spawn(command, { PORT: String(port) });
    const url = `http://127.0.0.1:${port}`;
    try {
      await answering(url, child);
      await this.open(url, pages, command);
    } catch (error) {
      this.trials.push({ what: command, wrong: `${error.message}: ${child.text().slice(-3000)}` });
    }
    // The group: npx and the shell stand above the server.
    process.kill(-child.pid, 'SIGTERM');
    await child.ended;
  }

  async open(site, pages, where = '') {
    for (const [page, expected] of Object.entries(pages)) {
      const url = new URL(`${site}/${page}`);
      url.searchParams.set('service', this.service);
      const told = await outcome(await this.browser(), url.href);
      const right = typeof expected === 'string' ? told === expected : expected.test(told);
      this.trials.push({ what: [where, page].filter(Boolean).join(' '), wrong: right ? '' : told });
    }
  }

  async execute(command, env) {
    const child = this.spawn(command, env);
    return { status: await child.ended, text: child.text() };
  }

  spawn(command, env = {}) {
    const PATH = `${path.join(this.folder, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`;
    const child = spawn('sh', ['-c', command], {
      cwd: this.folder,
      env: { ...process.env, ...quiet, PATH, SERVICE: this.service, TARBALL: this.tarball, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
    child.text = () => text;
    child.ended = new Promise((resolve) => child.on('close', resolve));
    return child;
  }
}

/** What a page tells of its call (`tell` in call.js), or the error that kept it from telling. */
async function outcome(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  let failed;
  page.on('pageerror', (error) => (failed ??= error.message));
  await page.goto(url);
  const end = Date.now() + PATIENCE_MS;
  let told;
  while (!told && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    // A page that a development server loads anew takes its context along.
    told = (await page.evaluate(() => globalThis.told).catch(() => undefined)) ?? failed;
  }
  await context.close();
  return told ?? 'nothing was told';
}

/** A port on which nobody listens. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answering(url, child) {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end && child.exitCode === null) {
    const answer = await fetch(url).catch(() => null);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the server does not answer');
}
