/**
 * `import init, { UA, WebSocketInterface } from 'viasip'; await init();`
 *
 * Importing touches nothing; `init()` fetches and starts the wasm, once however often it is called.
 */
import { start } from './core/Core.js';
import { compile, type Source } from './core/compile.js';

export * from './api.js';

let starting: Promise<void> | undefined;

/**
 * Starts the package. `source` is where the wasm is, or itself, if it is not beside the package's own files. A start that failed
 * can be tried again.
 */
export default function init(source?: Source): Promise<void> {
  starting ??= compile(source ?? new URL('../wasm/viasip_bg.wasm', import.meta.url))
    .then(start)
    .catch((error: unknown) => {
      starting = undefined;
      throw error;
    });
  return starting;
}
