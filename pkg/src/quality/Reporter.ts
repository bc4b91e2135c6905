/** Reports on calls for a collector: one PUBLISH each, with no state that would be refreshed (RFC 6035 3.2). */
import type { MessageFailedEvent } from '../OutOfDialog.js';
import type { RTCSession } from '../RTCSession.js';
import type { IncomingResponse } from '../SIPMessage.js';
import type { UA } from '../UA.js';
import type { URI } from '../URI.js';
import { read, type Reading } from './reading.js';
import { reportBody } from './vq-rtcpxr.js';

/** The collector has the report. */
export interface ReportSentEvent {
  session: RTCSession;
  response: IncomingResponse;
}
/** The collector refused the report, or did not answer; it is not sent again. */
export interface ReportFailedEvent extends MessageFailedEvent {
  session: RTCSession;
}
/** Who gets reports, and when. */
export interface QualityReportsOptions {
  /** The address of who collects them. */
  collector: string | URI;
  /** s between two reports during a call, 5 to 3600. Default 0: only the one at its end. */
  interval?: number;
  /** Who is told how each went. */
  eventHandlers?: {
    succeeded?: (event: ReportSentEvent) => void;
    failed?: (event: ReportFailedEvent) => void;
  };
}

/** A call that is up. */
interface Followed {
  to_tag: string | null;
  /** When it was accepted, and when its last report was sent. */
  began: Reading;
  before: Reading;
  timer: ReturnType<typeof setInterval> | undefined;
}

/** What `qualityReports()` returns. */
export interface QualityReports {
  /** Sends no more of them, not of the calls that are up either. */
  stop(): void;
}

/** Follows the calls of a user agent and reports on them. */
export class Reporter implements QualityReports {
  _ua: UA;
  _collector: URI;
  _ms: number;
  _handlers: NonNullable<QualityReportsOptions['eventHandlers']>;
  _last: (session: RTCSession) => Reading | null;
  _calls = new Map<RTCSession, Followed>();
  _listener: (event: { session: RTCSession }) => void;
  _stopped = false;

  constructor(ua: UA, options: QualityReportsOptions, last: (session: RTCSession) => Reading | null) {
    const { collector, interval = 0, eventHandlers = {} } = options;
    const uri = /[\r\n\0]/.test(String(collector)) ? undefined : ua.normalizeTarget(collector);
    if (!uri) throw new TypeError(`Invalid collector: ${collector}`);
    if (!(interval === 0 || (interval >= 5 && interval <= 3600)))
      throw new TypeError(`interval: 0, or 5 to 3600 s, not ${interval}`);
    this._ua = ua;
    this._collector = uri;
    this._ms = interval * 1000;
    this._handlers = eventHandlers;
    this._last = last;
    this._listener = ({ session }) => {
      // A call of the page before is confirmed without being accepted here.
      for (const name of ['accepted', 'confirmed'] as const) session.on(name, () => this._begin(session));
      for (const name of ['ended', 'failed'] as const) session.on(name, () => this._over(session));
    };
    ua.on('newRTCSession', this._listener);
  }

  stop(): void {
    this._stopped = true;
    this._ua.off('newRTCSession', this._listener);
    for (const { timer } of this._calls.values()) clearInterval(timer);
    this._calls.clear();
  }

  _begin(session: RTCSession): void {
    if (this._stopped || this._calls.has(session)) return;
    const began = read(new Map(), Date.now());
    const timer = this._ms > 0 ? setInterval(() => this._report(session, false), this._ms) : undefined;
    this._calls.set(session, { to_tag: toTag(session), began, before: began, timer });
  }

  _over(session: RTCSession): void {
    clearInterval(this._calls.get(session)?.timer);
    this._report(session, true);
    this._calls.delete(session);
  }

  _report(session: RTCSession, over: boolean): void {
    const call = this._calls.get(session);
    const now = this._last(session);
    // Nothing was measured, or nothing since the last time.
    if (!call || !now || (!over && now === call.before)) return;
    if (!now.in.audio && !now.out.audio) return;
    const body = reportBody(
      {
        over,
        call_id: session._request?.call_id ?? '',
        from_tag: session._from_tag,
        to_tag: call.to_tag,
        local: session.local_identity,
        remote: session.remote_identity,
        incoming: session.direction === 'incoming',
        until: over ? Date.now() : now.at,
      },
      now,
      over ? call.began : call.before,
    );
    call.before = now;
    const { succeeded, failed } = this._handlers;
    this._ua._sendQuietly('PUBLISH', this._collector, body, 'application/vq-rtcpxr', {
      extraHeaders: ['Event: vq-rtcpxr'],
      eventHandlers: {
        succeeded: ({ response }) => succeeded?.({ session, response }),
        failed: (event) =>
          failed?.({ session, originator: event.originator, response: event.response, cause: event.cause }),
      },
    });
  }
}

/** The tag of the one who was called; the value of Replaces names the far end's as `to-tag`. */
function toTag(session: RTCSession): string | null {
  const side = session.direction === 'outgoing' ? 'to' : 'from';
  return new RegExp(`;${side}-tag=([^;]+)`).exec(session._replacesValue())?.[1] ?? null;
}
