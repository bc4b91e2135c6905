// What viasip costs a page, beside JsSIP, SIP.js and no library at all: CPU of the page's main thread (task time in thread
// ticks) for each case, in one headless Chromium, round by round in turn, so that a machine that slows down slows all of them.
// `npm run bench`; `--rounds=7`, `--case=calls` narrow it; `--write` puts table and plot into docs/performance.md.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'esbuild';
import config from '../../tests/e2e/playwright.config.mjs';
import { report, table } from './report.mjs';
import { serve } from './server.mjs';

const here = import.meta.dirname;
const root = path.resolve(here, '..', '..');
const option = (name, fallback) => new RegExp(`--${name}=(\\S+)`).exec(process.argv.join(' '))?.[1] ?? fallback;
const rounds = Number(option('rounds', 5));
const wanted = option('case', '');

const inline = path.join(root, 'pkg', 'dist', 'inline.js');
const libraries = {
  viasip: { entry: 'jssip.mjs', alias: { jssip: inline } },
  jssip: { entry: 'jssip.mjs' },
  'sip.js': { entry: 'sipjs.mjs' },
  floor: { entry: 'floor.mjs' },
};

/** name, libraries, how often before it is measured, how often then, and what is done that often. */
const cases = [
  ...[
    ['600 B', 600, 1000],
    ['10.6 kB', 10_600, 500],
  ].flatMap(([size, bytes, count]) =>
    // By itself a request wakes an idle page, which is most of what it costs; in a burst the page has one after the other.
    [
      ['one at a time', 1],
      ['in a burst', Infinity],
    ].map(([manner, open]) => [
      `received request, ${size}, ${manner}`,
      ['viasip', 'jssip', 'sip.js', 'floor'],
      200,
      count,
      ({ server }, contact, times) => server.flood(contact, times, bytes, open),
    ]),
  ),
  [
    'register and unregister',
    ['viasip', 'jssip', 'sip.js'],
    10,
    100,
    ({ page }, contact, count) => page.evaluate((n) => window.bench.register(n), count),
  ],
  [
    'call',
    ['viasip', 'jssip', 'sip.js'],
    10,
    100,
    ({ page }, contact, count) => page.evaluate((n) => window.bench.calls(n), count),
  ],
  [
    '2,000 calls in a row',
    ['viasip', 'jssip'],
    0,
    2000,
    ({ page }, contact, count) => page.evaluate((n) => window.bench.calls(n), count),
  ],
];

async function bundle({ entry, alias }) {
  const made = await build({
    entryPoints: [path.join(here, entry)],
    bundle: true,
    minify: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
    platform: 'browser',
    alias,
    define: { 'import.meta.url': '"file:///"', global: 'window' },
  });
  return made.outputFiles[0].text;
}

const page = (script) => [
  'text/html',
  `<!doctype html><meta charset="utf-8"><title>bench</title><script ${script}></script>`,
];
const files = { '/favicon.ico': ['text/plain', ''] };
for (const [name, library] of Object.entries(libraries)) {
  files[`/${name}.js`] = ['text/javascript', await bundle(library)];
  files[`/${name}.html`] = page(`src="/${name}.js"`);
}
// Cold start: what the README's ten lines load. viasip from its own files, the wasm among them, JsSIP as one bundle.
for (const folder of ['dist', 'wasm']) {
  for (const name of readdirSync(path.join(root, 'pkg', folder)).filter((file) => /\.(js|wasm)$/.test(file))) {
    files[`/pkg/${folder}/${name}`] = [
      name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript',
      readFileSync(path.join(root, 'pkg', folder, name)),
    ];
  }
}
const cold = (start) => `const begun = performance.now(); ${start}
  const ua = new UA({ sockets: [new WebSocketInterface(\`ws://\${location.host}\`)], uri: 'sip:alice@example.com', register: false });
  ua.on('connected', () => { window.connectedAfter = performance.now() - begun; }); ua.start();`;
files['/cold-viasip.js'] = [
  'text/javascript',
  cold("const { default: init, UA, WebSocketInterface } = await import('/pkg/dist/index.js'); await init();"),
];
const lone = await build({
  stdin: { contents: "export { UA, WebSocketInterface } from 'jssip';", resolveDir: root },
  bundle: true,
  minify: true,
  format: 'esm',
  write: false,
  platform: 'browser',
  logLevel: 'error',
});
files['/jssip-module.js'] = ['text/javascript', lone.outputFiles[0].text];
files['/cold-jssip.js'] = [
  'text/javascript',
  cold("const { UA, WebSocketInterface } = await import('/jssip-module.js');"),
];
for (const name of ['viasip', 'jssip']) files[`/cold-${name}.html`] = page(`type="module" src="/cold-${name}.js"`);

const browser = await chromium.launch(config.use.launchOptions);

/** A page of its own process, and how to read its clock and heap. */
async function open(server, name) {
  const context = await browser.newContext();
  const opened = await context.newPage();
  opened.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
  const devtools = await context.newCDPSession(opened);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await opened.goto(`${server.url}/${name}.html`);
  const metric = async (of) =>
    (await devtools.send('Performance.getMetrics')).metrics.find((entry) => entry.name === of).value;
  return {
    page: opened,
    devtools,
    taskMs: async () => 1000 * (await metric('TaskDuration')),
    close: () => context.close(),
  };
}

/** ms of main thread for each time that the case was done. */
async function measure(name, [, , before, count, run]) {
  const server = await serve(files);
  const opened = await open(server, name);
  await opened.page.evaluate((url) => window.bench.start(url), server.socketUrl);
  const contact = await opened.page.evaluate(() => window.bench.contact);
  const world = { server, page: opened.page };
  if (before > 0) await run(world, contact, before);
  const begun = await opened.taskMs();
  await run(world, contact, count);
  const spent = (await opened.taskMs()) - begun;
  await opened.close();
  server.close();
  return spent / count;
}

/** ms from the import to the open connection. */
async function coldStart(name) {
  const server = await serve(files);
  const opened = await open(server, `cold-${name}`);
  await opened.page.waitForFunction(() => window.connectedAfter !== undefined);
  const ms = await opened.page.evaluate(() => window.connectedAfter);
  await opened.close();
  server.close();
  return ms;
}

/** kB of heap for each of `count` user agents that wait, or calls that are up. The wasm's memory counts: the page pays for it. */
async function heap(name, what, before, count) {
  const server = await serve(files);
  const opened = await open(server, name);
  await opened.page.evaluate((url) => window.bench.start(url), server.socketUrl);
  const make = (n) =>
    opened.page.evaluate(([kind, many, url]) => window.bench[kind](many, url), [what, n, server.socketUrl]);
  const used = async () => {
    await opened.devtools.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = await opened.devtools.send('Runtime.getHeapUsage');
    return usedSize + backingStorageSize;
  };
  await make(before);
  const begun = await used();
  await make(count);
  const each = ((await used()) - begun) / count / 1024;
  await opened.close();
  server.close();
  return each;
}

const results = [];
async function rowOf(title, unit, names, one, times = rounds) {
  if (!title.includes(wanted)) return;
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < times; round += 1) {
    // Each round begins with another one, so that none has the cooler machine.
    const turn = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    for (const name of turn) samples[name].push(await one(name));
  }
  results.push({ title, unit, samples });
  console.log(table([results.at(-1)]));
}

for (const entry of cases)
  await rowOf(
    entry[0],
    'ms',
    entry[1],
    (name) => measure(name, entry),
    entry[3] >= 2000 ? Math.min(rounds, 3) : rounds,
  );
// One page each: what else the machine does at that moment is most of a single figure.
await rowOf('cold start', 'ms', ['viasip', 'jssip'], coldStart, rounds * 6);
const few = Math.min(rounds, 3);
await rowOf('heap of a user agent', 'kB', ['viasip', 'jssip', 'sip.js'], (name) => heap(name, 'idle', 10, 100), few);
await rowOf('heap of a call', 'kB', ['viasip', 'jssip', 'sip.js'], (name) => heap(name, 'up', 10, 50), few);
await browser.close();

console.log(`\n${table(results)}`);
if (process.argv.includes('--write')) {
  const versions = {
    chromium: browser.version(),
    rounds,
    date: new Date().toISOString().slice(0, 10),
    load: os.loadavg()[1],
    cores: os.availableParallelism(),
  };
  writeFileSync(
    path.join(root, 'docs', 'performance.md'),
    report(results, versions, path.join(root, 'docs', 'performance.svg')),
  );
}
