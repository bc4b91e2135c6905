/** What is wrong with the media of a call, told when it begins and when it is over. */
import type { Quality } from './measured.js';
import type { Reading } from './reading.js';

/** What is wrong: `docs/quality.md` says when each is told. */
export type MediaProblemCode =
  | 'no-packets-in'
  | 'no-packets-out'
  | 'one-way'
  | 'silent-microphone'
  | 'high-loss'
  | 'high-delay'
  | 'frozen-video'
  | 'dtls-failed'
  | 'ice-failed';

/** Event `mediaproblem`. */
export interface MediaProblemEvent {
  /** For programs. */
  code: MediaProblemCode;
  /** Whether it begins, or is over. */
  state: 'began' | 'over';
  /** What is wrong, in a sentence. */
  message: string;
  /** What to look at. */
  hint: string;
}

/** What of a call should be there: what both agreed on, what neither side holds, and what the app has not muted. */
export interface Expected {
  audioIn: boolean;
  audioOut: boolean;
  videoIn: boolean;
  /** The far end's description: another one may be another far end's. */
  by: string;
  /** A microphone that is on and not muted by the app. */
  microphone: boolean;
}

/** The same of the time between two readings: null for what is expected only since then, and need not have come yet. */
export type ExpectedThroughout = { [Name in keyof Expected]: Expected[Name] | null };

/** What was expected at the reading before, null for nothing, and is now. */
export const throughout = (before: Expected | null, now: Expected): ExpectedThroughout => ({
  audioIn: now.audioIn && (before?.audioIn || null),
  audioOut: now.audioOut && (before?.audioOut || null),
  videoIn: now.videoIn && (before?.videoIn || null),
  microphone: now.microphone && (before?.microphone || null),
  by: now.by,
});

/**
 * ms for which a thing has to be seen without a break, a little less than two readings of a second or one of two: a late packet is
 * nothing, and what is wrong is told within 5 s by the default interval. Of loss it is longer: a burst says little of a line.
 */
const SEEN_MS = 1900;
const LOSSY_MS = 3500;
/** ms in which the far end, which reports every five seconds, has to say that something of ours arrives. */
const REPORT_MS = 12_000;
/**
 * Packets in a second: what a far end with transport-cc sends at least while anything of ours arrives (every 250 ms), what is left of
 * it (reports) once nothing does, and what has to pass in both directions for that to say something.
 */
const [FED, UNFED, FLOWING] = [3.5, 2, 10];
/** Loss as a share and round trip in ms: above the first it is told, below the second it is over. */
const LOSS = [0.05, 0.02] as const;
const RTT_MS = [400, 300] as const;

const WORDS: Record<MediaProblemCode, [message: string, hint: string]> = {
  'no-packets-in': [
    'Nothing comes from the far end: no sound is heard here.',
    'Is its microphone on, and does its network let UDP out? Where a server relays the media, look at its ports.',
  ],
  'no-packets-out': [
    'Nothing leaves for the far end: no sound is heard there.',
    'The track has ended, or the browser holds it back: take the microphone again.',
  ],
  'one-way': [
    'We hear the far end, and it reports that nothing of ours arrives.',
    'A firewall lets UDP in and not out, or a server relays one direction only.',
  ],
  'silent-microphone': [
    'The microphone gives silence, every sample of it zero.',
    'It is muted by the system or by a switch on it, or it is the wrong device.',
  ],
  'high-loss': ['Many packets are lost: words are missing.', 'Look at Wi-Fi and at the load of the line.'],
  'high-delay': [
    'What is said arrives late: both begin to speak at once.',
    'A far relay or a full line: look at the path.',
  ],
  'frozen-video': [
    'The picture of the far end stands still.',
    'Its camera is covered by another program, or its line is full.',
  ],
  'dtls-failed': [
    'The two ends could not agree on keys for the media (DTLS).',
    'A server between changes the fingerprint, or one end answers DTLS with another certificate.',
  ],
  'ice-failed': ['No path between the two ends carries media (ICE).', 'Give a TURN server, and let UDP pass.'],
};

/** What is wrong by one reading; null where it says nothing either way. */
type Signs = Partial<Record<MediaProblemCode, boolean | null>>;

/** Above one bound it is so, below the other it is not, and in between it stays. */
const between = (value: number | null, [high, low]: readonly [number, number]): boolean | null =>
  value === null ? null : value > high ? true : value < low ? false : null;

/** Packets in a second that came and are no media. */
function feedback(now: Reading, before: Reading): number {
  const more = Math.max(0, (now.feedback ?? 0) - (before.feedback ?? 0));
  return (1000 * more) / (now.at - before.at);
}

/** Whether the far end has nothing of what we send. One that does not report at all says nothing either way. */
function unheard(quality: Quality, now: Reading, before: Reading, since: number, fed: boolean): boolean | null {
  if (fed) {
    const rate = feedback(now, before);
    if (rate >= FED) return false;
    const least = (FLOWING * (now.at - before.at)) / 1000;
    const flows = [quality.audio.in, quality.audio.out].every((way) => way && way.packets >= least);
    return flows && rate < UNFED ? true : null;
  }
  const [last, earlier] = [now.arrived, before.arrived];
  // Chromium does not say how much arrived; there the report itself ends when nothing does.
  if (last && earlier && last.at > earlier.at) return last.packets !== null && last.packets === earlier.packets;
  return now.reports && now.at - (last?.at ?? since) > REPORT_MS ? true : null;
}

function signs(
  quality: Quality,
  now: Reading,
  before: Reading,
  expected: ExpectedThroughout,
  since: number,
  fed: boolean,
): Signs {
  const { in: heard, out: said } = quality.audio;
  const nothingIn = expected.audioIn && !heard?.packets;
  const nothingOut = expected.audioOut && !said?.packets;
  const [energy, earlier] = [now.out.audio?.energy ?? null, before.out.audio?.energy ?? null];
  return {
    'no-packets-in': nothingIn,
    'no-packets-out': nothingOut,
    'one-way': expected.audioOut && !nothingIn && !nothingOut && unheard(quality, now, before, since, fed),
    'silent-microphone': expected.microphone && energy !== null && earlier !== null && energy === earlier,
    'high-loss': nothingIn ? null : between(Math.max(heard?.loss ?? 0, now.missed.audio ?? 0), LOSS),
    'high-delay': between(quality.rtt, RTT_MS),
    'frozen-video': expected.videoIn && now.in.video?.frames === before.in.video?.frames,
  };
}

/** The problems of one call. */
export class Problems {
  /** For how many ms each was seen, or not seen any more. */
  _seen = new Map<MediaProblemCode, number>();
  /** Those that are there, with their words. */
  _there = new Map<MediaProblemCode, [message: string, hint: string]>();
  _tell: (event: MediaProblemEvent) => void;
  /** When it was looked at first. */
  _since = Infinity;
  /** The description of the far end that gave feedback, null for none. */
  _fed: string | null = null;

  constructor(tell: (event: MediaProblemEvent) => void) {
    this._tell = tell;
  }

  /** Two readings, and what lies between them. */
  look(quality: Quality, now: Reading, before: Reading, expected: ExpectedThroughout): void {
    this._since = Math.min(this._since, now.at);
    if (feedback(now, before) >= FED) this._fed = expected.by;
    const fed = this._fed === expected.by;
    for (const [name, is] of Object.entries(signs(quality, now, before, expected, this._since, fed))) {
      const code = name as MediaProblemCode;
      const differs = is !== null && is !== this._there.has(code);
      const seen = differs ? (this._seen.get(code) ?? 0) + now.at - before.at : 0;
      this._seen.set(code, seen);
      // A report of the far end tells of seconds.
      const enough = code === 'one-way' && !fed ? 1 : code === 'high-loss' ? LOSSY_MS : SEEN_MS;
      if (seen < enough) continue;
      this._seen.set(code, 0);
      if (is) this.begin(code);
      else this.end(code);
    }
  }

  /** It is there from now on; `more` says what is known of this one. */
  begin(code: MediaProblemCode, more = ''): void {
    if (this._there.has(code)) return;
    const [message, hint] = WORDS[code];
    const words: [string, string] = [more ? `${message} ${more}` : message, hint];
    this._there.set(code, words);
    this._tell({ code, state: 'began', message: words[0], hint });
  }

  end(code: MediaProblemCode): void {
    const words = this._there.get(code);
    if (!words) return;
    this._there.delete(code);
    this._tell({ code, state: 'over', message: words[0], hint: words[1] });
  }

  /** Those that are there. */
  get all(): MediaProblemEvent[] {
    return [...this._there].map(([code, [message, hint]]) => ({ code, state: 'began', message, hint }));
  }
}
