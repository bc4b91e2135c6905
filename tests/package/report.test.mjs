// `viasip/report`: what a ticket shows and what it never does. That a call in Chromium has one is in tests/e2e.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { anonymous } from '../../pkg/lib/report/anonymous.js';
import { Messages, messageLine } from '../../pkg/lib/report/messages.js';
import { Samples } from '../../pkg/lib/report/samples.js';
import { maskSecrets, maskUrl } from '../../pkg/lib/report/secrets.js';
import { reportText } from '../../pkg/lib/report/text.js';

const root = path.join(import.meta.dirname, '..', '..');
const program = path.join(root, 'pkg', 'cli', 'viasip.mjs');
const crlf = (...lines) => lines.join('\r\n');

const INVITE = crlf(
  'INVITE sip:+4930123456@example.com SIP/2.0',
  'Via: SIP/2.0/WSS 192.0.2.9;branch=z9hG4bK1',
  'From: "Alice A." <sip:alice@example.com>;tag=1',
  'To: Bob <sip:+4930123456@example.com>',
  'Call-ID: c1',
  'CSeq: 1 INVITE',
  'Contact: <sip:x7@h.invalid;transport=ws;pn-prid=PRID-SECRET;ob>',
  'User-Agent: viasip/1.2.3.4',
  'Authorization: Digest username="alice", realm="r, s", nonce="NONCE-SECRET", response="RESPONSE-SECRET", qop=auth,',
  ' cnonce="CNONCE-SECRET"',
  'X-Auth-Token: TOKEN-SECRET',
  'Content-Type: application/sdp',
  'Content-Length: 9',
  '',
  'v=0',
  'o=- 1 1 IN IP4 10.0.0.7',
  'a=ice-ufrag:uf',
  'a=ice-pwd:ICE-SECRET',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SRTP-SECRET|2^20',
  'a=candidate:1 1 udp 2122 10.0.0.7 5000 typ host',
  'a=candidate:2 1 udp 1111 2001:db8::9 5000 typ host',
  'a=fingerprint:sha-256 AA:BB',
  '',
);
const answer = (status, method = 'INVITE') => crlf(`SIP/2.0 ${status}`, 'Call-ID: c1', `CSeq: 1 ${method}`, '', '');

const report = () => ({
  ...{ report: 1, made: 5, viasip: '0.1.0', browser: 'Chrome/156.0.0.0', server: 'wss://192.0.2.1/ws' },
  call: { id: 'c1', session_id: null, direction: 'outgoing', local: 'sip:alice@example.com', remote: 'sip:bob@h' },
  outcome: { name: 'failed', originator: 'remote', cause: 'Busy', response: '486 Busy Here' },
  timing: {
    ...{ began: 0, sent: 12, ringing: 100, answered: null, confirmed: null },
    ...{ connected: null, first_packet: null, ended: 900 },
  },
  findings: [{ code: 'no-ice', severity: 'error', message: 'No ICE.', hint: 'Turn it on.' }],
  features: [{ feature: 'ICE', yours: 'yes', theirs: 'no', verdict: 'missing', hint: '' }],
  ice: { servers: ['stun:stun.example.com'], policy: 'all', pair: null },
  codecs: { audio_in: 'opus', audio_out: null, video_in: null, video_out: null },
  quality: { every: 1, samples: [{ at: 2000, rtt: 20, jitter: 1, loss_in: 0.01, bitrate_in: 32_000, mos: 4.2 }] },
  problems: [{ at: 3000, code: 'high-loss', state: 'began', message: 'Many are lost.', hint: '' }],
  events: [{ at: 10, name: 'hold', detail: 'local' }],
  devices: [{ kind: 'audio', label: "Alice's headset", used: true }],
  messages: [
    { at: 12, direction: 'out', message: maskSecrets(INVITE) },
    { at: 100, direction: 'in', message: answer('180 Ringing') },
    { at: 900, direction: 'in', message: answer('486 Busy Here') },
  ],
  messages_left_out: 0,
});

test('each way of loading gives the same names, and one that measures is loaded once', async () => {
  const require = createRequire(import.meta.url);
  const module = await import('viasip/report');
  const names = Object.keys(module).sort();
  assert.deepEqual(names, ['attachReport', 'maskSecrets', 'messageLine', 'reportOf', 'reportText']);
  assert.deepEqual(Object.keys(require('viasip/report')).sort(), names);
  assert.deepEqual(Object.keys(require(path.join(root, 'report'))).sort(), names);
  for (const [file, quality] of [
    ['report.js', './quality.js'],
    ['report.cjs', './quality.cjs'],
  ]) {
    const text = readFileSync(path.join(root, 'pkg', 'dist', file), 'utf8');
    assert.ok(text.includes(`"${quality}"`), file);
    assert.doesNotMatch(text, /agent_command|WebAssembly|silent-microphone/, file);
  }
  assert.doesNotMatch(readFileSync(path.join(root, 'pkg', 'dist', 'index.js'), 'utf8'), /messages_left_out/);
});

test('nothing that lets anybody in is shown, nor what people type and write', () => {
  const masked = maskSecrets(INVITE);
  assert.doesNotMatch(masked, /SECRET/);
  assert.match(
    masked,
    /username="alice", realm="r, s", nonce=\*\*\*, response=\*\*\*, qop=auth,?\r\nX-Auth-Token: \*\*\*\r\n/,
  );
  assert.match(masked, /a=ice-ufrag:uf\r\na=ice-pwd:\*\*\*\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\*\*\*\|2\^20/);
  assert.equal(maskSecrets(masked), masked);
  const tone = crlf('INFO sip:b@h SIP/2.0', 'Content-Type: application/dtmf-relay', '', 'Signal=5', 'Duration=100');
  assert.match(maskSecrets(tone), /\(\d+ characters of application\/dtmf-relay, not shown\)$/);
  assert.doesNotMatch(maskSecrets(crlf('MESSAGE sip:b@h SIP/2.0', 'c: text/plain', '', 'my PIN is 1234')), /1234/);
  assert.doesNotMatch(maskSecrets(crlf('OPTIONS sip:b@h SIP/2.0', 'Authorization: Bearer eyJSECRET', '')), /SECRET/);
  assert.match(maskSecrets('OPTIONS sip:b:SECRET@h SIP/2.0\r\n'), /sip:b:\*\*\*@h/);
  assert.equal(maskUrl('wss://u:p@h/ws?token=abc&x=1#f'), 'wss://***@h/ws?token=***&x=***#f');
});

test('no text takes more time than its length explains', () => {
  const shapes = [
    ['a', ''],
    ['sip:', ','],
    ['sip:a:', ','],
    [' ', ''],
    ['"', '<sip:a@b>'],
    ['a-', ''],
    [';token', ''],
    ['[', ''],
    ['\r\n ', ''],
    ['<', 'sip:a@b'],
  ];
  for (const [part, end] of shapes) {
    for (const start of ['X: ', 'Authorization: Digest ', 'a=crypto:1 ']) {
      const text = `INFO sip:a@b SIP/2.0\r\n${start}${part.repeat(200_000 / part.length)}${end}`;
      const began = performance.now();
      anonymous({ ...report(), messages: [{ at: 0, direction: 'in', message: maskSecrets(text) }] });
      messageLine(text);
      // A few ms; what grows with the square of the length takes minutes.
      assert.ok(performance.now() - began < 3000, `${start}${part}`);
    }
  }
});

test('a message is one line of a ladder', () => {
  assert.deepEqual(messageLine(INVITE), {
    kind: 'request',
    label: 'INVITE sip:+4930123456@example.com',
    method: 'INVITE',
    description: true,
  });
  const kinds = ['100 Trying', '200 OK', '302 Moved', '486 Busy', '603 Decline'].map(
    (s) => messageLine(answer(s)).kind,
  );
  assert.deepEqual(kinds, ['provisional', 'success', 'redirection', 'failure', 'failure']);
  assert.equal(messageLine(answer('180 Ringing')).label, '180 Ringing (INVITE)');
});

test('messages and rows stay within their bounds, and the beginning stays', () => {
  const messages = new Messages();
  for (let n = 0; n < 1000; n += 1) messages.add(n, 'out', `OPTIONS sip:${n} SIP/2.0\r\n\r\n`);
  assert.equal(messages.all.length, 200);
  assert.equal(messages.left_out, 800);
  assert.deepEqual([messages.all[0].at, messages.all[19].at, messages.all.at(-1).at], [0, 19, 999]);
  const large = new Messages();
  const body = 'a=x\r\n'.repeat(10_000);
  for (let n = 0; n < 100; n += 1) large.add(n, 'in', `NOTIFY x SIP/2.0\r\nc: application/sdp\r\n\r\n${body}`);
  assert.ok(large.all.length <= 22, String(large.all.length));
  const samples = new Samples();
  for (let n = 1; n <= 10_000; n += 1)
    samples.add(n, { rtt: n, audio: { in: null, out: null }, video: { in: null, out: null }, mos: null });
  assert.ok(samples.all.length < 180);
  assert.equal(samples.every, 64);
  // Each is the mean of what it stands for.
  assert.deepEqual([samples.all[0].at, samples.all[0].rtt, samples.all[0].mos], [64, 32.5, null]);
});

test('the text has what a ticket asks for', () => {
  const text = reportText(report());
  for (const part of [
    /failed by remote: Busy \(486 Busy Here\)/,
    /error no-ice: No ICE\.\n {2}-> Turn it on\./,
    /ICE +yes +no +missing/,
    / 12 ms {2}browser --> server {2}INVITE sip:\+4930123456@example\.com \[SDP\]/,
    / 900 ms {2}browser <-- server {2}486 Busy Here \(INVITE\)/,
    /MOS +rtt ms[^\n]*\n2 +4\.20 +20 +1\.0 +- +1\.0 +- +32/,
    /high-loss began/,
    /a=ice-pwd:\*\*\*/,
  ])
    assert.match(text, part);
  assert.doesNotMatch(reportText(report(), { messages: false }), /ice-pwd/);
});

// Media that was there before the answer stood behind it, as if it had come later.
test('the steps of a call stand in the order in which they were reached', () => {
  const early = report();
  Object.assign(early.timing, { answered: 7000, confirmed: 7005, connected: 3000, first_packet: 3013, ended: 9000 });
  const [, steps] = /Times, since it began\n-+\n([^]*?)\n\n/.exec(reportText(early));
  assert.deepEqual(
    steps.split('\n').map((line) => parseInt(line, 10)),
    [12, 100, 3000, 3013, 7000, 7005, 9000],
  );
});

test('anonymous: nobody and no network is named, and each has one name in all of it', () => {
  const hidden = anonymous(report());
  const text = JSON.stringify(hidden);
  assert.doesNotMatch(text, /alice|Bob|4930123456|10\.0\.0\.7|192\.0\.2|2001:db8/i);
  const [{ message }] = hidden.messages;
  const called = /INVITE sip:(user\d+)@example\.com/.exec(message)[1];
  assert.ok(message.includes(`To: <sip:${called}@example.com>`), message);
  assert.match(message, /o=- 1 1 IN IP4 (private1)\r\n[^]*udp 2122 \1 5000 typ host/);
  assert.match(message, /User-Agent: viasip\/1\.2\.3\.4/);
  assert.equal(hidden.call.remote, 'sip:user2@h');
  assert.equal(hidden.browser, 'Chrome/156.0.0.0');
});

test('`npx viasip report` shows a file, and says what is wrong with one', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'call.json');
  const run = (...words) => spawnSync('node', [program, 'report', ...words], { encoding: 'utf8' });
  const steering = report();
  steering.events[0].detail = 'local\u001b[2J';
  writeFileSync(file, JSON.stringify(steering));
  const { stdout, status } = run(file);
  assert.equal(status, 0);
  assert.match(stdout, /486 Busy Here \(INVITE\)/);
  assert.match(stdout, /a=ice-pwd/);
  assert.equal(stdout.includes('\u001b'), false);
  assert.doesNotMatch(run(file, '--no-messages').stdout, /a=ice-pwd/);
  for (const [content, said] of [
    ['{', 'cannot be read: it is no JSON'],
    ['{"report":2}', 'no report of a call'],
    ['{"report":1}', 'no whole report'],
  ]) {
    writeFileSync(file, content);
    const wrong = run(file);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, new RegExp(said));
    assert.doesNotMatch(wrong.stderr, /Usage/);
  }
  assert.match(
    run(path.join(folder, 'none.json')).stderr,
    /^viasip: .*none\.json cannot be read: there is no such file\n$/,
  );
  assert.match(run().stderr, /report is of one file/);
});
