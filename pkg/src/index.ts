/**
 * `import init, { UA, WebSocketInterface } from 'viasip'; await init();`
 *
 * Importing touches nothing; `init()` fetches and starts the wasm, once however often it is called.
 */
import start from '../wasm/viasip.js';

export * from './api.js';

type Source = RequestInfo | URL | Response | BufferSource | WebAssembly.Module | Promise<Response>;

let started: Promise<void> | undefined;

/** Starts the package. `source` is where the wasm is, if not beside the package's own files. */
export default function init(source?: Source): Promise<void> {
  started ??= start({ module_or_path: source ?? new URL('../wasm/viasip_bg.wasm', import.meta.url) }).then(
    () => undefined,
    (error: unknown) => {
      started = undefined;
      throw error;
    },
  );
  return started;
}
