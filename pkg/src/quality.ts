/**
 * How calls are, and why there is no sound: `import { attachQuality } from 'viasip/quality'`.
 *
 * It is a part of its own, over what each call has: `connection`, `confirmed` and `ended`. An app that does not import it does not
 * load it.
 */
import { measured, type Quality } from './quality/measured.js';
import { Problems, throughout, type Expected, type MediaProblemEvent } from './quality/problems.js';
import { Reporter, type QualityReports, type QualityReportsOptions } from './quality/Reporter.js';
import { read, type Reading } from './quality/reading.js';
import type { Diagnosis } from './diagnosis.js';
import type { RTCSession } from './RTCSession.js';
import type { UA } from './UA.js';

export type { AudioQuality, IncomingAudioQuality, Quality, VideoQuality } from './quality/measured.js';
export type { MediaProblemCode, MediaProblemEvent } from './quality/problems.js';
export type { QualityReports, QualityReportsOptions, ReportFailedEvent, ReportSentEvent } from './quality/Reporter.js';
export type { Pair } from './quality/reading.js';

declare module './RTCSession.js' {
  interface RTCSession {
    /** How the call was when it was read last; null until then. */
    quality(): Quality | null;
  }
}
declare module './RTCSession/events.js' {
  interface RTCSessionEventMap {
    /** How the call is, every few seconds. */
    quality: (event: Quality) => void;
    /** Something is wrong with its media, or is no longer. */
    mediaproblem: (event: MediaProblemEvent) => void;
  }
}

/** How calls are read. */
export interface QualityOptions {
  /** s between two readings. Default 2. */
  interval?: number;
}

/** What was read of one call. */
export interface CallQuality {
  /** One a reading, the oldest first, of the last five minutes. */
  readonly history: readonly Quality[];
  /** What is wrong now. */
  readonly problems: readonly MediaProblemEvent[];
}

const HISTORY_MS = 300_000;
const measurers = new WeakMap<RTCSession, Measurer>();

/**
 * Each call of this user agent from now on emits `quality` and `mediaproblem`, and its `ended` and `failed` carry in `diagnosis` what
 * was wrong at the end. Call it before `start()`.
 */
export function attachQuality(ua: UA, { interval = 2 }: QualityOptions = {}): void {
  if (!(interval >= 0.5 && interval <= 60)) throw new TypeError(`interval: 0.5 to 60 s, not ${interval}`);
  ua.on('newRTCSession', ({ session }: { session: RTCSession }) => {
    if (measurers.has(session)) return;
    const measurer = new Measurer(session, interval * 1000);
    measurers.set(session, measurer);
    session.quality = () => measurer.history.at(-1) ?? null;
  });
}

/** What was read of a call so far; null if its user agent was not attached. */
export const qualityOf = (session: RTCSession): CallQuality | null => measurers.get(session) ?? null;

/**
 * Tells a collector how each call of this user agent was, from now on: a PUBLISH of `vq-rtcpxr` at its end (RFC 6035), by option
 * others during it. Attaches the measuring, unless that is done already. Throws `TypeError` for a collector that is no address.
 */
export function qualityReports(ua: UA, options: QualityReportsOptions): QualityReports {
  const reporter = new Reporter(ua, options, (session) => measurers.get(session)?._before ?? null);
  attachQuality(ua);
  return reporter;
}

/** Reads one call until it ends. */
class Measurer implements CallQuality {
  history: Quality[] = [];
  _session: RTCSession;
  _timer: ReturnType<typeof setInterval> | undefined;
  _before: Reading | null = null;
  /** What was expected at that reading; null while nothing can be. */
  _due: Expected | null = null;
  _problems: Problems;

  constructor(session: RTCSession, ms: number) {
    this._session = session;
    this._problems = new Problems((event) => session.emit('mediaproblem', event));
    if (session.connection) this._watch(session.connection);
    else session.on('peerconnection', ({ peerconnection }) => this._watch(peerconnection));
    // A call of the page before is confirmed without being accepted here.
    for (const name of ['accepted', 'confirmed'] as const) {
      session.on(name, () => {
        this._timer ??= setInterval(() => void this._read(), ms);
        void this._read();
      });
    }
    for (const name of ['ended', 'failed'] as const) {
      session.on(name, ({ diagnosis }) => this._over(diagnosis));
    }
  }

  get problems(): readonly MediaProblemEvent[] {
    return this._problems.all;
  }

  /** ICE and DTLS say themselves that they failed. */
  _watch(connection: RTCPeerConnection): void {
    const changed = () => {
      const { iceConnectionState: ice, connectionState: whole } = connection;
      // Chromium says of ICE that never found a path that it is disconnected.
      const keys = connection.getSenders().some(({ transport }) => transport?.state === 'failed');
      if (whole === 'failed') this._failed(keys || /^(connected|completed)$/.test(ice) ? 'dtls-failed' : 'ice-failed');
      else if (ice === 'failed') this._failed('ice-failed');
      if (whole !== 'connected') return;
      this._problems.end('ice-failed');
      this._problems.end('dtls-failed');
    };
    for (const name of ['iceconnectionstatechange', 'connectionstatechange'])
      connection.addEventListener(name, changed);
  }

  /** With what both ends had, and which servers gave nothing. */
  _failed(code: 'ice-failed' | 'dtls-failed'): void {
    if (code === 'dtls-failed') return this._problems.begin(code);
    const kinds = (description: RTCSessionDescription | null | undefined) => {
      const found = new Set(
        [...(description?.sdp ?? '').matchAll(/^a=candidate:.* typ (\w+)/gm)].map(([, type]) => type),
      );
      return found.size > 0 ? [...found].join(', ') : 'none';
    };
    const { localDescription, remoteDescription } = this._session.connection ?? {};
    const silent = this._session.diagnosis().findings.filter(({ code }) => /^(turn|stun)-/.test(code));
    const tried = [`Candidates: ours ${kinds(localDescription)}; theirs ${kinds(remoteDescription)}.`];
    this._problems.begin(code, [...tried, ...silent.map(({ message }) => message)].join(' '));
  }

  async _read(): Promise<void> {
    const { connection } = this._session;
    if (!connection || this._session.isEnded()) return;
    let now: Reading;
    try {
      now = read(await connection.getStats(), Date.now());
    } catch {
      // The connection went while it was asked.
      return;
    }
    const before = this._before;
    // A report that was slow to come is overtaken by the next.
    if (this._session.isEnded() || (before && now.at <= before.at)) return;
    const due = this._due;
    this._before = now;
    this._due = this._expected(connection);
    if (!before) return;
    const quality = measured(now, before);
    this.history.push(quality);
    while ((this.history[0]?.at ?? Infinity) < now.at - HISTORY_MS) this.history.shift();
    // What a listener does counts for the next reading.
    const expected = this._due && throughout(due, this._due);
    this._session.emit('quality', quality);
    if (expected) this._problems.look(quality, now, before, expected);
  }

  /**
   * What both agreed on, what neither side holds, and what the app has not muted. Null without a path, and while the call is
   * brought back: `recovering` says so.
   */
  _expected(connection: RTCPeerConnection): Expected | null {
    if (connection.connectionState !== 'connected' || this._session.isRecovering()) return null;
    const { local, remote } = this._session.isOnHold();
    const [ins, outs] = [new Set<string>(), new Set<string>()];
    let microphone = false;
    for (const { currentDirection, receiver, sender } of connection.getTransceivers()) {
      if (currentDirection?.includes('recv')) ins.add(receiver.track.kind);
      if (!currentDirection?.includes('send') || !sender.track) continue;
      outs.add(sender.track.kind);
      if (sender.track.kind === 'audio') microphone = sender.track.enabled && sender.track.readyState === 'live';
    }
    // Who holds may send music or nothing, and may take what comes or not.
    const flows = !local && !remote;
    return {
      audioIn: flows && ins.has('audio'),
      audioOut: flows && outs.has('audio'),
      videoIn: flows && ins.has('video'),
      by: connection.remoteDescription?.sdp ?? '',
      microphone: microphone && !this._session.isMuted().audio,
    };
  }

  /** The call is over: what was wrong then is told with it. */
  _over(diagnosis: Diagnosis[] | undefined): void {
    clearInterval(this._timer);
    // The call ends as soon as ICE or DTLS has failed for good, before the event of the connection comes here.
    for (const code of ['ice-failed', 'dtls-failed'] as const) {
      if (diagnosis?.some((known) => known.code === code)) this._failed(code);
    }
    for (const { code, message, hint } of this._problems.all) {
      if (!diagnosis?.some((known) => known.code === code)) diagnosis?.push({ code, severity: 'error', message, hint });
    }
  }
}
