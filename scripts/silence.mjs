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
  return silenced;
}
