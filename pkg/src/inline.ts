/** The same names as `viasip` with the wasm inside, started synchronously: for `import JsSIP from 'viasip/inline'`. */
import { start } from './core/Core.js';
import * as api from './api.js';
import { wasmBase64 } from './wasm-base64.js';

start(Uint8Array.from(atob(wasmBase64), (c) => c.charCodeAt(0)));

export * from './api.js';
export default api;
