/** How a call was from its first second to its last, in a bounded number of rows. */
import type { Quality } from '../quality/measured.js';

const FIGURES = {
  rtt: (of: Quality) => of.rtt,
  jitter: (of: Quality) => of.audio.in?.jitter,
  buffered: (of: Quality) => of.audio.in?.buffered,
  loss_in: (of: Quality) => of.audio.in?.loss,
  loss_out: (of: Quality) => of.audio.out?.loss,
  concealed: (of: Quality) => of.audio.in?.concealed,
  bitrate_in: (of: Quality) => of.audio.in?.bitrate,
  bitrate_out: (of: Quality) => of.audio.out?.bitrate,
  level_in: (of: Quality) => of.audio.in?.level,
  level_out: (of: Quality) => of.audio.out?.level,
  fps_in: (of: Quality) => of.video.in?.fps,
  fps_out: (of: Quality) => of.video.out?.fps,
  mos: (of: Quality) => of.mos,
};
/** What a sample has of `Quality`. */
export type Figure = keyof typeof FIGURES;
const NAMES = Object.keys(FIGURES) as Figure[];

/** ms, bit/s and shares from 0 to 1, as in `Quality`; null where nobody tells. */
export interface QualitySample extends Record<Figure, number | null> {
  /** ms since the call began. */
  at: number;
}

/** Even. */
const MOST = 180;

/** The mean of what is known. */
function mean(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  const sum = known.reduce((all, value) => all + value, 0);
  return known.length > 0 ? Math.round((sum / known.length) * 10_000) / 10_000 : null;
}

function merged(samples: QualitySample[]): QualitySample {
  const last = samples.at(-1) as QualitySample;
  return { ...last, ...Object.fromEntries(NAMES.map((name) => [name, mean(samples.map((sample) => sample[name]))])) };
}

/** Each stands for `every` readings. When there are too many, two become one: a long call is told less often. */
export class Samples {
  all: QualitySample[] = [];
  every = 1;
  _waiting: QualitySample[] = [];

  add(at: number, quality: Quality): void {
    const figures = NAMES.map((name) => [name, FIGURES[name](quality) ?? null]);
    this._waiting.push({ at, ...(Object.fromEntries(figures) as Record<Figure, number | null>) });
    if (this._waiting.length < this.every) return;
    this.all.push(merged(this._waiting.splice(0)));
    if (this.all.length < MOST) return;
    this.every *= 2;
    this.all = this.all.flatMap((sample, at, all) => (at % 2 ? [merged([all[at - 1] as QualitySample, sample])] : []));
  }
}
