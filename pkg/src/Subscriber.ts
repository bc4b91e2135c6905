import { EventEmitter, type Listener } from './EventEmitter.js';
import { InvalidStateError } from './Exceptions.js';
import { parse } from './Grammar.js';
import {
  AgentCommand,
  Kind,
  SubscriptionCommand,
  type DialogNames,
  type SubscriptionCommands,
  type Told,
  type Verdict,
} from './core/border.js';
import { textOf } from './core/passed.js';
import { NameAddrHeader } from './NameAddrHeader.js';
import { IncomingRequest } from './SIPMessage.js';
import type { UA } from './UA.js';
import { URI, isUri } from './URI.js';
import { assertSingleLine, isDecimal } from './Utils.js';

/** What the first SUBSCRIBE says other than usual. */
export interface SubscriberParams {
  /** In To. */
  to_uri?: URI | string;
  /** In To. */
  to_display_name?: string;
  /** In From. */
  from_uri?: URI | string;
  /** In From. */
  from_display_name?: string;
  /** Its number. */
  cseq?: number;
}

/** Options of `ua.subscribe()`. */
export interface SubscriberOptions {
  /** Seconds; 900 if it is no positive number. */
  expires?: number;
  /** The type of the bodies that `subscribe` and `terminate` are given. */
  contentType?: string;
  /** Allow-Events. */
  allowEvents?: string;
  /** What the first SUBSCRIBE says other than usual. */
  params?: SubscriberParams;
  /** Lines `Name: value` for each SUBSCRIBE. */
  extraHeaders?: string[];
}

/** The events of a `Subscriber`. */
export interface SubscriberEventMap {
  /** A 2xx to the first SUBSCRIBE. */
  accepted: () => void;
  /** Somebody has to allow it. */
  pending: () => void;
  /** It is allowed. */
  active: () => void;
  /** A NOTIFY. */
  notify: (isFinal: boolean, request: IncomingRequest, body: string, contentType: string | undefined) => void;
  /** It is over: one of the numbers of `C`; `retryAfter` in s. */
  terminated: (terminationCode: number, reason: string | undefined, retryAfter: number | undefined) => void;
}

export type MessageEventMap = SubscriberEventMap;

/** The dialog of a subscription. */
export interface DialogIdentity {
  /** Its Call-ID. */
  call_id: string;
  /** Our tag. */
  local_tag: string;
  /** Theirs. */
  remote_tag: string;
  /** All three, one behind the other. */
  toString(): string;
}

const C = {
  SUBSCRIBE_RESPONSE_TIMEOUT: 0,
  SUBSCRIBE_TRANSPORT_ERROR: 1,
  SUBSCRIBE_NON_OK_RESPONSE: 2,
  SUBSCRIBE_WRONG_OK_RESPONSE: 3,
  SUBSCRIBE_AUTHENTICATION_FAILED: 4,
  UNSUBSCRIBE_TIMEOUT: 5,
  FINAL_NOTIFY_RECEIVED: 6,
  WRONG_NOTIFY_RECEIVED: 7,
  STATE_PENDING: 0,
  STATE_ACTIVE: 1,
  STATE_TERMINATED: 2,
  STATE_INIT: 3,
  STATE_WAITING_NOTIFY: 4,
  DEFAULT_EXPIRES_SEC: 900,
} as const;

/** What both ends of a subscription show of it. */
export abstract class Subscription<Events extends Record<keyof Events, Listener>> extends EventEmitter<Events> {
  _ua: UA;
  _handleId = 0;
  _state: number;
  _dialog: DialogIdentity | null = null;
  _data: unknown = {};
  /** How many arguments `terminated` has. */
  _details = 3;

  constructor(ua: UA, state: number) {
    super();
    this._ua = ua;
    this._state = state;
  }

  /** One of the `STATE_*` of `C`. */
  get state(): number {
    return this._state;
  }
  /** The dialog, once there is one. */
  get id(): DialogIdentity | null {
    return this._dialog;
  }
  /** Anything of the application's. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  get data(): any {
    return this._data;
  }
  set data(data: unknown) {
    this._data = data;
  }

  _begin<C extends SubscriptionCommand>(what: C, ...args: SubscriptionCommands[C]['arguments']): void {
    const { handles } = this._ua._open();
    handles.set(this._handleId, this);
    try {
      this._command(what, ...args);
    } catch (error) {
      handles.delete(this._handleId);
      throw error;
    }
  }

  _command<C extends SubscriptionCommand>(what: C, ...args: SubscriptionCommands[C]['arguments']): void {
    this._ua._open().subscription(this._handleId, what, ...args);
  }

  _handle(told: Told): Verdict | void {
    switch (told[0]) {
      case Kind.SubscriptionState:
        return this._changed(told[1], told[2]);
      case Kind.SubscriptionAccepted:
        this._changed(told[1], told[2]);
        return void this.emit('accepted');
      case Kind.SubscriptionPending:
        this._changed(told[1], told[2]);
        return void this.emit('pending');
      case Kind.SubscriptionActive:
        this._changed(told[1], told[2]);
        return void this.emit('active');
      case Kind.SubscriptionNotify:
        this._changed(told[1], told[2]);
        return this._came('notify', told[3], told[4]);
      case Kind.SubscriptionSubscribe:
        this._changed(told[1], told[2]);
        return this._came('subscribe', told[3], told[4]);
      case Kind.SubscriptionExpired:
        this._changed(told[1], told[2]);
        return void this.emit('expired');
      case Kind.SubscriptionTerminated: {
        const [, state, dialog, code, reason, retryAfter] = told;
        this._changed(state, dialog);
        const details = [code, reason ?? undefined, retryAfter];
        return void this.emit('terminated', ...details.slice(0, this._details));
      }
    }
  }

  _changed(state: number, dialog: DialogNames | null): void {
    this._state = state;
    this._dialog = dialog && {
      call_id: dialog[0],
      local_tag: dialog[1],
      remote_tag: dialog[2],
      toString: () => dialog.join(''),
    };
  }

  _came(name: 'notify' | 'subscribe', ends: boolean, raw: string): void {
    const request = new IncomingRequest(this._ua, raw);
    this.emit(name, ends, request, request.body, request.getHeader('Content-Type'));
  }
}

const address = (uri: URI | string | undefined, name: string | undefined): string | null => {
  if (!uri) return null;
  const parsed = isUri(uri) ? uri : URI.parse(uri);
  if (!parsed) throw new TypeError(`Invalid URI: ${uri}`);
  return new NameAddrHeader(parsed, name).toString();
};

/** A subscription of ours (RFC 6665; JsSIP `Subscriber`). Its events have positional arguments. */
export class Subscriber extends Subscription<SubscriberEventMap> {
  /** Why it ended, and the numbers of `state`. */
  static get C() {
    return C;
  }

  _target: string | URI;
  _terminated = false;
  _options: {
    event: string;
    accept: string;
    expires: number;
    contentType: string | undefined;
    allowEvents: string | undefined;
    extraHeaders: string[];
  };
  _params: SubscriberParams;

  constructor(ua: UA, target: string | URI, eventName: string, accept: string, options: SubscriberOptions) {
    super(ua, C.STATE_INIT);
    if (!target) throw new TypeError('Not enough arguments: Missing target');
    if (!eventName) throw new TypeError('Not enough arguments: Missing eventName');
    if (!accept) throw new TypeError('Not enough arguments: Missing accept');
    const { expires, contentType, allowEvents, params, extraHeaders } = options;
    const header = parse(eventName, 'Event');
    if (header === -1) throw new TypeError('Missing Event header field');
    const event = header.params?.id ? `${header.event};id=${header.params.id}` : header.event;
    assertSingleLine('eventName', event);
    assertSingleLine('accept', accept);
    this._target = target;
    this._params = { ...params };
    const seconds = isDecimal(expires) && Number(expires) > 0 ? Number(expires) : C.DEFAULT_EXPIRES_SEC;
    this._options = {
      event,
      accept,
      expires: seconds,
      contentType,
      allowEvents,
      extraHeaders: [...(extraHeaders ?? [])],
    };
  }

  /** The same on the object, as JsSIP has it. */
  get C() {
    return C;
  }

  /** Subscribes, and later refreshes before it is due by itself. */
  subscribe(body?: string | null): void {
    this._check(body);
    if (this._state !== C.STATE_INIT) return this._again(false, body);
    const target = this._ua.normalizeTarget(this._target);
    if (!target) throw new TypeError(`Invalid target: ${this._target}`);
    const { to_uri, to_display_name, from_uri, from_display_name, cseq } = this._params;
    const { uri, display_name } = this._ua.configuration;
    const { event, accept, expires, contentType, allowEvents, extraHeaders } = this._options;
    const to = to_uri || to_display_name ? address(to_uri ?? target, to_display_name) : null;
    const from =
      from_uri || from_display_name ? address(from_uri ?? uri, from_display_name ?? display_name ?? undefined) : null;
    this._handleId = this._ua._open().ask(AgentCommand.Reserve);
    this._begin(
      SubscriptionCommand.Subscribe,
      textOf(body),
      `${target}`,
      event,
      accept,
      expires,
      contentType,
      allowEvents,
      extraHeaders,
      to,
      from,
      cseq,
    );
  }

  /** Un-subscribes: the notifier's last word is a final `notify` and `terminated`. */
  terminate(body?: string | null): void {
    if (this._state === C.STATE_INIT) throw new InvalidStateError(this._state);
    if (this._terminated) return;
    this._check(body);
    this._terminated = true;
    this._again(true, body);
  }

  _again(ends: boolean, body?: string | null): void {
    if (this._state !== C.STATE_TERMINATED) this._command(SubscriptionCommand.SubscribeAgain, ends, textOf(body));
  }

  _check(body?: string | null): void {
    if (body && !this._options.contentType) throw new TypeError('content_type is undefined');
  }
}
