// What CONTRIBUTING.md promises: in Chromium's debugger a breakpoint in a file of Rust stops there, with the text of that file.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');
const file = 'src/session/outgoing.rs';

test('a breakpoint on a line of Rust stops there', async ({ page, files, registrar }) => {
  const debug = await page.context().newCDPSession(page);
  const scripts = [];
  debug.on('Debugger.scriptParsed', (script) => scripts.push(script));
  await debug.send('Debugger.enable');
  await open(page, files.url, registrar.url);

  const found = () => scripts.find(({ scriptLanguage }) => scriptLanguage === 'WebAssembly');
  await expect.poll(found).toBeTruthy();
  const wasm = found();
  expect(wasm.sourceMapURL).toBe('viasip_bg.wasm.map');
  const map = await (await fetch(new URL(wasm.sourceMapURL, wasm.url))).json();
  const text = readFileSync(path.join(root, file), 'utf8');
  expect(map.sourcesContent[map.sources.indexOf(file)]).toBe(text);

  // A breakpoint on each line of that file of which there is code: which those are is the compiler's to say.
  const mapped = new SourceMap(map);
  const places = new Map();
  for (let column = 0; column < wasm.endColumn; column += 1) {
    const { originalSource, originalLine } = mapped.findEntry(0, column);
    if (originalSource === file && !places.has(originalLine)) places.set(originalLine, column);
  }
  const { scriptId } = wasm;
  const set = [...places.values()].map((columnNumber) =>
    debug.send('Debugger.setBreakpoint', { location: { scriptId, lineNumber: 0, columnNumber } }).catch(() => null),
  );
  expect((await Promise.all(set)).filter(Boolean).length).toBeGreaterThan(0);

  const stopped = new Promise((resolve) => debug.once('Debugger.paused', resolve));
  const called = page.evaluate(() => {
    const alice = window.line('alice', { register: false });
    alice.start();
    return window.once(alice, 'connected').then(() => alice.call('bob').id);
  });
  const { callFrames } = await stopped;
  const { originalSource, originalLine } = mapped.findEntry(0, callFrames[0].location.columnNumber);
  expect([originalSource, text.split('\n')[originalLine]]).toEqual([file, expect.stringMatching(/\w/)]);
  // Names of Rust, not numbers, up to the class that was called.
  expect(callFrames.map(({ functionName }) => functionName).join('\n')).toMatch(/session.*call[\s\S]*\bcall$/m);
  await debug.send('Debugger.disable');
  expect(await called).toBeTruthy();
});
