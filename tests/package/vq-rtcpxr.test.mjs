// What a collector is sent, held against the grammar of RFC 6035 4.6.1, all of it but vendors' extensions and alerts; that a browser
// sends it is in tests/e2e. The grammar itself is held against a report of the shape that the RFC prints in 4.7.3.
import assert from 'node:assert/strict';
import test from 'node:test';
import { NameAddrHeader, URI } from '../../pkg/dist/inline.js';
import { read } from '../../pkg/lib/quality/reading.js';
import { reportBody } from '../../pkg/lib/quality/vq-rtcpxr.js';

const word = String.raw`[\w.!%*+\x60'~()<>:\\"/[\]?-]+`;
const wordPlus = String.raw`[\w.!%*+\x60'~()<>:\\/[\]?{}= -]+`;
const token = String.raw`[\w.!%*+\x60'~-]+`;
const callId = `${word}(?:@${word})?`;
const nameAddr = String.raw`(?:(?:"(?:[^"\\\r\n]|\\.)*"|[\w.!%*+\x60'~ -]+) ?)?<sips?:[^<>\s]+>`;
const percent = String.raw`\d{1,3}(?:\.\d{1,2})?`;
const score = String.raw`\d(?:\.\d{1,3})?`;
const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`;
const mac = String.raw`[\da-f]{2}(?::[\da-f]{2}){5}`;
const level = String.raw`-?\d{1,2}`;
const address = String.raw`IP=(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:.]+) PORT=\d+ SSRC=0x[\da-fA-F]{1,8}`;
const line = (name, value) => `${name}: ${value}\r\n`;
/** Values of a line, of which each may be absent, in this order. */
const some = (name, ...values) =>
  `(?:${line(name, String.raw`(?=\S)${values.map((value) => String.raw`(?:${value}(?: (?=\S)|(?=\r\n)))?`).join('')}`)})?`;
const metrics = [
  line('Timestamps', `START=${time} STOP=${time}`),
  some(
    'SessionDesc',
    String.raw`PT=\d{1,3}`,
    `PD=(?:${word}|"${wordPlus}")`,
    String.raw`SR=\d{1,6}`,
    ...[String.raw`PPS=\d{1,5}`, String.raw`FD=\d{1,4}`, String.raw`FO=\d{1,5}`, String.raw`FPP=\d{1,2}`],
    `FMTP="${wordPlus}"`,
    'PLC=[0-3]',
    'SSUP=(?:on|off)',
  ),
  some(
    'JitterBuffer',
    'JBA=[0-3]',
    String.raw`JBR=\d{1,2}`,
    ...['JBN', 'JBM', 'JBX'].map((n) => String.raw`${n}=\d{1,5}`),
  ),
  some('PacketLoss', `NLR=${percent}`, `JDR=${percent}`),
  some(
    'BurstGapLoss',
    ...[`BLD=${percent}`, String.raw`BD=\d{1,7}`, `GLD=${percent}`, String.raw`GD=\d{1,7}`, String.raw`GMIN=\d{1,3}`],
  ),
  some('Delay', ...['RTD', 'ESD', 'OWD', 'SOWD', 'IAJ', 'MAJ'].map((name) => String.raw`${name}=\d{1,5}`)),
  some('Signal', `SL=${level}`, `NL=${level}`, String.raw`RERL=\d{1,3}`),
  some(
    'QualityEst',
    ...[String.raw`RLQ=\d{1,3}`, `RLQEstAlg=${word}`, String.raw`RCQ=\d{1,3}`, `RCQEstAlg=${word}`],
    ...[String.raw`EXTRI=\d{1,3}`, `ExtRIEstAlg=${word}`, String.raw`EXTRO=\d{1,3}`, `ExtROEstAlg=${word}`],
    ...[`MOSLQ=${score}`, `MOSLQEstAlg=${word}`, `MOSCQ=${score}`, `MOSCQEstAlg=${word}`, `QoEEstAlg=${word}`],
  ),
].join('');
const grammar = new RegExp(
  [
    String.raw`^(?:VQSessionReport(?:: CallTerm)?|VQIntervalReport(?:: CallTerm)?)\r\n`,
    line('CallID', callId),
    ...['LocalID', 'RemoteID', 'OrigID'].map((name) => line(name, nameAddr)),
    ...['LocalAddr', 'RemoteAddr'].map((name) => line(name, address)),
    ...['LocalGroup', 'RemoteGroup'].map((name) => line(name, wordPlus)),
    ...['LocalMAC', 'RemoteMAC'].map((name) => `(?:${line(name, mac)})?`),
    `LocalMetrics:\r\n${metrics}`,
    `(?:RemoteMetrics:\r\n${metrics})?`,
    `(?:${line('DialogID', `${callId}(?:;(?:to-tag|from-tag)=${token})*`)})?$`,
  ].join(''),
);

const call = {
  over: true,
  call_id: 'a84b4c76e66710@pc33.example.com',
  from_tag: '1928301774',
  to_tag: 'a6c85cf',
  local: new NameAddrHeader(new URI('sip', 'alice', 'example.com'), 'Alice "A"', { tag: '1928301774' }),
  remote: new NameAddrHeader(new URI('sip', 'bob', 'example.net'), null, { tag: 'a6c85cf' }),
  incoming: false,
  until: Date.UTC(2026, 10, 27, 12, 0, 10),
};
const began = call.until - 10_000;
const nothing = read(new Map(), began);

/** What a browser says after so many seconds of a call. */
function reading(seconds, { lost = 0, discarded, far, addresses = true } = {}) {
  const where = (address, port) => (addresses ? { address, port } : { address: 'f3c1.local', port });
  const entries = [
    { id: 'c', type: 'codec', mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000 },
    {
      ...{ id: 'i', type: 'inbound-rtp', kind: 'audio', ssrc: 0x2468abcd, codecId: 'c', packetsLost: lost },
      ...{ packetsReceived: seconds * 50 - lost, jitter: 0.0044, jitterBufferDelay: seconds * 1920 },
      ...{ jitterBufferEmittedCount: seconds * 48_000, packetsDiscarded: discarded },
    },
    { id: 'o', type: 'outbound-rtp', kind: 'audio', ssrc: 7, codecId: 'c', packetsSent: seconds * 50 },
    far && { id: 'r', type: 'remote-inbound-rtp', kind: 'audio', jitter: 0.012, roundTripTime: 0.0804, ...far },
    ...[
      { id: 'p', type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.0302 },
      { id: 'l', type: 'local-candidate', ...where('192.0.2.1', 50_000) },
      { id: 'f', type: 'remote-candidate', ...where('2001:db8::2', 50_002) },
    ].map((entry) => (entry.id === 'p' ? { ...entry, localCandidateId: 'l', remoteCandidateId: 'f' } : entry)),
  ].filter(Boolean);
  return read(new Map(entries.map((entry) => [entry.id, entry])), began + seconds * 1000);
}

test('the grammar has each line that the RFC has, and no other', () => {
  const metrics = [
    'Timestamps: START=2010-11-05T09:00:00Z STOP=2010-11-05T09:02:19Z',
    'SessionDesc: PT=18 PD=G729 SR=8000 PPS=50 FD=20 FO=20 FPP=2 FMTP="annexb=no" PLC=3 SSUP=on',
    'JitterBuffer: JBA=3 JBR=2 JBN=40 JBM=80 JBX=120',
    'PacketLoss: NLR=4.0 JDR=1.5',
    'BurstGapLoss: BLD=0 BD=0 GLD=1.5 GD=700 GMIN=16',
    'Delay: RTD=180 ESD=130 OWD=90 SOWD=180 IAJ=2 MAJ=9',
    'Signal: SL=-20 NL=-51 RERL=54',
    'QualityEst: RLQ=91 RCQ=84 EXTRI=90 MOSLQ=4.2 MOSCQ=4.1 QoEEstAlg=P.564',
  ];
  const lines = [
    'VQSessionReport: CallTerm',
    'CallID: 5b2e@phone.example.org',
    'LocalID: Carol <sip:carol@example.org>',
    'RemoteID: "Dan D." <sip:dan@example.net>',
    'OrigID: Carol <sip:carol@example.org>',
    'LocalAddr: IP=192.0.2.10 PORT=5000 SSRC=0x1a2b3c4d',
    'RemoteAddr: IP=2001:db8::10 PORT=5002 SSRC=0x2468abcd',
    'LocalGroup: phones of floor 2',
    'RemoteGroup: gateway-09',
    'LocalMAC: 00:00:5e:00:53:01',
    'RemoteMAC: 00:00:5e:00:53:02',
    ...['LocalMetrics:', ...metrics, 'RemoteMetrics:', ...metrics],
    'DialogID: 5b2e@phone.example.org;to-tag=8472;from-tag=9123d',
  ];
  const written = (lines) => lines.map((line) => `${line}\r\n`).join('');
  assert.match(written(lines), grammar);
  const broken = [
    [5, 'LocalAddr: IP=192.0.2.10 PORT=5000 SSRC=1a2b3c4d'],
    [12, 'Timestamps: START=2010-11-05T09:00:00+01:00 STOP=2010-11-05T09:02:19Z'],
    [15, 'PacketLoss: JDR=1.5 NLR=4.0'],
    [17, 'Delay: RTD=180.5'],
    [19, 'QualityEst: RLQ=91 MOSLQ=12'],
    [19, ''],
  ];
  for (const [at, line] of broken) assert.doesNotMatch(written(lines.with(at, line)), grammar, line);
});

test('a call that is over, with what both ends measured', () => {
  const body = reportBody(call, reading(10, { lost: 20, discarded: 5, far: { packetsLost: 50 } }), nothing);
  assert.match(body, grammar);
  const me = '"Alice \\"A\\"" <sip:alice@example.com>';
  assert.deepEqual(body.split('\r\n'), [
    'VQSessionReport: CallTerm',
    'CallID: a84b4c76e66710@pc33.example.com',
    `LocalID: ${me}`,
    'RemoteID: <sip:bob@example.net>',
    `OrigID: ${me}`,
    'LocalAddr: IP=192.0.2.1 PORT=50000 SSRC=0x7',
    'RemoteAddr: IP=2001:db8::2 PORT=50002 SSRC=0x2468abcd',
    'LocalGroup: example.com',
    'RemoteGroup: example.net',
    'LocalMetrics:',
    'Timestamps: START=2026-11-27T12:00:00Z STOP=2026-11-27T12:00:10Z',
    'SessionDesc: PT=111 PD=opus SR=48000',
    'JitterBuffer: JBA=3',
    'PacketLoss: NLR=4 JDR=1',
    'Delay: RTD=30 IAJ=4',
    // By G.107 with Ie 0 and Bpl 20: 93.35 - 95 * 4 / 24, less what 75 ms of delay take.
    'QualityEst: RLQ=78 RCQ=75 MOSLQ=3.93 MOSCQ=3.84 QoEEstAlg=G.107',
    'RemoteMetrics:',
    'Timestamps: START=2026-11-27T12:00:00Z STOP=2026-11-27T12:00:10Z',
    'SessionDesc: PT=111 PD=opus SR=48000',
    'PacketLoss: NLR=10',
    'Delay: RTD=80 IAJ=12',
    'DialogID: a84b4c76e66710@pc33.example.com;to-tag=a6c85cf;from-tag=1928301774',
    '',
  ]);
});

test('an interval is what lies between', () => {
  const at = { over: false, until: began + 8000, incoming: true };
  const far = { packetsLost: 50 };
  const before = reading(4, { lost: 100, discarded: 10, far });
  const body = reportBody({ ...call, ...at }, reading(8, { lost: 110, discarded: 10, far }), before);
  assert.match(body, grammar);
  assert.match(body, /^VQIntervalReport\r\n/);
  assert.match(body, /^OrigID: <sip:bob@example.net>\r$/m);
  assert.match(body, /^Timestamps: START=2026-11-27T12:00:04Z STOP=2026-11-27T12:00:08Z\r$/m);
  assert.match(body, /^PacketLoss: NLR=5 JDR=0\r$/m);
  assert.match(body, /^RemoteMetrics:\r\n.*\r\n.*\r\nPacketLoss: NLR=0\r$/m);
});

test('what is not known is left out, or zero where the grammar wants it', () => {
  const body = reportBody({ ...call, to_tag: null }, reading(10, { addresses: false }), nothing);
  assert.match(body, grammar);
  assert.doesNotMatch(body, /JDR|RemoteMetrics|to-tag/);
  assert.match(body, /^LocalAddr: IP=0.0.0.0 PORT=0 SSRC=0x7\r$/m);
  const silent = reportBody(call, read(new Map(), began + 1000), nothing);
  assert.match(silent, grammar);
  assert.doesNotMatch(silent, /SessionDesc|Delay|QualityEst|RemoteMetrics/);
});

test('what the far end is called writes no line of its own', () => {
  const remote = new NameAddrHeader(new URI('sip', 'bob', 'example.net'), 'Bob\r\nOrigID: <sip:eve@example.org>');
  const body = reportBody({ ...call, remote }, reading(10), nothing);
  assert.match(body, grammar);
});
