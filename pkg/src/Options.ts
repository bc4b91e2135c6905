import { OutOfDialog, type RequestOptions } from './OutOfDialog.js';
import type { URI } from './URI.js';

export type SendOptionsOptions = RequestOptions;

/** An OPTIONS (RFC 3261 11; JsSIP `Options`). */
export class Options extends OutOfDialog {
  readonly _name = 'Options';

  /** Sends it; `ua.sendOptions()` does it. */
  send(target: string | URI, body = '', options: SendOptionsOptions = {}): void {
    if (target === undefined) throw new TypeError('A target is required for OPTIONS');
    this._send('OPTIONS', target, body, options?.contentType || 'application/sdp', options ?? {});
  }
}
