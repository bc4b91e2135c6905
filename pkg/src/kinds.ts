import type { Draft } from './wasm.js';

/** What the core tells, as `Kind` of `src/web/events.rs` has it, and the fields that come with it. */
export const enum Kind {
  /** index of the server, attempts */
  Connecting,
  /** index of the server */
  Connected,
  /** index of the server, error, s to the next attempt; code and reason where the line is lost */
  Disconnected,
  Stopped,
  /** response, expires */
  Registered,
  /** expires, ms to the next refresh */
  Refreshed,
  /** response, cause, whether the line is gone */
  Unregistered,
  /** response, cause */
  RegistrationFailed,
  RegistrationExpiring,
  /** public, temporary */
  Gruu,
  /** number, originator, request, Call-ID, From tag */
  NewRtcSession,
  /** number, originator, request */
  NewMessage,
  /** number, originator, request */
  NewOptions,
  /** request */
  SipEvent,
  /** number, request */
  NewSubscribe,
  /** why */
  Dropped,
  /** direction, text, ms of `Date.now()` */
  SipMessage,
  /** response, originator, cause */
  Done,
  Gone,
  /** That of a call, and of the following the first field: its status, then a bit each for both holds and a new offer. */
  CallState,
  /** request */
  CallConnecting,
  /** request */
  CallSending,
  /** originator, response */
  CallProgress,
  /** originator, response */
  CallAccepted,
  /** originator, ACK */
  CallConfirmed,
  /** originator, request, response, cause, findings, features */
  CallEnded,
  /** the same */
  CallFailed,
  /** originator, type, description */
  CallSdp,
  /** which, error */
  CallMediaFailed,
  /** originator */
  CallHold,
  /** originator */
  CallUnhold,
  /** request, ticket */
  CallReinvite,
  /** request, ticket */
  CallUpdate,
  /** ticket */
  CallAnswered,
  /** whether it succeeded */
  CallRenegotiated,
  /** originator, tone, duration, request, number */
  CallNewDtmf,
  /** originator, type, body, request, number */
  CallNewInfo,
  /** number, response, cause */
  CallRequestDone,
  /** number, request */
  CallAuthenticated,
  /** request, number of the REFER */
  CallRefer,
  /** number, request, status, reason */
  CallReferProgress,
  /** request, ticket */
  CallReplaces,
  /** candidate, without a state before it */
  CallIceCandidate,
  /** That of a subscription and its dialog: the first fields of all that follow. */
  SubscriptionState,
  SubscriptionAccepted,
  SubscriptionPending,
  SubscriptionActive,
  /** whether it ends, request */
  SubscriptionNotify,
  /** whether it ends, request */
  SubscriptionSubscribe,
  SubscriptionExpired,
  /** code, reason, s to retry after */
  SubscriptionTerminated,
}

/** A request of the far end as its text, one of ours as a draft, null for none. */
export type Told = string | Draft | null;

/** Who is told of what happens to a call, a request or a subscription. */
export interface Handled {
  _handle(kind: Kind, fields: unknown[]): unknown;
}
