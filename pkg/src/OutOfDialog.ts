import type { causes } from './Constants.js';
import { EventEmitter } from './EventEmitter.js';
import { NotSupportedError } from './Exceptions.js';
import { lazily, requestOf } from './lazily.js';
import type { NameAddrHeader } from './NameAddrHeader.js';
import { AgentCommand, Kind, type AnyRequest, type Originator, type Told, type Verdict } from './core/border.js';
import { textOf } from './core/passed.js';
import type { OutgoingListener } from './RTCSession/events.js';
import type { IncomingRequest, IncomingResponse, OutgoingRequest } from './SIPMessage.js';
import type { UA } from './UA.js';
import type { AppReply } from './diagnosis.js';
import type { URI } from './URI.js';
import { assertSingleLine } from './Utils.js';

/** How a MESSAGE or an OPTIONS is answered. */
export interface ReplyOptions {
  /** Of `reject()`: 300 to 699, 480 unless said. */
  status_code?: number;
  /** Another one than that of the RFC. */
  reason_phrase?: string;
  /** Lines `Name: value`. */
  extraHeaders?: string[];
  /** Its type belongs to `extraHeaders`. */
  body?: string;
}

/** How a MESSAGE or an OPTIONS is sent. */
export interface RequestOptions {
  /** Of the body. */
  contentType?: string;
  /** Lines `Name: value`. */
  extraHeaders?: string[];
  /** Listeners by event. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  eventHandlers?: Record<string, (...args: any[]) => void>;
  /** Another user in From than ours. */
  fromUserName?: string;
  /** Another name in From than ours. */
  fromDisplayName?: string;
}

/** It was refused, or nobody answered. */
export interface MessageFailedEvent {
  originator: 'local' | 'remote' | 'system';
  /** Null where nobody answered. */
  response: IncomingResponse;
  /** One of `C.causes`. */
  cause?: causes;
}
export type MessageFailedListener = (event: MessageFailedEvent) => void;

/** What a notification says of a text (RFC 5438). */
export interface ReceiptEvent {
  /** `delivered` or `displayed`, or why not: `failed`, `forbidden`, `error`. */
  status: string;
  /** Who got it, as a URI. */
  recipient: string | null;
  request: IncomingRequest;
}
export type ReceiptListener = (event: ReceiptEvent) => void;

/** What is told of a request of ours. */
export interface MessageEventMap {
  /** A 2xx. */
  succeeded: OutgoingListener;
  /** Another answer, or none. */
  failed: MessageFailedListener;
  /** A MESSAGE that asked for it (`imdn`) has arrived. */
  delivered: ReceiptListener;
  /** Somebody has read it. */
  displayed: ReceiptListener;
}

/** What MESSAGE and OPTIONS outside a dialog share. */
export abstract class OutOfDialog extends EventEmitter<MessageEventMap> {
  _ua: UA;
  _handleId = 0;
  /** What `_request` is made of, until somebody looks at it. */
  _told: AnyRequest = null;
  _made: IncomingRequest | OutgoingRequest | null = null;
  _direction: 'incoming' | 'outgoing' | null = null;
  _reply: AppReply | null = null;
  /** Whether no event tells of it. */
  _quiet = false;
  abstract readonly _name: string;

  constructor(ua: UA) {
    super();
    this._ua = ua;
  }

  /** Whether it came or left. */
  get direction(): 'incoming' | 'outgoing' {
    return this._direction as 'incoming';
  }
  /** We, as From or To has it. */
  get local_identity(): NameAddrHeader {
    return this._party(this._direction !== 'incoming');
  }
  /** The other end, as From or To has it. */
  get remote_identity(): NameAddrHeader {
    return this._party(this._direction === 'incoming');
  }

  get _request(): IncomingRequest | OutgoingRequest | null {
    return requestOf(this);
  }

  _party(from: boolean): NameAddrHeader {
    return ((from ? this._request?.from : this._request?.to) ?? null) as NameAddrHeader;
  }

  _send(method: string, target: string | URI, body: string, contentType: string, options: RequestOptions): void {
    const uri = this._ua.normalizeTarget(target);
    if (!uri) throw new TypeError(`Invalid target: ${target}`);
    for (const [event, handler] of Object.entries(options.eventHandlers ?? {}))
      this.on(event as keyof MessageEventMap, handler);
    assertSingleLine('contentType', contentType);
    const core = this._ua._open();
    this._handleId = core.reserve(this);
    this._direction = 'outgoing';
    const { extraHeaders, fromUserName, fromDisplayName } = options;
    core.ask(
      AgentCommand.Send,
      this._handleId,
      method,
      `${uri}`,
      textOf(body),
      contentType,
      extraHeaders,
      textOf(fromUserName),
      textOf(fromDisplayName),
    );
  }

  /** Answers 200. Only inside the listener. */
  accept(options: ReplyOptions = {}): void {
    this._answer('accept', 200, options);
  }

  /** Refuses. Only inside the listener. */
  reject(options: ReplyOptions = {}): void {
    this._answer('reject', options.status_code || 480, options);
  }

  _answer(method: string, status: number, options: ReplyOptions): void {
    if (this._direction !== 'incoming')
      throw new NotSupportedError(`"${method}" not supported for outgoing ${this._name}`);
    if (this._reply) throw new Error(`incoming ${this._name} already replied`);
    if (method === 'reject' && !(status >= 300 && status < 700)) throw new TypeError(`Invalid status_code: ${status}`);
    assertSingleLine('reason_phrase', options.reason_phrase);
    for (const line of options.extraHeaders ?? []) assertSingleLine('extraHeaders', line);
    this._reply = { status, headers: options.extraHeaders ?? [], body: options.body ?? '' };
    if (options.reason_phrase) this._reply.reason = options.reason_phrase;
  }

  _announced(originator: Originator, told: AnyRequest): void {
    this._told = told;
    this._direction = originator === 'remote' ? 'incoming' : 'outgoing';
  }

  _handle(told: Told): Verdict | void {
    if (told[0] !== Kind.Done) return;
    const [, answer, originator, cause] = told;
    this._done(originator, cause, () => this._ua._response(answer));
  }

  _done(originator: string | null, cause: string | null, response: () => IncomingResponse | null): void {
    if (cause) this.emit('failed', lazily({ originator, cause }, 'response', response));
    else this.emit('succeeded', lazily({ originator: 'remote' }, 'response', response));
  }
}
