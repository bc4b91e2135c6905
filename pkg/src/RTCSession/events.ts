/** What the events of a call carry, under the names that JsSIP declares. */
import type { EitherListener, MessageListener } from '../events.js';
import type { NameAddrHeader } from '../NameAddrHeader.js';
import type { IncomingRequest, IncomingResponse, OutgoingRequest } from '../SIPMessage.js';
import type { CallOptions, RTCSession } from '../RTCSession.js';
import type { DTMF } from './DTMF.js';
import type { Info } from './Info.js';
import type { Diagnosis, Feature } from '../diagnosis.js';
import type { Reason } from './caller.js';
import type { Originator, RejectOptions } from './options.js';

export interface PeerConnectionEvent {
  peerconnection: RTCPeerConnectionDeprecated;
}
export interface RTCPeerConnectionDeprecated extends RTCPeerConnection {
  /** @deprecated Browsers keep it for old applications. */
  getRemoteStreams(): MediaStream[];
}
export interface ConnectingEvent {
  request: IncomingRequest | OutgoingRequest;
}
export interface SendingEvent {
  request: OutgoingRequest;
}
/** `progress` and `accepted` of a call that came in. */
export interface IncomingEvent {
  originator: Originator.LOCAL;
  response?: null;
  /** Of `progress`: whether our 180 or 183 is repeated until the caller acknowledges it (RFC 3262). */
  reliable?: boolean;
  early_dialog?: null;
}
/** `progress` and `accepted` of a call that went out. */
export interface OutgoingEvent {
  originator: Originator.REMOTE;
  response: IncomingResponse;
  /** Of `progress`: whether it was acknowledged (RFC 3262), so that a description in it is the phone's last word. */
  reliable?: boolean;
  /** Of `progress`: names the phone, by the tag of its early dialog. Null for a proxy that rings back by itself. */
  early_dialog?: string | null;
}
/** A phone has left, and others may still ring (RFC 6228). */
export interface EarlyDialogEndedEvent {
  early_dialog: string;
  response: IncomingResponse;
}
export interface OutgoingAckEvent {
  originator: Originator.LOCAL;
  ack?: null;
}
export interface IncomingAckEvent {
  originator: Originator.REMOTE;
  ack: IncomingRequest;
}
export interface EndEvent {
  originator: Originator;
  /** Null where no message ended the call: a timer, the application, the network. */
  message: IncomingRequest | IncomingResponse;
  cause: string;
  /** Why the two ends cannot meet, if that is the reason. */
  diagnosis: Diagnosis[];
  /** What both ends need and have, row by row. */
  features: Feature[];
  /** What the Reason of `message` says (RFC 3326), empty without one: of a CANCEL that the call was answered elsewhere. */
  reason: Reason[];
}
export interface IncomingDTMFEvent {
  originator: Originator.REMOTE;
  dtmf: DTMF;
  request: IncomingRequest;
}
export interface OutgoingDTMFEvent {
  originator: Originator.LOCAL;
  dtmf: DTMF;
  request: OutgoingRequest;
}
export interface IncomingInfoEvent {
  originator: Originator.REMOTE;
  info: Info;
  request: IncomingRequest;
}
export interface OutgoingInfoEvent {
  originator: Originator.LOCAL;
  info: Info;
  request: OutgoingRequest;
}
export interface HoldEvent {
  originator: Originator;
}
export interface MediaStreamTypes {
  audio?: boolean;
  video?: boolean;
}
export interface ReInviteEvent {
  request: IncomingRequest;
  /** Set it to be called once the 200 has left. */
  callback?: VoidFunction;
  reject: (options?: RejectOptions) => void;
}
export interface ReferEvent {
  request: IncomingRequest;
  /** Places the call that the far end asked for; false if this one is over. */
  accept: (initCallback?: ((session: RTCSession) => void) | null, options?: CallOptions) => boolean;
  reject: VoidFunction;
}
export interface ReplacesEvent {
  request: IncomingRequest;
  /** Lets the new call take this one's place; false if this one is over, or the new one was cancelled. */
  accept: (initCallback?: ((session: RTCSession) => void) | null) => boolean;
  reject: VoidFunction;
}
export interface SDPEvent {
  originator: Originator;
  type: string;
  /** What is assigned here is applied, or sent. */
  sdp: string;
}
export interface IceCandidateEvent {
  candidate: RTCIceCandidate;
  /** Sends the description without waiting for more candidates. */
  ready: VoidFunction;
}

export interface RecoveringEvent {
  /** `C.causes.CONNECTION_ERROR`: the line was lost. `C.causes.RTP_TIMEOUT`: the media was. */
  cause: string;
}
export interface RecoveredEvent extends RecoveringEvent {
  /** ms since `recovering`. */
  took: number;
}
export interface RedirectedEvent {
  /** Whom a 3xx names, the likeliest first. */
  contacts: NameAddrHeader[];
  /** Whether the call goes on to one of them, as far as `redirect_limit` lets it. */
  followed: boolean;
}
/** What was sent came to an end by itself: its device was pulled, its permission withdrawn, its screen not shared any more. */
export interface DeviceChangedEvent {
  kind: 'audio' | 'video';
  /** The label of the device that is gone. */
  lost: string;
  /** The label of the one that is used in its place, null if there is none. */
  used: string | null;
}

/** Who the far end is has changed: after a transfer, or with the phone that answers. */
export interface IdentityEvent {
  identity: NameAddrHeader;
  /** Whether its proxy says so (`asserted_identity`), or it does itself (RFC 4916). */
  asserted: boolean;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type GenericErrorListener = (error: any) => void;
export type PeerConnectionListener = (event: PeerConnectionEvent) => void;
export type ConnectingListener = (event: ConnectingEvent) => void;
export type SendingListener = (event: SendingEvent) => void;
export type IncomingListener = (event: IncomingEvent) => void;
export type OutgoingListener = (event: OutgoingEvent) => void;
export type EarlyDialogEndedListener = (event: EarlyDialogEndedEvent) => void;
export type IncomingConfirmedListener = (event: IncomingAckEvent) => void;
export type OutgoingConfirmedListener = (event: OutgoingAckEvent) => void;
export type CallListener = EitherListener<IncomingEvent | OutgoingEvent>;
export type ConfirmedListener = EitherListener<IncomingAckEvent | OutgoingAckEvent>;
export type EndListener = (event: EndEvent) => void;
export type IncomingDTMFListener = (event: IncomingDTMFEvent) => void;
export type OutgoingDTMFListener = (event: OutgoingDTMFEvent) => void;
export type DTMFListener = EitherListener<IncomingDTMFEvent | OutgoingDTMFEvent>;
export type IncomingInfoListener = (event: IncomingInfoEvent) => void;
export type OutgoingInfoListener = (event: OutgoingInfoEvent) => void;
export type InfoListener = EitherListener<IncomingInfoEvent | OutgoingInfoEvent>;
export type HoldListener = (event: HoldEvent) => void;
export type MuteListener = (event: MediaStreamTypes) => void;
export type ReInviteListener = (event: ReInviteEvent) => void;
export type UpdateListener = ReInviteListener;
export type ReferListener = (event: ReferEvent) => void;
export type ReplacesListener = (event: ReplacesEvent) => void;
export type SDPListener = (event: SDPEvent) => void;
export type RecoveringListener = (event: RecoveringEvent) => void;
export type RecoveredListener = (event: RecoveredEvent) => void;
export type IceCandidateListener = (event: IceCandidateEvent) => void;
export type RedirectedListener = (event: RedirectedEvent) => void;
export type IdentityListener = (event: IdentityEvent) => void;
export type DeviceChangedListener = (event: DeviceChangedEvent) => void;

export interface RTCSessionEventMap {
  peerconnection: PeerConnectionListener;
  connecting: ConnectingListener;
  sending: SendingListener;
  progress: CallListener;
  /** One of the phones that a call of ours rings has left. */
  earlydialogended: EarlyDialogEndedListener;
  accepted: CallListener;
  confirmed: ConfirmedListener;
  ended: EndListener;
  failed: EndListener;
  newDTMF: DTMFListener;
  newInfo: InfoListener;
  /** A text inside the call. One that comes goes to `newMessage` of the UA where nobody listens here. */
  newMessage: MessageListener;
  hold: HoldListener;
  unhold: HoldListener;
  muted: MuteListener;
  unmuted: MuteListener;
  reinvite: ReInviteListener;
  update: UpdateListener;
  refer: ReferListener;
  replaces: ReplacesListener;
  sdp: SDPListener;
  icecandidate: IceCandidateListener;
  /** The call has lost its line or its media, and is brought back: it ends only if that takes too long. */
  recovering: RecoveringListener;
  /** It has both again. */
  recovered: RecoveredListener;
  /** A 3xx says who is to be called instead. */
  redirected: RedirectedListener;
  /** A device is gone whose track was sent, and perhaps another one is used in its place. */
  devicechanged: DeviceChangedListener;
  /** Somebody else is at the other end, or is named in another way. */
  identity: IdentityListener;
  getusermediafailed: GenericErrorListener;
  'peerconnection:createofferfailed': GenericErrorListener;
  'peerconnection:createanswerfailed': GenericErrorListener;
  'peerconnection:setlocaldescriptionfailed': GenericErrorListener;
  'peerconnection:setremotedescriptionfailed': GenericErrorListener;
}
