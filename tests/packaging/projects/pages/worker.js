import { tell } from './call.js';
import init, * as viasip from './node_modules/viasip/pkg/dist/index.js';

await tell(viasip, init);
postMessage(globalThis.told);
