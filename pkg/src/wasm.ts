/**
 * The type of `import wasm from 'viasip/wasm'`, for which a bundler gives the address of the wasm, to be passed to `init(wasm)`.
 * Of this file only the declaration is published.
 */
export default '' as string;
