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

/** The connection was made. */
export interface PeerConnectionEvent {
  /** It, before anything was done with it. */
  peerconnection: RTCPeerConnectionDeprecated;
}
/** A connection with what JsSIP's users call on it. */
export interface RTCPeerConnectionDeprecated extends RTCPeerConnection {
  /** @deprecated Browsers keep it for old applications. */
  getRemoteStreams(): MediaStream[];
}
/** Media is about to be captured. */
export interface ConnectingEvent {
  request: IncomingRequest | OutgoingRequest;
}
/** An INVITE is about to leave. */
export interface SendingEvent {
  request: OutgoingRequest;
}
/** `progress` and `accepted` of a call that came in. */
export interface IncomingEvent {
  originator: Originator.LOCAL;
  response?: null;
  /** Of `progress`: whether our 180 or 183 is repeated until the caller acknowledges it (RFC 3262). */
  reliable?: boolean;
  /** Of `progress`: ours has one only. */
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
  /** Which, by the tag of its early dialog. */
  early_dialog: string;
  response: IncomingResponse;
}
/** We have acknowledged the 2xx. */
export interface OutgoingAckEvent {
  originator: Originator.LOCAL;
  ack?: null;
}
/** They have acknowledged the 2xx. */
export interface IncomingAckEvent {
  originator: Originator.REMOTE;
  ack: IncomingRequest;
}
/** A call is over, or has failed. */
export interface EndEvent {
  originator: Originator;
  /** Null where no message ended the call: a timer, the application, the network. */
  message: IncomingRequest | IncomingResponse;
  /** One of `C.causes`, or that of `terminate()`. */
  cause: string;
  /** Why the two ends cannot meet, if that is the reason. */
  diagnosis: Diagnosis[];
  /** What both ends need and have, row by row. */
  features: Feature[];
  /** What the Reason of `message` says (RFC 3326), empty without one: of a CANCEL that the call was answered elsewhere. */
  reason: Reason[];
}
/** A tone of theirs. */
export interface IncomingDTMFEvent {
  originator: Originator.REMOTE;
  dtmf: DTMF;
  request: IncomingRequest;
}
/** A tone of ours. */
export interface OutgoingDTMFEvent {
  originator: Originator.LOCAL;
  dtmf: DTMF;
  request: OutgoingRequest;
}
/** An INFO of theirs. */
export interface IncomingInfoEvent {
  originator: Originator.REMOTE;
  info: Info;
  request: IncomingRequest;
}
/** An INFO of ours. */
export interface OutgoingInfoEvent {
  originator: Originator.LOCAL;
  info: Info;
  request: OutgoingRequest;
}
/** Somebody holds, or takes back. */
export interface HoldEvent {
  originator: Originator;
}
/** Which kinds of media. */
export interface MediaStreamTypes {
  /** Sound. */
  audio?: boolean;
  /** Picture. */
  video?: boolean;
}
/** An offer of theirs inside the call. */
export interface ReInviteEvent {
  request: IncomingRequest;
  /** Set it to be called once the 200 has left. */
  callback?: VoidFunction;
  /** Refuses it, 403 unless said; only inside the listener. */
  reject: (options?: RejectOptions) => void;
}
/** They transfer us. */
export interface ReferEvent {
  request: IncomingRequest;
  /** Places the call that the far end asked for; false if this one is over. */
  accept: (initCallback?: ((session: RTCSession) => void) | null, options?: CallOptions) => boolean;
  /** Refuses. */
  reject: VoidFunction;
}
/** Somebody else takes the place of this call. */
export interface ReplacesEvent {
  request: IncomingRequest;
  /** Lets the new call take this one's place; false if this one is over, or the new one was cancelled. */
  accept: (initCallback?: ((session: RTCSession) => void) | null) => boolean;
  /** Refuses. */
  reject: VoidFunction;
}
/** A description, before it is applied or sent. */
export interface SDPEvent {
  originator: Originator;
  /** `offer` or `answer`. */
  type: string;
  /** What is assigned here is applied, or sent. */
  sdp: string;
}
/** A candidate of ours. */
export interface IceCandidateEvent {
  /** As WebRTC tells it. */
  candidate: RTCIceCandidate;
  /** Sends the description without waiting for more candidates. */
  ready: VoidFunction;
}

/** The call has lost its line or its media. */
export interface RecoveringEvent {
  /** `C.causes.CONNECTION_ERROR`: the line was lost. `C.causes.RTP_TIMEOUT`: the media was. */
  cause: string;
}
/** It has both again. */
export interface RecoveredEvent extends RecoveringEvent {
  /** ms since `recovering`. */
  took: number;
}
/** A 3xx. */
export interface RedirectedEvent {
  /** Whom a 3xx names, the likeliest first. */
  contacts: NameAddrHeader[];
  /** Whether the call goes on to one of them, as far as `redirect_limit` lets it. */
  followed: boolean;
}
/** What was sent came to an end by itself: its device was pulled, its permission withdrawn, its screen not shared any more. */
export interface DeviceChangedEvent {
  /** Of what. */
  kind: 'audio' | 'video';
  /** The label of the device that is gone. */
  lost: string;
  /** The label of the one that is used in its place, null if there is none. */
  used: string | null;
}

/** Who the far end is has changed: after a transfer, or with the phone that answers. */
export interface IdentityEvent {
  /** Who it is now. */
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

/** The events of a call. */
export interface RTCSessionEventMap {
  /** Its connection was made. */
  peerconnection: PeerConnectionListener;
  /** Media is about to be captured. */
  connecting: ConnectingListener;
  /** The INVITE is about to leave: what is changed in it leaves. */
  sending: SendingListener;
  /** It rings. */
  progress: CallListener;
  /** One of the phones that a call of ours rings has left. */
  earlydialogended: EarlyDialogEndedListener;
  /** A 2xx came or left. */
  accepted: CallListener;
  /** It was acknowledged. */
  confirmed: ConfirmedListener;
  /** A call that was up is over. */
  ended: EndListener;
  /** A call did not come up. */
  failed: EndListener;
  /** A tone by INFO. */
  newDTMF: DTMFListener;
  /** Another INFO. */
  newInfo: InfoListener;
  /** A text inside the call. One that comes goes to `newMessage` of the UA where nobody listens here. */
  newMessage: MessageListener;
  /** One side holds. */
  hold: HoldListener;
  /** One side takes back. */
  unhold: HoldListener;
  /** `mute()` has changed these. */
  muted: MuteListener;
  /** `unmute()` has changed these. */
  unmuted: MuteListener;
  /** An offer of theirs by re-INVITE. */
  reinvite: ReInviteListener;
  /** An UPDATE of theirs. */
  update: UpdateListener;
  /** They transfer us. Where nobody listens they are told 603. */
  refer: ReferListener;
  /** Somebody else takes the place of this call. */
  replaces: ReplacesListener;
  /** A description: what is assigned to `sdp` counts. */
  sdp: SDPListener;
  /** A candidate of ours. */
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
  /** No microphone or camera, with the `DOMException`. */
  getusermediafailed: GenericErrorListener;
  /** WebRTC makes no offer. */
  'peerconnection:createofferfailed': GenericErrorListener;
  /** WebRTC makes no answer. */
  'peerconnection:createanswerfailed': GenericErrorListener;
  /** WebRTC refuses what it made, or an application changed. */
  'peerconnection:setlocaldescriptionfailed': GenericErrorListener;
  /** WebRTC refuses the far end's description. */
  'peerconnection:setremotedescriptionfailed': GenericErrorListener;
}
