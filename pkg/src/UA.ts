// This file is long because JsSIP's users read one class; each method only checks its arguments and calls the core.
import { IncomingRequest, IncomingResponse, OutgoingRequest } from './SIPMessage.js';
import { Notifier, type NotifierOptions } from './Notifier.js';
import { Subscriber, type SubscriberOptions } from './Subscriber.js';
import { C } from './Constants.js';
import { EventEmitter } from './EventEmitter.js';
import { Message, type SendMessageOptions } from './Message.js';
import { Options, type SendOptionsOptions } from './Options.js';
import type { RequestOptions } from './OutOfDialog.js';
import { Publication, type PublishOptions } from './Publication.js';
import { presencePart } from './presence/part.js';
import type { Receipts } from './presence/imdn.js';
import type { WatchKind } from './presence/kinds.js';
import type { Watch, WatchOptions } from './presence/Watch.js';
import { Registrator } from './Registrator.js';
import type { ReferSubscriber } from './RTCSession/ReferSubscriber.js';
import type { ReferOptions } from './RTCSession/options.js';
import { referOutside, referOutsideReceived } from './RTCSession/transfer.js';
import { Transport, type Server } from './Transport.js';
import { provide } from './credentials.js';
import { forCore, load, protect, type Settings } from './Config.js';
import type { UAConfiguration } from './UAConfiguration.js';
import { RTCSession, type CallOptions, type TerminateOptions } from './RTCSession.js';
import type { URI } from './URI.js';
import { calculateMD5, createRandomToken, normalizeTarget } from './Utils.js';
import { debugLog } from './debug.js';
import { lazily } from './lazily.js';
import type { FlowEvent, UAEventMap } from './events.js';
import { keepWhenLeft, recall, type KeptCall } from './resume.js';
import {
  AgentCommand,
  Kind,
  SETTINGS,
  type AgentCommands,
  type AnyRequest,
  type Originator,
  type RequestVerdict,
  type SettingName,
  type Told,
  type Verdict,
} from './core/border.js';
import { Core, forget, onBroken, type Dispatch } from './core/Core.js';
import { replyOf } from './core/passed.js';

const log = /* @__PURE__ */ debugLog('UA');

/** User agents between `start()` and the end of `stop()`: they live on, even if the app holds them no more. */
const running = new Set<UA>();
/** The core of a user agent that was collected goes with it. */
const collected = /* @__PURE__ */ new FinalizationRegistry<{ agent: number; release: () => void }>(
  ({ agent, release }) => {
    release();
    forget(agent);
  },
);

/** Made out here: a function made in a method could hold the user agent, and the core holds the function. */
const dispatchTo =
  (ua: WeakRef<UA>): Dispatch =>
  (target, told) =>
    ua.deref()?._dispatch(target, told);
/** Tells it that the core has failed. */
const brokenTo = (ua: WeakRef<UA>) => (error: Error) => void ua.deref()?.emit('broken', { error });

export type { UAConfiguration } from './UAConfiguration.js';
export type { AnswerOptions, CallOptions } from './RTCSession/options.js';
export type { SubscriberOptions, SubscriberParams } from './Subscriber.js';
export type { NotifierOptions } from './Notifier.js';
export type * from './events.js';

/** Options of `unregister()`. */
export interface UnRegisterOptions {
  /** Whether the bindings of our other devices go too: `Contact: *` (RFC 3261 10.2.2). */
  all?: boolean;
}

const constants = () => ({
  STATUS_INIT: 0,
  STATUS_READY: 1,
  STATUS_USER_CLOSED: 2,
  STATUS_NOT_READY: 3,
  CONFIGURATION_ERROR: 1,
  NETWORK_ERROR: 2,
});

/** How our Contact is written. */
export interface UAContactOptions {
  /** Without a word that names us (RFC 3323). */
  anonymous?: boolean;
  /** With `;ob` (RFC 5626). */
  outbound?: boolean;
}
/** What stands in our Contact. */
export interface UAContact {
  /** The address of this phone that the registrar gave (RFC 5627), null for none. */
  pub_gruu: string | null;
  /** One that hides whose it is (RFC 5627), null for none. */
  temp_gruu: string | null;
  /** The address itself. */
  uri: URI;
  /** The value of the field. */
  toString(options?: UAContactOptions): string;
}

/** A SIP user agent (JsSIP `UA`). */
export class UA extends EventEmitter<UAEventMap> {
  /** The numbers of `status` and of JsSIP's errors. */
  static get C() {
    return constants();
  }

  /** Null until it is first needed. */
  _core: Core | null = null;
  _configuration: Settings;
  _transport: Transport | null = null;
  _registrator: Registrator;
  _sessions: Record<string, RTCSession> = {};
  /** For who looks whether anything is under way: the core alone knows. */
  _transactions = { nist: {}, nict: {}, ist: {}, ict: {} };
  _status = 0;
  _sockets: Server[];
  /** Calls of the page before. */
  _kept: KeptCall[] = [];
  /** Of texts: made when they are first needed. */
  _receipts: Receipts | null = null;
  _keeping: VoidFunction | null = null;
  _contact: UAContact;

  constructor(configuration: UAConfiguration) {
    super();
    if (!configuration) throw new TypeError('Not enough arguments');
    let settings = load(configuration);
    if (settings.resume) {
      const { calls, ...same } = recall(settings.uri.toAor()) ?? { calls: [] };
      settings = load({ ...same, ...configuration });
      this._kept = calls;
    }
    this._sockets = settings.sockets as Server[];
    delete settings.sockets;
    this._configuration = protect(settings, (key, value) => {
      if (!this._core) return;
      this._configure(key, Array.isArray(value) ? value : value === null || value === undefined ? null : String(value));
    });
    this._registrator = new Registrator(this);
    this._contact = {
      pub_gruu: null,
      temp_gruu: null,
      uri: this._configuration.contact_uri,
      toString: ({ anonymous = false, outbound = false } = {}) => {
        if (this._core) return this._core.ask(AgentCommand.Contact, anonymous, outbound);
        const uri = anonymous ? 'sip:anonymous@anonymous.invalid;transport=ws' : String(this._contact.uri);
        return `<${uri}${outbound ? ';ob' : ''}>`;
      },
    };
    this._transport = new Transport(this, this._sockets);
    if (settings.imdn) this._withReceipts();
    log('configured for %s', settings.uri.toString());
  }

  /** The same on the object, as JsSIP has it. */
  get C() {
    return constants();
  }
  /** One of the `STATUS_*` of `C`. */
  get status(): number {
    return this._status;
  }
  /** What stands in our Contact. */
  get contact(): UAContact {
    return this._contact;
  }
  /** The options as they were read; those of JsSIP that it lets an application assign can be assigned. */
  get configuration(): Settings {
    return this._configuration;
  }
  /** The line to the servers. */
  get transport(): Transport {
    return this._transport as Transport;
  }

  /** Connects, and registers unless `register: false`. */
  start(): void {
    this._configure('register', String(this._configuration.register));
    if (this._status === 0 || this._status === 2) this._ask(AgentCommand.Start);
    const { resume } = this._configuration;
    if (!resume) return;
    this._keeping ??= keepWhenLeft(this);
    // Not in this turn: as with each other event, whoever has just started it has time to listen.
    queueMicrotask(() => {
      for (const call of this._kept.splice(0)) new RTCSession(this)._resume(call, resume === true ? {} : resume);
    });
  }

  /** Un-registers, ends every call, disconnects. */
  stop(): void {
    if (this._status === 2) return;
    this._status = 2;
    this._registrator._registered = false;
    this._ask(AgentCommand.Stop);
  }

  /** Registers now, or refreshes. What was refused is asked again. */
  register(): void {
    this._trail();
    this._ask(AgentCommand.Register);
  }

  /** Takes the registration back. */
  unregister(options: UnRegisterOptions = {}): void {
    this._registrator._registered = false;
    this._ask(AgentCommand.Unregister, Boolean(options?.all));
  }

  /** The registration: when it expires, what the registrar says. */
  registrator(): Registrator {
    return this._registrator;
  }
  /** Whether the registrar has taken us, and the line lives. */
  isRegistered(): boolean {
    return this._registrator.registered;
  }
  /** Whether there is a line. */
  isConnected(): boolean {
    return this.transport.isConnected();
  }

  /** Calls somebody; the session is the one of `newRTCSession`. */
  call(target: string | URI, options?: CallOptions): RTCSession {
    log('call()');
    const session = new RTCSession(this);
    session.connect(target, options);
    return session;
  }

  /** Sends a text outside a call (MESSAGE, RFC 3428). */
  sendMessage(target: string | URI, body: string, options?: SendMessageOptions): Message {
    const message = new Message(this);
    message.send(target, body, options);
    return message;
  }

  /** Asks `target`, outside any call, to call `to`; what this returns tells how that goes. */
  refer(target: string | URI, to: string | URI, options: ReferOptions = {}): ReferSubscriber {
    return referOutside(this, target, to, options ?? {});
  }

  /** Asks what somebody can do (OPTIONS, RFC 3261 11). */
  sendOptions(target: string | URI, body?: string, options?: SendOptionsOptions): Options {
    const message = new Options(this);
    message.send(target, body, options);
    return message;
  }

  /** Somebody's state, `options` being needed as in JsSIP: call `subscribe()` on what this returns. */
  subscribe(target: string | URI, eventName: string, accept: string, options?: SubscriberOptions): Subscriber {
    return new Subscriber(this, target, eventName, accept, options as SubscriberOptions);
  }
  /** Serves a SUBSCRIBE of `newSubscribe`: call `start()` on what this returns. */
  notify(subscribe: IncomingRequest, contentType: string, options?: NotifierOptions): Notifier {
    return new Notifier(this, subscribe, contentType, options as NotifierOptions);
  }

  /** Publishes a state of somebody's, mostly our own (RFC 3903), until `terminate()`. */
  publish(target: string | URI, event: string, body: string, options?: PublishOptions): Publication {
    return new Publication(this, target, event, body, options);
  }
  /** Watches somebody's state, until `close()`. Needs `import 'viasip/presence'`. */
  watch<K extends WatchKind>(target: string | URI, kind: K, options?: WatchOptions): Watch<K> {
    return presencePart('ua.watch()').watch(this, target, kind, options);
  }

  /** Ends every call. */
  terminateSessions(options?: TerminateOptions): void {
    for (const session of Object.values(this._sessions)) if (!session.isEnded()) session.terminate(options);
  }

  /** The URI of a target as `call()` reads it: `bob`, `bob@host`, a number, a `tel:`. Undefined if it is none. */
  normalizeTarget(target: string | URI): URI | undefined {
    return normalizeTarget(target, this._configuration.hostport_params);
  }

  /**
   * Of the account: `authorization_user`, `realm`, `ha1`, `authorization_jwt`; once the realm is known `ha1` is made
   * of the password.
   */
  get<T extends keyof UAConfiguration>(parameter: T): UAConfiguration[T];
  get(parameter: string): string | null | undefined;
  get(parameter: string): string | null | undefined {
    const { authorization_user, password, realm, ha1, authorization_jwt } = this._configuration;
    const met = realm ?? this._registrator._state()?.[2] ?? null;
    // After a challenge it is known what an application may keep instead of the password.
    const kept =
      ha1 ?? (met !== null && password !== null ? calculateMD5(`${authorization_user}:${met}:${password}`) : null);
    return ({ authorization_user, realm: met, ha1: kept, authorization_jwt } as Record<string, string | null>)[
      parameter
    ];
  }

  /** Changes the account or `display_name` from the next request on; false for another parameter. */
  set<T extends keyof UAConfiguration>(parameter: T, value: UAConfiguration[T] | null): boolean;
  set(parameter: string, value: unknown): boolean;
  set(parameter: string, value: unknown): boolean {
    const raw = parameter === 'display_name' || parameter === 'extra_headers';
    if (!raw && !['authorization_user', 'password', 'realm', 'ha1', 'authorization_jwt'].includes(parameter))
      return false;
    (this._configuration as unknown as Record<string, unknown>)[parameter] = raw ? value : String(value);
    if (parameter === 'ha1') this._configuration.password = null;
    return true;
  }

  override _listenersChanged(event: string | symbol): void {
    if (event === 'sipMessage') this._trace();
  }

  _trace(): void {
    if (this._core) this._ask(AgentCommand.Trace, this.listenerCount('sipMessage') > 0);
  }

  /** The core of this user agent; made when it is first needed. */
  _open(): Core {
    if (!this._core) {
      const self = new WeakRef(this);
      const sockets = this._sockets.map(({ socket }) => socket);
      this._core = new Core(forCore(this._configuration, this._sockets), sockets, dispatchTo(self));
      collected.register(this, { agent: this._core.agent, release: onBroken(brokenTo(self)) });
      this._registrator._apply();
      this._trace();
    }
    return this._core;
  }

  _ask<C extends AgentCommand>(what: C, ...args: AgentCommands[C]['arguments']): AgentCommands[C]['answer'] {
    return this._open().ask(what, ...args);
  }

  _configure(key: SettingName, value: string | string[] | null): void {
    this._ask(AgentCommand.Configure, SETTINGS.indexOf(key), value);
  }

  /** A trail that is a function is asked before each REGISTER. */
  _trail(): void {
    const trail = this._configuration.register_from_tag_trail;
    if (typeof trail === 'function') this._configure('register_from_tag_trail', String(trail()));
  }

  _down(): void {
    if (this._status !== 2) this._status = 3;
  }

  _dispatch(target: number, told: Told): Verdict | void {
    if (target === 0) return this._told(told);
    const { handles } = this._open();
    const handled = handles.get(target);
    if (told[0] === Kind.Gone) handles.delete(target);
    return handled?._handle(told);
  }

  _told(told: Told): Verdict | void {
    const transport = this.transport;
    switch (told[0]) {
      case Kind.Connecting: {
        const [, server, attempts] = told;
        // Not in start(): the end of an earlier stop() may be told after it.
        running.add(this);
        if (this._status === 2) this._status = 0;
        transport.status = 1;
        if (this._sockets.every(({ status }) => status === 1)) for (const entry of this._sockets) entry.status = 0;
        transport.socket = (this._sockets[server] as Server).socket;
        return this.emit('connecting', { socket: transport.socket, attempts });
      }
      case Kind.Connected:
        transport.status = 0;
        if (this._status !== 2) this._status = 1;
        this._trail();
        return this.emit('connected', { socket: transport });
      case Kind.Disconnected: {
        transport.status = 2;
        const [, server, error, retryIn = null, lost, code, reason] = told;
        const willRecover = retryIn !== null;
        const closed = lost ? { code, reason } : {};
        this.emit('disconnected', { socket: transport.socket, error, retryIn, willRecover, ...closed });
        if (lost) (this._sockets[server] as Server).status = 1;
        // JsSIP: what follows still sees the state from before.
        if (!this.isRegistered()) this._down();
        return;
      }
      case Kind.Stopped:
        this._keeping?.();
        this._keeping = null;
        return running.delete(this);
      case Kind.Registered:
        this._registrator._registered = true;
        return this.emit(
          'registered',
          lazily({}, 'response', () => this._response(told[1])),
        );
      case Kind.Refreshed: {
        const [, expires, refreshIn] = told;
        return this.emit('refreshed', { expires, refreshIn });
      }
      case Kind.Unregistered: {
        const [, response, cause, lost] = told;
        this._registrator._registered = false;
        this.emit('unregistered', lost ? {} : lazily({ cause }, 'response', () => this._response(response)));
        if (lost) this._down();
        return;
      }
      case Kind.RegistrationFailed: {
        const [, response, cause] = told;
        return this.emit(
          'registrationFailed',
          lazily({ cause }, 'response', () => this._response(response)),
        );
      }
      case Kind.RegistrationExpiring:
        this._trail();
        return this.emit('registrationExpiring');
      case Kind.Gruu: {
        const [, pub_gruu, temp_gruu] = told;
        Object.assign(this._contact, { pub_gruu, temp_gruu });
        return;
      }
      case Kind.Granted: {
        const [, _path, _serviceRoute, _outbound, pns, pnsreg = null, pnspurr] = told;
        const _push = pns === null ? null : { pns, pnsreg, pnspurr };
        Object.assign(this._registrator, { _path, _serviceRoute, _outbound, _push });
        return;
      }
      case Kind.Flow: {
        const [, id, server, status, first] = told;
        const { socket } = this._sockets[server] as Server;
        if (first) transport.socket = socket;
        return this.emit('flow', { id, socket, status: status as FlowEvent['status'], first });
      }
      case Kind.NewSubscribe: {
        const [, handle, raw] = told;
        const request = new IncomingRequest(this, raw);
        request._handleId = handle;
        return this.emit('newSubscribe', { event: request.event, request });
      }
      case Kind.SipEvent: {
        const request = new IncomingRequest(this, told[1]);
        request._reply = null;
        this.emit('sipEvent', { event: request.event, request });
        return [true, replyOf(request._reply)];
      }
      case Kind.NewRtcSession: {
        const [, id, originator, request, call_id, from_tag, uuids] = told;
        return this._newSession(id, originator, request, call_id, from_tag, uuids);
      }
      case Kind.NewMessage:
      case Kind.NewOptions: {
        const [kind, id, originator, request, call = 0] = told;
        return this._newRequest(kind === Kind.NewMessage, id, originator, request, call);
      }
      case Kind.Challenged:
        return void provide(this, told[1], told[2]);
      case Kind.NewRefer: {
        const [, id, request, call] = told;
        return referOutsideReceived(this, () => new RTCSession(this), id, request, call);
      }
      case Kind.SipMessage: {
        const [, direction, message, at] = told;
        return this.emit('sipMessage', { direction, message, at });
      }
      case Kind.Dropped: {
        const [, why] = told;
        log('dropped: %s', why);
        return this.emit('dropped', { why });
      }
      case Kind.Due:
        return log('due: %s', told[1]);
    }
  }

  _newSession(
    id: number,
    originator: Originator,
    told: AnyRequest,
    call_id: string,
    from_tag: string,
    uuids: string[] | null,
  ): boolean {
    const { handles } = this._open();
    let session = handles.get(id) as RTCSession | undefined;
    if (!session) {
      if (this.listenerCount('newRTCSession') === 0) return false;
      // Nobody could answer: the core says so to the caller.
      if (typeof RTCPeerConnection === 'undefined') return true;
      session = new RTCSession(this);
      handles.set(id, session);
    }
    const known = session;
    session._known(uuids);
    session._announced(id, originator, call_id, from_tag, told);
    this._sessions[session.id] = session;
    const event = known._resumed ? { originator, session, resumed: true } : { originator, session };
    return this.emit(
      'newRTCSession',
      lazily(event, 'request', () => known._request),
    );
  }

  _newRequest(isMessage: boolean, id: number, originator: Originator, told: AnyRequest, call: number): RequestVerdict {
    const known = this._open().handles.get(id) as Message | Options | undefined;
    const message = known ?? (isMessage ? new Message(this) : new Options(this));
    message._announced(originator, told);
    // A notification of ours or theirs.
    if (message._quiet) return;
    if (originator === 'remote' && isMessage && this._receipts?.incoming(message as Message)) return [true, null];
    const event = lazily({ originator, message }, 'request', () => message._request);
    const session = this._open().handles.get(call) as RTCSession | undefined;
    const inside = isMessage && session && session.listenerCount('newMessage') > 0;
    const listened = inside
      ? session.emit('newMessage', event)
      : this.emit(isMessage ? 'newMessage' : 'newOptions', event);
    const reply = message._reply;
    // JsSIP: afterwards it counts as answered.
    message._reply ??= { status: 200, headers: [], body: '' };
    if (originator === 'remote') {
      const accepted = listened && (!reply || reply.status < 300);
      // Behind the answer.
      if (accepted && isMessage && this._configuration.imdn)
        queueMicrotask(() => this._receipts?.accepted(message as Message));
      return reply ? [listened, replyOf(reply)] : listened;
    }
    // What nobody has looked at leaves as the core made it.
    return message._told ? undefined : (message._request as OutgoingRequest)._verdict();
  }

  /** Sends a request that no event of the user agent tells of: a notification, a report. */
  _sendQuietly(method: string, target: URI, body: string, contentType: string, options: RequestOptions = {}): void {
    const message = new Message(this);
    message._quiet = true;
    message._send(method, target, body, contentType, options);
  }

  _withReceipts(): Receipts {
    return (this._receipts ??= presencePart('imdn').receipts(this));
  }

  _request(told: AnyRequest): IncomingRequest | OutgoingRequest | null {
    return typeof told === 'string' ? new IncomingRequest(this, told) : told && new OutgoingRequest(this, told);
  }

  _response(told: string | null): IncomingResponse | null {
    return told === null ? null : new IncomingResponse(this, told);
  }

  _destroySession(session: RTCSession): void {
    if (session.id) delete this._sessions[session.id];
  }
}

/** For applications that take these from JsSIP's `lib/UA`. */
export { C, createRandomToken };
