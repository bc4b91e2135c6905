// Takes out of the wasm what a panic would say. There is nowhere to say it on this target: the standard library's
// message is formatted for a stderr that does not exist, then the module traps. Only the formatting goes; the trap stays.

/** Functions that never return: a panic, or a failed allocation. Each becomes the trap that it would have ended in. */
const ENDS = [
  /^core::panicking::/, /^std::panicking::/, /rust_begin_unwind$/, /rust_panic$/, /__rust_alloc_error_handler$/,
  /^core::(option|result)::(expect|unwrap)_failed$/, /^core::cell::panic_already_/, /^core::str::slice_error_fail/,
  /^core::slice::.*_fail$/, /::assert_failed$/, /^alloc::raw_vec::(handle_error|capacity_overflow)$/, /^alloc::alloc::handle_alloc_error$/,
  /^std::alloc::default_alloc_error_hook$/, /capacity_overflow$/,
];
/** `Debug` serves panics only: nothing of ours, and nothing that it uses, shows a value by it. It writes nothing. */
const DEBUG = /(as core::fmt::Debug>::fmt|::fmt::Debug for .*>::fmt(::h[0-9a-f]{16})?)$/;

const FEATURES = ['MutableGlobals', 'NontrappingFPToInt', 'BulkMemory', 'BulkMemoryOpt', 'SignExt', 'ReferenceTypes', 'Multivalue'];

/** A name as the source has it: `core\5b1f…\5d::panicking::panic_fmt` is `core::panicking::panic_fmt`. */
const plain = (name) =>
  name.replace(/\\([0-9a-f]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16))).replace(/\[[0-9a-f]{8,16}\]/g, '').replace(/::h[0-9a-f]{16}$/, '');

/** The module without them; `bytes` has to carry its name section. */
export async function silence(bytes) {
  // Not installed yet when this file is first read.
  const { default: binaryen } = await import('binaryen');
  binaryen.setDebugInfo(true);
  const wasm = binaryen.readBinary(bytes);
  wasm.setFeatures(FEATURES.reduce((all, name) => all | binaryen.Features[name], 0));
  const found = Array.from({ length: wasm.getNumFunctions() }, (_, at) => binaryen.getFunctionInfo(wasm.getFunctionByIndex(at)));
  let count = 0;
  for (const { name, base, params, results } of found.filter((entry) => !entry.base)) {
    const title = plain(name);
    const debug = DEBUG.test(title) && results === binaryen.i32;
    if (!debug && !ENDS.some((pattern) => pattern.test(title))) continue;
    wasm.removeFunction(name);
    // `fmt::Result::Ok` is 0.
    wasm.addFunction(name, params, results, [], debug ? wasm.i32.const(0) : wasm.unreachable());
    count += 1;
  }
  if (count < 20) throw new Error('the wasm has lost the names by which its panics are found');
  const silenced = wasm.emitBinary();
  wasm.dispose();
  blank(silenced);
  return silenced;
}

/** A number of the binary format (LEB128) at `at`, and where it ends. */
function leb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

/** The data of the module: where each piece lies in memory, and its bytes. */
function pieces(bytes) {
  const found = [];
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at];
    const [size, begin] = leb(bytes, at + 1);
    if (id === 11) {
      let [count, from] = leb(bytes, begin);
      for (; count > 0; count -= 1) {
        // Active in memory 0, at a constant: all that rustc makes.
        if (bytes[from] !== 0 || bytes[from + 1] !== 0x41) throw new Error('data of the wasm that is not understood');
        const [offset, end] = leb(bytes, from + 2);
        const [length, start] = leb(bytes, end + 1);
        found.push({ offset, bytes: bytes.subarray(start, start + length) });
        from = start + length;
      }
    }
    at = begin + size;
  }
  return found;
}

/** Blanks where in the source each panic is, which nobody reads any more: `Location`s and the paths that they point to. */
function blank(bytes) {
  const data = pieces(bytes);
  const text = (address, length) => {
    const piece = data.find(({ offset, bytes: { length: size } }) => address >= offset && address + length <= offset + size);
    return piece?.bytes.subarray(address - piece.offset, address - piece.offset + length);
  };
  const paths = new Set();
  for (const { offset, bytes: piece } of data) {
    const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
    for (let at = (4 - (offset % 4)) % 4; at + 16 <= piece.length; at += 4) {
      const [address, length, line, column] = [0, 4, 8, 12].map((field) => view.getUint32(at + field, true));
      if (length < 4 || length > 200 || line === 0 || line > 99_999 || column === 0 || column > 999) continue;
      const path = text(address, length);
      if (!path || !/^[\w./-]+\.rs$/.test(Buffer.from(path).toString('latin1'))) continue;
      paths.add(path);
      piece.fill(0, at, at + 16);
    }
  }
  if (paths.size < 20) throw new Error('the places of panics in the wasm are not found');
  for (const path of paths) path.fill(0);
}
