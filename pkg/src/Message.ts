import { OutOfDialog, type ReplyOptions, type RequestOptions } from './OutOfDialog.js';
import type { URI } from './URI.js';

export type SendMessageOptions = RequestOptions;
/** How a MESSAGE that came is answered. */
export type AcceptOptions = ReplyOptions;
export type { MessageEventMap, MessageFailedEvent, MessageFailedListener } from './OutOfDialog.js';

/** A MESSAGE (RFC 3428; JsSIP `Message`). */
export class Message extends OutOfDialog {
  readonly _name = 'Message';

  send(target: string | URI, body: string, options: SendMessageOptions = {}): void {
    if (target === undefined || body === undefined) throw new TypeError('Not enough arguments');
    this._send('MESSAGE', target, body, options?.contentType || 'text/plain', options ?? {});
  }
}
