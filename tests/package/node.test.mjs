// Where there is no WebRTC: a program in Node that uses viasip for messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import JsSIP from '../../pkg/dist/inline.js';

/** The final answer to an INVITE that comes to a user agent, which `prepare` has made ready. */
async function invited(prepare, body) {
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
  const typed = body ? 'Content-Type: application/sdp\r\n' : '';
  socket.ondata(
    `INVITE sip:bob@viasip.local SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nTo: <sip:bob@viasip.local>\r\n` +
      `From: <sip:far@viasip.local>;tag=far\r\nCall-ID: far-call\r\nCSeq: 1 INVITE\r\nContact: <sip:far@far.invalid>\r\n${typed}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  ua.stop();
  return socket.sent.map((frame) => /^SIP\/2\.0 (\d+)/.exec(frame)?.[1]).filter((status) => status >= '180');
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
