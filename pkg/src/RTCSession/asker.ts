/** Who waits for the answer to a request of ours inside a call; each is told in its own words. */
import { C } from '../Constants.js';
import { EventEmitter } from '../EventEmitter.js';
import type { IncomingResponse, OutgoingRequest } from '../SIPMessage.js';
import { Message } from '../Message.js';
import type { DTMF } from './DTMF.js';
import type { Info } from './Info.js';
import { ReferSubscriber } from './ReferSubscriber.js';
import type { RequestHandlers } from './options.js';

export type Asker = DTMF | Info | Message | ReferSubscriber | RequestHandlers;

/** The request has left as `sent`, under another CSeq: again if it was challenged, else later than it was made. */
export function renumbered(asker: Asker | undefined, sent: OutgoingRequest, challenged: boolean): void {
  if (asker instanceof ReferSubscriber) {
    asker._id = sent.cseq;
    if (challenged) asker.emit('authenticated');
  } else if (challenged) {
    (asker as RequestHandlers | undefined)?.onAuthenticated?.(sent);
  }
}

/** The answer; without a cause it is a 2xx, without a response nobody answered. */
export function answered(asker: Asker | undefined, response: IncomingResponse | null, cause: string | null): unknown {
  if (asker instanceof ReferSubscriber) return asker._answered(response, cause);
  if (asker instanceof Message) return asker._done(response ? 'remote' : 'system', cause, () => response);
  if (asker instanceof EventEmitter) {
    return asker.emit(cause ? 'failed' : 'succeeded', { originator: response ? 'remote' : 'system', response });
  }
  if (!asker) return undefined;
  if (!response) return cause === C.causes.REQUEST_TIMEOUT ? asker.onRequestTimeout?.() : asker.onTransportError?.();
  if (!cause) return asker.onSuccessResponse?.(response);
  // JsSIP: a 408 is as good as no answer.
  if (response.status_code === 408) return asker.onRequestTimeout?.();
  return response.status_code === 481 ? asker.onDialogError?.(response) : asker.onErrorResponse?.(response);
}
