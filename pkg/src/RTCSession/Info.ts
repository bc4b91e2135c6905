import { EventEmitter } from '../EventEmitter.js';
import type { RTCSession } from '../RTCSession.js';

/** One INFO (JsSIP `Info`): emits `succeeded` or `failed` when it was ours. */
export class Info extends EventEmitter {
  _session: RTCSession;
  _direction: 'incoming' | 'outgoing';
  _contentType: string;
  _body: string;
  _package: string | null;

  constructor(
    session: RTCSession,
    originator: 'local' | 'remote',
    contentType: string,
    body: string,
    name: string | null = null,
  ) {
    super();
    this._session = session;
    this._direction = originator === 'local' ? 'outgoing' : 'incoming';
    this._contentType = contentType;
    this._body = body;
    this._package = name;
  }

  /** Of the body. */
  get contentType(): string {
    return this._contentType;
  }
  /** What it says. */
  get body(): string {
    return this._body;
  }
  /** The name of its package (RFC 6086), null for none. */
  get package(): string | null {
    return this._package;
  }
}
