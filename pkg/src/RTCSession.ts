import { C } from './Constants.js';
import { EventEmitter } from './EventEmitter.js';
import { InvalidStateError, NotSupportedError, command } from './Exceptions.js';
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
import type { Diagnosis, Feature } from './types.js';
import { wasm, type Draft } from './wasm.js';

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

interface State {
  status: number;
  localHold: boolean;
  remoteHold: boolean;
  readyToReoffer: boolean;
}

type Done = (error?: Error) => void;
type Asker = DTMF | Info | ReferSubscriber | RequestHandlers;

/** Header lines of an app, each checked to be one line. */
function lines(given: string[] | undefined): string[] {
  for (const line of given ?? []) assertSingleLine('extraHeaders', line);
  return given ?? [];
}

/**
 * A call (JsSIP `RTCSession`). Only a `UA` makes sessions.
 *
 * The file is long because JsSIP's users read one class; each method only checks its arguments and calls the core.
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
    return this._diagnosed ?? wasm.session_diagnosis(this._agent, this._handleId);
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
    const agent = this._agent;
    this._handleId = wasm.session_reserve(agent);
    const flat = {
      ...this._flat(given),
      target: uri.toString(),
      anonymous: Boolean(given.anonymous),
      fromUserName: given.fromUserName ? String(given.fromUserName) : null,
      fromDisplayName: given.fromDisplayName ?? null,
    };
    this._createConnection(agent, given);
    this._direction = 'outgoing';
    this._ua._handles.set(this._handleId, this);
    command(() => wasm.session_call(agent, this._handleId, flat));
  }

  answer(options: AnswerOptions = {}): void {
    if (this._direction !== 'incoming') throw new NotSupportedError('"answer" not supported for outgoing RTCSession');
    if (this._status !== STATUS.STATUS_WAITING_FOR_ANSWER) throw new InvalidStateError(this._status);
    const given = options ?? {};
    this._data = given.data || this._data;
    const flat = this._flat(given, true);
    for (const track of given.mediaStream?.getTracks() ?? []) {
      if (given.mediaConstraints?.[track.kind as 'audio'] === false) given.mediaStream?.removeTrack(track);
    }
    const agent = this._agent;
    this._status = STATUS.STATUS_ANSWERED;
    try {
      this._createConnection(agent, given);
    } catch (error) {
      wasm.session_answer_impossible(agent, this._handleId);
      throw error;
    }
    if (this.isEnded()) return;
    command(() => wasm.session_answer(agent, this._handleId, flat));
    if (this._audioMuted || this._videoMuted) wasm.session_mute(agent, this._handleId, this._audioMuted, this._videoMuted);
  }

  terminate(options: TerminateOptions = {}): void {
    const given = options ?? {};
    if (this._status === STATUS.STATUS_TERMINATED) throw new InvalidStateError(this._status);
    const status = given.status_code || undefined;
    const unanswered = this._status === STATUS.STATUS_WAITING_FOR_ANSWER || this._status === STATUS.STATUS_ANSWERED;
    if (status && (status < (unanswered ? 300 : 200) || status >= 700)) throw new TypeError(`Invalid status_code: ${status}`);
    assertSingleLine('reason_phrase', given.reason_phrase);
    command(() => wasm.session_terminate(this._agent, this._handleId, { ...given, status_code: status }));
  }

  hold(options: HoldOptions = {}, done?: Done): boolean {
    return this._hold(true, options, done);
  }
  unhold(options: HoldOptions = {}, done?: Done): boolean {
    return this._hold(false, options, done);
  }
  renegotiate(options: RenegotiateOptions = {}, done?: Done): boolean {
    if (!this._canReoffer()) return false;
    const flat = { ...options, iceRestart: Boolean(options?.rtcOfferConstraints?.iceRestart) };
    return this._reoffer(done, () => wasm.session_renegotiate(this._agent, this._handleId, flat));
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
    const flat = { transportType, duration, interToneGap: gap, extraHeaders: given.extraHeaders ?? [] };
    command(() => wasm.session_dtmf(this._agent, this._handleId, text, flat));
  }

  sendInfo(contentType: string, body?: string, options: { extraHeaders?: string[] } = {}): void {
    if (this._status !== STATUS.STATUS_WAITING_FOR_ACK && this._status !== STATUS.STATUS_CONFIRMED) {
      throw new InvalidStateError(this._status);
    }
    if (contentType === undefined) throw new TypeError('Not enough arguments');
    command(() => wasm.session_info(this._agent, this._handleId, String(contentType), String(body ?? ''), options?.extraHeaders ?? []));
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
    const sent = this._ask(subscriber, () => wasm.session_refer(this._agent, this._handleId, to, lines(given.extraHeaders)));
    if (!sent) return false;
    this._requests.set(sent[0], subscriber);
    subscriber._id = sent[1];
    return subscriber;
  }

  /** Sends a request inside the call; undefined without a dialog. */
  sendRequest(method: string, options: SendRequestOptions = {}): OutgoingRequest | undefined {
    const given = options ?? {};
    const handlers = given.eventHandlers ?? {};
    const sent = this._ask(handlers, () =>
      wasm.session_request(this._agent, this._handleId, String(method), lines(given.extraHeaders), String(given.body ?? '')),
    );
    if (!sent) return undefined;
    this._requests.set(sent.handle, handlers);
    return new OutgoingRequest(this._ua, sent.request);
  }

  _flat(options: AnswerOptions, open = false): Record<string, unknown> {
    return {
      extraHeaders: lines(options.extraHeaders),
      mediaConstraints: { ...(options.mediaConstraints ?? (open ? {} : { audio: true, video: true })) },
      mediaStream: options.mediaStream ?? null,
      rtcOfferConstraints: options.rtcOfferConstraints ?? null,
      rtcAnswerConstraints: options.rtcAnswerConstraints ?? null,
      sessionTimersExpires: Number(isDecimal(options.sessionTimersExpires) ? options.sessionTimersExpires : C.SESSION_EXPIRES),
    };
  }

  _createConnection(agent: number, options: AnswerOptions): void {
    const config = { ...(options.pcConfig ?? { iceServers: [] }) };
    this._connection = wasm.peer_create(agent, this._handleId, config, options.rtcConstraints ?? null);
    this.emit('peerconnection', { peerconnection: this._connection });
  }

  /** Runs a command whose answer may come before its number is known here: the line may be down. */
  _ask<T>(asker: Asker, run: () => T): T {
    this._asking = asker;
    try {
      return command(run);
    } finally {
      this._asking = undefined;
    }
  }

  _canReoffer(): boolean {
    return (this._status === STATUS.STATUS_WAITING_FOR_ACK || this._status === STATUS.STATUS_CONFIRMED) && !this._done;
  }

  _hold(on: boolean, options: HoldOptions, done?: Done): boolean {
    if (!this._canReoffer() || this._localHold === on) return false;
    return this._reoffer(done, () => wasm.session_hold(this._agent, this._handleId, on, options ?? {}));
  }

  _reoffer(done: Done | undefined, run: () => boolean): boolean {
    const started = command(run);
    if (started && done) this._done = done;
    return started;
  }

  _applyMute(event: 'muted' | 'unmuted', changed: MediaStreamTypes): void {
    if (!changed.audio && !changed.video) return;
    wasm.session_mute(this._agent, this._handleId, this._audioMuted, this._videoMuted);
    this.emit(event, { audio: changed.audio, video: changed.video });
  }

  /** The core knows this call now; `newRTCSession` follows. */
  _announced(handle: number, originator: 'local' | 'remote', id: string, request: IncomingRequest | OutgoingRequest): void {
    this._handleId = handle;
    this._id = id;
    this._request = request;
    this._from_tag = request.from_tag;
    if (originator === 'remote') {
      this._direction = 'incoming';
      this._status = STATUS.STATUS_WAITING_FOR_ANSWER;
      this._local_identity = request.to;
      this._remote_identity = request.from;
      this._contact = this._ua.contact.toString();
    } else {
      this._local_identity = request.from;
      this._remote_identity = request.to;
      this._contact = request.getHeader('Contact');
    }
    this._initCallback?.(this);
  }

  _handle(name: string, payload: Record<string, unknown>): unknown {
    const state = payload['state'] as State | undefined;
    if (state) {
      this._status = state.status;
      this._localHold = state.localHold;
      this._remoteHold = state.remoteHold;
      this._readyToReoffer = state.readyToReoffer;
    }
    const originator = payload['originator'] as string;
    const request = (raw: unknown) =>
      typeof raw === 'string' ? new IncomingRequest(this._ua, raw) : raw ? new OutgoingRequest(this._ua, raw as Draft) : null;
    const response = () => (typeof payload['response'] === 'string' ? new IncomingResponse(this._ua, payload['response']) : null);
    switch (name) {
      case 'state':
      case 'gone':
        return undefined;
      case 'connecting':
        return this.emit('connecting', { request: this._request });
      case 'sending': {
        // The object of `newRTCSession`, with what was changed since.
        const sent = this._request as OutgoingRequest;
        sent.body = (payload['request'] as Draft).body;
        this.emit('sending', { request: sent });
        return sent._draft();
      }
      case 'sdp': {
        const event = { originator, type: payload['type'], sdp: payload['sdp'] };
        const { data, body } = this._request as IncomingRequest;
        // An offer that the app has changed in the request itself.
        if (this._status === STATUS.STATUS_ANSWERED && originator === 'remote' && body && !data.endsWith(body)) event.sdp = body;
        this.emit('sdp', event);
        return event.sdp;
      }
      case 'icecandidate':
        return this.emit('icecandidate', {
          candidate: payload['candidate'],
          ready: () => wasm.session_ready_candidates(this._agent, this._handleId),
        });
      case 'progress':
        return this.emit('progress', { originator, response: response() });
      case 'accepted': {
        this._start_time = new Date();
        const answer = response();
        if (answer) this._to_tag = answer.to_tag;
        return this.emit('accepted', { originator, response: answer });
      }
      case 'confirmed':
        return this.emit('confirmed', { originator, ack: request(payload['ack']) });
      case 'ended':
      case 'failed':
        return this._over(name, payload);
      case 'mediafailed':
        return this.emit(payload['event'] as string, payload['error']);
      case 'hold':
      case 'unhold':
        return this.emit(name, { originator });
      case 'reinvite':
      case 'update':
        return this._reofferReceived(name, payload['ticket'] as number, request(payload['request']) as IncomingRequest);
      case 'answered': {
        const ticket = payload['ticket'] as number;
        const callback = this._callbacks.get(ticket);
        this._callbacks.delete(ticket);
        return callback?.();
      }
      case 'renegotiated': {
        const done = this._done;
        this._done = null;
        done?.(payload['succeeded'] ? undefined : new Error('The other end refused the offer'));
        return undefined;
      }
      case 'newDTMF':
      case 'newInfo':
        return this._newInfo(name, originator as 'local' | 'remote', payload, request(payload['request']));
      case 'requestDone':
        return this._requestDone(payload['handle'] as number, response(), payload['cause'] as string | null);
      case 'authenticated': {
        const asker = this._requests.get(payload['handle'] as number);
        const sent = request(payload['request']) as OutgoingRequest;
        if (asker instanceof ReferSubscriber) {
          asker._id = sent.cseq as number;
          return asker.emit('authenticated');
        }
        return (asker as RequestHandlers | undefined)?.onAuthenticated?.(sent);
      }
      case 'refer':
        return this._referReceived(payload['referral'] as number, request(payload['request']) as IncomingRequest);
      case 'referProgress': {
        const subscriber = this._requests.get(payload['handle'] as number) as ReferSubscriber | undefined;
        return subscriber?._progress(request(payload['request']) as IncomingRequest, payload['status'] as number, payload['reason'] as string);
      }
      case 'replaces':
        return this._replacesReceived(payload['ticket'] as number, request(payload['request']) as IncomingRequest);
      default:
        return undefined;
    }
  }

  _over(name: 'ended' | 'failed', payload: Record<string, unknown>): void {
    log('%s: %s', name, payload['cause']);
    const raw = payload['message'] as { request?: string; response?: string } | null;
    let message: IncomingRequest | IncomingResponse | null = null;
    if (raw?.request) message = new IncomingRequest(this._ua, raw.request);
    if (raw?.response) message = new IncomingResponse(this._ua, raw.response);
    if (name === 'ended') this._end_time = new Date();
    this._status = STATUS.STATUS_TERMINATED;
    this._ua._destroySession(this);
    const done = this._done;
    this._done = null;
    const { originator, cause, diagnosis, features } = payload;
    this._diagnosed = { findings: diagnosis as Diagnosis[], features: features as Feature[] };
    const event = { originator, message, cause, diagnosis, features };
    if (name === 'failed') this.emit('_failed', event);
    this.emit(name, event);
    done?.(new Error(String(cause)));
  }

  _reofferReceived(name: 'reinvite' | 'update', ticket: number, request: IncomingRequest): unknown {
    let refusal: { status: number; reason?: string; headers: string[]; body: string } | null = null;
    const event = {
      request,
      callback: undefined as (() => void) | undefined,
      reject: (options: RejectOptions = {}) => {
        const status = options.status_code ?? 403;
        if (status < 300 || status >= 700) throw new TypeError(`Invalid status_code: ${status}`);
        refusal = { status, headers: options.extraHeaders ?? [], body: '' };
        if (options.reason_phrase) refusal.reason = options.reason_phrase;
      },
    };
    this.emit(name, event);
    if (!refusal && typeof event.callback === 'function') this._callbacks.set(ticket, event.callback);
    return refusal;
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
      wasm.session_replaces_value(this._agent, this._handleId) ??
      `${this._request?.call_id};to-tag=${this._to_tag};from-tag=${this._from_tag}`
    );
  }

  _referReceived(referral: number, request: IncomingRequest): boolean {
    const tell = (status: number, reason = '') => wasm.session_refer_notify(this._agent, this._handleId, referral, status, reason);
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

  _replacesReceived(ticket: number, request: IncomingRequest): boolean {
    const accept = (initCallback?: ((session: RTCSession) => void) | null) => {
      if (this._status !== STATUS.STATUS_WAITING_FOR_ACK && this._status !== STATUS.STATUS_CONFIRMED) return false;
      const session = new RTCSession(this._ua);
      if (initCallback) session._initCallback = initCallback;
      const id = wasm.session_reserve(this._agent);
      this._ua._handles.set(id, session);
      const taken = wasm.session_replace(this._agent, this._handleId, ticket, id);
      if (!taken) this._ua._handles.delete(id);
      return taken;
    };
    return this.emit('replaces', { request, accept, reject: () => void wasm.session_replace(this._agent, this._handleId, ticket, 0) });
  }

  _newInfo(name: string, originator: 'local' | 'remote', payload: Record<string, unknown>, request: unknown): void {
    const handle = payload['handle'] as number;
    if (name === 'newDTMF') {
      const dtmf = new DTMF(this, originator, payload['tone'] as string, payload['duration'] as number);
      if (originator === 'local') this._requests.set(handle, dtmf);
      this.emit('newDTMF', { originator, dtmf, request });
    } else {
      const info = new Info(this, originator, payload['contentType'] as string, payload['body'] as string);
      if (originator === 'local') this._requests.set(handle, info);
      this.emit('newInfo', { originator, info, request });
    }
  }
}
