// This file is long because JsSIP's users read one class; each method only checks its arguments and calls the core.
import { C } from './Constants.js';
import { EventEmitter } from './EventEmitter.js';
import { InvalidStateError, NotSupportedError } from './Exceptions.js';
import { NameAddrHeader } from './NameAddrHeader.js';
import { DTMF } from './RTCSession/DTMF.js';
import { Info } from './RTCSession/Info.js';
import { ReferSubscriber } from './RTCSession/ReferSubscriber.js';
import { IncomingRequest, IncomingResponse, OutgoingRequest } from './SIPMessage.js';
import type { URI } from './URI.js';
import type { UA } from './UA.js';
import { assertSingleLine, isDecimal, isString } from './Utils.js';
import type {
  MediaStreamTypes,
  OutgoingEvent,
  RTCPeerConnectionDeprecated,
  RTCSessionEventMap,
} from './RTCSession/events.js';
import type {
  AnswerOptions,
  CallOptions,
  DTMFOptions,
  HoldOptions,
  ReferOptions,
  RejectOptions,
  RenegotiateOptions,
  RequestHandlers,
  SendRequestOptions,
  TerminateOptions,
} from './RTCSession/options.js';
import { debugLog } from './debug.js';
import { lazily } from './lazily.js';
import {
  AgentCommand,
  CallCommand,
  CallState,
  Kind,
  MediaCommand,
  MediaFault,
  type AnyRequest,
  type CallCommands,
  type CallTold,
  type MediaCommands,
  type Originator,
  type Reply,
  type Told,
  type Verdict,
} from './core/border.js';
import { replyOf, textOf } from './core/passed.js';
import type { Diagnosis, Feature, Refusal } from './diagnosis.js';

const log = debugLog('RTCSession');

export type * from './RTCSession/events.js';
export type * from './RTCSession/options.js';

const STATUS = {
  STATUS_NULL: 0,
  STATUS_INVITE_SENT: 1,
  STATUS_1XX_RECEIVED: 2,
  STATUS_INVITE_RECEIVED: 3,
  STATUS_WAITING_FOR_ANSWER: 4,
  STATUS_ANSWERED: 5,
  STATUS_WAITING_FOR_ACK: 6,
  STATUS_CANCELED: 7,
  STATUS_TERMINATED: 8,
  STATUS_CONFIRMED: 9,
} as const;

/** The events of the failures of WebRTC. */
const FAULTS: Record<MediaFault, string> = {
  [MediaFault.UserMedia]: 'getusermediafailed',
  [MediaFault.CreateOffer]: 'peerconnection:createofferfailed',
  [MediaFault.CreateAnswer]: 'peerconnection:createanswerfailed',
  [MediaFault.SetLocal]: 'peerconnection:setlocaldescriptionfailed',
  [MediaFault.SetRemote]: 'peerconnection:setremotedescriptionfailed',
};

type Done = (error?: Error) => void;
type Asker = DTMF | Info | ReferSubscriber | RequestHandlers;

/** Header lines of an app, each checked to be one line. */
function lines(given: string[] | undefined): string[] {
  for (const line of given ?? []) assertSingleLine('extraHeaders', line);
  return given ?? [];
}

/** Session-Expires, in s. */
const expires = ({ sessionTimersExpires: given }: AnswerOptions): number =>
  Number(isDecimal(given) ? given : C.SESSION_EXPIRES);

/**
 * A call (JsSIP `RTCSession`). Only a `UA` makes sessions.
 */
export class RTCSession extends EventEmitter<RTCSessionEventMap, object> {
  static get C() {
    return STATUS;
  }

  _ua: UA;
  _id: string | null = null;
  _handleId = 0;
  _status: number = STATUS.STATUS_NULL;
  _direction: 'incoming' | 'outgoing' | null = null;
  _connection: RTCPeerConnection | null = null;
  _request: IncomingRequest | OutgoingRequest | null = null;
  /** What `_request` is made of, until somebody looks at it. */
  _told: AnyRequest = null;
  _data: unknown = {};
  _start_time: Date | null = null;
  _end_time: Date | null = null;
  _local_identity: NameAddrHeader | null = null;
  _remote_identity: NameAddrHeader | null = null;
  _contact: string | null = null;
  _from_tag: string | null = null;
  _to_tag: string | null = null;
  _localHold = false;
  _remoteHold = false;
  _readyToReoffer = false;
  _audioMuted = false;
  _videoMuted = false;
  _done: Done | null = null;
  _diagnosed: { findings: Diagnosis[]; features: Feature[] } | null = null;
  _requests: Map<number, Asker> = new Map();
  _asking: Asker | undefined;
  _callbacks: Map<number, () => void> = new Map();
  _initCallback?: (session: RTCSession) => void;

  constructor(ua: UA) {
    super();
    this._ua = ua;
  }

  get C() {
    return STATUS;
  }
  get causes() {
    return C.causes;
  }
  get id(): string {
    return this._id as string;
  }
  get connection(): RTCPeerConnectionDeprecated {
    return this._connection as RTCPeerConnectionDeprecated;
  }
  get contact(): string {
    return this._contact as string;
  }
  get direction(): 'incoming' | 'outgoing' {
    return this._direction as 'incoming';
  }
  get local_identity(): NameAddrHeader {
    return this._local_identity as NameAddrHeader;
  }
  get remote_identity(): NameAddrHeader {
    return this._remote_identity as NameAddrHeader;
  }
  get start_time(): Date {
    return this._start_time as Date;
  }
  get end_time(): Date {
    return this._end_time as Date;
  }
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  get data(): any {
    return this._data;
  }
  set data(data: unknown) {
    this._data = data;
  }
  get status(): number {
    return this._status;
  }

  isInProgress(): boolean {
    return this._status <= STATUS.STATUS_WAITING_FOR_ANSWER;
  }
  isEstablished(): boolean {
    const status: number = this._status;
    return (
      status === STATUS.STATUS_ANSWERED ||
      status === STATUS.STATUS_WAITING_FOR_ACK ||
      status === STATUS.STATUS_CONFIRMED
    );
  }
  isEnded(): boolean {
    return this._status === STATUS.STATUS_CANCELED || this._status === STATUS.STATUS_TERMINATED;
  }
  isMuted(): { audio: boolean; video: boolean } {
    return { audio: this._audioMuted, video: this._videoMuted };
  }
  isOnHold(): { local: boolean; remote: boolean } {
    return { local: this._localHold, remote: this._remoteHold };
  }
  isReadyToReOffer(): boolean {
    return this._readyToReoffer && !this._done;
  }
  /** What both ends need and have, at any time of the call and after it. */
  diagnosis(): { findings: Diagnosis[]; features: Feature[] } {
    if (this._diagnosed) return this._diagnosed;
    const [findings, features] = this._ask(CallCommand.Diagnosis);
    return { findings, features };
  }

  connect(target: string | URI, options: CallOptions = {}, initCallback?: (session: RTCSession) => void): void {
    if (target === undefined) throw new TypeError('Not enough arguments');
    if (this._status !== STATUS.STATUS_NULL || this._direction) throw new InvalidStateError(this._status);
    if (typeof RTCPeerConnection === 'undefined') throw new NotSupportedError('WebRTC not supported');
    const uri = this._ua.normalizeTarget(target);
    if (!uri) throw new TypeError(`Invalid target: ${target}`);
    const given = options ?? {};
    for (const [event, handler] of Object.entries(given.eventHandlers ?? {})) this.on(event, handler);
    this._data = given.data || this._data;
    if (initCallback) this._initCallback = initCallback;
    const core = this._ua._open();
    this._handleId = core.ask(AgentCommand.Reserve);
    const { anonymous, fromUserName, fromDisplayName } = given;
    const extraHeaders = lines(given.extraHeaders);
    this._createConnection(given, { audio: true, video: true });
    this._direction = 'outgoing';
    core.handles.set(this._handleId, this);
    try {
      this._ask(
        CallCommand.Call,
        uri.toString(),
        extraHeaders,
        Boolean(anonymous),
        textOf(fromUserName),
        textOf(fromDisplayName),
        expires(given),
      );
    } catch (error) {
      this._media(MediaCommand.Discard);
      core.handles.delete(this._handleId);
      throw error;
    }
  }

  answer(options: AnswerOptions = {}): void {
    if (this._direction !== 'incoming') throw new NotSupportedError('"answer" not supported for outgoing RTCSession');
    if (this._status !== STATUS.STATUS_WAITING_FOR_ANSWER) throw new InvalidStateError(this._status);
    const given = options ?? {};
    this._data = given.data || this._data;
    const extraHeaders = lines(given.extraHeaders);
    for (const track of given.mediaStream?.getTracks() ?? []) {
      if (given.mediaConstraints?.[track.kind as 'audio'] === false) given.mediaStream?.removeTrack(track);
    }
    this._status = STATUS.STATUS_ANSWERED;
    // Who calls without an offer gets one of ours: of audio, unless the application says what.
    const late = !this._request?.body;
    try {
      this._createConnection(late ? { ...given, mediaConstraints: { audio: true, ...given.mediaConstraints } } : given);
    } catch (error) {
      this._ask(CallCommand.AnswerImpossible);
      throw error;
    }
    if (this.isEnded()) return;
    const { audio, video } = given.mediaConstraints ?? {};
    // An offer without any medium would say nothing (RFC 3264 5): then there is sound to hear at least.
    if (late && !given.mediaStream && audio === false && !video && !this._connection?.getTransceivers().length) {
      this._connection?.addTransceiver('audio', { direction: 'recvonly' });
    }
    try {
      this._ask(CallCommand.Answer, extraHeaders, expires(given));
    } catch (error) {
      // It rings on.
      this._media(MediaCommand.Discard);
      this._status = STATUS.STATUS_WAITING_FOR_ANSWER;
      throw error;
    }
    if (this._audioMuted || this._videoMuted) this._media(MediaCommand.Mute, this._audioMuted, this._videoMuted);
  }

  terminate(options: TerminateOptions = {}): void {
    const given = options ?? {};
    if (this._status === STATUS.STATUS_TERMINATED) throw new InvalidStateError(this._status);
    const status = given.status_code ? Number(given.status_code) : undefined;
    const unanswered = this._status === STATUS.STATUS_WAITING_FOR_ANSWER || this._status === STATUS.STATUS_ANSWERED;
    if (status !== undefined && !(status >= (unanswered ? 300 : 200) && status < 700))
      throw new TypeError(`Invalid status_code: ${given.status_code}`);
    assertSingleLine('reason_phrase', given.reason_phrase);
    this._ask(
      CallCommand.Terminate,
      textOf(given.cause),
      status,
      textOf(given.reason_phrase),
      given.extraHeaders,
      textOf(given.body),
    );
  }

  hold(options: HoldOptions = {}, done?: Done): boolean {
    return this._hold(true, options, done);
  }
  unhold(options: HoldOptions = {}, done?: Done): boolean {
    return this._hold(false, options, done);
  }
  renegotiate(options: RenegotiateOptions = {}, done?: Done): boolean {
    if (!this._canReoffer()) return false;
    const { useUpdate, extraHeaders, rtcOfferConstraints } = options ?? {};
    const started = this._ask(
      CallCommand.Renegotiate,
      Boolean(useUpdate),
      extraHeaders,
      Boolean(rtcOfferConstraints?.iceRestart),
    );
    // The offer is made in a later turn: this is still in time for it.
    if (started) this._media(MediaCommand.OfferOnce, rtcOfferConstraints);
    return this._reoffered(started, done);
  }

  mute({ audio, video }: MediaStreamTypes = { audio: true, video: false }): void {
    const changed: MediaStreamTypes = {
      audio: Boolean(audio) && !this._audioMuted,
      video: Boolean(video) && !this._videoMuted,
    };
    this._audioMuted ||= Boolean(audio);
    this._videoMuted ||= Boolean(video);
    this._applyMute('muted', changed);
  }
  unmute({ audio, video }: MediaStreamTypes = { audio: true, video: true }): void {
    const changed: MediaStreamTypes = {
      audio: Boolean(audio) && this._audioMuted,
      video: Boolean(video) && this._videoMuted,
    };
    if (audio) this._audioMuted = false;
    if (video) this._videoMuted = false;
    this._applyMute('unmuted', changed);
  }

  sendDTMF(tones: string | number, options: DTMFOptions = {}): void {
    if (tones === undefined) throw new TypeError('Not enough arguments');
    if (
      ![STATUS.STATUS_1XX_RECEIVED, STATUS.STATUS_WAITING_FOR_ACK, STATUS.STATUS_CONFIRMED].includes(this._status as 2)
    ) {
      throw new InvalidStateError(this._status);
    }
    const text = typeof tones === 'number' ? tones.toString() : tones;
    if (!isString(text) || !/^[0-9A-DR#*,]+$/i.test(text)) throw new TypeError(`Invalid tones: ${tones}`);
    const given = options ?? {};
    const transportType = given.transportType ?? C.DTMF_TRANSPORT.INFO;
    if (!Object.values(C.DTMF_TRANSPORT).includes(transportType))
      throw new TypeError(`invalid transportType: ${transportType}`);
    const clamp = (name: string, value: number | undefined, least: number, most: number, fallback: number) => {
      if (value && !isDecimal(value)) throw new TypeError(`Invalid ${name}: ${value}`);
      return Math.min(Math.max(Math.trunc(Number(value || fallback)), least), most);
    };
    const duration = clamp(
      'tone duration',
      given.duration,
      DTMF.C.MIN_DURATION,
      DTMF.C.MAX_DURATION,
      DTMF.C.DEFAULT_DURATION,
    );
    const gap = clamp(
      'interToneGap',
      given.interToneGap,
      DTMF.C.MIN_INTER_TONE_GAP,
      Infinity,
      DTMF.C.DEFAULT_INTER_TONE_GAP,
    );
    if (transportType === C.DTMF_TRANSPORT.RFC2833) this._media(MediaCommand.Tones, String(text), duration, gap);
    else this._ask(CallCommand.Dtmf, String(text), duration, gap, given.extraHeaders);
  }

  sendInfo(contentType: string, body?: string, options: { extraHeaders?: string[] } = {}): void {
    if (this._status !== STATUS.STATUS_WAITING_FOR_ACK && this._status !== STATUS.STATUS_CONFIRMED) {
      throw new InvalidStateError(this._status);
    }
    if (contentType === undefined) throw new TypeError('Not enough arguments');
    this._ask(CallCommand.Info, String(contentType), String(body ?? ''), options?.extraHeaders);
  }

  /** Transfers the call; false if it cannot be now. */
  refer(target: string | URI, options: ReferOptions = {}): ReferSubscriber | false {
    const given = options ?? {};
    if (this._status !== STATUS.STATUS_WAITING_FOR_ACK && this._status !== STATUS.STATUS_CONFIRMED) return false;
    const uri = this._ua.normalizeTarget(target);
    if (!uri) throw new TypeError(`Invalid target: ${target}`);
    const replaces = given.replaces?._replacesValue();
    const to = `<${uri}${replaces ? `?Replaces=${encodeURIComponent(replaces)}` : ''}>`;
    const subscriber = new ReferSubscriber(this);
    for (const [event, handler] of Object.entries(given.eventHandlers ?? {})) subscriber.on(event, handler);
    const sent = this._askFor(subscriber, CallCommand.Refer, to, lines(given.extraHeaders));
    if (!sent) return false;
    this._requests.set(sent[0], subscriber);
    subscriber._id = sent[1];
    return subscriber;
  }

  /** Sends a request inside the call; undefined without a dialog. */
  sendRequest(method: string, options: SendRequestOptions = {}): OutgoingRequest | undefined {
    const given = options ?? {};
    const handlers = given.eventHandlers ?? {};
    const sent = this._askFor(
      handlers,
      CallCommand.Request,
      String(method),
      lines(given.extraHeaders),
      String(given.body ?? ''),
    );
    if (!sent) return undefined;
    this._requests.set(sent[0], handlers);
    return new OutgoingRequest(this._ua, sent[1]);
  }

  _ask<C extends CallCommand>(what: C, ...args: CallCommands[C]['arguments']): CallCommands[C]['answer'] {
    return this._ua._open().call(this._handleId, what, ...args);
  }

  _media<C extends MediaCommand>(what: C, ...args: MediaCommands[C]['arguments']): void {
    this._ua._open().media(this._handleId, what, ...args);
  }

  /** `capture` is what is captured unless the options say. */
  _createConnection(options: AnswerOptions, capture = {}): void {
    const { pcConfig, rtcConstraints, mediaStream, mediaConstraints, rtcOfferConstraints, rtcAnswerConstraints } =
      options;
    const wanted = [mediaStream, { ...(mediaConstraints ?? capture) }, rtcOfferConstraints, rtcAnswerConstraints];
    this._connection = this._ua
      ._open()
      .createPeer(this._handleId, [{ ...(pcConfig ?? { iceServers: [] }) }, rtcConstraints ?? null], wanted);
    this.emit('peerconnection', { peerconnection: this._connection });
  }

  /** A command whose answer may come before its number is known here: the line may be down. */
  _askFor<C extends CallCommand>(
    asker: Asker,
    what: C,
    ...args: CallCommands[C]['arguments']
  ): CallCommands[C]['answer'] {
    this._asking = asker;
    try {
      return this._ask(what, ...args);
    } finally {
      this._asking = undefined;
    }
  }

  _canReoffer(): boolean {
    return (this._status === STATUS.STATUS_WAITING_FOR_ACK || this._status === STATUS.STATUS_CONFIRMED) && !this._done;
  }

  _hold(on: boolean, options: HoldOptions, done?: Done): boolean {
    if (!this._canReoffer() || this._localHold === on) return false;
    return this._reoffered(this._ask(CallCommand.Hold, on, Boolean(options?.useUpdate), options?.extraHeaders), done);
  }

  _reoffered(started: boolean, done: Done | undefined): boolean {
    if (started && done) this._done = done;
    return started;
  }

  _applyMute(event: 'muted' | 'unmuted', changed: MediaStreamTypes): void {
    if (!changed.audio && !changed.video) return;
    this._media(MediaCommand.Mute, this._audioMuted, this._videoMuted);
    this.emit(event, { audio: changed.audio, video: changed.video });
  }

  /** The core knows this call now; `newRTCSession` follows. */
  _announced(handle: number, originator: Originator, call_id: string, from_tag: string, told: AnyRequest): void {
    const incoming = originator === 'remote';
    this._handleId = handle;
    this._id = call_id + from_tag;
    this._from_tag = from_tag;
    this._tell(told);
    if (incoming) {
      this._direction = 'incoming';
      this._status = STATUS.STATUS_WAITING_FOR_ANSWER;
      this._contact = this._ua.contact.toString();
    } else {
      lazily(this, '_contact', () => this._request?.getHeader('Contact') ?? null);
    }
    lazily(this, '_local_identity', () => (incoming ? this._request?.to : this._request?.from) ?? null);
    lazily(this, '_remote_identity', () => (incoming ? this._request?.from : this._request?.to) ?? null);
    this._initCallback?.(this);
  }

  /** The INVITE of this call is made of that once somebody looks at it. */
  _tell(told: AnyRequest): void {
    this._told = told;
    lazily(this, '_request', () => {
      this._told = null;
      return this._ua._request(told);
    });
  }

  _handle(told: Told): Verdict | void {
    switch (told[0]) {
      case Kind.Gone:
        return;
      case Kind.IceCandidate:
        return this.emit('icecandidate', { candidate: told[1], ready: () => this._media(MediaCommand.Ready) });
      default:
        return this._happened(told as CallTold);
    }
  }

  _happened(told: CallTold): Verdict | void {
    const state = told[1];
    this._status = state & CallState.Status;
    this._localHold = Boolean(state & CallState.LocalHold);
    this._remoteHold = Boolean(state & CallState.RemoteHold);
    this._readyToReoffer = Boolean(state & CallState.ReadyToReoffer);
    switch (told[0]) {
      case Kind.CallState:
        return;
      case Kind.CallConnecting:
        return this.emit(
          'connecting',
          lazily({}, 'request', () => this._request),
        );
      case Kind.CallSending: {
        const [, , draft] = told;
        // The object of `newRTCSession`, with what was changed since.
        if (this._told) this._tell(draft);
        else (this._request as OutgoingRequest).body = draft[2];
        this.emit(
          'sending',
          lazily({}, 'request', () => this._request),
        );
        // What nobody has looked at leaves as the core made it.
        return this._told ? undefined : (this._request as OutgoingRequest)._verdict();
      }
      case Kind.CallSdp: {
        const [, , originator, offer, sdp] = told;
        const event = { originator, type: offer ? 'offer' : 'answer', sdp };
        if (this._status === STATUS.STATUS_ANSWERED && originator === 'remote' && !this._told) {
          // An offer that the app has changed in the request itself.
          const { data, body } = this._request as IncomingRequest;
          if (body && !data.endsWith(body)) event.sdp = body;
        }
        this.emit('sdp', event);
        return event.sdp;
      }
      case Kind.CallProgress: {
        const [, , originator, response] = told;
        return this.emit(
          'progress',
          lazily({ originator }, 'response', () => this._ua._response(response)),
        );
      }
      case Kind.CallAccepted: {
        const [, , originator, response] = told;
        const event = lazily({ originator }, 'response', () => this._ua._response(response));
        this._start_time = new Date();
        if (response) lazily(this, '_to_tag', () => event.response?.to_tag ?? null);
        return this.emit('accepted', event);
      }
      case Kind.CallConfirmed: {
        const [, , originator, ack] = told;
        return this.emit(
          'confirmed',
          lazily({ originator }, 'ack', () => this._ua._request(ack)),
        );
      }
      case Kind.CallEnded:
      case Kind.CallFailed: {
        const [kind, , originator, request, response, cause, diagnosis, features] = told;
        const message = () => this._ua._request(request) ?? this._ua._response(response);
        return this._over(
          kind === Kind.CallEnded,
          lazily({ originator, cause, diagnosis, features }, 'message', message),
        );
      }
      case Kind.CallMediaFailed: {
        const [, , fault, error] = told;
        return this.emit(FAULTS[fault], error);
      }
      case Kind.CallHold:
        return this.emit('hold', { originator: told[2] });
      case Kind.CallUnhold:
        return this.emit('unhold', { originator: told[2] });
      case Kind.CallReinvite:
        return this._reofferReceived('reinvite', told[2], told[3]);
      case Kind.CallUpdate:
        return this._reofferReceived('update', told[2], told[3]);
      case Kind.CallAnswered: {
        const [, , ticket] = told;
        const callback = this._callbacks.get(ticket);
        this._callbacks.delete(ticket);
        return callback?.();
      }
      case Kind.CallRenegotiated: {
        const [, , succeeded] = told;
        const done = this._done;
        this._done = null;
        return done?.(succeeded ? undefined : new Error('The other end refused the offer'));
      }
      case Kind.CallNewDtmf: {
        const [, , originator, tone, duration, request, handle] = told;
        const dtmf = new DTMF(this, originator as 'local', tone, duration);
        if (originator === 'local') this._requests.set(handle, dtmf);
        return this.emit(
          'newDTMF',
          lazily({ originator, dtmf }, 'request', () => this._ua._request(request)),
        );
      }
      case Kind.CallNewInfo: {
        const [, , originator, contentType, body, request, handle] = told;
        const info = new Info(this, originator as 'local', contentType, body);
        if (originator === 'local') this._requests.set(handle, info);
        return this.emit(
          'newInfo',
          lazily({ originator, info }, 'request', () => this._ua._request(request)),
        );
      }
      case Kind.CallRequestDone: {
        const [, , handle, response, cause] = told;
        this._requestDone(handle, this._ua._response(response), cause);
        return;
      }
      case Kind.CallAuthenticated:
        return this._authenticated(told[2], new OutgoingRequest(this._ua, told[3]));
      case Kind.CallRefer:
        return this._referReceived(told[2], told[3]);
      case Kind.CallReferProgress: {
        const [, , handle, request, status, reason] = told;
        const subscriber = this._requests.get(handle) as ReferSubscriber | undefined;
        subscriber?._progress(new IncomingRequest(this._ua, request), status, reason);
        return;
      }
      case Kind.CallReplaces:
        return this._replacesReceived(told[2], told[3]);
    }
  }

  _authenticated(handle: number, sent: OutgoingRequest): void {
    const asker = this._requests.get(handle);
    if (asker instanceof ReferSubscriber) {
      asker._id = sent.cseq;
      asker.emit('authenticated');
    } else {
      (asker as RequestHandlers | undefined)?.onAuthenticated?.(sent);
    }
  }

  _over(ended: boolean, event: { cause: string; diagnosis: Diagnosis[]; features: Feature[] }): void {
    const name = ended ? 'ended' : 'failed';
    log('%s: %s', name, event.cause);
    if (ended) this._end_time = new Date();
    this._status = STATUS.STATUS_TERMINATED;
    this._ua._destroySession(this);
    const done = this._done;
    this._done = null;
    this._diagnosed = { findings: event.diagnosis, features: event.features };
    if (!ended) this.emit('_failed', event);
    this.emit(name, event);
    done?.(new Error(event.cause));
  }

  _reofferReceived(name: 'reinvite' | 'update', raw: string, ticket: number): Reply {
    let refused: Refusal | null = null;
    const event = {
      request: new IncomingRequest(this._ua, raw),
      callback: undefined as (() => void) | undefined,
      reject: (options: RejectOptions = {}) => {
        const status = options.status_code ?? 403;
        if (!(status >= 300 && status < 700)) throw new TypeError(`Invalid status_code: ${status}`);
        refused = { status, headers: options.extraHeaders ?? [], body: '' };
        if (options.reason_phrase) refused.reason = options.reason_phrase;
      },
    };
    this.emit(name, event);
    if (!refused && typeof event.callback === 'function') this._callbacks.set(ticket, event.callback);
    return replyOf(refused);
  }

  _requestDone(handle: number, response: IncomingResponse | null, cause: string | null): unknown {
    const asker = this._requests.get(handle) ?? this._asking;
    if (asker instanceof ReferSubscriber) return asker._answered(response, cause);
    this._requests.delete(handle);
    if (asker instanceof EventEmitter) {
      return asker.emit(cause ? 'failed' : 'succeeded', { originator: response ? 'remote' : 'system', response });
    }
    if (!asker) return undefined;
    if (!response) return cause === C.causes.REQUEST_TIMEOUT ? asker.onRequestTimeout?.() : asker.onTransportError?.();
    if (!cause) return asker.onSuccessResponse?.(response);
    // JsSIP: a 408 is as good as no answer.
    if (response.status_code === 408) return asker.onRequestTimeout?.();
    return response.status_code === 481 ? asker.onDialogError?.(response) : asker.onErrorResponse?.(response);
  }

  /** The Replaces value that names this call to its far end. */
  _replacesValue(): string {
    return (
      this._ask(CallCommand.ReplacesValue) ??
      `${this._request?.call_id};to-tag=${this._to_tag};from-tag=${this._from_tag}`
    );
  }

  _referReceived(raw: string, referral: number): boolean {
    const request = new IncomingRequest(this._ua, raw);
    const tell = (status: number, reason = '') => this._ask(CallCommand.ReferNotify, referral, status, reason);
    const accept = (initCallback?: ((session: RTCSession) => void) | null, options: CallOptions = {}) => {
      if (this._status !== STATUS.STATUS_WAITING_FOR_ACK && this._status !== STATUS.STATUS_CONFIRMED) return false;
      const session = new RTCSession(this._ua);
      session.on('progress', ({ response }: OutgoingEvent) => tell(response.status_code, response.reason_phrase));
      session.on('accepted', ({ response }: OutgoingEvent) => tell(response.status_code, response.reason_phrase));
      session.on('_failed', ({ message, cause }) =>
        message ? tell(message.status_code, message.reason_phrase) : tell(487, cause),
      );
      const target = (NameAddrHeader.parse(request.getHeader('Refer-To') as string) as NameAddrHeader).uri.clone();
      const replaces = target.getHeader('Replaces')?.[0];
      target.clearHeaders();
      target.deleteParam('method');
      const extraHeaders = [...(options?.extraHeaders ?? [])];
      if (replaces) extraHeaders.push(`Replaces: ${decodeURIComponent(replaces)}`);
      session.connect(target, { ...options, extraHeaders }, initCallback ?? undefined);
      return true;
    };
    return this.emit('refer', { request, accept, reject: () => tell(603) });
  }

  _replacesReceived(raw: string, ticket: number): boolean {
    const request = new IncomingRequest(this._ua, raw);
    const accept = (initCallback?: ((session: RTCSession) => void) | null) => {
      // Beyond JsSIP: a call of ours that still rings out may be replaced too (RFC 3891 3).
      if (
        ![STATUS.STATUS_1XX_RECEIVED, STATUS.STATUS_WAITING_FOR_ACK, STATUS.STATUS_CONFIRMED].includes(
          this._status as 2,
        )
      )
        return false;
      const session = new RTCSession(this._ua);
      if (initCallback) session._initCallback = initCallback;
      const core = this._ua._open();
      const id = core.reserve(session);
      const taken = this._ask(CallCommand.Replace, ticket, id);
      if (!taken) core.handles.delete(id);
      return taken;
    };
    return this.emit('replaces', { request, accept, reject: () => this._ask(CallCommand.Replace, ticket, null) });
  }
}
