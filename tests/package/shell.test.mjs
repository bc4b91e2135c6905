// What Rust and TypeScript number alike: each has a list of its own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (file) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const plain = (name) => name.replaceAll('_', '').toLowerCase();

/** The names of `pub const NAME: u32 = n;`, which are to count up from 0. */
function constants(source) {
  const found = [...read(source).matchAll(/const (\w+): u32 = (\d+);/g)];
  assert.deepEqual(found.map(([, , number]) => Number(number)), found.map((_, i) => i));
  return found.map(([, name]) => plain(name));
}

/** The names of an enum, in TypeScript or Rust. */
function names(source, name) {
  const body = new RegExp(`enum ${name} \\{(.*?)\\n\\}`, 's').exec(read(source))[1].replace(/\/\*\*.*?\*\/|\/\/.*/g, '');
  return [...body.matchAll(/(\w+),/g)].map(([, entry]) => plain(entry));
}

test('commands have the same numbers on both sides', () => {
  for (const [source, name] of [['what', 'Command'], ['tools', 'Tool']]) {
    const there = constants(`src/web/${source}.rs`);
    assert.ok(there.length > 2);
    assert.deepEqual(names('pkg/src/wasm.ts', name), there, name);
  }
});

test('events have the same numbers on both sides', () => {
  const there = names('src/web/events.rs', 'Kind');
  assert.ok(there.length > 40);
  assert.deepEqual(names('pkg/src/kinds.ts', 'Kind'), there);
});

test('the events of a subscription are named in their order', () => {
  const body = /const EVENTS = \[(.*?)\];/.exec(read('pkg/src/Subscriber.ts'))[1];
  const here = [...body.matchAll(/'(\w+)'/g)].map(([, name]) => `subscription${name}`);
  assert.deepEqual(here, names('src/web/events.rs', 'Kind').filter((name) => name.startsWith('subscription')).slice(1));
});

test('the failures of WebRTC have the same numbers on both sides', () => {
  const body = /const FAULTS = \[(.*?)\n\];/s.exec(read('pkg/src/RTCSession.ts'))[1];
  const here = [...body.matchAll(/'(?:peerconnection:)?(\w+?)(?:description)?failed'/g)].map(([, name]) => name);
  // Of the last one no event is told.
  const there = names('src/event.rs', 'MediaFault').filter((name) => name !== 'norelay').map((name) => (name === 'usermedia' ? 'getusermedia' : name));
  assert.deepEqual(here, there);
});
