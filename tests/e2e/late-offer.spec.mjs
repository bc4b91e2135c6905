// INVITEs without a description: the 200 brings the offer, the ACK the answer (RFC 3261 13.2.1).
import { expect, test } from '@playwright/test';
import { open } from './page.mjs';
import { serveFiles } from './servers.mjs';

let files;

test.beforeAll(async () => (files = await serveFiles()));
test.afterAll(() => files?.stop());

/** A line of bob's whose far end is this page: it calls without a description, and answers the offer of the 200. */
async function called(page, options) {
  await open(page, files.url, 'ws://unused.invalid');
  return page.evaluate(async (given) => {
    const socket = {
      url: 'ws://far.invalid', via_transport: 'WS', sip_uri: 'sip:far.invalid;transport=ws', sent: [],
      connect: () => setTimeout(() => socket.onconnect()), disconnect: () => {}, send: (text) => socket.sent.push(text) > 0,
    };
    const ua = new viasip.UA({ sockets: [socket], uri: 'sip:bob@viasip.local', register: false, session_timers: false });
    ua.start();
    await once(ua, 'connected');
    const request = (method, tag, lines, body = '') => `${[
      `${method} ${ua.contact.uri} SIP/2.0`, `Via: SIP/2.0/WS far.invalid;branch=z9hG4bK${method}`, 'Max-Forwards: 70', `To: <sip:bob@viasip.local>${tag}`,
      'From: <sip:far@viasip.local>;tag=far', 'Call-ID: far-call', `CSeq: 1 ${method}`, 'Contact: <sip:far@far.invalid;transport=ws>', ...lines, `Content-Length: ${body.length}`,
    ].join('\r\n')}\r\n\r\n${body}`;
    const ringing = once(ua, 'newRTCSession');
    socket.ondata(request('INVITE', '', []));
    const { session } = await ringing;
    const log = [];
    record(session, log);
    const began = performance.now();
    session.answer(given);
    const accepted = () => socket.sent.find((frame) => frame.startsWith('SIP/2.0 200'));
    await until(accepted, 10_000);
    const ms = performance.now() - began;
    const [head, sdp] = accepted().split('\r\n\r\n');
    const far = new RTCPeerConnection();
    far.addTransceiver('audio', { direction: 'sendrecv' });
    await far.setRemoteDescription({ type: 'offer', sdp });
    await far.setLocalDescription(await far.createAnswer());
    await until(() => far.iceGatheringState === 'complete' || !sdp.includes('m='));
    socket.ondata(request('ACK', /^To:.*?(;tag=\S+)/m.exec(head)[1], ['Content-Type: application/sdp'], far.localDescription.sdp));
    const confirmed = await until(() => log.some((entry) => entry.startsWith('confirmed')));
    const connected = await until(() => session.connection.connectionState === 'connected');
    const media = sdp.match(/^m=\w+|^a=(?:sendrecv|sendonly|recvonly|inactive)/gm);
    const tracks = session.connection.getSenders().map((sender) => sender.track?.kind).filter(Boolean);
    ua.stop();
    far.close();
    return { ms, media, tracks, confirmed, connected, candidates: /^a=candidate/m.test(sdp) };
  }, options);
}

// The 200 had no `m=` line, whatever the application asked for, and came after five seconds.
for (const [what, options, media, tracks] of [
  ['audio, as the application asks', { mediaConstraints: { audio: true } }, ['m=audio', 'a=sendrecv'], ['audio']],
  ['audio, if the application does not say', {}, ['m=audio', 'a=sendrecv'], ['audio']],
  ['audio and video', { mediaConstraints: { audio: true, video: true } }, ['m=audio', 'a=sendrecv', 'm=video', 'a=sendrecv'], ['audio', 'video']],
  ['audio to hear only, if nothing may be captured', { mediaConstraints: { audio: false, video: false } }, ['m=audio', 'a=recvonly'], []],
]) {
  test(`a late offer is ${what}`, async ({ page }) => {
    const result = await called(page, options);
    expect(result.media).toEqual(media);
    expect(result.tracks).toEqual(tracks);
    expect(result.ms).toBeLessThan(3000);
    expect(result).toMatchObject({ confirmed: true, connected: true, candidates: true });
  });
}
