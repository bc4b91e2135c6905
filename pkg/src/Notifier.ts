import { InvalidStateError } from './Exceptions.js';
import type { IncomingRequest } from './SIPMessage.js';
import { Subscription } from './Subscriber.js';
import type { UA } from './UA.js';
import { assertSingleLine } from './Utils.js';
import { SubscriptionCommand } from './core/border.js';
import { textOf } from './core/passed.js';

/** Options of `ua.notify()`. */
export interface NotifierOptions {
  /** Lines `Name: value` for each NOTIFY. */
  extraHeaders?: string[];
  /** Allow-Events. */
  allowEvents?: string;
  /** Not authorized yet: `setActiveState()` comes later. */
  pending?: boolean;
  /** Seconds of a subscription that does not say how long; 900. */
  defaultExpires?: number;
}

/** The events of a `Notifier`. */
export interface NotifierEventMap {
  /** A SUBSCRIBE: send a NOTIFY in it. */
  subscribe: (isUnsubscribe: boolean, request: IncomingRequest, body: string, contentType: string | undefined) => void;
  /** It was not refreshed in time; `terminated` follows. */
  expired: () => void;
  /** It is over: one of the numbers of `C`. */
  terminated: (terminationCode: number) => void;
}
export type MessageEventMap = NotifierEventMap;

const C = {
  NOTIFY_RESPONSE_TIMEOUT: 0,
  NOTIFY_TRANSPORT_ERROR: 1,
  NOTIFY_NON_OK_RESPONSE: 2,
  NOTIFY_AUTHENTICATION_FAILED: 3,
  FINAL_NOTIFY_SENT: 4,
  UNSUBSCRIBE_RECEIVED: 5,
  SUBSCRIPTION_EXPIRED: 6,
  STATE_PENDING: 0,
  STATE_ACTIVE: 1,
  STATE_TERMINATED: 2,
  DEFAULT_EXPIRES_SEC: 900,
} as const;

/**
 * Somebody's subscription to a state of ours (RFC 6665; JsSIP `Notifier`). Its events have positional arguments. Send a
 * NOTIFY in each `subscribe`: the final one in that of an un-SUBSCRIBE, which otherwise leaves without a body.
 */
export class Notifier extends Subscription<NotifierEventMap> {
  /** Why it ended, and the numbers of `state`. */
  static get C() {
    return C;
  }

  /** Throws `TypeError` for a SUBSCRIBE that cannot be served. */
  static checkSubscribe(subscribe: IncomingRequest): void {
    check(subscribe);
  }

  _options: { contentType: string; extraHeaders: string[]; allowEvents: string | undefined; defaultExpires: number };

  constructor(ua: UA, subscribe: IncomingRequest, contentType: string, options: NotifierOptions) {
    const { extraHeaders, allowEvents, pending, defaultExpires } = options;
    super(ua, pending ? C.STATE_PENDING : C.STATE_ACTIVE);
    if (!contentType) throw new TypeError('Not enough arguments. Missing contentType');
    check(subscribe);
    assertSingleLine('contentType', contentType);
    this._details = 1;
    this._handleId = subscribe._handleId;
    this._options = {
      contentType,
      allowEvents,
      extraHeaders: [...(extraHeaders ?? [])],
      defaultExpires: defaultExpires || C.DEFAULT_EXPIRES_SEC,
    };
  }

  /** The same on the object, as JsSIP has it. */
  get C() {
    return C;
  }

  /** Accepts the SUBSCRIBE with 200; call it when the listeners are there. */
  start(): void {
    this._alive();
    const { contentType, extraHeaders, allowEvents, defaultExpires } = this._options;
    this._begin(
      SubscriptionCommand.Serve,
      contentType,
      extraHeaders,
      allowEvents,
      this._state === C.STATE_PENDING,
      defaultExpires,
    );
  }

  /** From pending to active, for the next NOTIFY. */
  setActiveState(): void {
    this._alive();
    if (this._state !== C.STATE_PENDING) return;
    this._state = C.STATE_ACTIVE;
    if (this._dialog) this._command(SubscriptionCommand.Activate);
  }

  /** Sends the state. */
  notify(body?: string | null): void {
    this._alive();
    this._command(SubscriptionCommand.Notify, textOf(body));
  }

  /** Ends the subscription with a final NOTIFY. */
  terminate(body?: string | null, reason?: string | null, retryAfter?: number | null): void {
    if (this._state === C.STATE_TERMINATED) return;
    this._command(SubscriptionCommand.EndSubscription, textOf(body), reason, retryAfter);
  }

  _alive(): void {
    if (this._state === C.STATE_TERMINATED) throw new InvalidStateError(this._state);
  }
}

// Out here for the sake of the class's name, as in `URI`.
function check(subscribe: IncomingRequest): void {
  if (!subscribe) throw new TypeError('Not enough arguments. Missing subscribe request');
  if (subscribe.method !== 'SUBSCRIBE') throw new TypeError('Invalid method for Subscribe request');
  for (const name of ['Contact', 'Event']) {
    if (!subscribe.hasHeader(name)) throw new TypeError(`Missing ${name} header in subscribe request`);
  }
  if (subscribe.hasHeader('Expires') && !/^\d+$/.test(subscribe.getHeader('Expires').trim())) {
    throw new TypeError('Invalid Expires header field in subscribe request');
  }
}
