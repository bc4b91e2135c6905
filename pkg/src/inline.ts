/** The same names as `viasip` with the wasm inside, started synchronously: for `import JsSIP from 'viasip/inline'`. */
import { start } from './core/Core.js';
import { uncompiled } from './core/compile.js';
import * as api from './api.js';
import { wasmBase64 } from './wasm-base64.js';

start(compiled());

function compiled(): WebAssembly.Module {
  const bytes = Uint8Array.from(atob(wasmBase64), (c) => c.charCodeAt(0));
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw uncompiled('the wasm', cause);
  }
}

export * from './api.js';
export default api;
