/** The body of a report on a call for a collector (RFC 6035 4.6.1): what is known, in the order of its grammar. */
import type { NameAddrHeader } from '../NameAddrHeader.js';
import { measured, share, since } from './measured.js';
import { listening, score } from './mos.js';
import type { Address, Counted, Reading } from './reading.js';

/** What a report says of its call, besides what was measured. */
export interface ReportedCall {
  /** Whether it is over; else the report is of an interval of it. */
  over: boolean;
  call_id: string;
  /** Tag of the caller. */
  from_tag: string | null;
  /** Tag of the one who was called. */
  to_tag: string | null;
  local: NameAddrHeader;
  remote: NameAddrHeader;
  /** Whether the far end called. */
  incoming: boolean;
  /** When the report ends; ms, as `Date.now()` counts. */
  until: number;
}

type Value = string | number | null | undefined;

/** The report of what lies between two readings. */
export function reportBody(call: ReportedCall, now: Reading, before: Reading): string {
  const [local, remote] = [nameAddr(call.local), nameAddr(call.remote)];
  const [heard, said] = [now.in.audio, now.out.audio];
  const times = fields('Timestamps', { START: time(before.at), STOP: time(call.until) });
  const lines = [
    call.over ? 'VQSessionReport: CallTerm' : 'VQIntervalReport',
    `CallID: ${call.call_id}`,
    `LocalID: ${local}`,
    `RemoteID: ${remote}`,
    `OrigID: ${call.incoming ? remote : local}`,
    `LocalAddr: ${source(now.addresses.local, said)}`,
    `RemoteAddr: ${source(now.addresses.remote, heard)}`,
    `LocalGroup: ${call.local.uri.host || 'unknown'}`,
    `RemoteGroup: ${call.remote.uri.host || 'unknown'}`,
    'LocalMetrics:',
    times,
    ...(heard ? whatCame(now, before, heard) : []),
    ...(now.far && said ? ['RemoteMetrics:', times, ...whatArrived(now, before, said)] : []),
    `DialogID: ${call.call_id}${tag('to', call.to_tag)}${tag('from', call.from_tag)}`,
  ];
  // What the far end is called cannot write a line of its own.
  return lines.map((line) => line && `${line.replace(/[\r\n]+/g, ' ')}\r\n`).join('');
}

/** What we measured of the far end's sound. */
function whatCame(now: Reading, before: Reading, heard: Counted): string[] {
  const { audio, rtt, r, mos } = measured(now, before);
  const { packets = 0, lost = 0, loss = 0, jitter, codec = null } = audio.in ?? {};
  const discarded = heard.discarded === null ? null : since(heard.discarded, before.in.audio?.discarded ?? 0);
  const listened = packets > 0 ? listening(loss, codec) : null;
  return [
    description(heard),
    // Browsers play from a buffer that adapts; its rate and its bounds they do not tell.
    fields('JitterBuffer', { JBA: 3 }),
    fields('PacketLoss', {
      NLR: percent(loss),
      JDR: discarded === null ? null : percent(share(discarded, packets + lost)),
    }),
    fields('Delay', { RTD: whole(rtt), IAJ: whole(jitter) }),
    fields('QualityEst', {
      RLQ: whole(listened),
      RCQ: whole(r),
      MOSLQ: listened === null ? null : score(listened).toFixed(2),
      MOSCQ: mos?.toFixed(2),
      QoEEstAlg: listened === null ? null : 'G.107',
    }),
  ];
}

/** What the far end reported of ours. */
function whatArrived(now: Reading, before: Reading, said: Counted): string[] {
  const lost = since(now.far?.lost ?? 0, before.far?.lost ?? 0);
  const sent = since(said.packets, before.out.audio?.packets ?? 0);
  return [
    description(said),
    fields('PacketLoss', { NLR: percent(share(lost, sent)) }),
    fields('Delay', { RTD: whole(now.far?.rtt), IAJ: whole(now.far?.jitter) }),
  ];
}

const description = ({ payloadType, codec, clockRate }: Counted): string =>
  fields('SessionDesc', { PT: payloadType, PD: codec, SR: clockRate });

/** One line of those values that are known; empty without any. */
function fields(name: string, values: Record<string, Value>): string {
  const known = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return known.length > 0 ? `${name}: ${known.map(([key, value]) => `${key}=${value}`).join(' ')}` : '';
}

/** The grammar wants an address and a number: zeros are those that the browser does not tell. */
const source = (address: Address | null, stream: Counted | undefined): string =>
  `IP=${address?.ip ?? '0.0.0.0'} PORT=${address?.port ?? 0} SSRC=0x${(stream?.ssrc ?? 0).toString(16)}`;

/** Without tag and other parameters. */
function nameAddr(identity: NameAddrHeader): string {
  const plain = identity.clone();
  plain.clearParams();
  return plain.toString();
}

const tag = (side: 'to' | 'from', value: string | null): string => (value ? `;${side}-tag=${value}` : '');
const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
/** Five digits at most. */
const whole = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Math.min(65_535, Math.max(0, Math.round(value)));
const percent = (part: number): number => Math.round(part * 10_000) / 100;
