/** What an application passes to a call, under the names that JsSIP declares. */
import type { DTMF_TRANSPORT, causes } from '../Constants.js';
import type { TrickleIce } from '../UAConfiguration.js';
import type { RTCSession } from '../RTCSession.js';
import type { IncomingRequest, IncomingResponse, OutgoingRequest } from '../SIPMessage.js';
import type { RTCSessionEventMap } from './events.js';

/** Who caused what an event tells. */
export type Originator = 'local' | 'remote' | 'system';
/** Its values as types, as JsSIP's enum has them. */
export declare namespace Originator {
  /** We did. */
  type LOCAL = 'local';
  /** The far end did. */
  type REMOTE = 'remote';
  /** A timer or the network did. */
  type SYSTEM = 'system';
}

/** Which side called. */
export type SessionDirection = 'incoming' | 'outgoing';
export declare namespace SessionDirection {
  /** They called. */
  type INCOMING = 'incoming';
  /** We called. */
  type OUTGOING = 'outgoing';
}

/** What an application adds to a request or an answer. */
export interface ExtraHeaders {
  /** Lines `Name: value`. */
  extraHeaders?: string[];
}

/** Options of `answer()`. */
export interface AnswerOptions extends ExtraHeaders {
  /** What is captured, for `getUserMedia()`. `call()` captures sound and picture by default, `answer()` nothing. */
  mediaConstraints?: MediaStreamConstraints;
  /** Used instead of capturing; its tracks are never stopped. */
  mediaStream?: MediaStream;
  /** For the `RTCPeerConnection`: STUN and TURN servers. Default no servers. */
  pcConfig?: RTCConfiguration;
  /** Second argument of `RTCPeerConnection`, of old browsers. */
  rtcConstraints?: object;
  /** For `createAnswer()`. */
  rtcAnswerConstraints?: RTCOfferOptions;
  /** For `createOffer()`. */
  rtcOfferConstraints?: RTCOfferOptions;
  /** s, at least 60. */
  sessionTimersExpires?: number;
  /** Another `trickle_ice` than the UA's for this call. */
  trickle_ice?: TrickleIce;
  /** Anything of the application's: `session.data`. */
  data?: unknown;
}

/** Options of `call()`. */
export interface CallOptions extends AnswerOptions {
  /** Listeners by event, which are there before anything happens. */
  eventHandlers?: Partial<RTCSessionEventMap>;
  /** Whether nothing but `P-Preferred-Identity` names us (RFC 3323). */
  anonymous?: boolean;
  /** Another user in From than ours. */
  fromUserName?: string;
  /** Another name in From than ours. */
  fromDisplayName?: string;
  /** The call whose place this one takes (RFC 3891), as the far end or its dialog-info names it: of ours, or of others to pick up. */
  replaces?: RTCSession | ReplacedDialog;
  /** Another `redirect_limit` than the UA's for this call. */
  redirect_limit?: number;
}

/** A dialog of the one who is called: his tag is `to_tag`, that of the other end `from_tag` (RFC 3891 3). */
export interface ReplacedDialog {
  /** Its Call-ID. */
  call_id: string;
  /** The tag of the one who is called. */
  to_tag: string;
  /** The tag of the other end. */
  from_tag: string;
  /** Only as long as nobody has answered it. */
  early_only?: boolean;
}

/** How something is refused. */
export interface RejectOptions extends ExtraHeaders {
  /** 300 to 699. */
  status_code?: number;
  /** Another one than that of the RFC. */
  reason_phrase?: string;
}

/** Options of `terminate()`. */
export interface TerminateOptions extends RejectOptions {
  /** Of the answer, or of the BYE. */
  body?: string;
  /** Of `failed` or `ended`. Default as what happens has it. */
  cause?: causes | string;
}

/** Listeners of a transfer, by event. */
export interface ReferHandlers {
  /** The REFER was taken. */
  requestSucceeded?: (event: { response: IncomingResponse }) => void;
  /** It was not; `response` is null where nobody answered. */
  requestFailed?: (event: { response: IncomingResponse; cause: string }) => void;
  /** A NOTIFY says 100. */
  trying?: (event: ReferProgressEvent) => void;
  /** It rings there. */
  progress?: (event: ReferProgressEvent) => void;
  /** The call that was asked for is up. */
  accepted?: (event: ReferProgressEvent) => void;
  /** It is not. */
  failed?: (event: ReferProgressEvent) => void;
  /** The REFER was challenged, and has left again. */
  authenticated?: VoidFunction;
}

/** A NOTIFY tells how a transfer goes (RFC 3515 2.4.5). */
export interface ReferProgressEvent {
  request: IncomingRequest;
  /** The status line in its body. */
  status_line: { sip_version: string; status_code: number; reason_phrase: string };
}

/** Options of `refer()`. */
export interface ReferOptions extends ExtraHeaders {
  /** Listeners by event. */
  eventHandlers?: ReferHandlers;
  /** The consultation call whose place the new one takes (attended transfer). */
  replaces?: RTCSession;
  /** Another `norefersub` than the UA's: nobody need tell how it goes. */
  norefersub?: boolean;
}

/** What `isOnHold()` returns. */
export interface OnHoldResult {
  /** Whether we hold. */
  local: boolean;
  /** Whether the far end holds. */
  remote: boolean;
}

/** Options of `sendDTMF()`. */
export interface DTMFOptions extends ExtraHeaders {
  /** ms, 70 to 6000. */
  duration?: number;
  /** ms, at least 50. */
  interToneGap?: number;
  /** By INFO, the default, or with the sound (RFC 4733). */
  transportType?: DTMF_TRANSPORT;
}

/** Options of `hold()` and `unhold()`. */
export interface HoldOptions extends ExtraHeaders {
  /** UPDATE instead of re-INVITE. */
  useUpdate?: boolean;
}

/** Options of `sendInfo()`. */
export interface SendInfoOptions extends ExtraHeaders {
  /** The package that it is of (RFC 6086): the far end has to say in `Recv-Info` that it receives that. */
  package?: string;
}

/** Options of `sendMessage()` of a call. */
export interface SendTextOptions extends ExtraHeaders {
  /** Default `text/plain`. */
  contentType?: string;
  /** Listeners of the message, by event. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  eventHandlers?: Record<string, (...args: any[]) => void>;
}

/** Options of `renegotiate()`. */
export interface RenegotiateOptions extends HoldOptions {
  /** For `createOffer()`, such as `{ iceRestart: true }`. */
  rtcOfferConstraints?: RTCOfferOptions;
}

/** What becomes of a request of `sendRequest`. */
export interface RequestHandlers {
  /** A 2xx. */
  onSuccessResponse?: (response: IncomingResponse) => void;
  /** Another final answer. */
  onErrorResponse?: (response: IncomingResponse) => void;
  /** Nobody answered, or 408. */
  onRequestTimeout?: () => void;
  /** The line was lost. */
  onTransportError?: () => void;
  /** The far end knows nothing of the call (481). */
  onDialogError?: (response: IncomingResponse) => void;
  /** It was challenged, and has left again as `request`. */
  onAuthenticated?: (request: OutgoingRequest) => void;
}

/** Options of `sendRequest()`. */
export interface SendRequestOptions extends ExtraHeaders {
  /** Its type belongs to `extraHeaders`. */
  body?: string;
  /** What becomes of it. */
  eventHandlers?: RequestHandlers;
}
