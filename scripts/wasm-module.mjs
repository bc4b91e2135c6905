// Reads a wasm module that the linker wrote with its relocations (--emit-relocs): who refers to whom. The sections are
// those of the tool conventions (Linking.md): `linking` names the symbols, `reloc.*` the places that refer to them.

const SECTION = { custom: 0, imports: 2, exports: 7, elements: 9, code: 10, data: 11 };
const SYMBOL = { function: 0, data: 1, table: 5 };
const UNDEFINED = 0x10;
const EXPLICIT_NAME = 0x40;
/** Relocations that carry an addend: addresses in memory, and offsets in functions and sections. */
const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25]);

class Reader {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end });
  }

  get more() {
    return this.at < this.end;
  }

  byte() {
    return this.bytes[this.at++];
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  list(read) {
    return Array.from({ length: this.number() }, (_, index) => read(index));
  }
}

export const leb = (value) => {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
};

/** A section of a module: `start` and `end` of what follows its length. */
export function sections(bytes) {
  const reader = new Reader(bytes, 8);
  const found = [];
  while (reader.more) {
    const id = reader.byte();
    const length = reader.number();
    const start = reader.at;
    const name = id === SECTION.custom ? reader.text() : undefined;
    found.push({ id, name, start, content: reader.at, end: start + length });
    reader.at = start + length;
  }
  return found;
}

function limits(reader) {
  const flags = reader.byte();
  reader.number();
  if (flags & 1) reader.number();
}

function importedFunctions(reader) {
  let count = 0;
  reader.list(() => {
    reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind === 0) count += 1;
    if (kind === 0) reader.number();
    else if (kind === 1) {
      reader.byte();
      limits(reader);
    } else if (kind === 2) limits(reader);
    else reader.at += 2;
  });
  return count;
}

function symbol(reader) {
  const kind = reader.byte();
  const flags = reader.number();
  const defined = !(flags & UNDEFINED);
  if (kind === SYMBOL.data) {
    const name = reader.text();
    return { kind, name, ...(defined && { segment: reader.number(), offset: reader.number(), size: reader.number() }) };
  }
  const index = reader.number();
  const named = kind !== 3 && (defined || flags & EXPLICIT_NAME);
  return { kind, index, name: named ? reader.text() : undefined };
}

function functionNames(reader) {
  const names = new Map();
  while (reader.more) {
    const id = reader.byte();
    const end = reader.number() + reader.at;
    if (id === 1) {
      reader.list(() => {
        const index = reader.number();
        names.set(index, reader.text());
      });
    }
    reader.at = end;
  }
  return names;
}

function readerOf(bytes, all) {
  return (wanted) => {
    const section = all.find(({ id, name }) => id === wanted || name === wanted);
    if (!section) throw new Error(`the wasm has no section ${wanted}`);
    return new Reader(bytes, section.content, section.end);
  };
}

/** How many functions a module imports, and the code of its own. */
export function readBodies(bytes) {
  const read = readerOf(bytes, sections(bytes));
  const code = read(SECTION.code);
  const bodies = code.list(() => {
    const length = code.number();
    code.at += length;
    return bytes.subarray(code.at - length, code.at);
  });
  return { imported: importedFunctions(read(SECTION.imports)), bodies };
}

/** Functions, segments of data, symbols and relocations of a linked module. */
export function readModule(bytes) {
  const all = sections(bytes);
  const read = readerOf(bytes, all);
  const start = (wanted) => all.find(({ id }) => id === wanted).start;
  const imported = importedFunctions(read(SECTION.imports));
  const names = functionNames(read('name'));

  const code = read(SECTION.code);
  const functions = code.list((at) => {
    const length = code.number();
    const body = { index: imported + at, name: names.get(imported + at) ?? '', start: code.at, end: code.at + length };
    code.at += length;
    return body;
  });

  const data = read(SECTION.data);
  const segments = data.list(() => {
    const kind = data.number();
    // One memory, an address that is a constant: 0x41 (i32.const) n 0x0b (end).
    if (kind === 2) data.number();
    if (kind !== 1) {
      data.at += 1;
      data.number();
      data.at += 1;
    }
    const length = data.number();
    const segment = { start: data.at, end: data.at + length };
    data.at += length;
    return segment;
  });

  const exported = read(SECTION.exports);
  const exports = exported.list(() => ({ name: exported.text(), kind: exported.byte(), index: exported.number() }));

  const linking = read('linking');
  linking.number();
  let symbols = [];
  while (linking.more) {
    const id = linking.byte();
    const end = linking.number() + linking.at;
    if (id === 8) symbols = linking.list(() => symbol(linking));
    linking.at = end;
  }

  const relocations = (name, section) => {
    const reader = read(name);
    reader.number();
    return reader.list(() => {
      const type = reader.byte();
      const at = reader.number() + start(section);
      const target = reader.number();
      if (WITH_ADDEND.has(type)) reader.number();
      return { type, at, symbol: symbols[target] };
    });
  };
  return {
    bytes, imported, functions, segments, exports, symbols,
    codeRelocations: relocations('reloc.CODE', SECTION.code),
    dataRelocations: relocations('reloc.DATA', SECTION.data),
    isFunction: (entry) => entry?.kind === SYMBOL.function,
    isData: (entry) => entry?.kind === SYMBOL.data && entry.segment !== undefined,
    sections: all,
  };
}
