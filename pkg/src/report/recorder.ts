/** What of a call is noted for its report, while it happens. */
import { qualityOf } from '../quality.js';
import type { MediaProblemCode, MediaProblemEvent } from '../quality/problems.js';
import type { Pair } from '../quality/reading.js';
import type { Diagnosis, Feature } from '../diagnosis.js';
import type { RTCSession } from '../RTCSession.js';
import type { EndEvent, RTCSessionEventMap } from '../RTCSession/events.js';
import { VERSION } from '../version.js';
import { Messages, type ReportedMessage } from './messages.js';
import { Samples, type QualitySample } from './samples.js';
import { maskUrl } from './secrets.js';

/** ms since `began`, null for what did not happen. */
export interface CallTiming {
  /** `call()`, or the INVITE that came; ms, as `Date.now()` counts. */
  began: number;
  /** Our INVITE left: the microphone was given, and the candidates were there. */
  sent: number | null;
  /** The first 1xx but 100 came or left. */
  ringing: number | null;
  /** The 2xx came or left. */
  answered: number | null;
  /** Its ACK came or left. */
  confirmed: number | null;
  /** ICE found a way and DTLS agreed on keys. */
  connected: number | null;
  /** The first packet of sound or picture was here, to 0.1 s. */
  first_packet: number | null;
  /** It was over. */
  ended: number | null;
}
/** What was wrong with its media, or was no longer. */
export interface ReportedProblem {
  /** ms since the call began. */
  at: number;
  /** As `mediaproblem` has it. */
  code: MediaProblemCode;
  /** Whether it began, or was over. */
  state: 'began' | 'over';
  message: string;
  /** What to look at. */
  hint: string;
}
/** Something that happened to the call. */
export interface ReportedEvent {
  /** ms since the call began. */
  at: number;
  /** That of the event. */
  name: string;
  /** In words. */
  detail: string;
}
/** A microphone, a camera, a screen. */
export interface ReportedDevice {
  /** As `enumerateDevices()` names it. */
  kind: string;
  /** As the browser names it. */
  label: string;
  /** Whether the call sends it or did; the others were there when it began. */
  used: boolean;
}

/** A call as a ticket needs it: plain data, the same after `JSON.parse(JSON.stringify())`. */
export interface CallReport {
  /** Of this form. */
  report: 1;
  /** When it was made; ms, as `Date.now()` counts. */
  made: number;
  /** The version of the package. */
  viasip: string;
  /** As it names itself, null where there is none. */
  browser: string | null;
  /** The WebSocket, tokens masked. */
  server: string;
  /** Which call it was, and between whom. */
  call: {
    /** The Call-ID. */
    id: string;
    session_id: { local: string; remote: string | null } | null;
    direction: 'incoming' | 'outgoing';
    local: string | null;
    remote: string | null;
  };
  /** Null while it goes on. */
  outcome: {
    name: 'ended' | 'failed';
    originator: string;
    cause: string;
    /** Such as `486 Busy Here`, null where no response ended it. */
    response: string | null;
  } | null;
  /** When it got how far. */
  timing: CallTiming;
  /** What keeps the two ends apart. */
  findings: Diagnosis[];
  /** What both must share, row by row. */
  features: Feature[];
  /** The STUN and TURN servers, `iceTransportPolicy`, and the way that media took. */
  ice: { servers: string[]; policy: string; pair: Pair | null };
  /** Their names, by kind and direction. */
  codecs: Record<'audio_in' | 'audio_out' | 'video_in' | 'video_out', string | null>;
  /** What was measured, each row the mean of `every` readings. */
  quality: { every: number; samples: QualitySample[] };
  /** What was wrong with its media. */
  problems: ReportedProblem[];
  /** What happened. */
  events: ReportedEvent[];
  /** What could be sent, and what was. */
  devices: ReportedDevice[];
  /** Its SIP messages, secrets masked. */
  messages: ReportedMessage[];
  /** How many messages from the middle of a long call are not there. */
  messages_left_out: number;
}

/** Of events and problems. */
const MOST = 100;
const MOST_DEVICES = 30;
/** ms between two looks for the first packet, and how often. */
const LOOK_MS = 100;
const LOOKS = 300;

type Names = Extract<keyof RTCSessionEventMap, string>;
/** What else is told, and what of it. No tones: people type codes with them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const TOLD: Partial<Record<Names, (event: any) => string>> = {
  hold: ({ originator }) => originator,
  unhold: ({ originator }) => originator,
  muted: ({ audio, video }) => [audio && 'audio', video && 'video'].filter(Boolean).join(', '),
  unmuted: ({ audio, video }) => [audio && 'audio', video && 'video'].filter(Boolean).join(', '),
  recovering: ({ cause }) => cause,
  recovered: ({ cause, took }) => `${cause}, ${took} ms`,
  redirected: ({ followed }) => (followed ? 'followed' : 'not followed'),
  identity: ({ identity }) => String(identity?.uri ?? ''),
  devicechanged: ({ lost, used }) => `${lost} is gone, ${used ?? 'nothing'} is used`,
  newDTMF: ({ originator }) => originator,
  refer: () => '',
  replaces: () => '',
  getusermediafailed: (error) => String(error),
  'peerconnection:createofferfailed': String,
  'peerconnection:createanswerfailed': String,
  'peerconnection:setlocaldescriptionfailed': String,
  'peerconnection:setremotedescriptionfailed': String,
};

export class Recorder {
  readonly messages = new Messages();
  _session: RTCSession;
  _timing: CallTiming;
  _samples = new Samples();
  _problems: ReportedProblem[] = [];
  _events: ReportedEvent[] = [];
  _devices = new Map<string, ReportedDevice>();
  _outcome: CallReport['outcome'] = null;
  /** A call that ended well does not tell them again. */
  _features: Feature[] = [];
  _ice: CallReport['ice'] = { servers: [], policy: 'all', pair: null };

  constructor(session: RTCSession, began: number) {
    this._session = session;
    const nothing = { sent: null, ringing: null, answered: null, confirmed: null };
    this._timing = { began, ...nothing, connected: null, first_packet: null, ended: null };
    if (session.connection) this._watch(session.connection);
    else session.on('peerconnection', ({ peerconnection }) => this._watch(peerconnection));
    session.on('sending', () => this._reached('sent'));
    session.on('progress', () => this._reached('ringing'));
    session.on('accepted', () => this._reached('answered'));
    session.on('confirmed', () => {
      this._reached('confirmed');
      this._look();
      void this._lookForDevices();
    });
    session.on('ended', (event) => this._over('ended', event));
    session.on('failed', (event) => this._over('failed', event));
    session.on('quality', (quality) => this._samples.add(this._now(), quality));
    session.on('mediaproblem', (event) => this._problem(event));
    for (const [name, detail] of Object.entries(TOLD)) {
      session.on(name as Names, (event: unknown) => {
        if (name === 'devicechanged') this._look();
        this._events.push({ at: this._now(), name, detail: detail(event) });
        if (this._events.length > MOST) this._events.shift();
      });
    }
  }

  /** Whether all that belongs to it has been told: what answers a BYE comes within 32 s (RFC 3261 timer F). */
  get isComplete(): boolean {
    return this._timing.ended !== null && this._now() - this._timing.ended > 32_000;
  }

  get callId(): string {
    return this._session.id.slice(0, this._session.id.length - (this._session._from_tag ?? '').length);
  }

  note(direction: 'in' | 'out', message: string, at: number): void {
    this.messages.add(at - this._timing.began, direction, message);
  }

  get report(): CallReport {
    const session = this._session;
    this._look();
    const last = qualityOf(session)?.history.at(-1);
    const { audio, video, pair = null } = last ?? {};
    return {
      report: 1,
      made: Date.now(),
      viasip: VERSION,
      browser: typeof navigator === 'undefined' ? null : navigator.userAgent,
      server: maskUrl(session._ua.transport.url),
      call: {
        id: this.callId,
        session_id: session.session_id,
        direction: session.direction,
        local: session.local_identity?.uri.toString() ?? null,
        remote: session.remote_identity?.uri.toString() ?? null,
      },
      outcome: this._outcome,
      timing: { ...this._timing },
      findings: [...session.diagnosis().findings],
      features: [...this._features],
      ice: { ...this._ice, pair },
      codecs: {
        audio_in: audio?.in?.codec ?? null,
        audio_out: audio?.out?.codec ?? null,
        video_in: video?.in?.codec ?? null,
        video_out: video?.out?.codec ?? null,
      },
      quality: { every: this._samples.every, samples: [...this._samples.all] },
      problems: [...this._problems],
      events: [...this._events],
      devices: [...this._devices.values()],
      messages: [...this.messages.all],
      messages_left_out: this.messages.left_out,
    };
  }

  _now(): number {
    return Date.now() - this._timing.began;
  }

  _reached(step: Exclude<keyof CallTiming, 'began'>): void {
    this._timing[step] ??= this._now();
  }

  _watch(connection: RTCPeerConnection): void {
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState !== 'connected') return;
      this._reached('connected');
      this._look();
      if (this._timing.first_packet === null) void this._await(connection);
    });
  }

  /** No event tells of the first packet. */
  async _await(connection: RTCPeerConnection): Promise<void> {
    for (let looks = 0; looks < LOOKS && this._timing.first_packet === null && !this._outcome; looks += 1) {
      try {
        (await connection.getStats()).forEach(({ type, packetsReceived }) => {
          if (type === 'inbound-rtp' && packetsReceived > 0) this._reached('first_packet');
        });
      } catch {
        // The connection went while it was asked.
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** What the connection has now and will not have after its end. */
  _look(): void {
    const { features } = this._session.diagnosis();
    if (features.length > 0) this._features = features;
    const { connection } = this._session;
    if (!connection || connection.connectionState === 'closed') return;
    for (const { track } of connection.getSenders()) if (track) this._device(track.kind, track.label, true);
    const { iceServers = [], iceTransportPolicy: policy = 'all' } = connection.getConfiguration();
    this._ice = { ...this._ice, servers: iceServers.flatMap(({ urls }) => urls).map(maskUrl), policy };
  }

  async _lookForDevices(): Promise<void> {
    const found = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
    for (const { kind, label } of found ?? []) if (label) this._device(kind, label, false);
  }

  _device(kind: string, label: string, used: boolean): void {
    const name = kind.replace('input', '').replace('audiooutput', 'output');
    const key = `${name} ${label}`;
    if (this._devices.has(key) ? !used : this._devices.size >= MOST_DEVICES) return;
    this._devices.set(key, { kind: name, label, used });
  }

  _problem({ code, state, message, hint }: MediaProblemEvent): void {
    this._problems.push({ at: this._now(), code, state, message, hint });
    if (this._problems.length > MOST) this._problems.shift();
  }

  _over(name: 'ended' | 'failed', { originator, cause, message }: EndEvent): void {
    this._reached('ended');
    const { status_code, reason_phrase } = (message ?? {}) as { status_code?: number; reason_phrase?: string };
    this._outcome = { name, originator, cause, response: status_code ? `${status_code} ${reason_phrase}` : null };
  }
}
