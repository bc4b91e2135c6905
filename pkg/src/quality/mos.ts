/**
 * How a call sounds, by the E-model of ITU-T G.107: R from 0 to 93.2, and the mean opinion score that belongs to it.
 *
 * The one-way delay is half of the round trip, what the jitter buffer holds back, and 20 ms for packets and codec. What of the
 * default values of G.107 is about telephones (loudness, noise, sidetone, echo) stays as it is: a talker's echo is 65 dB down. G.113 has the values of G.711
 * with concealment; for Opus and G.722 there are none on this scale: they are taken as no impairment by themselves, and as
 * resistant to loss as a codec with concealment and without redundancy.
 */

const PACKETS_MS = 20;
/** By codec, the impairment without loss, and the robustness against it (G.113, Ie and Bpl). */
const CODECS: Record<string, [impairment: number, robustness: number]> = {
  PCMU: [0, 25.1],
  PCMA: [0, 25.1],
  G729: [11, 19],
  iLBC: [11, 32],
};
const OTHERS: [number, number] = [0, 20];

/** What is left of R by the default values without delay and echo (Ro less Is), and Ro, by which the echo of the talker counts. */
const [CLEAN, RO] = [93.35, 94.77];

/** Half of the way from one rating to another, rounded off where they meet (7-20 and 7-24). */
const midway = (difference: number, bend: number): number => difference / 2 + Math.hypot(difference / 2, bend);

/** What a one-way delay in ms takes from R: Idte, Idle and Idd of G.107 7.4. */
function impaired(delay: number): number {
  const loudness = 65 - 40 * Math.log10((1 + delay / 10) / (1 + delay / 150)) + 6 * Math.exp(-0.3 * delay ** 2);
  const talker = (midway(RO - 80 - 2.5 * (loudness - 14), 10) - 1) * (1 - Math.exp(-delay));
  const listener = midway(RO - 10.5 * 117 * (2 * delay + 1) ** -0.25, 13);
  const x = Math.log2(Math.max(100, delay) / 100);
  return talker + listener + 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** R of a call with that round trip and jitter buffer in ms, and that share of packets lost. */
export function rating(rtt: number | null, buffer: number, loss: number, codec: string | null): number {
  const delay = (rtt ?? 0) / 2 + buffer + PACKETS_MS;
  return Math.max(0, listening(loss, codec) - impaired(delay));
}

/** R of what is only listened to: as if it came without delay and echo. */
export function listening(loss: number, codec: string | null): number {
  const [impairment, robustness] = CODECS[codec ?? ''] ?? OTHERS;
  const percent = loss * 100;
  return CLEAN - impairment - (95 - impairment) * (percent / (percent + robustness));
}

/** The mean opinion score, 1 to 4.5 (G.107 annex B). */
export function score(r: number): number {
  if (r <= 0) return 1;
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}
