// Takes out of the wasm what a panic would say. There is nowhere to say it on this target: the standard library's
// message is formatted for a stderr that does not exist, then the module traps. Only the message goes; the trap stays.
// With it go the functions and the data (messages, places in the sources, tables of printable characters) that nothing
// else refers to: the linker has kept them, for it did not know.
import { leb, readModule } from './wasm-module.mjs';

/** Functions that never return: a panic, or a failed allocation. Each becomes the trap that it would have ended in. */
const ENDS = [
  /^core::panicking::/, /^std::panicking::panic/, /rust_begin_unwind$/, /rust_panic$/,
  /^core::(option|result)::(expect|unwrap)_failed$/, /::panic_(already_(mutably_)?borrowed|poisoned|access_error)$/, /::slice_error_fail(_rt)?$/,
  /^core::slice::.*(_fail|len_mismatch_fail)$/, /::assert_failed$/, /::do_panic::runtime$/, /^core::char::methods::.*do_panic/,
  /^alloc::raw_vec::(handle_error|capacity_overflow)$/, /^alloc::alloc::handle_alloc_error$/, /::capacity_overflow$/, /__rust_alloc_error_handler$/,
];
/** `Debug` serves panics only: nothing of ours, and nothing that it uses, shows a value by it. It writes nothing. */
const DEBUG = /fmt::Debug(>| for .*>)?::fmt$/;

const TRAP = [0, 0x00, 0x0b];
/** `fmt::Result::Ok` is 0. */
const OK = [0, 0x41, 0, 0x0b];
/** Relocations to a function, a place in the function table or a place in memory. */
const REFERS = new Set([0, 1, 2, 3, 4, 5]);

/** A mangled name as the source has it: Rust's legacy mangling, and v0 (RFC 2603) as far as it serves here. */
function plain(mangled) {
  const parts = [];
  const legacy = mangled.startsWith('_ZN');
  for (let at = legacy ? 3 : 2; at < mangled.length; ) {
    const rest = mangled.slice(at);
    const [length] = /^\d+/.exec(rest) ?? [];
    const [skipped] = (!legacy && /^[sBL][0-9A-Za-z]*?_/.exec(rest)) || [];
    if (length) {
      at += length.length + (!legacy && rest[length.length] === '_' ? 1 : 0);
      parts.push(mangled.slice(at, at + Number(length)));
      at += Number(length);
    } else at += skipped?.length ?? 1;
  }
  const name = parts.filter((part) => !/^h[0-9a-f]{16}$/.test(part)).join('::');
  return name.replaceAll('$LT$', '<').replaceAll('$GT$', '>').replaceAll('$u20$', ' ').replaceAll('..', '::');
}

/** The linked module without them. */
export function silence(bytes) {
  const module = readModule(bytes);
  const replaced = new Map();
  for (const { index, name } of module.functions) {
    const title = plain(name);
    if (ENDS.some((pattern) => pattern.test(title))) replaced.set(index, TRAP);
    else if (DEBUG.test(title)) replaced.set(index, OK);
  }
  if (replaced.size < 20) throw new Error('the wasm has lost the names by which its panics are found');

  const { functions: alive, data } = reachable(module, replaced);
  for (const { index } of module.functions) if (!alive.has(index)) replaced.set(index, TRAP);
  const emptied = Buffer.from(bytes);
  module.segments.forEach(({ start, end }, segment) => {
    for (let at = start; at < end; at += 1) if (!data[segment][at - start]) emptied[at] = 0;
  });
  return withBodies(emptied, module, replaced);
}

/** What can be reached from the exports: functions by index, and for each segment which of its bytes. */
function reachable(module, silenced) {
  const functions = new Set();
  const data = module.segments.map(({ start, end }) => new Uint8Array(end - start));
  const from = new Map();
  const refer = (holders, relocations, key) => {
    let holder = 0;
    for (const { type, at, symbol } of relocations.filter((entry) => REFERS.has(entry.type))) {
      while (holder < holders.length && at >= holders[holder].end) holder += 1;
      if (!symbol || !holders[holder] || at < holders[holder].start) throw new Error(`a relocation of type ${type} refers to nothing`);
      const list = from.get(key(holders[holder])) ?? [];
      list.push(symbol);
      from.set(key(holders[holder]), list);
    }
  };
  refer(module.functions, module.codeRelocations, ({ index }) => index);
  // Symbols of data may overlap (merged strings): each holds the relocations within it.
  const place = ({ segment, offset, size }) => ({ start: module.segments[segment].start + offset, end: module.segments[segment].start + offset + size });
  const relocations = module.dataRelocations.filter(({ type }) => REFERS.has(type));
  const held = (symbol) => {
    const { start, end } = place(symbol);
    return relocations.filter(({ at }) => at >= start && at < end).map((entry) => entry.symbol);
  };

  /** `core::panic::Location`: where a panic happened, an argument of what has just been silenced. */
  const isLocation = (symbol) => {
    const [file, ...others] = symbol.size === 16 ? held(symbol) : [];
    if (!file || others.length > 0 || !module.isData(file)) return false;
    const { start, end } = place(file);
    return /\.rs\0?$/.test(module.bytes.toString('latin1', start, end));
  };

  const queue = [];
  const reach = (symbol) => {
    if (module.isFunction(symbol) && !functions.has(symbol.index)) {
      functions.add(symbol.index);
      if (!silenced.has(symbol.index)) queue.push(...(from.get(symbol.index) ?? []));
    } else if (module.isData(symbol) && !symbol.reached && !isLocation(symbol)) {
      symbol.reached = true;
      data[symbol.segment].fill(1, symbol.offset, symbol.offset + symbol.size);
      queue.push(...held(symbol));
    }
  };
  for (const { kind, index } of module.exports) if (kind === 0) reach({ kind: 0, index });
  while (queue.length > 0) reach(queue.pop());
  return { functions, data };
}

/** The module with these bodies in place of its own, and without what only a linker reads. */
function withBodies(bytes, module, replaced) {
  const parts = [bytes.subarray(0, 8)];
  for (const { id, name, start, end } of module.sections) {
    if (name === 'linking' || name?.startsWith('reloc.')) continue;
    let content = bytes.subarray(start, end);
    if (id === 10) {
      const bodies = module.functions.map(({ index, start: from, end: to }) => {
        const body = replaced.get(index) ?? bytes.subarray(from, to);
        return [Buffer.from(leb(body.length)), Buffer.from(body)];
      });
      content = Buffer.concat([Buffer.from(leb(bodies.length)), ...bodies.flat()]);
    }
    parts.push(Buffer.from([id, ...leb(content.length)]), content);
  }
  return Buffer.concat(parts);
}
