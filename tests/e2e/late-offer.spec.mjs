// INVITEs without a description: the 200 brings the offer, the ACK the answer (RFC 3261 13.2.1).
import { expect, test } from './fixture.mjs';
import { openWithFarEnd } from './far-end.mjs';

/** Bob takes a call that offers nothing, with these options. */
async function called(page, files, options) {
  await openWithFarEnd(page, files.url);
  return page.evaluate(async (given) => {
    const { ua, invite, received, acknowledge } = await farEnd();
    const ringing = once(ua, 'newRTCSession');
    invite();
    const { session } = await ringing;
    const log = [];
    record(session, log);
    const began = performance.now();
    session.answer(given);
    const [, sdp] = await received('SIP/2.0 200');
    const ms = performance.now() - began;
    const far = new RTCPeerConnection();
    far.addTransceiver('audio', { direction: 'sendrecv' });
    await far.setRemoteDescription({ type: 'offer', sdp });
    await far.setLocalDescription(await far.createAnswer());
    await acknowledge(await gathered(far));
    const confirmed = await until(() => log.some((entry) => entry.startsWith('confirmed')));
    const connected = await until(() => session.connection.connectionState === 'connected');
    const media = sdp.match(/^m=\w+|^a=(?:sendrecv|sendonly|recvonly|inactive)/gm);
    const tracks = session.connection
      .getSenders()
      .map((sender) => sender.track?.kind)
      .filter(Boolean);
    ua.stop();
    far.close();
    return { ms, media, tracks, confirmed, connected, candidates: /^a=candidate/m.test(sdp) };
  }, options);
}

// The 200 had no `m=` line, whatever the application asked for, and came after five seconds.
for (const [what, options, media, tracks] of [
  ['audio, as the application asks', { mediaConstraints: { audio: true } }, ['m=audio', 'a=sendrecv'], ['audio']],
  ['audio, if the application does not say', {}, ['m=audio', 'a=sendrecv'], ['audio']],
  [
    'audio and video',
    { mediaConstraints: { audio: true, video: true } },
    ['m=audio', 'a=sendrecv', 'm=video', 'a=sendrecv'],
    ['audio', 'video'],
  ],
  [
    'audio to hear only, if nothing may be captured',
    { mediaConstraints: { audio: false, video: false } },
    ['m=audio', 'a=recvonly'],
    [],
  ],
]) {
  test(`a late offer is ${what}`, async ({ page, files }) => {
    const result = await called(page, files, options);
    expect(result.media).toEqual(media);
    expect(result.tracks).toEqual(tracks);
    expect(result.ms).toBeLessThan(3000);
    expect(result).toMatchObject({ confirmed: true, connected: true, candidates: true });
  });
}
