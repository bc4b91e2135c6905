import { EventEmitter } from '../EventEmitter.js';
import type { RTCSession } from '../RTCSession.js';

/** One INFO (JsSIP `Info`): emits `succeeded` or `failed` when it was ours. */
export class Info extends EventEmitter {
  _session: RTCSession;
  _direction: 'incoming' | 'outgoing';
  _contentType: string;
  _body: string;

  constructor(session: RTCSession, originator: 'local' | 'remote', contentType: string, body: string) {
    super();
    this._session = session;
    this._direction = originator === 'local' ? 'outgoing' : 'incoming';
    this._contentType = contentType;
    this._body = body;
  }

  get contentType(): string {
    return this._contentType;
  }
  get body(): string {
    return this._body;
  }
}
