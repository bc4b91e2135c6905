import { NotSupportedError } from './Exceptions.js';
import { OutOfDialog, type ReplyOptions, type RequestOptions } from './OutOfDialog.js';
import type { IncomingRequest } from './SIPMessage.js';
import type { URI } from './URI.js';

export interface SendMessageOptions extends RequestOptions {
  /**
   * Which notifications are asked for (RFC 5438): `positive-delivery`, `negative-delivery`, `display`. Default none, or with
   * `imdn` of the user agent the first and the last.
   */
  imdn?: ('positive-delivery' | 'negative-delivery' | 'display')[];
}
/** How a MESSAGE that came is answered. */
export type AcceptOptions = ReplyOptions;
export type {
  MessageEventMap,
  MessageFailedEvent,
  MessageFailedListener,
  ReceiptEvent,
  ReceiptListener,
} from './OutOfDialog.js';

/** What a MESSAGE says, without what is written around it for notifications. */
export interface MessageContent {
  /** The text. */
  body: string;
  /** Its type. */
  content_type: string;
}

/** A MESSAGE (RFC 3428; JsSIP `Message`). */
export class Message extends OutOfDialog {
  readonly _name = 'Message';
  _content: MessageContent | null = null;

  /** What it says. Of one that came: the text itself where it is wrapped in `message/cpim`, and `imdn` of the user agent is on. */
  get content(): MessageContent {
    const request = this._request as IncomingRequest | null;
    return (
      this._content ?? { body: request?.body ?? '', content_type: request?.getHeader('Content-Type') ?? 'text/plain' }
    );
  }

  /** Sends it; `ua.sendMessage()` does it. */
  send(target: string | URI, body: string, options: SendMessageOptions = {}): void {
    if (target === undefined || body === undefined) throw new TypeError('Not enough arguments');
    const contentType = options?.contentType || 'text/plain';
    const { imdn = this._ua.configuration.imdn ? ['positive-delivery', 'display'] : [] } = options ?? {};
    const uri = imdn.length ? this._ua.normalizeTarget(target) : undefined;
    if (!uri) return this._send('MESSAGE', target, body, contentType, options ?? {});
    this._content = { body, content_type: contentType };
    const asking = this._ua._withReceipts().asking(this, uri, body, contentType, imdn);
    this._send('MESSAGE', target, asking, 'message/cpim', options ?? {});
  }

  /** Tells its sender that it was read, if he asked for that and `imdn` of the user agent is on. */
  displayed(): void {
    if (this._direction !== 'incoming') throw new NotSupportedError('"displayed" not supported for outgoing Message');
    if (this._ua.configuration.imdn) this._ua._receipts?.displayed(this);
  }
}
