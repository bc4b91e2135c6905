/** Transfers (RFC 3515), and calls that take the place of another (RFC 3891): what is asked for here, and by the far end. */
import { NameAddrHeader } from '../NameAddrHeader.js';
import type { RTCSession } from '../RTCSession.js';
import { IncomingRequest, IncomingResponse } from '../SIPMessage.js';
import type { URI } from '../URI.js';
import type { UA } from '../UA.js';
import { assertSingleLine } from '../Utils.js';
import { AgentCommand, CallCommand } from '../core/border.js';
import { ReferSubscriber } from './ReferSubscriber.js';
import { lines } from './checks.js';
import type { OutgoingEvent, ReferEvent } from './events.js';
import type { CallOptions, ReferOptions, RejectOptions } from './options.js';
import { STATUS, isAccepted } from './status.js';

/** Makes the session of the new call. The class hands it in: it imports this file, and an import back would close a circle. */
type MakeSession = () => RTCSession;

/** Transfers the call; false if it cannot be now. */
export function refer(session: RTCSession, target: string | URI, given: ReferOptions): ReferSubscriber | false {
  if (!isAccepted(session._status)) return false;
  const to = referTo(session._ua, target, given);
  const subscriber = subscriberOf(session, given);
  const sent = session._askFor(
    subscriber,
    CallCommand.Refer,
    to,
    lines(given.extraHeaders),
    silent(session._ua, given),
  );
  if (!sent) return false;
  session._requests.set(sent[0], subscriber);
  subscriber._id = sent[1];
  return subscriber;
}

/** Asks `target`, outside any call, to call `to`. */
export function referOutside(ua: UA, target: string | URI, to: string | URI, given: ReferOptions): ReferSubscriber {
  const uri = ua.normalizeTarget(target);
  if (!uri) throw new TypeError(`Invalid target: ${target}`);
  const wanted = referTo(ua, to, given);
  const extraHeaders = lines(given.extraHeaders);
  const subscriber = subscriberOf(ua, given);
  const core = ua._open();
  const id = core.reserve(subscriber);
  try {
    core.ask(AgentCommand.ReferOutside, id, uri.toString(), wanted, extraHeaders, silent(ua, given));
  } catch (error) {
    core.handles.delete(id);
    throw error;
  }
  return subscriber;
}

/** The Refer-To of a REFER. */
function referTo(ua: UA, target: string | URI, given: ReferOptions): string {
  const uri = ua.normalizeTarget(target);
  if (!uri) throw new TypeError(`Invalid target: ${target}`);
  const replaces = given.replaces?._replacesValue();
  return `<${uri}${replaces ? `?Replaces=${encodeURIComponent(replaces)}` : ''}>`;
}

function subscriberOf(owner: RTCSession | UA, given: ReferOptions): ReferSubscriber {
  const subscriber = new ReferSubscriber(owner);
  for (const [event, handler] of Object.entries(given.eventHandlers ?? {})) subscriber.on(event, handler);
  return subscriber;
}

const silent = (ua: UA, { norefersub }: ReferOptions): boolean => Boolean(norefersub ?? ua.configuration.norefersub);

/** Puts a REFER of the far end to the application; `referral` names it to the core. */
export function referReceived(session: RTCSession, makeSession: MakeSession, raw: string, referral: number): boolean {
  const request = new IncomingRequest(session._ua, raw);
  const tell: Tell = (status, reason = '') => session._ask(CallCommand.ReferNotify, referral, status, reason);
  const accept: ReferEvent['accept'] = (initCallback, options) => {
    if (!isAccepted(session._status)) return false;
    const placed = makeSession();
    placed._session_id = session._session_id;
    place(request, tell, placed, initCallback, options);
    return true;
  };
  return session.emit('refer', { request, accept, reject: () => tell(603) });
}

/** The same outside a call; `id` names it to the core, and `call` is one of ours that the REFER names. */
export function referOutsideReceived(ua: UA, makeSession: MakeSession, id: number, raw: string, call: number): boolean {
  const request = new IncomingRequest(ua, raw);
  const tell: Tell = (status, reason = '') => ua._ask(AgentCommand.ReferOutsideNotify, id, status, reason);
  const accept: ReferEvent['accept'] = (initCallback, options) => {
    place(request, tell, makeSession(), initCallback, options);
    return true;
  };
  const reject = ({ status_code = 603, reason_phrase }: RejectOptions = {}) => {
    if (!(status_code >= 300 && status_code < 700)) throw new TypeError(`Invalid status_code: ${status_code}`);
    assertSingleLine('reason_phrase', reason_phrase);
    tell(status_code, reason_phrase);
  };
  const session = (ua._open().handles.get(call) as RTCSession | undefined) ?? null;
  return ua.emit('refer', { request, session, accept, reject });
}

/** Says how what a REFER asks for goes. */
type Tell = (status: number, reason?: string) => void;

/** Places the call that a REFER asks for, and tells how it goes. */
function place(
  request: IncomingRequest,
  tell: Tell,
  placed: RTCSession,
  initCallback?: ((session: RTCSession) => void) | null,
  options: CallOptions = {},
): void {
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
  // RFC 3892 2.2: who is called learns who wanted that.
  const by = request.getHeader('Referred-By');
  if (by && !extraHeaders.some((line) => /^referred-by\s*:/i.test(line))) extraHeaders.push(`Referred-By: ${by}`);
  placed.connect(target, { ...options, extraHeaders }, initCallback ?? undefined);
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
