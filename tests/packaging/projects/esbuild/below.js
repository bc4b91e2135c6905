import init, * as viasip from 'viasip';
import wasm from 'viasip/wasm';
import { tell } from './call.js';

tell(viasip, () => init(new URL(wasm, import.meta.url)));
