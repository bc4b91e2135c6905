// What `viasip` is in development: Vite 7 moves the JavaScript of packages and leaves a wasm beside it behind.
export default { optimizeDeps: { exclude: ['viasip'] } };
