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
const pages = {};

/** New pages: one has only so many RTCPeerConnections in its life. */
async function open() {
  for (const [name, content] of Object.entries(bundles)) {
    await pages[name]?.context().close();
    pages[name] = await (await browser.newContext()).newPage();
    await pages[name].goto(`${files.url}/tests/e2e/blank.html`);
    await pages[name].addScriptTag({ content });
  }
}
await open();

const flat = (record) => [
  ...record.events.map((entry) => `event ${JSON.stringify(entry)}`),
  ...record.frames.flatMap((lines, at) => lines.map((line) => `frame ${at + 1}  ${line}`)),
  ...record.errors.map((error) => `error ${error}`),
];

let passed = 0;
const failures = [];
const used = new Set();
const names = await pages.jssip.evaluate(() => window.parityNames);
for (const [at, [section, name]] of names.filter(([, title]) => !only || title.includes(only)).entries()) {
  if (at % 100 === 99) await open();
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
