/**
 * A call as a ticket needs it: `import { attachReport, reportText } from 'viasip/report'`.
 *
 * It is a part of its own, over what `viasip/quality` measures and what the events of user agent and call tell. An app that does
 * not import it does not load it.
 */
import { attachQuality, type QualityOptions } from './quality.js';
import { anonymous } from './report/anonymous.js';
import { Recorder, type CallReport } from './report/recorder.js';
import type { SipMessageEvent } from './events.js';
import type { RTCSession } from './RTCSession.js';
import type { UA } from './UA.js';

export { messageLine } from './report/messages.js';
export { maskSecrets } from './report/secrets.js';
export { reportText } from './report/text.js';
export type { MessageLine, ReportedMessage } from './report/messages.js';
export type { CallReport, CallTiming, ReportedDevice, ReportedEvent, ReportedProblem } from './report/recorder.js';
export type { Figure, QualitySample } from './report/samples.js';
export type { ReportTextOptions } from './report/text.js';

declare module './RTCSession.js' {
  interface RTCSession {
    /** All that is known of the call, during it and after it. */
    report(options?: ReportOptions): CallReport;
  }
}

/** How a report is made. */
export interface ReportOptions {
  /**
   * Without users, numbers and names, addresses of networks and labels of devices: each has another name in their place, the
   * same wherever it stands. Names of hosts stay. Default false.
   */
  anonymous?: boolean;
}

/** Of messages before their call is known: its INVITE, when it comes. */
const MOST_RECENT = 20;
const attached = new WeakSet<UA>();
const recorders = new WeakMap<RTCSession, Recorder>();

/**
 * Each call of this user agent from now on has `report()`. Call it before `start()`. It attaches `viasip/quality` too, unless that is
 * done already; `interval` is of that.
 */
export function attachReport(ua: UA, options: QualityOptions = {}): void {
  if (attached.has(ua)) return;
  attachQuality(ua, options);
  attached.add(ua);
  const calls = new Map<string, Recorder>();
  const recent: (SipMessageEvent & { id: string })[] = [];
  ua.on('sipMessage', ({ direction, message, at }) => {
    const id = callId(message);
    const call = calls.get(id);
    if (call) return call.note(direction, message, at);
    recent.push({ direction, message, at, id });
    if (recent.length > MOST_RECENT) recent.shift();
  });
  ua.on('newRTCSession', ({ session }: { session: RTCSession }) => {
    for (const [id, call] of calls) if (call.isComplete) calls.delete(id);
    if (recorders.has(session)) return;
    const recorder = new Recorder(session, Date.now());
    for (const { id, direction, message, at } of recent) {
      if (id === recorder.callId) recorder.note(direction, message, at);
    }
    recorders.set(session, recorder);
    calls.set(recorder.callId, recorder);
    session.report = (given) => reportOf(session, given) as CallReport;
  });
}

/** What is known of a call; null if its user agent was not attached. */
export function reportOf(session: RTCSession, { anonymous: hidden = false }: ReportOptions = {}): CallReport | null {
  const report = recorders.get(session)?.report;
  return report ? (hidden ? anonymous(report) : report) : null;
}

const callId = (message: string): string => /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im.exec(message)?.[1] ?? '';
