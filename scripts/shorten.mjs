// Shortens what the wasm and its glue call each other by. wasm-bindgen puts a hash in each name, which no compression takes
// out again, once here and once there: 3 kB of the package.

/** What wasm-opt is told for it; it answers with lines `long => short`. */
export const SHORTEN = '--minify-imports-and-exports-and-modules';

/** The name that it gives the one module which is imported. */
const MODULE = 'a';

/** The glue with the names of `renamed`, which is what wasm-opt answered. */
export function shorten(glue, renamed) {
  const pairs = [...renamed.matchAll(/^(\S+) => (\S+)$/gm)];
  if (pairs.length < 20) throw new Error('wasm-opt did not say how it renamed');
  let text = glue.replace('"./viasip_bg.js": import0', `${MODULE}: import0`);
  for (const [, long, short] of pairs) {
    // An import is a key of an object, an export is read of `wasm`.
    const used = new RegExp(`^( +)${long}(?=: function)|\\bwasm\\.${long}\\b`, 'gm');
    text = text.replace(used, (_, indent) => (indent === undefined ? `wasm.${short}` : `${indent}${short}`));
  }
  return text;
}
