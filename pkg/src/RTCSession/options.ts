/** What an application passes to a call, under the names that JsSIP declares. */
import type { DTMF_TRANSPORT, causes } from '../Constants.js';
import type { TrickleIce } from '../Config.js';
import type { RTCSession } from '../RTCSession.js';
import type { IncomingRequest, IncomingResponse, OutgoingRequest } from '../SIPMessage.js';
import type { RTCSessionEventMap } from './events.js';

/** Who caused what an event tells. */
export type Originator = 'local' | 'remote' | 'system';
/** Its values as types, as JsSIP's enum has them. */
export declare namespace Originator {
  type LOCAL = 'local';
  type REMOTE = 'remote';
  type SYSTEM = 'system';
}

export type SessionDirection = 'incoming' | 'outgoing';
export declare namespace SessionDirection {
  type INCOMING = 'incoming';
  type OUTGOING = 'outgoing';
}

export interface ExtraHeaders {
  /** Lines `Name: value`. */
  extraHeaders?: string[];
}

export interface AnswerOptions extends ExtraHeaders {
  mediaConstraints?: MediaStreamConstraints;
  /** Used instead of capturing; its tracks are never stopped. */
  mediaStream?: MediaStream;
  pcConfig?: RTCConfiguration;
  rtcConstraints?: object;
  rtcAnswerConstraints?: RTCOfferOptions;
  rtcOfferConstraints?: RTCOfferOptions;
  /** s, at least 60. */
  sessionTimersExpires?: number;
  /** Another `trickle_ice` than the UA's for this call. */
  trickle_ice?: TrickleIce;
  data?: unknown;
}

export interface CallOptions extends AnswerOptions {
  eventHandlers?: Partial<RTCSessionEventMap>;
  anonymous?: boolean;
  fromUserName?: string;
  fromDisplayName?: string;
  /** The call whose place this one takes (RFC 3891), as the far end or its dialog-info names it: of ours, or of others to pick up. */
  replaces?: RTCSession | ReplacedDialog;
  /** Another `redirect_limit` than the UA's for this call. */
  redirect_limit?: number;
}

/** A dialog of the one who is called: his tag is `to_tag`, that of the other end `from_tag` (RFC 3891 3). */
export interface ReplacedDialog {
  call_id: string;
  to_tag: string;
  from_tag: string;
  /** Only as long as nobody has answered it. */
  early_only?: boolean;
}

export interface RejectOptions extends ExtraHeaders {
  status_code?: number;
  reason_phrase?: string;
}

export interface TerminateOptions extends RejectOptions {
  body?: string;
  cause?: causes | string;
}

export interface ReferHandlers {
  requestSucceeded?: (event: { response: IncomingResponse }) => void;
  requestFailed?: (event: { response: IncomingResponse; cause: string }) => void;
  trying?: (event: ReferProgressEvent) => void;
  progress?: (event: ReferProgressEvent) => void;
  accepted?: (event: ReferProgressEvent) => void;
  failed?: (event: ReferProgressEvent) => void;
  authenticated?: VoidFunction;
}

export interface ReferProgressEvent {
  request: IncomingRequest;
  status_line: { sip_version: string; status_code: number; reason_phrase: string };
}

export interface ReferOptions extends ExtraHeaders {
  eventHandlers?: ReferHandlers;
  /** The consultation call whose place the new one takes (attended transfer). */
  replaces?: RTCSession;
  /** Another `norefersub` than the UA's: nobody need tell how it goes. */
  norefersub?: boolean;
}

export interface OnHoldResult {
  local: boolean;
  remote: boolean;
}

export interface DTMFOptions extends ExtraHeaders {
  /** ms, 70 to 6000. */
  duration?: number;
  /** ms, at least 50. */
  interToneGap?: number;
  transportType?: DTMF_TRANSPORT;
}

export interface HoldOptions extends ExtraHeaders {
  /** UPDATE instead of re-INVITE. */
  useUpdate?: boolean;
}

export interface SendInfoOptions extends ExtraHeaders {
  /** The package that it is of (RFC 6086): the far end has to say in `Recv-Info` that it receives that. */
  package?: string;
}

export interface SendTextOptions extends ExtraHeaders {
  /** Default `text/plain`. */
  contentType?: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  eventHandlers?: Record<string, (...args: any[]) => void>;
}

export interface RenegotiateOptions extends HoldOptions {
  rtcOfferConstraints?: RTCOfferOptions;
}

/** What becomes of a request of `sendRequest`. */
export interface RequestHandlers {
  onSuccessResponse?: (response: IncomingResponse) => void;
  onErrorResponse?: (response: IncomingResponse) => void;
  onRequestTimeout?: () => void;
  onTransportError?: () => void;
  onDialogError?: (response: IncomingResponse) => void;
  onAuthenticated?: (request: OutgoingRequest) => void;
}

export interface SendRequestOptions extends ExtraHeaders {
  body?: string;
  eventHandlers?: RequestHandlers;
}
