import { EventEmitter } from '../EventEmitter.js';
import type { RTCSession } from '../RTCSession.js';

/** One tone by INFO (JsSIP `DTMF`): emits `succeeded` or `failed` when it was ours. */
export class DTMF extends EventEmitter {
  static get C() {
    return {
      MIN_DURATION: 70,
      MAX_DURATION: 6000,
      DEFAULT_DURATION: 100,
      MIN_INTER_TONE_GAP: 50,
      DEFAULT_INTER_TONE_GAP: 500,
    };
  }

  _session: RTCSession;
  _direction: 'incoming' | 'outgoing';
  _tone: string;
  _duration: number;

  constructor(session: RTCSession, originator: 'local' | 'remote', tone: string, duration: number) {
    super();
    this._session = session;
    this._direction = originator === 'local' ? 'outgoing' : 'incoming';
    this._tone = tone;
    this._duration = duration;
  }

  /** One of `0` to `9`, `A` to `D`, `*`, `#`. */
  get tone(): string {
    return this._tone;
  }
  /** ms. */
  get duration(): number {
    return this._duration;
  }
}
