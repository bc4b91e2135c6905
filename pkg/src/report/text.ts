/** A report as people read it. */
import { messageLine, type ReportedMessage } from './messages.js';
import type { CallReport, CallTiming } from './recorder.js';
import type { Figure, QualitySample } from './samples.js';

/** What stands in the text. */
export interface ReportTextOptions {
  /** Whether each message stands there whole, behind the ladder. Default true. */
  messages?: boolean;
}

const STEPS: Record<Exclude<keyof CallTiming, 'began'>, string> = {
  sent: 'INVITE left',
  ringing: 'ringing',
  answered: 'answered',
  confirmed: 'confirmed',
  connected: 'ICE and DTLS done',
  first_packet: 'first packet',
  ended: 'ended',
};
/** Of the rows of quality. */
const MOST_ROWS = 24;
const ms = (at: number) => `${String(Math.round(at)).padStart(9)} ms`;

/** All of it as one text. */
export function reportText(report: CallReport, { messages = true }: ReportTextOptions = {}): string {
  const { call, outcome, timing } = report;
  // Media may be there before the answer, or long behind it.
  const reached = Object.entries(STEPS)
    .flatMap(([step, words]) => {
      const at = timing[step as keyof CallTiming];
      return at === null ? [] : [{ at, words }];
    })
    .sort((one, other) => one.at - other.at)
    .map(({ at, words }) => `${ms(at)}  ${words}`);
  const parts: [string, string[]][] = [
    [
      'Call report of viasip',
      table([
        ['call', call.direction],
        ['from', (call.direction === 'outgoing' ? call.local : call.remote) ?? 'unknown'],
        ['to', (call.direction === 'outgoing' ? call.remote : call.local) ?? 'unknown'],
        ['outcome', outcome ? outcomeWords(outcome) : 'it goes on'],
        ['began', new Date(timing.began).toISOString()],
        ['Call-ID', call.id],
        ...(call.session_id ? [['Session-ID', `${call.session_id.local} ${call.session_id.remote ?? ''}`]] : []),
        ['server', report.server],
        ['viasip', report.viasip],
        ['browser', report.browser ?? 'unknown'],
      ]),
    ],
    [
      'Why',
      report.findings.flatMap(({ code, severity, message, hint }) => [
        `${severity} ${code}: ${message}`,
        ...(hint ? [`  -> ${hint}`] : []),
      ]),
    ],
    ['Times, since it began', reached],
    [
      'What both ends must share',
      report.features.length > 0
        ? table([
            ['feature', 'ours', 'theirs', 'verdict'],
            ...report.features.map(({ feature, yours, theirs, verdict }) => [feature, yours, theirs, verdict]),
          ])
        : [],
    ],
    ['Media', media(report)],
    ['Problems', report.problems.map(({ at, code, state, message }) => `${ms(at)}  ${code} ${state}: ${message}`)],
    ['Quality', quality(report.quality.samples)],
    ['What else happened', report.events.map(({ at, name, detail }) => `${ms(at)}  ${name} ${detail}`.trimEnd())],
    ['Devices', report.devices.map(({ kind, label, used }) => `${used ? '*' : ' '} ${kind} ${label}`.trimEnd())],
    ['SIP', ladder(report)],
    ['Messages', messages ? report.messages.map(whole) : []],
  ];
  return parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${'-'.repeat(title.length)}\n${lines.join('\n')}\n`)
    .join('\n');
}

const outcomeWords = ({ name, originator, cause, response }: NonNullable<CallReport['outcome']>) =>
  `${name} by ${originator}: ${cause}${response ? ` (${response})` : ''}`;

/** The messages as arrows between two columns. */
function ladder({ messages, messages_left_out: gap }: CallReport): string[] {
  if (messages.length === 0) return [];
  const lines = messages.map(({ at, direction, message }) => {
    const { label, description } = messageLine(message);
    const words = `${label}${description ? ' [SDP]' : ''}`;
    return `${ms(at)}  browser ${direction === 'out' ? '-->' : '<--'} server  ${words}`;
  });
  return gap > 0 ? [...lines, `(${gap} from the middle of the call are not there)`] : lines;
}

const whole = ({ at, direction, message }: ReportedMessage) =>
  `=== ${Math.round(at)} ms, ${direction === 'out' ? 'sent' : 'received'}\n${message.replaceAll('\r\n', '\n').trimEnd()}\n`;

function media({ ice, codecs }: CallReport): string[] {
  const { servers, policy, pair } = ice;
  const used = Object.entries(codecs).filter(([, codec]) => codec);
  return [
    `ICE servers: ${servers.join(', ') || 'none'}${policy === 'relay' ? ', relay only' : ''}`,
    ...(pair ? [`path: ${pair.local} to ${pair.remote} by ${pair.protocol}`] : []),
    ...(used.length > 0
      ? [`codecs: ${used.map(([way, codec]) => `${way.replace('_', ' ')} ${codec}`).join(', ')}`]
      : []),
  ];
}

const COLUMNS: [title: string, figure: Figure, digits: number, scale: number][] = [
  ['MOS', 'mos', 2, 1],
  ['rtt ms', 'rtt', 0, 1],
  ['jitter ms', 'jitter', 1, 1],
  ['buffer ms', 'buffered', 0, 1],
  ['loss in %', 'loss_in', 1, 100],
  ['loss out %', 'loss_out', 1, 100],
  ['in kbit/s', 'bitrate_in', 0, 0.001],
  ['out kbit/s', 'bitrate_out', 0, 0.001],
];

function quality(samples: QualitySample[]): string[] {
  if (samples.length === 0) return [];
  const step = Math.ceil(samples.length / MOST_ROWS);
  const shown = samples.filter((_, at) => at % step === 0);
  const cell = (value: number | null | undefined, digits: number, scale: number) =>
    typeof value === 'number' ? (value * scale).toFixed(digits) : '-';
  return table([
    ['after s', ...COLUMNS.map(([title]) => title)],
    ...shown.map((sample) => [
      String(Math.round(sample.at / 1000)),
      ...COLUMNS.map(([, figure, digits, scale]) => cell(sample[figure], digits, scale)),
    ]),
  ]);
}

/** Rows with their columns under each other. */
function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
