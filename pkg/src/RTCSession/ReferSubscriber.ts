import { EventEmitter } from '../EventEmitter.js';
import type { RTCSession } from '../RTCSession.js';
import { IncomingRequest, type IncomingResponse } from '../SIPMessage.js';
import type { UA } from '../UA.js';
import { Kind, type Told } from '../core/border.js';

const PROGRESS = ['trying', 'progress', 'accepted'];

/** A transfer that this side asked for (JsSIP `ReferSubscriber`), in a call or outside one: emits how it goes. */
export class ReferSubscriber extends EventEmitter {
  _id = 0;
  /** The call, or for a REFER outside one the user agent. */
  _session: RTCSession | UA;

  constructor(session: RTCSession | UA) {
    super();
    this._session = session;
  }

  /** CSeq of the REFER; another one after it was challenged, or had to wait. */
  get id(): number {
    return this._id;
  }

  _answered(response: IncomingResponse | null, cause: string | null): void {
    if (cause === null) this.emit('requestSucceeded', { response });
    // JsSIP: any refusal is `Rejected`, but for a dialog that is gone.
    else if (!response) this.emit('requestFailed', { response, cause });
    else if (response.status_code === 408) this.emit('requestFailed', { response: null, cause: 'Request Timeout' });
    else if (response.status_code === 481) this.emit('requestFailed', { response: null, cause: 'Dialog Error' });
    else this.emit('requestFailed', { response, cause: 'Rejected' });
  }

  /** Told of a REFER outside a call. */
  _handle(told: Told): void {
    const ua = this._session as UA;
    if (told[0] === Kind.ReferDone) this._answered(ua._response(told[1]), told[2]);
    else if (told[0] === Kind.ReferProgress) this._progress(new IncomingRequest(ua, told[1]), told[2], told[3]);
  }

  _progress(request: IncomingRequest, status_code: number, reason_phrase: string): void {
    const name = status_code === 100 ? 'trying' : (PROGRESS[Math.floor(status_code / 100)] ?? 'failed');
    this.emit(name, { request, status_line: { sip_version: 'SIP/2.0', status_code, reason_phrase } });
  }
}
