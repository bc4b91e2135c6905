// Puts functions that resemble each other side by side: deflate finds a repetition only in the last 32 KiB, and a near
// one costs fewer bits. wasm-opt sorts functions by name; so they are named by their place.
import { deflateRawSync } from 'node:zlib';
import { leb, readBodies, sections } from './wasm-module.mjs';

const WINDOW = 32_768;
/** Bytes of a sequence that counts as shared. */
const SHARED = 6;
/** Of the functions that share the most with the window, so many are compressed to see which gains the most. */
const CANDIDATES = 40;

/** The place of each function in the best order that a greedy search finds. */
function places(bodies) {
  const sequences = new Map();
  const within = bodies.map((body) => {
    const own = new Set();
    for (let at = 0; at + SHARED <= body.length; at += 1) {
      const text = body.toString('latin1', at, at + SHARED);
      if (!sequences.has(text)) sequences.set(text, sequences.size);
      own.add(sequences.get(text));
    }
    return [...own];
  });
  const holders = Array.from(sequences, () => []);
  within.forEach((own, index) => own.forEach((sequence) => holders[sequence].push(index)));

  const count = new Uint32Array(sequences.size);
  const shared = new Uint32Array(bodies.length);
  const waiting = new Set(bodies.keys());
  const inWindow = [];
  let length = 0;
  let window = Buffer.alloc(0);
  const take = (index) => {
    waiting.delete(index);
    inWindow.push(index);
    length += bodies[index].length;
    for (const sequence of within[index]) if (count[sequence]++ === 0) for (const holder of holders[sequence]) shared[holder] += 1;
    while (length > WINDOW && inWindow.length > 1) {
      const gone = inWindow.shift();
      length -= bodies[gone].length;
      for (const sequence of within[gone]) if (--count[sequence] === 0) for (const holder of holders[sequence]) shared[holder] -= 1;
    }
    window = Buffer.concat([window, bodies[index]]).subarray(-WINDOW);
  };
  const cost = (index) => (deflateRawSync(bodies[index], { level: 9, dictionary: window }).length + 1) / bodies[index].length;
  const likeness = (index) => shared[index] / Math.max(within[index].length, 1);
  const best = (list, measure) => list.reduce((found, entry) => (measure(entry) < measure(found) ? entry : found));

  const place = new Array(bodies.length);
  take(best([...waiting], (index) => -bodies[index].length));
  place[inWindow[0]] = 0;
  for (let next = 1; waiting.size > 0; next += 1) {
    const likely = [...waiting].sort((a, b) => likeness(b) - likeness(a)).slice(0, CANDIDATES);
    const costs = new Map(likely.map((index) => [index, cost(index)]));
    const index = best(likely, (entry) => costs.get(entry));
    take(index);
    place[index] = next;
  }
  return place;
}

/** The module with its functions named by their place in that order. */
export function order(bytes) {
  const { imported, bodies } = readBodies(bytes);
  const names = places(bodies).map((place, index) => {
    const name = String(place).padStart(5, '0');
    return Buffer.from([...leb(imported + index), name.length, ...Buffer.from(name)]);
  });
  const list = Buffer.concat([Buffer.from(leb(names.length)), ...names]);
  const section = Buffer.concat([Buffer.from([4, ...Buffer.from('name'), 1, ...leb(list.length)]), list]);
  const kept = sections(bytes).filter(({ name }) => name !== 'name');
  const rest = kept.flatMap(({ id, start, end }) => [Buffer.from([id, ...leb(end - start)]), bytes.subarray(start, end)]);
  return Buffer.concat([bytes.subarray(0, 8), ...rest, Buffer.from([0, ...leb(section.length)]), section]);
}
