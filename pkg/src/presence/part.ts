/** How a user agent finds `viasip/presence`, which is a file of its own that an application may load or not. */
import { NotReadyError } from '../Exceptions.js';
import type { UA } from '../UA.js';
import type { URI } from '../URI.js';
import type { Receipts } from './imdn.js';
import type { WatchKind } from './kinds.js';
import type { Watch, WatchOptions } from './Watch.js';

/** What that part does for a user agent. */
export interface PresencePart {
  watch<K extends WatchKind>(ua: UA, target: string | URI, kind: K, options?: WatchOptions): Watch<K>;
  receipts(ua: UA): Receipts;
}

/** It, for what needs it; throws if it is not loaded. */
export function presencePart(what: string): PresencePart {
  const part = (globalThis as Record<symbol, unknown>)[PRESENCE] as PresencePart | undefined;
  if (!part) throw new NotReadyError(`${what} needs: import 'viasip/presence'`);
  return part;
}

/** Where it is in `globalThis` once it is loaded: all entries of the package find it there. */
export const PRESENCE = Symbol.for('viasip/presence');
