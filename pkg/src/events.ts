/** What the events of a user agent carry, under the names that JsSIP declares. */
import type { Message } from './Message.js';
import type { Options } from './Options.js';
import type { RTCSession } from './RTCSession.js';
import type { CallOptions, Originator, RejectOptions } from './RTCSession/options.js';
import type { IncomingRequest, IncomingResponse, OutgoingRequest } from './SIPMessage.js';
import type { Socket } from './Socket.js';
import type { Transport } from './Transport.js';

/** Somebody calls. */
export interface IncomingRTCSessionEvent {
  originator: Originator.REMOTE;
  session: RTCSession;
  request: IncomingRequest;
  /** It is a call of the page before (`resume`). */
  resumed?: boolean;
}
/** We call. */
export interface OutgoingRTCSessionEvent {
  originator: Originator.LOCAL;
  session: RTCSession;
  request: OutgoingRequest;
  /** It is a call of the page before (`resume`). */
  resumed?: boolean;
}
/** A call, ours or theirs. */
export type RTCSessionEvent = IncomingRTCSessionEvent | OutgoingRTCSessionEvent;
/** An attempt to connect. */
export interface ConnectingEvent {
  socket: Socket;
  /** Attempts since the last success, 0 first. */
  attempts: number;
}
/** The line stands. */
export interface ConnectedEvent {
  /** As in JsSIP the transport; its `socket` is the real one. */
  socket: Transport & Socket;
}
/** The line is lost, or an attempt failed. */
export interface DisconnectEvent {
  socket: Socket;
  /** Whether it was not closed in order. */
  error: boolean;
  /** The close code of the WebSocket (RFC 6455 7.4). */
  code?: number;
  /** The reason that came with it. */
  reason?: string;
  /** Seconds until the next attempt, null if there will be none. */
  retryIn: number | null;
  /** Whether another attempt follows, by which registration and calls come back. */
  willRecover: boolean;
}
/** The registrar has taken us. */
export interface RegisteredEvent {
  response: IncomingResponse;
}
/** It has us no more, or does not take us. */
export interface UnRegisteredEvent {
  /** Null where nobody answered; absent where the line is gone. */
  response: IncomingResponse;
  /** One of `C.causes`. */
  cause?: string;
}
/** A text of theirs. */
export interface IncomingMessageEvent {
  originator: Originator.REMOTE;
  message: Message;
  request: IncomingRequest;
}
/** A text of ours. */
export interface OutgoingMessageEvent {
  originator: Originator.LOCAL;
  message: Message;
  request: OutgoingRequest;
}
/** An OPTIONS of theirs. */
export interface IncomingOptionsEvent {
  originator: Originator.REMOTE;
  message: Options;
  request: IncomingRequest;
}
/** An OPTIONS of ours. */
export interface OutgoingOptionsEvent {
  originator: Originator.LOCAL;
  message: Options;
  request: OutgoingRequest;
}
/** A REFER outside a call: somebody asks us to call somebody. */
export interface ReferRequestEvent {
  request: IncomingRequest;
  /** The call of ours that it names in Target-Dialog (RFC 4538), null for none: who can name it is known to know it. */
  session: RTCSession | null;
  /** Places the call. */
  accept: (initCallback?: ((session: RTCSession) => void) | null, options?: CallOptions) => boolean;
  /** Refuses, 603 unless said: inside the listener as the answer to the REFER itself. */
  reject: (options?: RejectOptions) => void;
}
/** A parsed Event header. */
export interface EventHeader {
  /** The package, such as `presence`. */
  event: string;
  /** Its parameters, by name. */
  params?: Record<string, string>;
}
/** One of two connections to different servers is another one than it was (`flows`). */
export interface FlowEvent {
  /** Its `reg-id`, which it keeps. */
  id: number;
  socket: Socket;
  /** How it is now. */
  status: 'disconnected' | 'connecting' | 'connected' | 'registered';
  /** Whether requests go by it. */
  first: boolean;
}
/** Each SIP message as it passes, credentials masked. */
export interface SipMessageEvent {
  /** Whether it came or left. */
  direction: 'in' | 'out';
  message: string;
  /** ms, as `Date.now()` counts. */
  at: number;
}

/** A listener of events of two kinds: written for both, or, as methods are compared less strictly, for one of them. */
export type EitherListener<Event> = { heard(event: Event): void }['heard'];
export type ConnectingListener = (event: ConnectingEvent) => void;
export type ConnectedListener = (event: ConnectedEvent) => void;
export type DisconnectedListener = (event: DisconnectEvent) => void;
export type RegisteredListener = (event: RegisteredEvent) => void;
export type UnRegisteredListener = (event: UnRegisteredEvent) => void;
export type RegistrationFailedListener = UnRegisteredListener;
export type RegistrationExpiringListener = () => void;
export type IncomingRTCSessionListener = (event: IncomingRTCSessionEvent) => void;
export type OutgoingRTCSessionListener = (event: OutgoingRTCSessionEvent) => void;
export type RTCSessionListener = EitherListener<RTCSessionEvent>;
export type IncomingMessageListener = (event: IncomingMessageEvent) => void;
export type OutgoingMessageListener = (event: OutgoingMessageEvent) => void;
export type MessageListener = EitherListener<IncomingMessageEvent | OutgoingMessageEvent>;
export type IncomingOptionsListener = (event: IncomingOptionsEvent) => void;
export type OutgoingOptionsListener = (event: OutgoingOptionsEvent) => void;
export type OptionsListener = EitherListener<IncomingOptionsEvent | OutgoingOptionsEvent>;
export type SipEventListener = (event: { event: EventHeader; request: IncomingRequest }) => void;
export type SipSubscribeListener = SipEventListener;

/** The events of a `UA`. */
export interface UAEventMap {
  /** An attempt to connect. */
  connecting: ConnectingListener;
  /** The line stands; REGISTER follows. */
  connected: ConnectedListener;
  /** The line is lost, or an attempt failed. */
  disconnected: DisconnectedListener;
  /** The registrar has taken us. */
  registered: RegisteredListener;
  /** A binding was refreshed: it lasts for `expires` s, and is refreshed again in `refreshIn` ms. */
  refreshed: (event: { expires: number; refreshIn: number }) => void;
  /** It has us no more. */
  unregistered: UnRegisteredListener;
  /** It does not take us, or does not answer. */
  registrationFailed: RegistrationFailedListener;
  /** The registration has to be refreshed: who listens calls `register()`. */
  registrationExpiring: RegistrationExpiringListener;
  /** A call, ours or theirs. Where nobody listens one that comes in is 405. */
  newRTCSession: RTCSessionListener;
  /** A text, ours or theirs. Where nobody listens one that comes is 405. */
  newMessage: MessageListener;
  /** A NOTIFY of no subscription. */
  sipEvent: SipEventListener;
  /** Somebody subscribes to us: `ua.notify()` serves it. */
  newSubscribe: SipSubscribeListener;
  /** An OPTIONS, ours or theirs. */
  newOptions: OptionsListener;
  /** A REFER outside a call. Where nobody listens it is 403. */
  refer: (event: ReferRequestEvent) => void;
  /** Each SIP message as it passes. */
  sipMessage: (event: SipMessageEvent) => void;
  /** Something was not taken, and why: a frame, a line of one, what `credentials` gave. */
  dropped: (event: { why: string }) => void;
  /** One of two connections has changed (`flows`). */
  flow: (event: FlowEvent) => void;
  /** The core has failed and cannot go on: only a reload of the page helps. Told once. */
  broken: (event: { error: Error }) => void;
}
