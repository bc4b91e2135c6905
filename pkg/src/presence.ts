/**
 * `import 'viasip/presence'`: `ua.watch()` for what other people's phones do, and readers of the bodies that tell it. It works
 * with each entry of the package, and an application that does not import it loads none of it.
 */
import { PRESENCE, type PresencePart } from './presence/part.js';
import { Watch, type WatchOptions } from './presence/Watch.js';
import { Receipts } from './presence/imdn.js';
import type { WatchKind } from './presence/kinds.js';
import type { UA } from './UA.js';
import type { URI } from './URI.js';

/** Watches somebody's state: the same as `ua.watch()`. */
export const watch = <K extends WatchKind>(ua: UA, target: string | URI, kind: K, options?: WatchOptions): Watch<K> =>
  new Watch(ua, target, kind, options);

const part: PresencePart = { watch, receipts: (ua) => new Receipts(ua) };
(globalThis as Record<symbol, unknown>)[PRESENCE] = part;

export { Watch } from './presence/Watch.js';
export { readMessageSummary } from './presence/messageSummary.js';
export { mergeDialogInfo, readDialogInfo } from './presence/dialogInfo.js';
export { readPresence } from './presence/pidf.js';
export { mergeRegInfo, readRegInfo } from './presence/regInfo.js';
export { mergeConferenceInfo, readConferenceInfo } from './presence/conferenceInfo.js';
export { partsOf, readMultipart, writeMultipart } from './presence/multipart.js';
export { readResourceList } from './presence/resourceList.js';

export { readCpim, writeCpim } from './presence/cpim.js';
export { readImdn, writeImdn } from './presence/imdn.js';
export { Composing, readIsComposing, writeIsComposing } from './presence/Composing.js';

export type { Cpim } from './presence/cpim.js';
export type { Imdn } from './presence/imdn.js';
export type { ComposingEventMap, ComposingOptions, IsComposing } from './presence/Composing.js';
export type { WatchedResource, WatchEventMap, WatchOptions, WatchStatus, WatchStatusEvent } from './presence/Watch.js';
export type { WatchKind, WatchStates } from './presence/kinds.js';
export type * from './presence/messageSummary.js';
export type * from './presence/dialogInfo.js';
export type * from './presence/pidf.js';
export type * from './presence/regInfo.js';
export type * from './presence/conferenceInfo.js';
export type * from './presence/multipart.js';
export type * from './presence/resourceList.js';
