/** Transfers (RFC 3515), and calls that take the place of another (RFC 3891): what is asked for here, and by the far end. */
import { NameAddrHeader } from '../NameAddrHeader.js';
import type { RTCSession } from '../RTCSession.js';
import { IncomingRequest, IncomingResponse } from '../SIPMessage.js';
import type { URI } from '../URI.js';
import { CallCommand } from '../core/border.js';
import { ReferSubscriber } from './ReferSubscriber.js';
import { lines } from './checks.js';
import type { OutgoingEvent } from './events.js';
import type { CallOptions, ReferOptions } from './options.js';
import { STATUS, isAccepted } from './status.js';

/** Makes the session of the new call. The class hands it in: it imports this file, and an import back would close a circle. */
type MakeSession = () => RTCSession;

/** Transfers the call; false if it cannot be now. */
export function refer(session: RTCSession, target: string | URI, given: ReferOptions): ReferSubscriber | false {
  if (!isAccepted(session._status)) return false;
  const uri = session._ua.normalizeTarget(target);
  if (!uri) throw new TypeError(`Invalid target: ${target}`);
  const replaces = given.replaces?._replacesValue();
  const to = `<${uri}${replaces ? `?Replaces=${encodeURIComponent(replaces)}` : ''}>`;
  const subscriber = new ReferSubscriber(session);
  for (const [event, handler] of Object.entries(given.eventHandlers ?? {})) subscriber.on(event, handler);
  const sent = session._askFor(subscriber, CallCommand.Refer, to, lines(given.extraHeaders));
  if (!sent) return false;
  session._requests.set(sent[0], subscriber);
  subscriber._id = sent[1];
  return subscriber;
}

/** Puts a REFER of the far end to the application; `referral` names it to the core. */
export function referReceived(session: RTCSession, makeSession: MakeSession, raw: string, referral: number): boolean {
  const request = new IncomingRequest(session._ua, raw);
  const tell = (status: number, reason = '') => session._ask(CallCommand.ReferNotify, referral, status, reason);
  const accept = (initCallback?: ((session: RTCSession) => void) | null, options: CallOptions = {}) => {
    if (!isAccepted(session._status)) return false;
    const placed = makeSession();
    placed.on('progress', ({ response }: OutgoingEvent) => tell(response.status_code, response.reason_phrase));
    placed.on('accepted', ({ response }: OutgoingEvent) => tell(response.status_code, response.reason_phrase));
    placed.on('_failed', ({ message, cause }) =>
      message instanceof IncomingResponse ? tell(message.status_code, message.reason_phrase) : tell(487, cause),
    );
    const target = (NameAddrHeader.parse(request.getHeader('Refer-To') as string) as NameAddrHeader).uri.clone();
    const replaces = target.getHeader('Replaces')?.[0];
    target.clearHeaders();
    target.deleteParam('method');
    const extraHeaders = [...(options?.extraHeaders ?? [])];
    if (replaces) extraHeaders.push(`Replaces: ${decodeURIComponent(replaces)}`);
    placed.connect(target, { ...options, extraHeaders }, initCallback ?? undefined);
    return true;
  };
  return session.emit('refer', { request, accept, reject: () => tell(603) });
}

/** Puts an INVITE that wants to take the call's place to the application. */
export function replacesReceived(session: RTCSession, makeSession: MakeSession, raw: string, ticket: number): boolean {
  const request = new IncomingRequest(session._ua, raw);
  const accept = (initCallback?: ((session: RTCSession) => void) | null) => {
    // Beyond JsSIP: a call of ours that still rings out may be replaced too (RFC 3891 3).
    if (session._status !== STATUS.STATUS_1XX_RECEIVED && !isAccepted(session._status)) return false;
    const successor = makeSession();
    if (initCallback) successor._initCallback = initCallback;
    const core = session._ua._open();
    const id = core.reserve(successor);
    const taken = session._ask(CallCommand.Replace, ticket, id);
    if (!taken) core.handles.delete(id);
    return taken;
  };
  return session.emit('replaces', { request, accept, reject: () => session._ask(CallCommand.Replace, ticket, null) });
}
