/** How a user agent finds `viasip/presence`, which is a file of its own that an application may load or not. */
import type { UA } from '../UA.js';
import type { URI } from '../URI.js';
import type { WatchKind } from './kinds.js';
import type { Watch, WatchOptions } from './Watch.js';

/** What that part does for a user agent. */
export interface PresencePart {
  watch<K extends WatchKind>(ua: UA, target: string | URI, kind: K, options?: WatchOptions): Watch<K>;
}

/** Where it is in `globalThis` once it is loaded: all entries of the package find it there. */
export const PRESENCE = Symbol.for('viasip/presence');
