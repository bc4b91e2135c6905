/** What of a call is told every few seconds: the change between two readings. */
import { rating, score } from './mos.js';
import type { Counted, Kind, Pair, Reading } from './reading.js';

/** One direction of sound. */
export interface AudioQuality {
  /** Since the last time. */
  packets: number;
  /** Since the last time; of what leaves, as the far end says. */
  lost: number;
  /** Share of packets, 0 to 1. */
  loss: number;
  /** ms, null where nobody tells. */
  jitter: number | null;
  /** bit/s */
  bitrate: number;
  /**
   * How loud it was on the average, 0 to 1 (the root of the mean square); null where the browser
   * does not tell, or nobody plays it.
   */
  level: number | null;
  /** Its name, such as `opus`. */
  codec: string | null;
}
/** Sound that comes. */
export interface IncomingAudioQuality extends AudioQuality {
  /** Share of the sound that was made up for what did not come, 0 to 1. */
  concealed: number;
  /** How long the jitter buffer held the sound back on the average, in ms; null where nothing left it. */
  buffered: number | null;
}
/** One direction of a picture. */
export interface VideoQuality extends Omit<AudioQuality, 'level'> {
  /** Pixels. */
  width: number | null;
  /** Pixels. */
  height: number | null;
  /** Pictures in a second. */
  fps: number | null;
  /** What keeps an outgoing picture smaller than it could be: `cpu`, `bandwidth`, `other` or `none`. */
  limitation: string | null;
}

/** How a call is. */
export interface Quality {
  /** ms, as `Date.now()` counts. */
  at: number;
  /** Round trip in ms, null until it is known. */
  rtt: number | null;
  /** Sound that comes and that leaves; null for none. */
  audio: { in: IncomingAudioQuality | null; out: AudioQuality | null };
  /** Pictures that come and that leave; null for none. */
  video: { in: VideoQuality | null; out: VideoQuality | null };
  /** The way that media takes; null before there is one. */
  pair: Pair | null;
  /** By the E-model (ITU-T G.107), 0 to 93.2; null without sound that comes. */
  r: number | null;
  /** Mean opinion score, 1 to 4.5. */
  mos: number | null;
}

/** The part of a whole that may be nothing, 0 to 1. */
export const share = (part: number, whole: number): number => (whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0);
/** A counter that was begun anew, by another stream, has nothing to subtract. */
export const since = (now: number, before: number): number => (now >= before ? now - before : now);

/** WebRTC's energy is the square of the level, by s. */
function level(now: Counted, before: Counted | undefined): number | null {
  const seconds = since(now.sounded, before?.sounded ?? 0);
  if (now.energy === null || seconds <= 0) return null;
  return Math.sqrt(since(now.energy, before?.energy ?? 0) / seconds);
}

/** One direction; the loss of what we sent is what the far end says. */
function direction(now: Counted, before: Counted | undefined, ms: number, missed?: number): AudioQuality {
  const packets = since(now.packets, before?.packets ?? 0);
  const lost = missed === undefined ? since(now.lost, before?.lost ?? 0) : Math.round(packets * missed);
  return {
    packets,
    lost,
    loss: missed ?? share(lost, lost + packets),
    jitter: now.jitter,
    bitrate: ms > 0 ? Math.round((since(now.bytes, before?.bytes ?? 0) * 8000) / ms) : 0,
    level: level(now, before),
    codec: now.codec,
  };
}

function picture(now: Counted, before: Counted | undefined, ms: number, missed?: number): VideoQuality {
  const { level: _, ...same } = direction(now, before, ms, missed);
  return { ...same, width: now.width, height: now.height, fps: now.fps, limitation: now.limitation };
}

/** What lies between two readings. */
export function measured(now: Reading, before: Reading): Quality {
  const ms = now.at - before.at;
  const of = (side: 'in' | 'out', kind: Kind) => [now[side][kind], before[side][kind]] as const;
  const missed = (kind: Kind) => now.missed[kind] ?? 0;
  const [heard, heardBefore] = of('in', 'audio');
  const [said, saidBefore] = of('out', 'audio');
  const [seen, seenBefore] = of('in', 'video');
  const [shown, shownBefore] = of('out', 'video');
  const emitted = heard ? since(heard.emitted, heardBefore?.emitted ?? 0) : 0;
  const buffered = heard && emitted > 0 ? (since(heard.buffered, heardBefore?.buffered ?? 0) * 1000) / emitted : null;
  const sound = heard && {
    ...direction(heard, heardBefore, ms),
    concealed: share(
      since(heard.concealed, heardBefore?.concealed ?? 0),
      since(heard.samples, heardBefore?.samples ?? 0),
    ),
    buffered,
  };
  const r = sound && sound.packets > 0 ? rating(now.rtt, buffered ?? 0, sound.loss, sound.codec) : null;
  return {
    at: now.at,
    rtt: now.rtt,
    audio: { in: sound ?? null, out: said ? direction(said, saidBefore, ms, missed('audio')) : null },
    video: {
      in: seen ? picture(seen, seenBefore, ms) : null,
      out: shown ? picture(shown, shownBefore, ms, missed('video')) : null,
    },
    pair: now.pair,
    r,
    mos: r === null ? null : score(r),
  };
}
