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
import type { MediaStreamTypes, OutgoingEvent, RTCPeerConnectionDeprecated, RTCSessionEventMap } from './RTCSession/events.js';
import type {
  AnswerOptions, CallOptions, DTMFOptions, HoldOptions, ReferOptions, RejectOptions, RenegotiateOptions, RequestHandlers, SendRequestOptions,
  TerminateOptions,
} from './RTCSession/options.js';
import { debugLog } from './debug.js';
import { lazily } from './lazily.js';
import type { Diagnosis, Feature, Refusal } from './types.js';
import { Kind, type Told } from './kinds.js';
import { Command, ask, refusal, textOf, wasm, type Draft } from './wasm.js';

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

/** The events of the failures of WebRTC, in the order of `MediaFault` in `src/event.rs`. */
const FAULTS = [
  'getusermediafailed', 'peerconnection:createofferfailed', 'peerconnection:createanswerfailed', 'peerconnection:setlocaldescriptionfailed',
  'peerconnection:setremotedescriptionfailed',
];

type Done = (error?: Error) => void;
type Asker = DTMF | Info | ReferSubscriber | RequestHandlers;

/** Header lines of an app, each checked to be one line. */
function lines(given: string[] | undefined): string[] {
  for (const line of given ?? []) assertSingleLine('extraHeaders', line);
  return given ?? [];
}

/** Session-Expires, in s. */
const expires = ({ sessionTimersExpires: given }: AnswerOptions): number => Number(isDecimal(given) ? given : C.SESSION_EXPIRES);

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
  _told: Told = null;
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
    return status === STATUS.STATUS_ANSWERED || status === STATUS.STATUS_WAITING_FOR_ACK || status === STATUS.STATUS_CONFIRMED;
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
    const [findings, features] = this._core<[Diagnosis[], Feature[]]>(Command.Diagnosis);
    return { findings, features };
  }

  get _agent(): number {
    return this._ua._open();
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
    this._handleId = ask(this._agent, 0, Command.Reserve);
    const { anonymous, fromUserName, fromDisplayName } = given;
    const args = [uri.toString(), lines(given.extraHeaders), Boolean(anonymous), textOf(fromUserName), textOf(fromDisplayName), expires(given)];
    this._createConnection(given, { audio: true, video: true });
    this._direction = 'outgoing';
    this._ua._handles.set(this._handleId, this);
    try {
      this._core(Command.Call, ...args);
    } catch (error) {
      this._ua._handles.delete(this._handleId);
      throw error;
    }
  }

  answer(options: AnswerOptions = {}): void {
    if (this._direction !== 'incoming') throw new NotSupportedError('"answer" not supported for outgoing RTCSession');
    if (this._status !== STATUS.STATUS_WAITING_FOR_ANSWER) throw new InvalidStateError(this._status);
    const given = options ?? {};
    this._data = given.data || this._data;
    const args = [lines(given.extraHeaders), expires(given)];
    for (const track of given.mediaStream?.getTracks() ?? []) {
      if (given.mediaConstraints?.[track.kind as 'audio'] === false) given.mediaStream?.removeTrack(track);
    }
    this._status = STATUS.STATUS_ANSWERED;
    // Who calls without an offer gets one of ours: of audio, unless the application says what.
    const late = !this._request?.body;
    try {
      this._createConnection(late ? { ...given, mediaConstraints: { audio: true, ...given.mediaConstraints } } : given);
    } catch (error) {
      this._core(Command.AnswerImpossible);
      throw error;
    }
    if (this.isEnded()) return;
    const { audio, video } = given.mediaConstraints ?? {};
    // An offer without any medium would say nothing (RFC 3264 5): then there is sound to hear at least.
    if (late && !given.mediaStream && audio === false && !video && !this._connection?.getTransceivers().length) {
      this._connection?.addTransceiver('audio', { direction: 'recvonly' });
    }
    try {
      this._core(Command.Answer, ...args);
    } catch (error) {
      // It rings on.
      this._status = STATUS.STATUS_WAITING_FOR_ANSWER;
      throw error;
    }
    if (this._audioMuted || this._videoMuted) this._core(Command.Mute, this._audioMuted, this._videoMuted);
  }

  terminate(options: TerminateOptions = {}): void {
    const given = options ?? {};
    if (this._status === STATUS.STATUS_TERMINATED) throw new InvalidStateError(this._status);
    const status = given.status_code ? Number(given.status_code) : undefined;
    const unanswered = this._status === STATUS.STATUS_WAITING_FOR_ANSWER || this._status === STATUS.STATUS_ANSWERED;
    if (status !== undefined && !(status >= (unanswered ? 300 : 200) && status < 700)) throw new TypeError(`Invalid status_code: ${given.status_code}`);
    assertSingleLine('reason_phrase', given.reason_phrase);
    this._core(Command.Terminate, textOf(given.cause), status, textOf(given.reason_phrase), given.extraHeaders, textOf(given.body));
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
    const started = this._reoffer(done, Command.Renegotiate, Boolean(useUpdate), extraHeaders, Boolean(rtcOfferConstraints?.iceRestart));
    if (started) this._core(Command.OfferOnce, rtcOfferConstraints);
    return started;
  }

  mute({ audio, video }: MediaStreamTypes = { audio: true, video: false }): void {
    const changed: MediaStreamTypes = { audio: Boolean(audio) && !this._audioMuted, video: Boolean(video) && !this._videoMuted };
    this._audioMuted ||= Boolean(audio);
    this._videoMuted ||= Boolean(video);
    this._applyMute('muted', changed);
  }
  unmute({ audio, video }: MediaStreamTypes = { audio: true, video: true }): void {
    const changed: MediaStreamTypes = { audio: Boolean(audio) && this._audioMuted, video: Boolean(video) && this._videoMuted };
    if (audio) this._audioMuted = false;
    if (video) this._videoMuted = false;
    this._applyMute('unmuted', changed);
  }

  sendDTMF(tones: string | number, options: DTMFOptions = {}): void {
    if (tones === undefined) throw new TypeError('Not enough arguments');
    if (![STATUS.STATUS_1XX_RECEIVED, STATUS.STATUS_WAITING_FOR_ACK, STATUS.STATUS_CONFIRMED].includes(this._status as 2)) {
      throw new InvalidStateError(this._status);
    }
    const text = typeof tones === 'number' ? tones.toString() : tones;
    if (!isString(text) || !/^[0-9A-DR#*,]+$/i.test(text)) throw new TypeError(`Invalid tones: ${tones}`);
    const given = options ?? {};
    const transportType = given.transportType ?? C.DTMF_TRANSPORT.INFO;
    if (!Object.values(C.DTMF_TRANSPORT).includes(transportType)) throw new TypeError(`invalid transportType: ${transportType}`);
    const clamp = (name: string, value: number | undefined, least: number, most: number, fallback: number) => {
      if (value && !isDecimal(value)) throw new TypeError(`Invalid ${name}: ${value}`);
      return Math.min(Math.max(Math.trunc(Number(value || fallback)), least), most);
    };
    const duration = clamp('tone duration', given.duration, DTMF.C.MIN_DURATION, DTMF.C.MAX_DURATION, DTMF.C.DEFAULT_DURATION);
    const gap = clamp('interToneGap', given.interToneGap, DTMF.C.MIN_INTER_TONE_GAP, Infinity, DTMF.C.DEFAULT_INTER_TONE_GAP);
    if (transportType === C.DTMF_TRANSPORT.RFC2833) this._core(Command.Tones, String(text), duration, gap);
    else this._core(Command.Dtmf, String(text), duration, gap, given.extraHeaders);
  }

  sendInfo(contentType: string, body?: string, options: { extraHeaders?: string[] } = {}): void {
    if (this._status !== STATUS.STATUS_WAITING_FOR_ACK && this._status !== STATUS.STATUS_CONFIRMED) {
      throw new InvalidStateError(this._status);
    }
    if (contentType === undefined) throw new TypeError('Not enough arguments');
    this._core(Command.Info, String(contentType), String(body ?? ''), options?.extraHeaders);
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
    const sent = this._ask<[number, number]>(subscriber, Command.Refer, to, lines(given.extraHeaders));
    if (!sent) return false;
    this._requests.set(sent[0], subscriber);
    subscriber._id = sent[1];
    return subscriber;
  }

  /** Sends a request inside the call; undefined without a dialog. */
  sendRequest(method: string, options: SendRequestOptions = {}): OutgoingRequest | undefined {
    const given = options ?? {};
    const handlers = given.eventHandlers ?? {};
    const sent = this._ask<[number, Draft]>(handlers, Command.Request, String(method), lines(given.extraHeaders), String(given.body ?? ''));
    if (!sent) return undefined;
    this._requests.set(sent[0], handlers);
    return new OutgoingRequest(this._ua, sent[1]);
  }

  _core<T = void>(what: Command, ...args: unknown[]): T {
    return ask(this._agent, this._handleId, what, ...args);
  }

  /** `capture` is what is captured unless the options say. */
  _createConnection(options: AnswerOptions, capture = {}): void {
    const { pcConfig, rtcConstraints, mediaStream, mediaConstraints, rtcOfferConstraints, rtcAnswerConstraints } = options;
    const wanted = [mediaStream, { ...(mediaConstraints ?? capture) }, rtcOfferConstraints, rtcAnswerConstraints];
    this._connection = wasm.peer_create(this._agent, this._handleId, [{ ...(pcConfig ?? { iceServers: [] }) }, rtcConstraints ?? null], wanted);
    this.emit('peerconnection', { peerconnection: this._connection });
  }

  /** A command whose answer may come before its number is known here: the line may be down. */
  _ask<T>(asker: Asker, what: Command, ...args: unknown[]): T | undefined {
    this._asking = asker;
    try {
      return this._core(what, ...args);
    } finally {
      this._asking = undefined;
    }
  }

  _canReoffer(): boolean {
    return (this._status === STATUS.STATUS_WAITING_FOR_ACK || this._status === STATUS.STATUS_CONFIRMED) && !this._done;
  }

  _hold(on: boolean, options: HoldOptions, done?: Done): boolean {
    if (!this._canReoffer() || this._localHold === on) return false;
    return this._reoffer(done, Command.Hold, on, Boolean(options?.useUpdate), options?.extraHeaders);
  }

  _reoffer(done: Done | undefined, what: Command, ...args: unknown[]): boolean {
    const started = this._core<boolean>(what, ...args);
    if (started && done) this._done = done;
    return started;
  }

  _applyMute(event: 'muted' | 'unmuted', changed: MediaStreamTypes): void {
    if (!changed.audio && !changed.video) return;
    this._core(Command.Mute, this._audioMuted, this._videoMuted);
    this.emit(event, { audio: changed.audio, video: changed.video });
  }

  /** The core knows this call now; `newRTCSession` follows. */
  _announced(handle: number, originator: 'local' | 'remote', call_id: string, from_tag: string, told: Told): void {
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
  _tell(told: Told): void {
    this._told = told;
    lazily(this, '_request', () => {
      this._told = null;
      return this._ua._request(told);
    });
  }

  _handle(kind: Kind, told: unknown[]): unknown {
    if (kind === Kind.Gone) return undefined;
    if (kind === Kind.CallIceCandidate) return this.emit('icecandidate', { candidate: told[0], ready: () => this._core(Command.Ready) });
    const [state, ...fields] = told as [number, ...unknown[]];
    this._status = state & 15;
    this._localHold = Boolean(state & 16);
    this._remoteHold = Boolean(state & 32);
    this._readyToReoffer = Boolean(state & 64);
    switch (kind) {
      case Kind.CallConnecting:
        return this.emit('connecting', lazily({}, 'request', () => this._request));
      case Kind.CallSending: {
        const draft = fields[0] as Draft;
        // The object of `newRTCSession`, with what was changed since.
        if (this._told) this._tell(draft);
        else (this._request as OutgoingRequest).body = draft[2];
        this.emit('sending', lazily({}, 'request', () => this._request));
        // What nobody has looked at leaves as the core made it.
        return this._told ? undefined : (this._request as OutgoingRequest)._verdict();
      }
      case Kind.CallSdp: {
        const [originator, type, sdp] = fields as string[];
        const event = { originator, type, sdp };
        if (this._status === STATUS.STATUS_ANSWERED && originator === 'remote' && !this._told) {
          // An offer that the app has changed in the request itself.
          const { data, body } = this._request as IncomingRequest;
          if (body && !data.endsWith(body)) event.sdp = body;
        }
        this.emit('sdp', event);
        return event.sdp;
      }
      case Kind.CallProgress:
        return this.emit('progress', lazily({ originator: fields[0] }, 'response', () => this._ua._response(fields[1])));
      case Kind.CallAccepted: {
        const event = lazily({ originator: fields[0] }, 'response', () => this._ua._response(fields[1]));
        this._start_time = new Date();
        if (fields[1]) lazily(this, '_to_tag', () => event.response?.to_tag ?? null);
        return this.emit('accepted', event);
      }
      case Kind.CallConfirmed:
        return this.emit('confirmed', lazily({ originator: fields[0] }, 'ack', () => this._ua._request(fields[1] as Told)));
      case Kind.CallEnded:
      case Kind.CallFailed:
        return this._over(kind === Kind.CallEnded, fields);
      case Kind.CallMediaFailed:
        return this.emit(FAULTS[fields[0] as number] as string, fields[1]);
      case Kind.CallHold:
      case Kind.CallUnhold:
        return this.emit(kind === Kind.CallHold ? 'hold' : 'unhold', { originator: fields[0] });
      case Kind.CallReinvite:
      case Kind.CallUpdate:
        return this._reofferReceived(kind === Kind.CallReinvite ? 'reinvite' : 'update', ...(fields as [string, number]));
      case Kind.CallAnswered: {
        const [ticket] = fields as [number];
        const callback = this._callbacks.get(ticket);
        this._callbacks.delete(ticket);
        return callback?.();
      }
      case Kind.CallRenegotiated: {
        const done = this._done;
        this._done = null;
        done?.(fields[0] ? undefined : new Error('The other end refused the offer'));
        return undefined;
      }
      case Kind.CallNewDtmf: {
        const [originator, tone, duration, request, handle] = fields as ['local' | 'remote', string, number, Told, number];
        const dtmf = new DTMF(this, originator, tone, duration);
        if (originator === 'local') this._requests.set(handle, dtmf);
        return this.emit('newDTMF', lazily({ originator, dtmf }, 'request', () => this._ua._request(request)));
      }
      case Kind.CallNewInfo: {
        const [originator, contentType, body, request, handle] = fields as ['local' | 'remote', string, string, Told, number];
        const info = new Info(this, originator, contentType, body);
        if (originator === 'local') this._requests.set(handle, info);
        return this.emit('newInfo', lazily({ originator, info }, 'request', () => this._ua._request(request)));
      }
      case Kind.CallRequestDone:
        return this._requestDone(fields[0] as number, this._ua._response(fields[1]), fields[2] as string | null);
      case Kind.CallAuthenticated: {
        const asker = this._requests.get(fields[0] as number);
        const sent = this._ua._request(fields[1] as Draft) as OutgoingRequest;
        if (asker instanceof ReferSubscriber) {
          asker._id = sent.cseq as number;
          return asker.emit('authenticated');
        }
        return (asker as RequestHandlers | undefined)?.onAuthenticated?.(sent);
      }
      case Kind.CallRefer:
        return this._referReceived(...(fields as [string, number]));
      case Kind.CallReferProgress: {
        const [handle, request, status, reason] = fields as [number, string, number, string];
        const subscriber = this._requests.get(handle) as ReferSubscriber | undefined;
        return subscriber?._progress(new IncomingRequest(this._ua, request), status, reason);
      }
      case Kind.CallReplaces:
        return this._replacesReceived(...(fields as [string, number]));
      default:
        return undefined;
    }
  }

  _over(ended: boolean, fields: unknown[]): void {
    const [originator, request, response, cause, diagnosis, features] = fields;
    const name = ended ? 'ended' : 'failed';
    log('%s: %s', name, cause);
    if (ended) this._end_time = new Date();
    this._status = STATUS.STATUS_TERMINATED;
    this._ua._destroySession(this);
    const done = this._done;
    this._done = null;
    this._diagnosed = { findings: diagnosis as Diagnosis[], features: features as Feature[] };
    const event = lazily({ originator, cause, diagnosis, features }, 'message', () => this._ua._request(request as Told) ?? this._ua._response(response));
    if (!ended) this.emit('_failed', event);
    this.emit(name, event);
    done?.(new Error(String(cause)));
  }

  _reofferReceived(name: 'reinvite' | 'update', raw: string, ticket: number): unknown {
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
    return refusal(refused);
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
      this._core<string | undefined>(Command.ReplacesValue) ??
      `${this._request?.call_id};to-tag=${this._to_tag};from-tag=${this._from_tag}`
    );
  }

  _referReceived(raw: string, referral: number): boolean {
    const request = new IncomingRequest(this._ua, raw);
    const tell = (status: number, reason = '') => this._core(Command.ReferNotify, referral, status, reason);
    const accept = (initCallback?: ((session: RTCSession) => void) | null, options: CallOptions = {}) => {
      if (this._status !== STATUS.STATUS_WAITING_FOR_ACK && this._status !== STATUS.STATUS_CONFIRMED) return false;
      const session = new RTCSession(this._ua);
      session.on('progress', ({ response }: OutgoingEvent) => tell(response.status_code, response.reason_phrase));
      session.on('accepted', ({ response }: OutgoingEvent) => tell(response.status_code, response.reason_phrase));
      session.on('_failed', ({ message, cause }) => (message ? tell(message.status_code, message.reason_phrase) : tell(487, cause)));
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
      if (![STATUS.STATUS_1XX_RECEIVED, STATUS.STATUS_WAITING_FOR_ACK, STATUS.STATUS_CONFIRMED].includes(this._status as 2)) return false;
      const session = new RTCSession(this._ua);
      if (initCallback) session._initCallback = initCallback;
      const id = ask<number>(this._agent, 0, Command.Reserve);
      this._ua._handles.set(id, session);
      const taken = this._core<boolean>(Command.Replace, ticket, id);
      if (!taken) this._ua._handles.delete(id);
      return taken;
    };
    return this.emit('replaces', { request, accept, reject: () => this._core(Command.Replace, ticket) });
  }
}
