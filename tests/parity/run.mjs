// The same scenarios with JsSIP 3.13.8 and with viasip: what the application is told and what goes over the wire must be
// equal, but for the differences that differences.mjs names, each of which has to occur.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'esbuild';
import config from '../e2e/playwright.config.mjs';
import { serveFiles } from '../e2e/servers.mjs';
import { allowed, table } from './differences.mjs';

const here = import.meta.dirname;
const root = path.resolve(here, '..', '..');
const only = process.argv.slice(2).find((argument) => !argument.startsWith('--'));

async function bundle(alias) {
  const result = await build({
    entryPoints: [path.join(here, 'page.mjs')], bundle: true, format: 'iife', write: false, logLevel: 'error', platform: 'browser', alias,
    define: { 'import.meta.url': '"file:///"' },
  });
  return result.outputFiles[0].text;
}

const files = await serveFiles();
const browser = await chromium.launch(config.use.launchOptions);
const bundles = { jssip: await bundle({}), viasip: await bundle({ jssip: path.join(root, 'pkg', 'dist', 'inline.js') }) };

/** A page for each of the two. */
async function open() {
  const pages = {};
  for (const [name, content] of Object.entries(bundles)) {
    pages[name] = await (await browser.newContext()).newPage();
    await pages[name].goto(`${files.url}/tests/e2e/blank.html`);
    await pages[name].addScriptTag({ content });
  }
  return pages;
}

const close = (pages) => Promise.all(Object.values(pages).map((page) => page.context().close()));

const flat = (record) => [
  ...record.events.map((entry) => `event ${JSON.stringify(entry)}`),
  ...record.frames.flatMap((lines, at) => lines.map((line) => `frame ${at + 1}  ${line}`)),
  ...record.errors.map((error) => `error ${error}`),
];

let passed = 0;
const failures = [];
const used = new Set();
const first = await open();
const names = await first.jssip.evaluate(() => window.parityNames);
await close(first);

async function compare(pages, section, name) {
  const [theirs, ours] = await Promise.all([pages.jssip, pages.viasip].map((page) => page.evaluate((title) => window.parity(title), name)));
  const rules = allowed.filter((rule) => !rule.scenarios || rule.scenarios.includes(name));
  const reduce = (record, side) => rules.reduce((lines, rule) => {
    const changed = rule.apply(lines, side);
    if (changed.join('\n') !== lines.join('\n')) used.add(rule);
    return changed;
  }, flat(record));
  const [a, b] = [reduce(theirs, 'jssip'), reduce(ours, 'viasip')];
  if (a.join('\n') === b.join('\n')) {
    passed += 1;
    if (process.argv.includes('--verbose')) console.log(`ok  ${section}  ${name}`);
  } else {
    const differing = [...a.filter((line) => !b.includes(line)).map((line) => `  - ${line}`), ...b.filter((line) => !a.includes(line)).map((line) => `  + ${line}`)];
    failures.push(name);
    console.log(`not ok  ${section}  ${name}\n${(differing.length ? differing : ['  (another order)', ...a.map((l) => `  - ${l}`), ...b.map((l) => `  + ${l}`)]).slice(0, 90).join('\n')}`);
  }
}

/** Scenarios wait more than they work, so some pairs of pages run at a time and each takes the next one. */
const LANES = 3;
/** A page has only so many RTCPeerConnections in its life. */
const SCENARIOS_PER_PAGE = 100;
const waiting = names.filter(([, title]) => !only || title.includes(only));
async function lane() {
  while (waiting.length > 0) {
    const pages = await open();
    for (let left = SCENARIOS_PER_PAGE; left > 0 && waiting.length > 0; left -= 1)
      await compare(pages, ...waiting.shift());
    await close(pages);
  }
}
await Promise.all(Array.from({ length: LANES }, lane));
await browser.close();
files.stop();
if (!only) {
  for (const rule of allowed.filter((entry) => !used.has(entry))) {
    failures.push(rule.id);
    console.log(`not ok  the difference "${rule.id}" does not occur any more`);
  }
  const file = path.join(root, 'docs', 'differences.md');
  const text = readFileSync(file, 'utf8');
  const [start, end] = ['<!-- table -->\n', '<!-- /table -->'];
  const written = `${text.slice(0, text.indexOf(start) + start.length)}${table()}${text.slice(text.indexOf(end))}`;
  if (process.argv.includes('--write')) writeFileSync(file, written);
  else if (written !== text) {
    failures.push('docs');
    console.log('not ok  docs/differences.md is not what differences.mjs says (run with --write)');
  }
}
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
