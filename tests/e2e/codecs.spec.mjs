import { expect, test } from './fixture.mjs';
import { openWithFarEnd } from './far-end.mjs';

// What the browser can decode is asked for once the connection opens, and is there for the first call.
test('an offer without a codec of this browser is refused before it rings', async ({ page, files }) => {
  await page.addInitScript(() => {
    RTCRtpReceiver.getCapabilities = (kind) => ({ codecs: [{ mimeType: `${kind}/unheard-of` }], headerExtensions: [] });
  });
  await openWithFarEnd(page, files.url);
  const [head, rings] = await page.evaluate(async () => {
    const { ua, invite, received } = await farEnd();
    let rang = false;
    ua.on('newRTCSession', () => (rang = true));
    const far = new RTCPeerConnection();
    far.addTransceiver('audio');
    await far.setLocalDescription(await far.createOffer());
    const refused = Promise.race([
      received('SIP/2.0 4'),
      new Promise((resolve) => {
        setTimeout(resolve, 3000, ['nothing']);
      }),
    ]);
    invite(await gathered(far));
    const [told] = await refused;
    ua.stop();
    far.close();
    return [told, rang];
  });
  expect([head.split('\r\n')[0], rings]).toEqual(['SIP/2.0 488 Not Acceptable Here', false]);
  expect(head).toMatch(/^Warning: .*No codec of the offer is known to this browser/m);
});
