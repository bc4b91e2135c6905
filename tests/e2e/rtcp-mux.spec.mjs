// Offers that have RTCP on a port of its own: whether they can be answered is for the connection to say.
import { expect, test } from './fixture.mjs';
import { openWithFarEnd } from './far-end.mjs';

/** Bob takes an offer without rtcp-mux, and so without BUNDLE (RFC 8843 8.1), with this policy. */
async function called(page, files, rtcpMuxPolicy) {
  await openWithFarEnd(page, files.url);
  return page.evaluate(async (policy) => {
    const { ua, sent, invite, received, acknowledge } = await farEnd();
    const far = new RTCPeerConnection({ rtcpMuxPolicy: 'negotiate' });
    far.addTrack((await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks()[0]);
    await far.setLocalDescription(await far.createOffer());
    const ringing = Promise.race([once(ua, 'newRTCSession'), new Promise((resolve) => setTimeout(resolve, 3000, {}))]);
    invite((await gathered(far)).replace(/^a=(?:rtcp-mux|group:BUNDLE).*\r\n/gm, ''));
    const { session } = await ringing;
    if (!session) return { rings: false, sent };
    const failed = once(session, 'failed');
    session.answer({
      mediaConstraints: { audio: true, video: false },
      ...(policy ? { pcConfig: { rtcpMuxPolicy: policy } } : {}),
    });
    const taken200 = received('SIP/2.0 200');
    const over = await Promise.race([failed, taken200]);
    if (!Array.isArray(over)) {
      const [head] = await received('SIP/2.0 4');
      return {
        rings: true,
        status: head.split(' ')[1],
        warning: /^Warning: (.*)$/m.exec(head)?.[1] ?? '',
        codes: over.diagnosis.filter((f) => f.severity === 'error').map((f) => f.code),
      };
    }
    await far.setRemoteDescription({ type: 'answer', sdp: over[1] });
    await acknowledge();
    const flows = await until(async () => (await packets(session)) > 10);
    ua.stop();
    far.close();
    return { rings: true, mux: over[1].includes('a=rtcp-mux'), flows };
  }, rtcpMuxPolicy);
}

// It was refused before it rang, although the application's connection takes it.
test('an offer without rtcp-mux is answered where the policy is to negotiate', async ({ page, files }) => {
  expect(await called(page, files, 'negotiate')).toEqual({ rings: true, mux: false, flows: true });
});

// Chromium's own refusal says why to the caller.
test('an offer without rtcp-mux is refused where the policy is not to, and the caller learns why', async ({
  page,
  files,
}) => {
  const result = await called(page, files, undefined);
  expect(result).toMatchObject({ rings: true, status: '488', codes: ['no-rtcp-mux'] });
  expect(result.warning).toContain('a=rtcp-mux');
});
