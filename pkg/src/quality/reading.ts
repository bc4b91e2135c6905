/** What WebRTC counts, read once: sums over the streams of one kind and direction, from the start of the connection. */

export type Kind = 'audio' | 'video';

/** Counted since the connection began; what the browser does not tell is null. */
export interface Counted {
  packets: number;
  lost: number;
  bytes: number;
  /** ms */
  jitter: number | null;
  codec: string | null;
  /** Of sound that came: samples, and those that were made up for what did not. */
  samples: number;
  concealed: number;
  /** Of sound that came: s spent in the jitter buffer by all samples together, and their number. */
  buffered: number;
  emitted: number;
  /** Of pictures. */
  frames: number;
  fps: number | null;
  width: number | null;
  height: number | null;
  limitation: string | null;
  /** Of sound: its energy, null where the browser does not tell, and how long it lasted in s. */
  energy: number | null;
  sounded: number;
  /** Of the stream that was looked at last. */
  ssrc: number | null;
  payloadType: number | null;
  /** Hz */
  clockRate: number | null;
  /** Packets that came too late or too early to be played. */
  discarded: number | null;
}

/** Where media comes from or goes to. */
export interface Address {
  ip: string;
  port: number;
}
/** What the far end's reports say of our sound, since it began. */
export interface FarEnd {
  lost: number;
  /** ms */
  jitter: number | null;
  /** ms */
  rtt: number | null;
}

/** The pair of candidates in use. */
export interface Pair {
  /** `host`, `srflx`, `prflx` or `relay`. */
  local: string;
  /** The same of the far end. */
  remote: string;
  /** `udp` or `tcp`. */
  protocol: string;
  /** Whether a TURN server is between. */
  relayed: boolean;
}

export interface Reading {
  /** ms, as `Date.now()` counts. */
  at: number;
  /** ms */
  rtt: number | null;
  in: Partial<Record<Kind, Counted>>;
  out: Partial<Record<Kind, Counted>>;
  /** The share of what we sent that the far end missed since its last report, 0 to 1. */
  missed: Partial<Record<Kind, number>>;
  /** What the far end says to have of our sound, and when it said so, in ms; null where it never did. */
  arrived: { packets: number | null; at: number } | null;
  far: FarEnd | null;
  /** Whether the far end speaks RTCP. */
  reports: boolean;
  /** Packets that came and are no media, most of them feedback on ours (transport-cc); null where the browser does not count them. */
  feedback: number | null;
  pair: Pair | null;
  /** Of that pair; null where the browser hides it. */
  addresses: { local: Address | null; remote: Address | null };
}

/** One entry of a report. Browsers differ in what they have. */
type Entry = Record<string, unknown> & { type: string; id: string };

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const known = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const named = (value: unknown): string | null => (typeof value === 'string' && value ? value : null);
const isKind = (kind: unknown): kind is Kind => kind === 'audio' || kind === 'video';

const nothing = (): Counted => ({
  packets: 0,
  lost: 0,
  bytes: 0,
  jitter: null,
  codec: null,
  samples: 0,
  concealed: 0,
  buffered: 0,
  emitted: 0,
  frames: 0,
  fps: null,
  width: null,
  height: null,
  limitation: null,
  energy: null,
  sounded: 0,
  ssrc: null,
  payloadType: null,
  clockRate: null,
  discarded: null,
});

/** Adds one stream to those of its kind. */
function add(sum: Counted, stream: Entry, codec: Entry | undefined, source: Entry | undefined): void {
  const sent = stream.type === 'outbound-rtp';
  sum.packets += number(sent ? stream['packetsSent'] : stream['packetsReceived']);
  sum.bytes += number(sent ? stream['bytesSent'] : stream['bytesReceived']);
  sum.lost += number(stream['packetsLost']);
  sum.samples += number(stream['totalSamplesReceived']);
  sum.concealed += number(stream['concealedSamples']);
  sum.buffered += number(stream['jitterBufferDelay']);
  sum.emitted += number(stream['jitterBufferEmittedCount']);
  sum.frames += number(sent ? stream['framesEncoded'] : stream['framesDecoded']);
  const jitter = known(stream['jitter']);
  if (jitter !== null) sum.jitter = Math.max(sum.jitter ?? 0, jitter * 1000);
  // What comes is measured at the stream, what leaves at its microphone.
  sum.energy = known((source ?? stream)['totalAudioEnergy']) ?? sum.energy;
  sum.sounded += number((source ?? stream)['totalSamplesDuration']);
  sum.codec = named(codec?.['mimeType'])?.split('/')[1] ?? sum.codec;
  sum.fps = known(stream['framesPerSecond']) ?? sum.fps;
  sum.width = known(stream['frameWidth']) ?? sum.width;
  sum.height = known(stream['frameHeight']) ?? sum.height;
  sum.limitation = named(stream['qualityLimitationReason']) ?? sum.limitation;
  sum.ssrc = known(stream['ssrc']) ?? sum.ssrc;
  sum.payloadType = known(codec?.['payloadType']) ?? sum.payloadType;
  sum.clockRate = known(codec?.['clockRate']) ?? sum.clockRate;
  const discarded = known(stream['packetsDiscarded']);
  if (discarded !== null) sum.discarded = (sum.discarded ?? 0) + discarded;
}

/** Reads a report of `getStats()`. */
export function read(report: RTCStatsReport, at: number): Reading {
  const entries = new Map<unknown, Entry>();
  report.forEach((entry: Entry) => entries.set(entry.id, entry));
  const reading: Reading = {
    at,
    rtt: null,
    in: {},
    out: {},
    missed: {},
    arrived: null,
    far: null,
    reports: false,
    feedback: null,
    pair: null,
    addresses: { local: null, remote: null },
  };
  let [came, media] = [null as number | null, 0];
  for (const entry of entries.values()) {
    const kind = entry['kind'];
    if (entry.type === 'transport') came = known(entry['packetsReceived']) ?? came;
    if (!isKind(kind)) continue;
    if (entry.type === 'inbound-rtp') media += number(entry['packetsReceived']);
    if (entry.type === 'inbound-rtp' || entry.type === 'outbound-rtp') {
      const side = entry.type === 'inbound-rtp' ? reading.in : reading.out;
      add((side[kind] ??= nothing()), entry, entries.get(entry['codecId']), entries.get(entry['mediaSourceId']));
    } else if (entry.type === 'remote-inbound-rtp') {
      reading.rtt ??= milliseconds(entry['roundTripTime']);
      reading.missed[kind] = number(entry['fractionLost']);
      if (kind !== 'audio') continue;
      reading.arrived = { packets: known(entry['packetsReceived']), at: number(entry['timestamp']) };
      const [jitter, rtt] = [milliseconds(entry['jitter']), milliseconds(entry['roundTripTime'])];
      reading.far = { lost: number(entry['packetsLost']), jitter, rtt };
    } else if (entry.type === 'remote-outbound-rtp') {
      reading.reports = true;
    }
  }
  if (came !== null) reading.feedback = came - media;
  const pair = selected(entries);
  if (!pair) return reading;
  reading.rtt = milliseconds(pair['currentRoundTripTime']) ?? reading.rtt;
  const [local, remote] = ['localCandidateId', 'remoteCandidateId'].map((id) => entries.get(pair[id]));
  const types = [local, remote].map((candidate) => named(candidate?.['candidateType']) ?? 'unknown');
  const [ours, theirs] = types as [string, string];
  const protocol = named(local?.['relayProtocol']) ?? named(local?.['protocol']) ?? 'unknown';
  reading.pair = { local: ours, remote: theirs, protocol, relayed: types.includes('relay') };
  reading.addresses = { local: address(local), remote: address(remote) };
  return reading;
}

const milliseconds = (value: unknown): number | null => (typeof value === 'number' ? value * 1000 : null);

/** A name that stands for an address (mDNS) is none. */
function address(candidate: Entry | undefined): Address | null {
  const [ip, port] = [named(candidate?.['address']), known(candidate?.['port'])];
  return ip && port !== null && /^[\d.]+$|:/.test(ip) ? { ip, port } : null;
}

/** The pair in use: as the transport names it, or as Firefox marks it. */
function selected(entries: Map<unknown, Entry>): Entry | undefined {
  const all = [...entries.values()];
  const transport = all.find((entry) => entry.type === 'transport' && entry['selectedCandidatePairId']);
  if (transport) return entries.get(transport['selectedCandidatePairId']);
  return all.find((entry) => entry.type === 'candidate-pair' && (entry['selected'] || entry['nominated']));
}
