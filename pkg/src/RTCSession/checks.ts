/** Options that several methods of a call take, read into what the core can use; what it could not use is thrown. */
import { C } from '../Constants.js';
import { assertSingleLine, isDecimal, isString } from '../Utils.js';
import type { AnswerOptions, CallOptions } from './options.js';

/** Header lines of an app, each checked to be one line. */
export function lines(given: string[] | undefined): string[] {
  for (const line of given ?? []) assertSingleLine('extraHeaders', line);
  return given ?? [];
}

/** Session-Expires, in s. */
export const expires = ({ sessionTimersExpires: given }: AnswerOptions): number =>
  Number(isDecimal(given) ? given : C.SESSION_EXPIRES);

/** Whether the call exchanges candidates by INFO; nothing leaves that to the UA. */
export const trickleIce = ({ trickle_ice: given }: AnswerOptions): string | null =>
  (given ?? null) === null ? null : String(given);

/** How many answers of 3xx the call follows; nothing leaves that to the UA. */
export function redirectLimit({ redirect_limit: given }: CallOptions): number | null {
  if ((given ?? null) === null) return null;
  if (!isDecimal(given) || Number(given) < 0) throw new TypeError(`Invalid redirect_limit: ${given}`);
  return Number(given);
}

/** The Replaces field of the call that takes the place of another, null for none. */
export function replacesLine({ replaces: given }: CallOptions): string | null {
  if (!given) return null;
  if ('_replacesValue' in given) return `Replaces: ${given._replacesValue()}`;
  const { call_id, to_tag, from_tag, early_only } = given;
  // What a Call-ID and a tag may have (RFC 3261 25.1).
  const sound =
    [call_id, to_tag, from_tag].every((text) => isString(text)) &&
    /^[\w.!%*+`'~()<>:\\"/[\]?{}@-]+$/.test(call_id) &&
    [to_tag, from_tag].every((tag) => /^[\w.!%*+`'~-]+$/.test(tag));
  if (!sound) throw new TypeError('Invalid replaces: it needs call_id, to_tag and from_tag');
  return `Replaces: ${call_id};to-tag=${to_tag};from-tag=${from_tag}${early_only ? ';early-only' : ''}`;
}
