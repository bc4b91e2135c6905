// Where there is no WebRTC: a program in Node that uses viasip for messages.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import JsSIP from '../../pkg/dist/inline.js';

/** A user agent with a line, and its socket, which keeps what was sent. */
async function connected(prepare) {
  const socket = {
    url: 'x',
    via_transport: 'WS',
    sip_uri: 'sip:x;transport=ws',
    sent: [],
    connect: () => queueMicrotask(() => socket.onconnect()),
    disconnect() {},
    send: (text) => socket.sent.push(text) > 0,
  };
  const ua = new JsSIP.UA({ sockets: [socket], uri: 'sip:bob@viasip.local', register: false });
  prepare(ua);
  ua.start();
  await new Promise((resolve) => ua.once('connected', resolve));
  return { ua, socket };
}

/** The final answer to an INVITE that comes to a user agent, which `prepare` has made ready. */
async function invited(prepare, body) {
  const { ua, socket } = await connected(prepare);
  const typed = body ? 'Content-Type: application/sdp\r\n' : '';
  socket.ondata(
    `INVITE sip:bob@viasip.local SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nTo: <sip:bob@viasip.local>\r\n` +
      `From: <sip:far@viasip.local>;tag=far\r\nCall-ID: far-call\r\nCSeq: 1 INVITE\r\nContact: <sip:far@far.invalid>\r\n${typed}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  const answers = () =>
    socket.sent.map((frame) => /^SIP\/2\.0 (\d+)/.exec(frame)?.[1]).filter((status) => status >= '180');
  // It comes within some ms; a machine with much else to do may need longer.
  for (let looks = 0; looks < 100 && !answers().some((status) => status >= '200'); looks += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  ua.stop();
  return answers();
}

// It was 488 for everything, before anybody looked whether the program listens; JsSIP says 405, so that the caller knows.
test('without WebRTC an INVITE is 405 if nobody listens, and 488 if somebody does', async () => {
  for (const body of ['', 'v=0\r\nm=audio 1 RTP/AVP 0\r\n']) {
    let heard = 0;
    assert.deepEqual(await invited(() => {}, body), ['405']);
    assert.deepEqual(await invited((ua) => ua.on('newRTCSession', () => (heard += 1)), body), ['488']);
    // JsSIP: no session for what cannot be answered.
    assert.equal(heard, 0);
  }
});

// An address in From that is none was 400; now that it is read, whoever looks at it must get something to look at.
test('a message from an odd address is shown with it', async () => {
  for (const [address, user, host] of [
    ['<sip:1014@h;phone-context=+33@d>', '1014@h;phone-context=+33', 'd'],
    ['"J D" <sip:John Doe@pbx.local>', 'John Doe', 'pbx.local'],
    ['<sip:100%@pbx.local:5070>', '100%', 'pbx.local'],
    ['<sip:@pbx.local>', null, 'pbx.local'],
    ['<1014>', '1014', 'anonymous.invalid'],
    ['<sip:>', null, 'anonymous.invalid'],
    ['<>', null, 'anonymous.invalid'],
  ]) {
    const { ua, socket } = await connected(() => {});
    const dropped = [];
    ua.on('dropped', ({ why }) => dropped.push(why));
    const told = new Promise((resolve) => ua.once('newMessage', resolve));
    socket.ondata(
      `MESSAGE sip:bob@viasip.local SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bK1\r\nTo: <sip:bob@viasip.local>\r\n` +
        `From: ${address};tag=far\r\nCall-ID: far-call\r\nCSeq: 1 MESSAGE\r\nX-Account Name: ACME\r\nContent-Length: 0\r\n\r\n`,
    );
    const { request } = await told;
    assert.deepEqual(
      [request.from.uri.user ?? null, request.from.uri.host, request.from_tag],
      [user, host, 'far'],
      address,
    );
    assert.equal(request.getHeader('From'), `${address};tag=far`);
    assert.equal(typeof String(request.from), 'string');
    assert.ok(request.from.clone().uri.clone());
    assert.deepEqual(dropped, ['Line that is no header field']);
    ua.stop();
    assert.match(socket.sent.at(-1), /^SIP\/2\.0 200/);
  }
});

// A program of its own, because the loggers hold the console of their start.
test('the debug log says what a timer was set for', () => {
  const program = `
    import JsSIP from ${JSON.stringify(new URL('../../pkg/dist/inline.js', import.meta.url).href)};
    const socket = { url: 'x', via_transport: 'WS', sip_uri: 'sip:x;transport=ws', disconnect() {}, send: () => true };
    socket.connect = () => queueMicrotask(() => socket.onconnect());
    const ua = new JsSIP.UA({ sockets: [socket], uri: 'sip:bob@viasip.local', register: false });
    ua.on('connected', () => {
      ua.sendMessage('sip:far@viasip.local', 'hello');
      ua.stop();
    });
    ua.start();`;
  const env = { ...process.env, DEBUG: 'viasip:UA' };
  const told = spawnSync(process.execPath, ['--input-type=module', '-e', program], { env, encoding: 'utf8' });
  assert.match(told.stdout, /due: stop/);
});
