// Written by `cargo test` from src/web/border.rs: change that file, not this one.
import type { Diagnosis, Feature } from '../diagnosis.js';

/** Who caused what an event tells. */
export type Originator = 'local' | 'remote' | 'system';

/** A request of ours before it leaves: start line and header lines as on the wire, and the body. */
export type Draft = [head: string, body: string];

/** A request of the far end as its text, one of ours as a draft, null for none. */
export type AnyRequest = string | Draft | null;

/** A reply that an app asked for, null for none. */
export type Reply = [status: number, reason: string | null | undefined, headers: readonly string[], body: string | null] | null;

/** What an app made of a request of ours: its body, then name and value of each header. Nothing if nobody looked. */
export type Changed = string[] | undefined;

/** Of a request that came: whether anybody listened, and the reply. */
export type RequestVerdict = boolean | [listened: boolean, reply: Reply] | Changed;

/** Who challenges which request, and with what. */
export type Asked = [schemes: string[], realm: string, proxy: boolean, status: number, algorithm: string | null, method: string, uri: string, stale: boolean, attempt: number, scope: string | null, authz_server: string | null, error: string | null];

/** What names a dialog. */
export type DialogNames = [call_id: string, local_tag: string, remote_tag: string];

/** Parameters and headers each as a name, its value, the next name... */
export type ParsedUri = [scheme: string, user: string | null, host: string, port: number | undefined, params: (string | null)[], headers: string[]];

/** An address with its display name and the field's own parameters. */
export type ParsedNameAddr = [display_name: string | null, uri: ParsedUri, params: (string | null)[]];

/** Method and Request-URI of a request, status and phrase of a response; behind the fields of each name and value of each header, addresses one by one. */
export type ParsedMessage = [...([method: string, ruri: ParsedUri] | [status_code: number, reason_phrase: string]), body: string, call_id: string, cseq: number, cseq_method: string, from: ParsedNameAddr, to: ParsedNameAddr, from_tag: string | null, to_tag: string | null, via_branch: string | null, ...headers: string[]];

/** One value of Reason. */
export type ReasonEntry = [protocol: string, cause: number | undefined, text: string | null];

/** Who calls and why, as a message says it; `auto_answer` in s. */
export type Caller = [asserted: ParsedNameAddr[], privacy: string[], redirections: [address: ParsedNameAddr, reason: ReasonEntry | null, index: string | null, privacy: string | null][], auto_answer: number | undefined, alert_info: InfoEntry[], call_info: InfoEntry[], reasons: ReasonEntry[]];

/** One value of Alert-Info or Call-Info. */
export type InfoEntry = [uri: string, params: (string | null)[]];

/** s, ms of `Date.now()`, and the realm of the last challenge that was answered. */
export type RegistrationState = [expires: number | undefined, refreshAt: number | undefined, realm: string | null];

/** One server. */
export type ServerEntry = [weight: number, via_transport: string, sip_uri: string, secure: boolean];

/** What the core tells. */
export const enum Kind {
  /** A connection is being tried. */
  Connecting,
  /** The connection is open. */
  Connected,
  /** The connection is gone; the next attempt is in `retry_in` s. Without `lost` it was closed on purpose. */
  Disconnected,
  /** `stop()` has done its work. */
  Stopped,
  /** The first 2xx to REGISTER; `expires` in s. */
  Registered,
  /** A 2xx to a refresh; `expires` in s, `refresh_in` in ms. */
  Refreshed,
  /** No longer registered; `lost` with its connection. */
  Unregistered,
  /** REGISTER failed. */
  RegistrationFailed,
  /** The registration is about to expire: true leaves the refresh to the app. */
  RegistrationExpiring,
  /** The GRUUs of the registration. */
  Gruu,
  /** A call comes or goes: whether anybody listened. */
  NewRtcSession,
  /** A MESSAGE comes, inside that call unless it is 0, or goes. */
  NewMessage,
  /** An OPTIONS comes or goes. */
  NewOptions,
  /** A NOTIFY outside any subscription. */
  SipEvent,
  /** A SUBSCRIBE outside a dialog: whether anybody listened. */
  NewSubscribe,
  /** A REFER outside a dialog, which says that it knows that call unless it is 0: whether anybody listened. */
  NewRefer,
  /** A frame, a line of one, or an answer of the shell was dropped or refused, and why. */
  Dropped,
  /** A request waits for an account: `Account` gives it. */
  Challenged,
  /** A message on the wire, its credentials masked; `at` in ms of `Date.now()`. */
  SipMessage,
  /** A timer of ours has run out, and why it was set: for the debug log. */
  Due,
  /** What the registration grants from now on beside its binding. */
  Granted,
  /** One of two flows is another one than it was; `first` if requests go by it. */
  Flow,
  /** The answer to a MESSAGE or OPTIONS of ours; without a cause it succeeded. */
  Done,
  /** The answer to a REFER of ours outside a dialog; without a cause it was accepted. */
  ReferDone,
  /** How it goes. */
  ReferProgress,
  /** It is over and forgotten: a call, a request or a subscription. */
  Gone,
  /** Only the state changed. */
  CallState,
  /** Media is ready. */
  CallConnecting,
  /** The INVITE as it will leave: what the app made of it, or nothing if nobody looked. */
  CallSending,
  /** A provisional answer, whether it is acknowledged, and the tag of the far end of its early dialog. */
  CallProgress,
  /** The first 2xx. */
  CallAccepted,
  /** ACK. */
  CallConfirmed,
  /** An established call is over. */
  CallEnded,
  /** A call that was not established is over. */
  CallFailed,
  /** A description about to be applied or sent: the app may change it. */
  CallSdp,
  /** An operation of WebRTC failed, with the error of the browser. */
  CallMediaFailed,
  /** Somebody holds the call. */
  CallHold,
  /** Somebody has taken it back. */
  CallUnhold,
  /** A re-INVITE of the far end: accepted, or refused with this. */
  CallReinvite,
  /** An UPDATE of the far end: accepted, or refused with this. */
  CallUpdate,
  /** Their offer with that ticket is answered. */
  CallAnswered,
  /** Our offer came to an end; without a cause it was accepted. */
  CallRenegotiated,
  /** A tone by INFO; `duration` in ms, `handle` names one of ours for its result. */
  CallNewDtmf,
  /** An INFO. */
  CallNewInfo,
  /** The answer to an INFO, REFER or other request of ours inside the call. */
  CallRequestDone,
  /** Such a request has left as this, under another CSeq: again if it was challenged, else later than it was made. */
  CallRenumbered,
  /** The far end asks for a transfer: whether anybody listened. */
  CallRefer,
  /** How a transfer of ours goes. */
  CallReferProgress,
  /** An INVITE wants to take the call's place: whether anybody listened. */
  CallReplaces,
  /** Its line or media was lost, and is being brought back. */
  CallRecovering,
  /** Both are there again; `took` in ms. */
  CallRecovered,
  /** A MESSAGE of ours has left inside the call. */
  CallMessage,
  /** A 3xx named these, the likeliest first; `followed`: the call goes on to one of them. */
  CallRedirected,
  /** The UUID of the far end is known, or is another one. */
  CallSessionId,
  /** Who the far end is has changed: as a proxy asserts it (nobody: it does not any more), or as its From says. */
  CallIdentity,
  /** One of the phones that ring has left. */
  CallEarlyDialogEnded,
  /** A candidate was gathered while the description waits for more. */
  IceCandidate,
  /** The call sends this stream: viasip has opened it, or it is the app's own. */
  Captured,
  /** Only the state changed: one of JsSIP's `STATE_*`. */
  SubscriptionState,
  /** The first 2xx to our SUBSCRIBE. */
  SubscriptionAccepted,
  /** A NOTIFY said so for the first time. */
  SubscriptionPending,
  /** A NOTIFY said so for the first time. */
  SubscriptionActive,
  /** A NOTIFY with a body. */
  SubscriptionNotify,
  /** A SUBSCRIBE was answered 200. */
  SubscriptionSubscribe,
  /** The subscriber did not refresh. */
  SubscriptionExpired,
  /** It is over: one of JsSIP's `Subscriber.C` or `Notifier.C`; `retry_after` in s. */
  SubscriptionTerminated,
  /** A lasting one ended so, and is asked for anew in `retry_in` s, or with the next connection. */
  SubscriptionWaiting,
  /** The server keeps what is published; `expires` in s. */
  Published,
  /** It does not: it is published again in `retry_in` s, or never. */
  PublishFailed,
  /** One dialog of a lasting one that was forked has ended; others go on. */
  SubscriptionForkEnded,
}

export type UaTold =
  | [kind: Kind.Connecting, server: number, attempts: number]
  | [kind: Kind.Connected, server: number]
  | [kind: Kind.Disconnected, server: number, error: boolean, retry_in: number | undefined, lost: boolean, code: number | undefined, reason: string]
  | [kind: Kind.Stopped]
  | [kind: Kind.Registered, response: string, expires: number]
  | [kind: Kind.Refreshed, expires: number, refresh_in: number]
  | [kind: Kind.Unregistered, response: string | null, cause: string | null, lost: boolean]
  | [kind: Kind.RegistrationFailed, response: string | null, cause: string]
  | [kind: Kind.RegistrationExpiring]
  | [kind: Kind.Gruu, public_gruu: string | null, temporary_gruu: string | null]
  | [kind: Kind.NewRtcSession, id: number, originator: Originator, request: AnyRequest, call_id: string, from_tag: string, session_id: string[] | null]
  | [kind: Kind.NewMessage, id: number, originator: Originator, request: AnyRequest, call: number]
  | [kind: Kind.NewOptions, id: number, originator: Originator, request: AnyRequest]
  | [kind: Kind.SipEvent, request: string]
  | [kind: Kind.NewSubscribe, id: number, request: string]
  | [kind: Kind.NewRefer, id: number, request: string, call: number]
  | [kind: Kind.Dropped, why: string]
  | [kind: Kind.Challenged, ticket: number, challenge: Asked]
  | [kind: Kind.SipMessage, direction: string, message: string, at: number]
  | [kind: Kind.Due, why: string]
  | [kind: Kind.Granted, path: string[], service_route: string[], outbound: boolean, pns: string | null, pnsreg: number | undefined, pnspurr: string | null]
  | [kind: Kind.Flow, id: number, server: number, status: string, first: boolean];

export type RequestTold =
  | [kind: Kind.Done, response: string | null, originator: string | null, cause: string | null]
  | [kind: Kind.ReferDone, response: string | null, cause: string | null]
  | [kind: Kind.ReferProgress, request: string, status: number, reason: string]
  | [kind: Kind.Gone];

export type CallTold =
  | [kind: Kind.CallState, state: number]
  | [kind: Kind.CallConnecting, state: number, request: AnyRequest]
  | [kind: Kind.CallSending, state: number, request: Draft]
  | [kind: Kind.CallProgress, state: number, originator: Originator, response: string | null, reliable: boolean, early_dialog: string | null]
  | [kind: Kind.CallAccepted, state: number, originator: Originator, response: string | null]
  | [kind: Kind.CallConfirmed, state: number, originator: Originator, ack: string | null]
  | [kind: Kind.CallEnded, state: number, originator: Originator, request: string | null, response: string | null, cause: string, diagnosis: Diagnosis[], features: Feature[]]
  | [kind: Kind.CallFailed, state: number, originator: Originator, request: string | null, response: string | null, cause: string, diagnosis: Diagnosis[], features: Feature[]]
  | [kind: Kind.CallSdp, state: number, originator: Originator, offer: boolean, sdp: string]
  | [kind: Kind.CallMediaFailed, state: number, fault: MediaFault, error: unknown]
  | [kind: Kind.CallHold, state: number, originator: Originator]
  | [kind: Kind.CallUnhold, state: number, originator: Originator]
  | [kind: Kind.CallReinvite, state: number, request: string, ticket: number]
  | [kind: Kind.CallUpdate, state: number, request: string, ticket: number]
  | [kind: Kind.CallAnswered, state: number, ticket: number]
  | [kind: Kind.CallRenegotiated, state: number, response: string | null, cause: string | null]
  | [kind: Kind.CallNewDtmf, state: number, originator: Originator, tone: string, duration: number, request: string | null, handle: number]
  | [kind: Kind.CallNewInfo, state: number, originator: Originator, content_type: string, body: string, request: string | null, handle: number, info_package: string | null]
  | [kind: Kind.CallRequestDone, state: number, handle: number, response: string | null, cause: string | null]
  | [kind: Kind.CallRenumbered, state: number, handle: number, request: Draft, challenged: boolean]
  | [kind: Kind.CallRefer, state: number, request: string, cseq: number]
  | [kind: Kind.CallReferProgress, state: number, handle: number, request: string, status: number, reason: string]
  | [kind: Kind.CallReplaces, state: number, request: string, ticket: number]
  | [kind: Kind.CallRecovering, state: number, cause: string]
  | [kind: Kind.CallRecovered, state: number, cause: string, took: number]
  | [kind: Kind.CallMessage, state: number, request: Draft, handle: number]
  | [kind: Kind.CallRedirected, state: number, contacts: ParsedNameAddr[], followed: boolean]
  | [kind: Kind.CallSessionId, state: number, local: string, remote: string]
  | [kind: Kind.CallIdentity, state: number, asserted: boolean, identities: ParsedNameAddr[]]
  | [kind: Kind.CallEarlyDialogEnded, state: number, early_dialog: string, response: string];

export type MediaTold =
  | [kind: Kind.IceCandidate, candidate: unknown]
  | [kind: Kind.Captured, stream: unknown, opened: boolean];

export type SubscriptionTold =
  | [kind: Kind.SubscriptionState, state: number, dialog: DialogNames | null]
  | [kind: Kind.SubscriptionAccepted, state: number, dialog: DialogNames | null]
  | [kind: Kind.SubscriptionPending, state: number, dialog: DialogNames | null]
  | [kind: Kind.SubscriptionActive, state: number, dialog: DialogNames | null]
  | [kind: Kind.SubscriptionNotify, state: number, dialog: DialogNames | null, ends: boolean, request: string]
  | [kind: Kind.SubscriptionSubscribe, state: number, dialog: DialogNames | null, ends: boolean, request: string]
  | [kind: Kind.SubscriptionExpired, state: number, dialog: DialogNames | null]
  | [kind: Kind.SubscriptionTerminated, state: number, dialog: DialogNames | null, code: number, reason: string | null, retry_after: number | undefined, status: number | undefined]
  | [kind: Kind.SubscriptionWaiting, state: number, dialog: DialogNames | null, code: number, reason: string | null, status: number | undefined, retry_in: number | undefined]
  | [kind: Kind.Published, response: string, expires: number]
  | [kind: Kind.PublishFailed, response: string | null, cause: string, retry_in: number | undefined]
  | [kind: Kind.SubscriptionForkEnded, state: number, dialog: DialogNames | null];

/** Whatever is told. */
export type Told = UaTold | RequestTold | CallTold | MediaTold | SubscriptionTold;

/** What the listeners of a hook decide. */
export interface Verdicts {
  [Kind.RegistrationExpiring]: boolean;
  [Kind.NewRtcSession]: boolean;
  [Kind.NewMessage]: RequestVerdict;
  [Kind.NewOptions]: RequestVerdict;
  [Kind.SipEvent]: RequestVerdict;
  [Kind.NewSubscribe]: boolean;
  [Kind.NewRefer]: boolean;
  [Kind.CallSending]: Changed;
  [Kind.CallSdp]: string | null | undefined;
  [Kind.CallReinvite]: Reply;
  [Kind.CallUpdate]: Reply;
  [Kind.CallRefer]: boolean;
  [Kind.CallReplaces]: boolean;
}
export type Verdict = Verdicts[keyof Verdicts] | undefined;

export const enum Making {
  /** An agent: its number. */
  Agent,
}

/** Arguments and answer of each. */
export interface Makings {
  [Making.Agent]: { arguments: [ice_gathering_timeout: number, ice_gathering_limit: number, uri: string, registrar_server: string, contact_uri: string, display_name: string | null | undefined, authorization_user: string, password: string | null | undefined, ha1: string | null | undefined, realm: string | null | undefined, authorization_jwt: string | null | undefined, via_host: string, instance_id: string, jssip_id: string, user_agent: string, register: boolean, register_expires: number, register_from_tag_trail: string | null | undefined, no_answer_timeout: number, connection_recovery_min_interval: number, connection_recovery_max_interval: number, session_timers: boolean, refresh_by_update: boolean, force_refresher: boolean, use_preloaded_route: boolean, extra_headers: readonly string[] | null | undefined, keep_alive_interval: number, auth_realms: readonly string[], auth_min_algorithm: string, servers: readonly ServerEntry[], keep_alive_timeout: number, keep_alive_method: string, recovery_timeout: number, trickle_ice: string, service_route: boolean, redirect_limit: number, info_packages: readonly string[], norefersub: boolean, connected_identity: boolean, session_id: boolean, asks_credentials: boolean, preemptive_auth: boolean, reliable_provisional: boolean, flows: number, push: readonly string[]]; answer: number };
}

export const enum AgentCommand {
  /** Forgets the agent. */
  Drop,
  /** Connects, and registers if so configured. */
  Start,
  /** Un-registers, ends every call, disconnects. */
  Stop,
  /** Registers now and after each reconnect. */
  Register,
  /** Un-registers, and stays so. */
  Unregister,
  /** Opens the connection if it is closed. */
  Connect,
  /** Closes it without planning another attempt. */
  Disconnect,
  /** Whether each message is told. */
  Trace,
  /** Changes a setting. */
  Configure,
  /** Further fields and Contact parameters of REGISTER. */
  RegistrationExtra,
  /** What an app may see of the registration. */
  Registration,
  /** Our Contact. */
  Contact,
  /** A number for a call, request or subscription to come. */
  Reserve,
  /** Gives what a challenge asks for; nothing at all gives up. `ha1` is of MD5 by its length, or of `algorithm`. */
  Account,
  /** Sends a MESSAGE or OPTIONS. */
  Send,
  /** Sends a REFER outside any call. */
  ReferOutside,
  /** Says how it goes what a REFER outside a dialog asked for. */
  ReferOutsideNotify,
  /** A push notification has woken the page: the binding is refreshed. */
  Wake,
}

/** Arguments and answer of each. */
export interface AgentCommands {
  [AgentCommand.Drop]: { arguments: []; answer: void };
  [AgentCommand.Start]: { arguments: []; answer: void };
  [AgentCommand.Stop]: { arguments: []; answer: void };
  [AgentCommand.Register]: { arguments: []; answer: void };
  [AgentCommand.Unregister]: { arguments: [all: boolean]; answer: void };
  [AgentCommand.Connect]: { arguments: []; answer: void };
  [AgentCommand.Disconnect]: { arguments: []; answer: void };
  [AgentCommand.Trace]: { arguments: [on: boolean]; answer: void };
  [AgentCommand.Configure]: { arguments: [setting: Setting, value: string | readonly string[] | null]; answer: void };
  [AgentCommand.RegistrationExtra]: { arguments: [headers: readonly string[] | null | undefined, contact_params: string | null | undefined]; answer: void };
  [AgentCommand.Registration]: { arguments: []; answer: RegistrationState };
  [AgentCommand.Contact]: { arguments: [anonymous: boolean, outbound: boolean]; answer: string };
  [AgentCommand.Reserve]: { arguments: []; answer: number };
  [AgentCommand.Account]: { arguments: [ticket: number, username: string | null | undefined, password: string | null | undefined, ha1: string | null | undefined, algorithm: string | null | undefined, token: string | null | undefined]; answer: void };
  [AgentCommand.Send]: { arguments: [id: number, method: string, target: string, body: string | null | undefined, content_type: string, headers: readonly string[] | null | undefined, from_user: string | null | undefined, from_display_name: string | null | undefined]; answer: void };
  [AgentCommand.ReferOutside]: { arguments: [id: number, target: string, refer_to: string, headers: readonly string[] | null | undefined, norefersub: boolean]; answer: void };
  [AgentCommand.ReferOutsideNotify]: { arguments: [id: number, status: number, reason: string]; answer: void };
  [AgentCommand.Wake]: { arguments: []; answer: void };
}

export const enum CallCommand {
  /** Calls; `session_expires` in s. */
  Call,
  /** Takes a call; `session_expires` in s. */
  Answer,
  /** RTCPeerConnection could not be made. */
  AnswerImpossible,
  /** Hangs up, rejects or cancels. */
  Terminate,
  /** Holds or takes back: whether it can be now. */
  Hold,
  /** Makes a new offer: whether it can be now. */
  Renegotiate,
  /** Tones by INFO; times in ms. */
  Dtmf,
  /** Sends an INFO: the number of its `CallRequestDone`. */
  Info,
  /** Sends a request: that number and the request; nothing without a dialog. */
  Request,
  /** Transfers: that number and the CSeq; nothing if it cannot be now. */
  Refer,
  /** Tells the far end how the transfer goes that it asked for with the REFER of that CSeq. */
  ReferNotify,
  /** The Replaces value that names the call to its far end. */
  ReplacesValue,
  /** Lets the INVITE of that ticket take the call's place as the call `id`, or refuses it: whether it was still there. */
  Replace,
  /** What both ends of the call need and have. */
  Diagnosis,
  /** What a page that comes after this one needs to go on with the call, unless it is not up. */
  Keep,
  /** Goes on with a call of the page before. */
  Resume,
  /** Sends a text: the number of its `CallRequestDone`. */
  Message,
  /** Describes our media before the call is answered. */
  Progress,
}

/** Arguments and answer of each. */
export interface CallCommands {
  [CallCommand.Call]: { arguments: [target: string, headers: readonly string[] | null | undefined, anonymous: boolean, from_user: string | null | undefined, from_display_name: string | null | undefined, session_expires: number | null | undefined, trickle_ice: string | null | undefined, redirect_limit: number | null | undefined, session_id: string | null | undefined]; answer: void };
  [CallCommand.Answer]: { arguments: [headers: readonly string[] | null | undefined, session_expires: number | null | undefined, trickle_ice: string | null | undefined]; answer: void };
  [CallCommand.AnswerImpossible]: { arguments: []; answer: void };
  [CallCommand.Terminate]: { arguments: [cause: string | null | undefined, status: number | null | undefined, reason: string | null | undefined, headers: readonly string[] | null | undefined, body: string | null | undefined]; answer: void };
  [CallCommand.Hold]: { arguments: [on: boolean, by_update: boolean, headers: readonly string[] | null | undefined]; answer: boolean };
  [CallCommand.Renegotiate]: { arguments: [by_update: boolean, headers: readonly string[] | null | undefined, ice_restart: boolean]; answer: boolean };
  [CallCommand.Dtmf]: { arguments: [tones: string, duration: number, gap: number, headers: readonly string[] | null | undefined]; answer: void };
  [CallCommand.Info]: { arguments: [content_type: string, body: string, headers: readonly string[] | null | undefined, info_package: string | null | undefined]; answer: number };
  [CallCommand.Request]: { arguments: [method: string, headers: readonly string[] | null | undefined, body: string]; answer: [handle: number, request: Draft] | undefined };
  [CallCommand.Refer]: { arguments: [refer_to: string, headers: readonly string[] | null | undefined, norefersub: boolean]; answer: [handle: number, cseq: number] | undefined };
  [CallCommand.ReferNotify]: { arguments: [cseq: number, status: number, reason: string]; answer: void };
  [CallCommand.ReplacesValue]: { arguments: []; answer: string | null };
  [CallCommand.Replace]: { arguments: [ticket: number, id: number | null | undefined]; answer: boolean };
  [CallCommand.Diagnosis]: { arguments: []; answer: [findings: Diagnosis[], features: Feature[]] };
  [CallCommand.Keep]: { arguments: []; answer: string[] | null };
  [CallCommand.Resume]: { arguments: [kept: readonly string[]]; answer: void };
  [CallCommand.Message]: { arguments: [content_type: string, body: string, headers: readonly string[] | null | undefined]; answer: number };
  [CallCommand.Progress]: { arguments: [headers: readonly string[] | null | undefined, session_expires: number | null | undefined, trickle_ice: string | null | undefined]; answer: void };
}

export const enum MediaCommand {
  /** What the next offer is made with. */
  OfferOnce,
  /** What is muted from now on. */
  Mute,
  /** Tones by RFC 4733; times in ms. */
  Tones,
  /** Enough candidates. */
  Ready,
  /** The call was refused before it began: no end of it will be told, with which this would close. */
  Discard,
}

/** Arguments and answer of each. */
export interface MediaCommands {
  [MediaCommand.OfferOnce]: { arguments: [constraints: unknown]; answer: void };
  [MediaCommand.Mute]: { arguments: [audio: boolean, video: boolean]; answer: void };
  [MediaCommand.Tones]: { arguments: [tones: string, duration: number, gap: number]; answer: void };
  [MediaCommand.Ready]: { arguments: []; answer: void };
  [MediaCommand.Discard]: { arguments: []; answer: void };
}

export const enum SubscriptionCommand {
  /** The first SUBSCRIBE; `expires` in s. */
  Subscribe,
  /** Another SUBSCRIBE or PUBLISH, with `ends` the last. */
  SubscribeAgain,
  /** Answers a SUBSCRIBE without a subscription. */
  Reply,
  /** Accepts a SUBSCRIBE; `default_expires` in s. */
  Serve,
  /** From pending to active. */
  Activate,
  /** Sends a NOTIFY. */
  Notify,
  /** Sends the final NOTIFY; `retry_after` in s. */
  EndSubscription,
  /** A subscription that lasts; `expires` in s. */
  Watch,
  /** A state that a server keeps; `expires` in s. */
  Publish,
}

/** Arguments and answer of each. */
export interface SubscriptionCommands {
  [SubscriptionCommand.Subscribe]: { arguments: [body: string | null | undefined, target: string, event: string, accept: string, expires: number, content_type: string | null | undefined, allow_events: string | null | undefined, headers: readonly string[] | null | undefined, to: string | null | undefined, from: string | null | undefined, cseq: number | null | undefined]; answer: void };
  [SubscriptionCommand.SubscribeAgain]: { arguments: [ends: boolean, body: string | null | undefined]; answer: void };
  [SubscriptionCommand.Reply]: { arguments: [reply: Reply]; answer: void };
  [SubscriptionCommand.Serve]: { arguments: [content_type: string, headers: readonly string[] | null | undefined, allow_events: string | null | undefined, pending: boolean, default_expires: number]; answer: void };
  [SubscriptionCommand.Activate]: { arguments: []; answer: void };
  [SubscriptionCommand.Notify]: { arguments: [body: string | null | undefined]; answer: void };
  [SubscriptionCommand.EndSubscription]: { arguments: [body: string | null | undefined, reason: string | null | undefined, retry_after: number | null | undefined]; answer: void };
  [SubscriptionCommand.Watch]: { arguments: [target: string, event: string, accept: string, expires: number, headers: readonly string[] | null | undefined]; answer: void };
  [SubscriptionCommand.Publish]: { arguments: [target: string, event: string, body: string | null | undefined, content_type: string, expires: number, headers: readonly string[] | null | undefined]; answer: void };
}

export const enum Tool {
  /** A SIP URI. */
  Uri,
  /** An address with display name and parameters. */
  NameAddr,
  /** A message as it came. */
  Message,
  /** What a user typed as a SIP URI. */
  Target,
  /** A user part with its escapes. */
  EscapedUser,
  /** MD5 of UTF-8 text, in lower-case hex. */
  Md5,
  /** Why two descriptions cannot meet. */
  Diagnosis,
  /** What two ends must share. */
  Features,
  /** Who calls and why, as a message of a call says it. */
  Caller,
  /** What stands between separators outside quotes and angle brackets (RFC 3261 25.1). */
  Pieces,
  /** A quoted-string without its quotes and escapes, anything else as it is. */
  Unquoted,
}

/** Arguments and answer of each. */
export interface Tools {
  [Tool.Uri]: { arguments: [text: string]; answer: ParsedUri | null };
  [Tool.NameAddr]: { arguments: [text: string]; answer: ParsedNameAddr | null };
  [Tool.Message]: { arguments: [raw: string]; answer: ParsedMessage | null };
  [Tool.Target]: { arguments: [target: string, domain: string]; answer: string | null };
  [Tool.EscapedUser]: { arguments: [text: string]; answer: string };
  [Tool.Md5]: { arguments: [text: string]; answer: string };
  [Tool.Diagnosis]: { arguments: [offer: string | null | undefined, answer: string | null | undefined]; answer: Diagnosis[] };
  [Tool.Features]: { arguments: [local: string | null | undefined, remote: string | null | undefined]; answer: Feature[] };
  [Tool.Caller]: { arguments: [raw: string]; answer: Caller | null };
  [Tool.Pieces]: { arguments: [text: string, separator: string]; answer: string[] };
  [Tool.Unquoted]: { arguments: [text: string]; answer: string };
}

/** What may change while an agent runs, in the order of its numbers. */
export const SETTINGS = ['authorization_user', 'password', 'realm', 'ha1', 'authorization_jwt', 'display_name', 'register', 'extra_headers', 'register_from_tag_trail'] as const;
export type SettingName = (typeof SETTINGS)[number];
/** Index of `SETTINGS`. */
export type Setting = number;

/** The bits of a call's state above its status. */
export const enum CallState {
  Status = 15,
  LocalHold = 16,
  RemoteHold = 32,
  ReadyToReoffer = 64,
  Recovering = 128,
}

/** Why a command was refused. */
export const enum Fault {
  InvalidState,
  Invalid,
  NotSupported,
}
/** A refused command: what follows is the state, or words. */
export type Refused = [fault: Fault, detail: number | string];

/** Which operation of WebRTC failed. */
export const enum MediaFault {
  UserMedia,
  CreateOffer,
  CreateAnswer,
  SetLocal,
  SetRemote,
}

/** Why calls and registrations end, in JsSIP's words. */
export const CAUSES = {
  CONNECTION_ERROR: 'Connection Error',
  REQUEST_TIMEOUT: 'Request Timeout',
  SIP_FAILURE_CODE: 'SIP Failure Code',
  INTERNAL_ERROR: 'Internal Error',
  BUSY: 'Busy',
  REJECTED: 'Rejected',
  REDIRECTED: 'Redirected',
  UNAVAILABLE: 'Unavailable',
  NOT_FOUND: 'Not Found',
  ADDRESS_INCOMPLETE: 'Address Incomplete',
  INCOMPATIBLE_SDP: 'Incompatible SDP',
  MISSING_SDP: 'Missing SDP',
  AUTHENTICATION_ERROR: 'Authentication Error',
  BYE: 'Terminated',
  WEBRTC_ERROR: 'WebRTC Error',
  CANCELED: 'Canceled',
  NO_ANSWER: 'No Answer',
  EXPIRES: 'Expires',
  NO_ACK: 'No ACK',
  DIALOG_ERROR: 'Dialog Error',
  USER_DENIED_MEDIA_ACCESS: 'User Denied Media Access',
  BAD_MEDIA_DESCRIPTION: 'Bad Media Description',
  RTP_TIMEOUT: 'RTP Timeout',
} as const;

/** The causes that final responses stand for. */
export const SIP_ERROR_CAUSES = {
  BUSY: [486, 600],
  REJECTED: [403, 603],
  REDIRECTED: [300, 301, 302, 305, 380],
  UNAVAILABLE: [480, 410, 408, 430],
  NOT_FOUND: [404, 604],
  ADDRESS_INCOMPLETE: [484, 424],
  INCOMPATIBLE_SDP: [488, 606],
  AUTHENTICATION_ERROR: [401, 407],
};

/** The usual reason phrases. */
export const PHRASES: Record<number, string> = {
  100: 'Trying',
  180: 'Ringing',
  181: 'Call Is Being Forwarded',
  182: 'Queued',
  183: 'Session Progress',
  199: 'Early Dialog Terminated',
  200: 'OK',
  202: 'Accepted',
  204: 'No Notification',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  305: 'Use Proxy',
  380: 'Alternative Service',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  410: 'Gone',
  412: 'Conditional Request Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  417: 'Unknown Resource-Priority',
  420: 'Bad Extension',
  421: 'Extension Required',
  422: 'Session Interval Too Small',
  423: 'Interval Too Brief',
  424: 'Bad Location Information',
  428: 'Use Identity Header',
  429: 'Provide Referrer Identity',
  430: 'Flow Failed',
  433: 'Anonymity Disallowed',
  436: 'Bad Identity-Info',
  437: 'Unsupported Certificate',
  438: 'Invalid Identity Header',
  439: 'First Hop Lacks Outbound Support',
  440: 'Max-Breadth Exceeded',
  469: 'Bad Info Package',
  470: 'Consent Needed',
  478: 'Unresolvable Destination',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  484: 'Address Incomplete',
  485: 'Ambiguous',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  489: 'Bad Event',
  491: 'Request Pending',
  493: 'Undecipherable',
  494: 'Security Agreement Required',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Server Time-out',
  505: 'Version Not Supported',
  513: 'Message Too Large',
  555: 'Push Notification Service Not Supported',
  580: 'Precondition Failure',
  600: 'Busy Everywhere',
  603: 'Decline',
  604: 'Does Not Exist Anywhere',
  606: 'Not Acceptable',
};
