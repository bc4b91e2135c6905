import type { RTCSession } from '../RTCSession.js';
import { IncomingRequest } from '../SIPMessage.js';
import type { Reply } from '../core/border.js';
import { replyOf } from '../core/passed.js';
import type { AppReply } from '../diagnosis.js';
import type { RejectOptions } from './options.js';

/** Puts an offer of the far end inside the call to the application, which may refuse it while its listener runs. */
export function reofferReceived(session: RTCSession, name: 'reinvite' | 'update', raw: string, ticket: number): Reply {
  let refused: AppReply | null = null;
  const event = {
    request: new IncomingRequest(session._ua, raw),
    callback: undefined as (() => void) | undefined,
    reject: (options: RejectOptions = {}) => {
      const status = options.status_code ?? 403;
      if (!(status >= 300 && status < 700)) throw new TypeError(`Invalid status_code: ${status}`);
      refused = { status, headers: options.extraHeaders ?? [], body: '' };
      if (options.reason_phrase) refused.reason = options.reason_phrase;
    },
  };
  session.emit(name, event);
  if (!refused && typeof event.callback === 'function') session._callbacks.set(ticket, event.callback);
  return replyOf(refused);
}
