// `npx viasip check`: what it says of servers that are none, and how it is asked. Real servers are in tests/interop.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { WebSocketServer } from 'ws';

const program = path.join(import.meta.dirname, '..', '..', 'pkg', 'cli', 'viasip.mjs');
const ALICE = 'sip:alice@viasip.local';
/** s for what a server here answers at once, on a machine that may have much else to do. */
const WAIT_S = '5';

/** What the command writes, and its exit status. */
function run(words, { password = 'secret', input } = {}) {
  const env = { ...process.env, ...(password && { VIASIP_PASSWORD: password }) };
  const child = spawn('node', [program, ...words], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
}

/** The lines of a check, one text for each verdict. */
async function check(url, ...more) {
  const { status, out } = await run(['check', url, ALICE, '--wait', WAIT_S, '--json', ...more]);
  const { lines, wrong } = JSON.parse(out);
  const of = (verdict) =>
    lines
      .filter((line) => line.verdict === verdict)
      .map(({ step, message, hint = '' }) => `${step}: ${message} -> ${hint}`)
      .join('\n');
  return { status, count: wrong, right: of('right'), wrong: of('wrong'), note: of('note') };
}

/** Where a server listens that lasts as long as the test. */
async function listen(t, server, scheme = 'ws') {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `${scheme}://127.0.0.1:${server.address().port}/`;
}

/** A server of WebSockets, with what it does with each. */
async function sockets(t, options, connected) {
  const server = createServer((_, response) => response.end('a page'));
  new WebSocketServer({ server, ...options }).on('connection', connected);
  return listen(t, server);
}

/** A certificate that this machine does not know. */
function certificate(t, names) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-certificate-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = ['key', 'cert'].map((name) => path.join(folder, name));
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '5', '-subj', '/CN=x', '-keyout', key];
  execFileSync('openssl', [...words, '-out', cert, '-addext', `subjectAltName=${names}`], { stdio: 'pipe' });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** The answer to a request, with more lines. */
function answer(request, status, ...more) {
  const kept = request.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line));
  const tagged = kept.map((line) => (/^To:/i.test(line) && !line.includes('tag=') ? `${line};tag=x` : line));
  return [`SIP/2.0 ${status}`, ...tagged, ...more, 'Content-Length: 0', '', ''].join('\r\n');
}

test('it is asked in words, and says how', async () => {
  for (const [words, said] of [
    [[], 'a command is missing'],
    [['call'], 'no command "call"'],
    [['check', 'wss://x'], 'the server and the address are needed'],
    [['check', 'https://x', ALICE], 'not "https://x"'],
    [['check', 'wss://x', 'alice'], 'not "alice"'],
    [['check', 'wss://x', ALICE, 'more'], '"more" is too much'],
    [['check', 'wss://x', ALICE, '--wait', 'long'], 'not "long"'],
    [['check', 'wss://x', ALICE, '--password', 'secret'], '--password'],
  ]) {
    const { status, err } = await run(words);
    assert.equal(status, 2, words.join(' '));
    assert.ok(err.includes(said) && err.includes('Usage:'), err);
  }
  const { status, out } = await run(['--help']);
  assert.equal(status, 0);
  assert.match(out, /VIASIP_PASSWORD/);
});

test('a closed port, a name without address, a page', async (t) => {
  const gone = createServer();
  const url = await listen(t, gone);
  await new Promise((resolve) => gone.close(resolve));
  const closed = await check(url);
  assert.equal(closed.status, 1);
  assert.match(closed.wrong, /websocket: .*nobody listens there \(ECONNREFUSED\) -> Look at the port/);
  assert.match((await check('wss://viasip.invalid/')).wrong, /name: viasip.invalid has no address/);
  const page = await listen(
    t,
    createServer((_, response) => response.end('a page')),
  );
  assert.match((await check(page)).wrong, /websocket: no WebSocket: HTTP 200 -> That is a web page/);
  const proxy = createServer().on('upgrade', (_, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  assert.match((await check(await listen(t, proxy))).wrong, /HTTP 502 -> The proxy before it/);
});

test('a WebSocket that is not for SIP', async (t) => {
  const other = await sockets(t, { handleProtocols: () => false }, () => {});
  assert.match((await check(other)).wrong, /subprotocol "sip" -> .*RFC 7118/);
  const silent = await check(await sockets(t, {}, () => {}));
  assert.match(silent.right, /websocket: open/);
  assert.match(silent.wrong, /sip: OPTIONS has no answer/);
  const rude = await check(await sockets(t, {}, (socket) => socket.on('message', () => socket.close(1008))));
  assert.match(rude.wrong, /sip: the server closed the line/);
});

test('a certificate that a browser refuses keeps the password here', async (t) => {
  let connections = 0;
  const server = createSecure(certificate(t, 'IP:127.0.0.1'));
  new WebSocketServer({ server }).on('connection', () => (connections += 1));
  const url = await listen(t, server, 'wss');
  const refused = await check(url);
  assert.equal(refused.status, 1);
  assert.match(refused.wrong, /certificate: the certificate of 127.0.0.1 is signed by itself/);
  assert.equal(connections, 0);
  const goes = await check(url, '--insecure');
  assert.match(goes.right, /websocket: open/);
  const plain = await sockets(t, {}, () => {});
  assert.match(
    (await check(plain.replace('ws:', 'wss:'))).wrong,
    /certificate: .*no TLS .*-> Perhaps this port is for ws:/,
  );
});

test('a wrong password, and one that is never shown', async (t) => {
  const challenge = 'WWW-Authenticate: Digest realm="pbx", nonce="n", algorithm=SHA-256, qop="auth"';
  const url = await sockets(t, {}, (socket) =>
    socket.on('message', (data) => {
      const text = data.toString();
      if (/^OPTIONS/.test(text)) socket.send(answer(text, '200 OK', 'Server: ours'));
      else if (/^REGISTER/.test(text)) socket.send(answer(text, '401 Unauthorized', challenge));
    }),
  );
  const { status, out } = await run(['check', url, ALICE], { password: null, input: 'verysecret\n' });
  assert.equal(status, 1);
  assert.match(out, /✓ sip .*a SIP server answers \(ours\): 200 OK to OPTIONS, any answer will do/);
  assert.match(out, /challenge is SHA-256 for the realm "pbx"/);
  assert.match(out, /✗ registration .*401.*\n.*password is wrong/);
  assert.doesNotMatch(out, /verysecret/);
});

test('a registrar that has all, and closes a silent line', async (t) => {
  const url = await sockets(t, {}, (socket) =>
    socket.on('message', (data) => {
      const text = data.toString();
      if (text === '\r\n\r\n') {
        // The last that is asked before the silence.
        setTimeout(() => socket.close(1001), 2500);
        return socket.send('\r\n');
      }
      const contact = `${/^Contact: [^>]*>/m.exec(text)?.[0]};expires=90;pub-gruu="sip:alice@viasip.local;gr=x"`;
      const all = ['Path: <sip:edge;lr>', 'Service-Route: <sip:core;lr>', 'Require: outbound', 'Flow-Timer: 30'];
      return socket.send(answer(text, '200 OK', ...(/^REGISTER/.test(text) ? [contact, ...all] : [])));
    }),
  );
  const { status, right, note, wrong } = await check(url, '--idle', '15');
  assert.match(right, /registered for 90 s/);
  assert.match(right, /answers CRLF/);
  assert.match(note, /the registrar has outbound, GRUU, Path, Service-Route, Flow-Timer of 30 s/);
  assert.match(wrong, /idle line: closed after [1-6] s of silence \(code 1001\) -> Set keep_alive_interval/);
  assert.equal(status, 1);
});

test('what a server says does not reach the terminal raw', async (t) => {
  const url = await sockets(t, {}, (socket) =>
    socket.on('message', (data) => socket.send(answer(data.toString(), '403 No\u001b[2J', 'Server: \u001b]0;x\u0007'))),
  );
  const { out } = await run(['check', url, ALICE, '--wait', WAIT_S]);
  assert.ok(!out.includes('\u001b'), out);
});
