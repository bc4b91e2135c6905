// `npx viasip check` at servers and callees that are strange: what each does is said, and what to change.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { createServer as createPlain } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { WebSocketServer } from 'ws';

const program = path.join(import.meta.dirname, '..', '..', 'pkg', 'cli', 'viasip.mjs');

/** What the command writes; a word with `=` is for its environment. */
function check(url, ...more) {
  const known = Object.fromEntries(more.filter((word) => word.includes('=')).map((word) => word.split('=')));
  const words = [program, 'check', url, 'sip:alice@viasip.local', '--wait', '5'];
  words.push(...more.filter((word) => !word.includes('=')));
  const child = spawn('node', words, { env: { ...process.env, VIASIP_PASSWORD: 'secret', ...known } });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (out += data));
  child.stdin.end();
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out })));
}

/** Where a server listens that lasts as long as the test. */
async function listen(t, server, scheme = 'ws') {
  const open = new Set();
  server.on('connection', (socket) => open.add(socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return `${scheme}://127.0.0.1:${server.address().port}/`;
}

/** A key and a certificate for `names`, signed by itself; `known` makes it one that is trusted. */
function certificate(t, names, days = '5') {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-certificate-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [key, asked, cert] = ['key', 'asked', 'cert'].map((name) => path.join(folder, name));
  const openssl = (words) => execFileSync('openssl', words.split(' '), { stdio: 'pipe' });
  openssl(`req -newkey rsa:2048 -nodes -subj /CN=x -keyout ${key} -out ${asked} -addext subjectAltName=${names}`);
  openssl(`x509 -req -in ${asked} -signkey ${key} -days ${days} -copy_extensions copy -out ${cert}`);
  return { key: readFileSync(key), cert: readFileSync(cert), known: `NODE_EXTRA_CA_CERTS=${cert}` };
}

const answer = (request, status, more = [], body = '') => {
  const kept = request.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line));
  const tagged = kept.map((line) => (/^To:/i.test(line) && !line.includes('tag=') ? `${line};tag=x` : line));
  return [`SIP/2.0 ${status}`, ...tagged, ...more, `Content-Length: ${body.length}`, '', body].join('\r\n');
};

/** A server of SIP that answers each method with what `answers` has for it: a status, or all of the answer. */
async function sip(t, answers, options = {}) {
  const server = createServer((_, response) => response.writeHead(404).end());
  new WebSocketServer({ server, ...options }).on('connection', (socket) =>
    socket.on('message', (data) => {
      const text = String(data);
      // A ping of RFC 5626, for whose answer nobody need wait.
      if (text === '\r\n\r\n') return socket.send('\r\n');
      const method = /^\w+/.exec(text)?.[0];
      const said = answers[method] ?? (method === 'REGISTER' ? registered : '200 OK');
      if (method && method !== 'ACK') socket.send(typeof said === 'string' ? answer(text, said) : said(text));
    }),
  );
  return listen(t, server);
}
const registered = (text) => answer(text, '200 OK', [`${/^Contact: [^>]*>/m.exec(text)[0]};expires=600`]);

/** Line and hint of what is wrong. */
const wrong = ({ out }) => [...out.matchAll(/^✗ (\S+(?: \w+)?) +(.*)(?:\n +→ (.*))?/gm)].map(([, ...what]) => what);
const firstWrong = (told) => (wrong(told)[0] ?? ['nothing is wrong', told.out]).join(' | ');

test('a WebSocket that is closed at once', async (t) => {
  const server = createServer();
  new WebSocketServer({ server }).on('connection', (socket) => socket.close(1008, 'not you'));
  const told = await check(await listen(t, server));
  assert.match(firstWrong(told), /closed the line.*1008.*not you.* \| .*(origin|--origin)/i);
  assert.equal(told.status, 1);
});

test('a port that takes the connection and says nothing', async (t) => {
  const told = await check(await listen(t, createPlain()));
  assert.match(firstWrong(told), /websocket \| .*no answer in 5 s \| .*port/);
});

test('a page in the place of the WebSocket, and one that it is moved to', async (t) => {
  const page = createServer((_, response) => response.end('<html>')).on('upgrade', (_, socket) =>
    socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>'),
  );
  const pages = await check(await listen(t, page));
  assert.match(firstWrong(pages), /HTTP 200 \| That is a web page: look at the path/);
  // The line that was given up told of an error of its own, as another thing that is wrong.
  assert.equal(wrong(pages).length, 1, pages.out);
  const moved = createServer().on('upgrade', (_, socket) =>
    socket.end('HTTP/1.1 301 Moved Permanently\r\nLocation: wss://pbx.example.com/ws\r\nContent-Length: 0\r\n\r\n'),
  );
  const told = firstWrong(await check(await listen(t, moved)));
  assert.match(told, /HTTP 301 \| Browsers do not follow it: use wss:\/\/pbx\.example\.com\/ws\./);
});

test('a server that is there by one path only', async (t) => {
  const url = await sip(t, {}, { path: '/ws' });
  const told = firstWrong(await check(url));
  assert.match(told, /HTTP 400|HTTP 404/);
  assert.match(told, /path.*\/ws/);
  assert.equal((await check(`${url}ws`)).status, 0);
});

test('certificates: signed by itself, of another name, past, and soon past', async (t) => {
  const told = async (made, ...more) => check(await listen(t, createSecure(made), 'wss'), ...more);
  const [here, other] = [certificate(t, 'IP:127.0.0.1'), certificate(t, 'DNS:other.example.com')];
  assert.match(firstWrong(await told(here)), /certificate \| .*is signed by itself \| .*known authority/);
  assert.match(
    firstWrong(await told(other, other.known)),
    /is for another name \(DNS:other\.example\.com\) \| Use a name/,
  );
  // Who installs the one that is signed by itself would come back for its name.
  assert.deepEqual(
    wrong(await told(other)).map(([, said]) => said.replace(/^the certificate of 127.0.0.1 /, '')),
    ['is signed by itself', 'is for another name (DNS:other.example.com)'],
  );
  const past = certificate(t, 'IP:127.0.0.1', '-1');
  assert.match(firstWrong(await told(past, past.known)), /has expired \| Renew it/);
  assert.match((await told(here, here.known)).out, /✓ certificate +valid for 127\.0\.0\.1 [^]*it ends in 4 days/);
});

test('the port of the other kind', async (t) => {
  const secure = await listen(t, createSecure(certificate(t, 'IP:127.0.0.1')), 'ws');
  assert.match(firstWrong(await check(secure)), /the server hangs up .*\| Perhaps this port is for wss:/);
  const plain = (await sip(t, {})).replace('ws:', 'wss:');
  assert.match(firstWrong(await check(plain)), /no TLS .*\| Perhaps this port is for ws:, .*8089/);
});

test('TLS that browsers have given up', async (t) => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  const told = await check(await listen(t, createSecure({ ...certificate(t, 'IP:127.0.0.1'), ...old }), 'wss'));
  assert.match(firstWrong(told), /certificate \| .*TLS 1\.1 or older.* \| .*TLS 1\.2/);
});

test('registrars that refuse', async (t) => {
  for (const [status, said] of [
    ['403 Forbidden', /403 Forbidden \| Wrong password, .*or this account may not register/],
    ['480 Temporarily Unavailable', /480 .* \| The registrar is not there/],
    ['503 Service Unavailable', /503 .* \| The registrar is too busy, or not reached/],
    ['302 Moved Temporarily', /302 .* \| .*/],
  ]) {
    const told = await check(await sip(t, { REGISTER: status }));
    assert.match(firstWrong(told), said);
    assert.equal(told.status, 1);
  }
});

test('a registrar that wants a longer registration gets one', async (t) => {
  const interval = (text) =>
    /^Expires: 7200/m.test(text) ? registered(text) : answer(text, '423 Interval Too Brief', ['Min-Expires: 7200']);
  const told = await check(await sip(t, { REGISTER: interval }));
  assert.deepEqual(wrong(told), []);
  const never = (text) => answer(text, '423 Interval Too Brief');
  assert.match(firstWrong(await check(await sip(t, { REGISTER: never }))), /423 .* \| The server wants a longer/);
});

const dtls = [
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  'a=setup:active',
  'a=candidate:1 1 udp 2130706431 192.0.2.7 4000 typ host',
];
const described = (media, ...more) =>
  ['v=0', 'o=- 1 1 IN IP4 192.0.2.7', 's=-', 'c=IN IP4 192.0.2.7', 't=0 0', media, ...more, ''].join('\r\n');
const opus = 'a=rtpmap:111 opus/48000/2';

for (const [what, body, said, status] of [
  [
    'plain RTP',
    described('m=audio 4000 RTP/AVP 8', 'a=rtpmap:8 PCMA/8000'),
    /✗ media .*RTP\/AVP[^]*→ .*(webrtc=yes|DTLS|rtpengine)/i,
    1,
  ],
  [
    'SDES',
    described(
      'm=audio 4000 RTP/SAVP 8',
      'a=rtpmap:8 PCMA/8000',
      `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}`,
    ),
    /✗ media .*encrypts by SDES \(RTP\/SAVP[^]*→ /,
    1,
  ],
  [
    'no rtcp-mux',
    described('m=audio 4000 UDP/TLS/RTP/SAVPF 111', opus, 'a=mid:0', ...dtls),
    /✗ media .*rtcp-mux[^]*→ .*rtcp[-_]mux/i,
    1,
  ],
  [
    'no BUNDLE',
    described('m=audio 4000 UDP/TLS/RTP/SAVPF 111', opus, 'a=mid:0', 'a=rtcp-mux', ...dtls),
    /· media +BUNDLE: none in the answer, which a call of sound alone does not need\n/,
    0,
  ],
  // It was told to put a gateway between, in a call that was all right.
  [
    'the profile of a gateway',
    described('m=audio 4000 RTP/SAVPF 111', opus, 'a=mid:0', 'a=rtcp-mux', ...dtls),
    /· media .*RTP\/SAVPF instead of UDP\/TLS\/RTP\/SAVPF\.\n +→ Browsers take it where DTLS and ICE are there\.\n/,
    0,
  ],
  [
    'G.729 alone',
    described('m=audio 4000 UDP/TLS/RTP/SAVPF 18', 'a=rtpmap:18 G729/8000', 'a=rtcp-mux', ...dtls),
    /✗ media .*(codec|G729)[^]*→ .*(opus|PCMU|PCMA|codec)/i,
    1,
  ],
]) {
  test(`a callee that answers with ${what}`, async (t) => {
    const invited = (text) =>
      answer(text, '200 OK', ['Contact: <sip:callee@192.0.2.7>', 'Content-Type: application/sdp'], body);
    const told = await check(await sip(t, { INVITE: invited }), '--call', '600');
    assert.match(told.out, /✓ call +600 answers/);
    assert.match(told.out, said);
    assert.equal(told.status, status, told.out);
    // It says so in a few lines, of which none says nothing.
    assert.ok(!/→ *$/m.test(told.out), told.out);
  });
}
