import { EventEmitter } from './EventEmitter.js';
import { lazily } from './lazily.js';
import { AgentCommand, Kind, SubscriptionCommand, type Told } from './core/border.js';
import { textOf } from './core/passed.js';
import type { IncomingResponse } from './SIPMessage.js';
import type { UA } from './UA.js';
import type { URI } from './URI.js';
import { assertSingleLine } from './Utils.js';

/** Options of `ua.publish()`. */
export interface PublishOptions {
  /** The type of the bodies. Default `application/pidf+xml`. */
  contentType?: string;
  /** Seconds that the server is asked to keep it; it is refreshed in time. Default 3600. */
  expires?: number;
  /** Lines `Name: value` for each PUBLISH. */
  extraHeaders?: string[];
  /** Listeners by event. */
  eventHandlers?: Partial<PublicationEventMap>;
}

/** The events of a `Publication`. */
export interface PublicationEventMap {
  /** The server keeps it, for `expires` s. */
  published: (event: { response: IncomingResponse; expires: number }) => void;
  /** It does not. It is published again in `retryIn` s, or, if that is null, never: then `terminated` follows. */
  failed: (event: { response: IncomingResponse | null; cause: string; retryIn: number | null }) => void;
  /** It is over. */
  terminated: () => void;
}

/** A state of ours that a server keeps and hands on (RFC 3903). Made by `ua.publish()`. */
export class Publication extends EventEmitter<PublicationEventMap> {
  _ua: UA;
  _handleId: number;
  _over = false;

  constructor(ua: UA, target: string | URI, event: string, body: string, options: PublishOptions = {}) {
    super();
    const uri = ua.normalizeTarget(target);
    if (!uri) throw new TypeError(`Invalid target: ${target}`);
    const { contentType = 'application/pidf+xml', expires = 3600, extraHeaders = [], eventHandlers = {} } = options;
    if (!(Number.isInteger(expires) && expires > 0)) throw new TypeError(`Invalid expires: ${expires}`);
    assertSingleLine('event', event);
    assertSingleLine('contentType', contentType);
    for (const [name, handler] of Object.entries(eventHandlers)) this.on(name as keyof PublicationEventMap, handler);
    this._ua = ua;
    const core = ua._open();
    this._handleId = core.ask(AgentCommand.Reserve);
    core.handles.set(this._handleId, this);
    try {
      const what = SubscriptionCommand.Publish;
      core.subscription(this._handleId, what, `${uri}`, event, textOf(body), contentType, expires, extraHeaders);
    } catch (error) {
      core.handles.delete(this._handleId);
      throw error;
    }
  }

  /** Publishes this from now on. What is said while a request is on its way goes with the next: the last word counts. */
  update(body: string): void {
    this._again(false, body);
  }

  /** Takes back what was published. */
  terminate(): void {
    this._again(true, null);
  }

  _again(ends: boolean, body: string | null): void {
    if (!this._over) this._ua._open().subscription(this._handleId, SubscriptionCommand.SubscribeAgain, ends, body);
  }

  _handle(told: Told): void {
    switch (told[0]) {
      case Kind.Published: {
        const [, answer, expires] = told;
        this.emit(
          'published',
          lazily({ expires }, 'response', () => this._ua._response(answer) as IncomingResponse),
        );
        return;
      }
      case Kind.PublishFailed: {
        const [, answer, cause, retryIn = null] = told;
        this.emit(
          'failed',
          lazily({ cause, retryIn }, 'response', () => this._ua._response(answer)),
        );
        return;
      }
      case Kind.SubscriptionTerminated:
        this._over = true;
        this.emit('terminated');
    }
  }
}
