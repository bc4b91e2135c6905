/** The same names as `viasip`, started when the import returns. */
import init from './index.js';

export * from './index.js';

await init();
