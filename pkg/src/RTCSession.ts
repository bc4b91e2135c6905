// This file is long because JsSIP's users read one class; each method only checks its arguments and calls the core. What takes
// more than that has a file of its own in `RTCSession/`, with functions that are given the session.
import { C } from './Constants.js';
import { EventEmitter, type Listener } from './EventEmitter.js';
import { InvalidStateError, NotSupportedError, RefusedError } from './Exceptions.js';
import type { Message } from './Message.js';
import { nameAddrOf, type NameAddrHeader } from './NameAddrHeader.js';
import { OutgoingRequest, type IncomingRequest, type IncomingResponse } from './SIPMessage.js';
import type { UA } from './UA.js';
import type { KeptCall, ResumeOptions } from './resume.js';
import type { URI } from './URI.js';
import { assertSingleLine } from './Utils.js';
import {
  AgentCommand,
  CallCommand,
  CallState,
  Kind,
  MediaCommand,
  type AnyRequest,
  type CallCommands,
  type CallTold,
  type MediaCommands,
  type Originator,
  type ParsedNameAddr,
  type Reply,
  type Told,
  type Verdict,
} from './core/border.js';
import { textOf } from './core/passed.js';
import { debugLog } from './debug.js';
import type { Diagnosis, Feature } from './diagnosis.js';
import { requestOf } from './lazily.js';
import { ReferSubscriber } from './RTCSession/ReferSubscriber.js';
import { answered, renumbered, type Asker } from './RTCSession/asker.js';
import { callerInfo, type CallerInfo, type InfoValue, type Redirection } from './RTCSession/caller.js';
import { expires, lines, redirectLimit, replacesLine, trickleIce } from './RTCSession/checks.js';
import { deliver } from './RTCSession/delivery.js';
import { devicesOf, removeVideo, replaceTrack, type Devices, type MediaKind } from './RTCSession/devices.js';
import type {
  EndEvent,
  MediaStreamTypes,
  RTCPeerConnectionDeprecated,
  RTCSessionEventMap,
} from './RTCSession/events.js';
import type {
  AnswerOptions,
  CallOptions,
  DTMFOptions,
  HoldOptions,
  ReferOptions,
  RenegotiateOptions,
  SendInfoOptions,
  SendRequestOptions,
  SendTextOptions,
  TerminateOptions,
} from './RTCSession/options.js';
import { reofferReceived } from './RTCSession/reoffer.js';
import { shareScreen } from './RTCSession/screen.js';
import { STATUS, isAccepted } from './RTCSession/status.js';
import { sendText } from './RTCSession/texts.js';
import { sendTones } from './RTCSession/tones.js';
import { refer, referReceived, replacesReceived } from './RTCSession/transfer.js';

const log = /* @__PURE__ */ debugLog('RTCSession');

export type * from './RTCSession/caller.js';
export type * from './RTCSession/events.js';
export type * from './RTCSession/options.js';
export type { DTMF } from './RTCSession/DTMF.js';
export type { Info } from './RTCSession/Info.js';
export type { SessionStatus } from './RTCSession/status.js';

type Done = (error?: Error) => void;

/** With the one that JsSIP has for itself, and whose listeners come before those of `failed` and `ended`. */
type Events = RTCSessionEventMap & { _failed: (event: EndEvent) => void };

/**
 * A call (JsSIP `RTCSession`). Only a `UA` makes sessions.
 */
export class RTCSession extends EventEmitter<Events, Record<keyof Events, Listener>> {
  /** The numbers of `status`. */
  static get C() {
    return STATUS;
  }

  _ua: UA;
  _id: string | null = null;
  _handleId = 0;
  _status: number = STATUS.STATUS_NULL;
  _direction: 'incoming' | 'outgoing' | null = null;
  _connection: RTCPeerConnection | null = null;
  /** What `_request` is made of, until somebody looks at it. */
  _told: AnyRequest = null;
  _made: IncomingRequest | OutgoingRequest | null = null;
  _data: unknown = {};
  _start_time: Date | null = null;
  _end_time: Date | null = null;
  /** Whom the far end was when somebody looked. */
  _party: NameAddrHeader | null = null;
  /** The message that says who the far end is, or where the call went, and what was read of it when somebody looked. */
  _saying: AnyRequest = null;
  _said: CallerInfo | null = null;
  /** What was asserted of it since, null for nothing else than in there. */
  _asserted: NameAddrHeader[] | null = null;
  /** Before it is announced, that of the call with which it goes on. */
  _session_id: { local: string; remote: string | null } | null = null;
  /** What it has called itself since (RFC 4916). */
  _renamed: NameAddrHeader | null = null;
  _ownContact: string | null = null;
  _from_tag: string | null = null;
  /** The tag of To, or what reads it in the answer. */
  _answerTag: string | null | (() => string | null) = null;
  _localHold = false;
  _remoteHold = false;
  _readyToReoffer = false;
  _recovering = false;
  /** What the page before has left of this call. */
  _resumed: KeptCall | null = null;
  _progressing = false;
  _audioMuted = false;
  _videoMuted = false;
  _done: Done | null = null;
  /** What is captured, and again when a device is pulled. */
  _constraints: MediaStreamConstraints = {};
  _devices: Devices | null = null;
  _diagnosed: { findings: Diagnosis[]; features: Feature[] } | null = null;
  _requests: Map<number, Asker> = new Map();
  _asking: Asker | undefined;
  /** Texts of which the core has not told yet, in their order. */
  _texts: Message[] = [];
  _callbacks: Map<number, () => void> = new Map();
  _initCallback?: (session: RTCSession) => void;

  constructor(ua: UA) {
    super();
    this._ua = ua;
  }

  get _request(): IncomingRequest | OutgoingRequest | null {
    return requestOf(this);
  }
  get _contact(): string | null {
    return (this._ownContact ??= this._request?.getHeader('Contact') ?? null);
  }
  get _to_tag(): string | null {
    if (typeof this._answerTag === 'function') this._answerTag = this._answerTag();
    return this._answerTag;
  }
  get _local_identity(): NameAddrHeader | null {
    return (this._direction === 'incoming' ? this._request?.to : this._request?.from) ?? null;
  }
  get _remote_identity(): NameAddrHeader | null {
    return (this._party ??= this._trusted());
  }
  get _caller(): CallerInfo {
    return (this._said ??= callerInfo(this._saying));
  }

  /** The same on the object, as JsSIP has it. */
  get C() {
    return STATUS;
  }
  /** The same as `C.causes` of the package. */
  get causes() {
    return C.causes;
  }
  /** Call-ID and From tag, one behind the other. */
  get id(): string {
    return this._id as string;
  }
  /** The connection of its media; null before it is made. */
  get connection(): RTCPeerConnectionDeprecated {
    return this._connection as RTCPeerConnectionDeprecated;
  }
  /** Our Contact in it. */
  get contact(): string {
    return this._contact as string;
  }
  /** Which side called. */
  get direction(): 'incoming' | 'outgoing' {
    return this._direction as 'incoming';
  }
  /** We, as From or To have it. */
  get local_identity(): NameAddrHeader {
    return this._local_identity as NameAddrHeader;
  }
  /** The far end, as From or To has it, or who it is now (`trust_identity`, `connected_identity`). */
  get remote_identity(): NameAddrHeader {
    return this._remote_identity as NameAddrHeader;
  }
  /** The far end as its proxy names it: P-Asserted-Identity (RFC 3325) or Remote-Party-ID, null for nobody. */
  get asserted_identity(): NameAddrHeader | null {
    return this.asserted_identities[0] ?? null;
  }
  /** All that it asserts: often a `sip:` and a `tel:` address of the same. */
  get asserted_identities(): NameAddrHeader[] {
    return this._asserted ?? this._caller.asserted;
  }
  /** The UUIDs by which the call is known to both ends (RFC 7989), if `session_id` is on; `remote` is null before it is known. */
  get session_id(): { local: string; remote: string | null } | null {
    return this._session_id;
  }
  /** What the caller asks to be hidden (RFC 3323): `id`, `user`, `header`, `session`, `none`... */
  get privacy(): string[] {
    return this._caller.privacy;
  }
  /** Whom the call was for on its way here, the first address first (History-Info, Diversion); of a call out where it went. */
  get redirections(): Redirection[] {
    return this._caller.redirections;
  }
  /** Whether the call shall be answered by itself, `after` in s: a hint that anybody may write, for the application to decide on. */
  get auto_answer(): { after: number } | null {
    return this._caller.auto_answer;
  }
  /** How it shall ring. */
  get alert_info(): InfoValue[] {
    return this._caller.alert_info;
  }
  /** What there is to know of the caller: a picture, a page, a card. */
  get call_info(): InfoValue[] {
    return this._caller.call_info;
  }
  /** When it was answered. */
  get start_time(): Date {
    return this._start_time as Date;
  }
  /** When it was over. */
  get end_time(): Date {
    return this._end_time as Date;
  }
  /** Anything of the application's. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  get data(): any {
    return this._data;
  }
  set data(data: unknown) {
    this._data = data;
  }
  /** One of the `STATUS_*` of `C`. */
  get status(): number {
    return this._status;
  }

  /** Whether it has not been answered yet. */
  isInProgress(): boolean {
    return this._status <= STATUS.STATUS_WAITING_FOR_ANSWER;
  }
  /** Whether it was answered, and is not over. */
  isEstablished(): boolean {
    return this._status === STATUS.STATUS_ANSWERED || isAccepted(this._status);
  }
  /** Whether it is over. */
  isEnded(): boolean {
    return this._status === STATUS.STATUS_CANCELED || this._status === STATUS.STATUS_TERMINATED;
  }
  /** What of ours is not sent. */
  isMuted(): { audio: boolean; video: boolean } {
    return { audio: this._audioMuted, video: this._videoMuted };
  }
  /** Which side holds. */
  isOnHold(): { local: boolean; remote: boolean } {
    return { local: this._localHold, remote: this._remoteHold };
  }
  /** Whether an offer of ours could leave now. */
  isReadyToReOffer(): boolean {
    return this._readyToReoffer && !this._done;
  }
  /** Whether it has lost its line or media, and is being brought back. */
  isRecovering(): boolean {
    return this._recovering;
  }
  /** What both ends need and have, during the call and after it. Of one that ended well nothing is compared once more: `features` is empty. */
  diagnosis(): { findings: Diagnosis[]; features: Feature[] } {
    if (this._diagnosed) return this._diagnosed;
    const [findings, features] = this._ask(CallCommand.Diagnosis);
    return { findings, features };
  }

  /** Calls; `ua.call()` does it. Throws `TypeError` for a target that is none, `NotSupportedError` without WebRTC. */
  connect(target: string | URI, options: CallOptions = {}, initCallback?: (session: RTCSession) => void): void {
    if (target === undefined) throw new TypeError('Not enough arguments');
    if (this._status !== STATUS.STATUS_NULL || this._direction) throw new InvalidStateError(this._status);
    if (typeof RTCPeerConnection === 'undefined') throw new NotSupportedError('WebRTC not supported');
    const uri = this._ua.normalizeTarget(target);
    if (!uri) throw new TypeError(`Invalid target: ${target}`);
    const given = options ?? {};
    for (const [event, handler] of Object.entries(given.eventHandlers ?? {})) this.on(event as keyof Events, handler);
    this._data = given.data || this._data;
    if (initCallback) this._initCallback = initCallback;
    const core = this._ua._open();
    this._handleId = core.ask(AgentCommand.Reserve);
    const { anonymous, fromUserName, fromDisplayName } = given;
    const replaces = replacesLine(given);
    const extraHeaders = [...lines(given.extraHeaders), ...(replaces ? [replaces] : [])];
    const limit = redirectLimit(given);
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
        trickleIce(given),
        limit,
        this._session_id?.local,
      );
    } catch (error) {
      this._media(MediaCommand.Discard);
      core.handles.delete(this._handleId);
      throw error;
    }
  }

  /** Goes on with a call of the page before. */
  _resume(call: KeptCall, options: ResumeOptions): void {
    const core = this._ua._open();
    this._handleId = core.ask(AgentCommand.Reserve);
    this._resumed = call;
    try {
      this._createConnection(options, call.constraints);
      core.handles.set(this._handleId, this);
      this._ask(CallCommand.Resume, call.kept);
    } catch (error) {
      log('a call of the page before is lost: %s', error);
      this._media(MediaCommand.Discard);
      core.handles.delete(this._handleId);
      return;
    }
    [this._audioMuted, this._videoMuted] = call.muted;
    if (this._audioMuted || this._videoMuted) this._media(MediaCommand.Mute, ...call.muted);
  }

  /** Takes a call that came in. Throws `InvalidStateError` once it is answered or over. */
  answer(options: AnswerOptions = {}): void {
    if (this._direction !== 'incoming') throw new NotSupportedError('"answer" not supported for outgoing RTCSession');
    if (this._status !== STATUS.STATUS_WAITING_FOR_ANSWER) throw new InvalidStateError(this._status);
    const given = options ?? {};
    this._data = given.data || this._data;
    const extraHeaders = lines(given.extraHeaders);
    this._status = STATUS.STATUS_ANSWERED;
    // What has its media already goes on with that.
    if (this._progressing) this._ask(CallCommand.Answer, extraHeaders, expires(given), trickleIce(given));
    else this._take(CallCommand.Answer, given, extraHeaders);
  }

  /**
   * Describes our media to the caller before the call is answered, in a 183: both may hear each other while it rings. It is
   * what the call goes on with; `answer()` follows, and captures nothing anew. Where `reliable_provisional` does not reach,
   * the caller may take it or not. Throws for an INVITE without an offer, unless it can be acknowledged.
   */
  progress(options: AnswerOptions = {}): void {
    if (this._direction !== 'incoming') throw new NotSupportedError('"progress" not supported for outgoing RTCSession');
    if (this._status !== STATUS.STATUS_WAITING_FOR_ANSWER || this._progressing)
      throw new InvalidStateError(this._status);
    const given = options ?? {};
    this._take(CallCommand.Progress, given, lines(given.extraHeaders));
    this._progressing = !this.isEnded();
  }

  /** Makes the connection of a call that came in, and asks the core to describe it. */
  _take(command: CallCommand.Answer | CallCommand.Progress, given: AnswerOptions, extraHeaders: string[]): void {
    for (const track of given.mediaStream?.getTracks() ?? []) {
      if (given.mediaConstraints?.[track.kind as 'audio'] === false) given.mediaStream?.removeTrack(track);
    }
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
      this._ask(command, extraHeaders, expires(given), trickleIce(given));
    } catch (error) {
      // It rings on.
      this._media(MediaCommand.Discard);
      this._status = STATUS.STATUS_WAITING_FOR_ANSWER;
      throw error;
    }
    if (this._audioMuted || this._videoMuted) this._media(MediaCommand.Mute, this._audioMuted, this._videoMuted);
  }

  /** Ends the call, whatever its state: BYE, CANCEL, or the answer that refuses it (480 unless said). */
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

  /** Holds; false if it cannot be now. `done` is called when it has come to pass, or with a `RefusedError`. */
  hold(options: HoldOptions = {}, done?: Done): boolean {
    return this._hold(true, options, done);
  }
  /** Takes back; as `hold()`. */
  unhold(options: HoldOptions = {}, done?: Done): boolean {
    return this._hold(false, options, done);
  }
  /** Makes a new offer; as `hold()`. */
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

  /** Sends silence, or no picture. By default of the sound. */
  mute({ audio, video }: MediaStreamTypes = { audio: true, video: false }): void {
    const changed: MediaStreamTypes = {
      audio: Boolean(audio) && !this._audioMuted,
      video: Boolean(video) && !this._videoMuted,
    };
    this._audioMuted ||= Boolean(audio);
    this._videoMuted ||= Boolean(video);
    this._applyMute('muted', changed);
  }
  /** Sends again. */
  unmute({ audio, video }: MediaStreamTypes = { audio: true, video: true }): void {
    const changed: MediaStreamTypes = {
      audio: Boolean(audio) && this._audioMuted,
      video: Boolean(video) && this._videoMuted,
    };
    if (audio) this._audioMuted = false;
    if (video) this._videoMuted = false;
    this._applyMute('unmuted', changed);
  }

  /** Sends another microphone or camera, or a track of the application's, by a new offer only where that takes one. */
  replaceTrack(kind: MediaKind, track: MediaStreamTrack | MediaTrackConstraints | boolean): Promise<MediaStreamTrack> {
    return replaceTrack(this, kind, track);
  }
  /** Sends video from now on. */
  addVideo(video: MediaStreamTrack | MediaTrackConstraints | boolean = true): Promise<MediaStreamTrack> {
    return replaceTrack(this, 'video', video);
  }
  /** Sends no video any more, of a camera or a screen. */
  removeVideo(): Promise<void> {
    return removeVideo(this);
  }
  /** Sends a screen, window or tab: in the place of the camera if there is one. */
  shareScreen(constraints: DisplayMediaStreamOptions = { video: true }): Promise<MediaStreamTrack> {
    return shareScreen(this, constraints);
  }
  /** Sends the camera again, whose track this brings, or no video. */
  stopScreen(): Promise<MediaStreamTrack | null> {
    return devicesOf(this).stopScreen();
  }

  /** Sends tones, one after the other: 0 to 9, A to D, `*`, `#`, and `,` for a pause of 2 s. */
  sendDTMF(tones: string | number, options: DTMFOptions = {}): void {
    sendTones(this, tones, options ?? {});
  }

  /** Sends an INFO inside the call (RFC 6086). */
  sendInfo(contentType: string, body?: string, options: SendInfoOptions = {}): void {
    if (!isAccepted(this._status)) throw new InvalidStateError(this._status);
    if (contentType === undefined) throw new TypeError('Not enough arguments');
    this._ask(
      CallCommand.Info,
      String(contentType),
      String(body ?? ''),
      options?.extraHeaders,
      textOf(options?.package),
    );
  }

  /** Sends a text inside the call; the message tells whether it arrived. */
  sendMessage(body: string, options: SendTextOptions = {}): Message {
    return sendText(this, body, options ?? {});
  }

  /** Transfers the call; false if it cannot be now. */
  refer(target: string | URI, options: ReferOptions = {}): ReferSubscriber | false {
    return refer(this, target, options ?? {});
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
    this._constraints = { ...(mediaConstraints ?? capture) };
    const wanted = [mediaStream, this._constraints, rtcOfferConstraints, rtcAnswerConstraints];
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
    return (isAccepted(this._status) || this._readyToReoffer) && !this._done;
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
    this._tell(this._resumed?.request ?? told);
    if (this._resumed) {
      this._direction = incoming ? 'incoming' : 'outgoing';
      this._status = STATUS.STATUS_CONFIRMED;
      this._ownContact = this._ua.contact.toString();
      this._start_time = this._resumed.started === undefined ? null : new Date(this._resumed.started);
      this._answerTag = this._resumed.to_tag;
    } else if (incoming) {
      this._direction = 'incoming';
      this._status = STATUS.STATUS_WAITING_FOR_ANSWER;
      this._ownContact = this._ua.contact.toString();
    }
    if (incoming) this._says(this._resumed?.request ?? told);
    this._initCallback?.(this);
  }

  /** The INVITE of this call is made of that once somebody looks at it. */
  _tell(told: AnyRequest): void {
    this._told = told;
  }

  _known(uuids: string[] | null): void {
    const [local, remote] = uuids ?? [];
    this._session_id = local ? { local, remote: remote && /[^0]/.test(remote) ? remote : null } : null;
  }

  /** A message says who the far end is and where the call has been. */
  _says(message: AnyRequest): void {
    this._saying = message;
    this._said = null;
  }

  /** Who the far end is to the application: whom it trusts. */
  _trusted(): NameAddrHeader | null {
    const trusted = this._ua.configuration.trust_identity ? this.asserted_identity : null;
    return (
      trusted ?? this._renamed ?? (this._direction === 'incoming' ? this._request?.from : this._request?.to) ?? null
    );
  }

  _identified(asserted: boolean, addresses: ParsedNameAddr[]): void {
    const identities = addresses.map(nameAddrOf);
    const [identity] = identities;
    if (asserted) this._asserted = identities;
    else this._renamed = identity ?? null;
    this._party = this._trusted();
    this.emit('identity', { identity: identity ?? this.remote_identity, asserted: asserted && Boolean(identity) });
  }

  _handle(told: Told): Verdict | void {
    switch (told[0]) {
      case Kind.Gone:
        return;
      case Kind.IceCandidate:
        return this.emit('icecandidate', { candidate: told[1], ready: () => this._media(MediaCommand.Ready) });
      case Kind.Captured:
        return devicesOf(this).captured(told[1] as MediaStream, told[2]);
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
    this._recovering = Boolean(state & CallState.Recovering);
    return deliver(this, told);
  }

  _renumbered(handle: number, sent: OutgoingRequest, challenged: boolean): void {
    renumbered(this._requests.get(handle), sent, challenged);
  }

  _over(ended: boolean, event: { cause: string; diagnosis: Diagnosis[]; features: Feature[] }): void {
    const name = ended ? 'ended' : 'failed';
    log('%s: %s', name, event.cause);
    if (ended) this._end_time = new Date();
    this._status = STATUS.STATUS_TERMINATED;
    this._ua._destroySession(this);
    this._devices?.close();
    const done = this._done;
    this._done = null;
    this._diagnosed = { findings: event.diagnosis, features: event.features };
    if (!ended) this.emit('_failed', event);
    this.emit(name, event);
    done?.(new RefusedError(null, event.cause));
  }

  _reofferReceived(name: 'reinvite' | 'update', raw: string, ticket: number): Reply {
    return reofferReceived(this, name, raw, ticket);
  }

  _requestDone(handle: number, response: IncomingResponse | null, cause: string | null): unknown {
    const asker = this._requests.get(handle) ?? this._asking;
    // How a transfer goes is told by NOTIFY later.
    if (!(asker instanceof ReferSubscriber)) this._requests.delete(handle);
    return answered(asker, response, cause);
  }

  /** The Replaces value that names this call to its far end. */
  _replacesValue(): string {
    return (
      this._ask(CallCommand.ReplacesValue) ??
      `${this._request?.call_id};to-tag=${this._to_tag};from-tag=${this._from_tag}`
    );
  }

  _referReceived(raw: string, referral: number): boolean {
    return referReceived(this, () => sessionOf(this._ua), raw, referral);
  }

  _replacesReceived(raw: string, ticket: number): boolean {
    return replacesReceived(this, () => sessionOf(this._ua), raw, ticket);
  }
}

// Out here for the sake of the class's name, as in `URI`.
function sessionOf(ua: UA): RTCSession {
  return new RTCSession(ua);
}
