/**
 * Calls that outlive a reload of their page (`resume`). The page that goes leaves in `sessionStorage` what names its calls, no
 * password and no key; the one that comes takes it, registers as the same instance, and goes on with them. It is written when the
 * page goes and taken once: a duplicate of a page that lives finds nothing.
 */
import type { RTCSession } from './RTCSession.js';
import type { AnswerOptions } from './RTCSession/options.js';
import { IncomingRequest, OutgoingRequest } from './SIPMessage.js';
import type { UA } from './UA.js';
import { CallCommand, type AnyRequest } from './core/border.js';
import { debugLog } from './debug.js';

const log = /* @__PURE__ */ debugLog('UA');

/** ms after which nobody waits any more on the other end. */
const STALE = 60_000;

/** How calls of the page before go on: what their connections are made with, and what is captured if not the same as there. */
export type ResumeOptions = Pick<AnswerOptions, 'pcConfig' | 'rtcConstraints' | 'mediaStream' | 'mediaConstraints'>;

/** What is kept of a call. */
export interface KeptCall {
  /** For the core. */
  kept: string[];
  /** Its INVITE, without body and credentials. */
  request: AnyRequest;
  constraints: MediaStreamConstraints;
  /** ms of `Date.now()`. */
  started: number | undefined;
  to_tag: string | null;
  muted: [audio: boolean, video: boolean];
}

/** What is kept of a user agent. */
export interface Kept {
  /** ms of `Date.now()`. */
  at: number;
  instance_id: string;
  contact_uri: string;
  calls: KeptCall[];
}

const keyOf = (uri: unknown): string => `viasip:${String(uri).replace(/^sip:/i, '')}`;

/** What the page before has left for this user agent; nobody else finds it afterwards. */
export function recall(uri: string): Kept | null {
  try {
    const text = sessionStorage.getItem(keyOf(uri));
    sessionStorage.removeItem(keyOf(uri));
    const kept = JSON.parse(text as string) as Kept | null;
    return kept && Date.now() - kept.at < STALE ? kept : null;
  } catch {
    // No storage, or nothing of ours in it.
    return null;
  }
}

/** Writes it when the page goes, until the function that this returns is called. */
export function keepWhenLeft(ua: UA): () => void {
  if (typeof addEventListener !== 'function') return () => {};
  const left = () => keep(ua);
  // The same page comes back: nothing has been left.
  const back = ({ persisted }: PageTransitionEvent) => void (persisted && recall(ua.configuration.uri.toAor()));
  addEventListener('pagehide', left);
  addEventListener('pageshow', back);
  return () => {
    removeEventListener('pagehide', left);
    removeEventListener('pageshow', back);
  };
}

function keep(ua: UA): void {
  const { uri, instance_id, contact_uri } = ua.configuration;
  const calls = Object.values(ua._sessions).flatMap((session) => keepCall(session) ?? []);
  const kept: Kept = { at: Date.now(), instance_id, contact_uri: contact_uri.toString(), calls };
  try {
    sessionStorage.setItem(keyOf(uri.toAor()), JSON.stringify(kept));
  } catch (error) {
    log('calls are not kept: %s', error);
  }
}

function keepCall(session: RTCSession): KeptCall | null {
  const kept = session.isEstablished() ? session._ask(CallCommand.Keep) : null;
  return (
    kept && {
      kept,
      request: withoutSecrets(session),
      constraints: session._constraints,
      started: session._start_time?.getTime(),
      to_tag: session._to_tag,
      muted: [session._audioMuted, session._videoMuted],
    }
  );
}

function withoutSecrets({ _told, _request }: RTCSession): AnyRequest {
  const seen = _request instanceof OutgoingRequest ? _request._draft() : (_request as IncomingRequest | null)?.data;
  const told = _told ?? seen ?? null;
  if (!told) return null;
  const text = typeof told === 'string' ? told : told[0];
  const end = text.indexOf('\r\n\r\n');
  const head = (end < 0 ? text : text.slice(0, end + 4)).replace(
    /^((proxy-)?authorization|content-length|l)[ \t]*:.*\r\n([ \t].*\r\n)*/gim,
    '',
  );
  return typeof told === 'string' ? head : [head, ''];
}
