/** The same names as `viasip` with the wasm inside, started synchronously: for `import JsSIP from 'viasip/inline'`. */
import { initSync } from '../wasm/viasip.js';
import * as api from './api.js';
import { wasmBase64 } from './wasm-base64.js';

const binary = atob(wasmBase64);
initSync({ module: Uint8Array.from(binary, (c) => c.charCodeAt(0)) });

export * from './api.js';
export default api;
