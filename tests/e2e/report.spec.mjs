// The report of a call in Chromium: what is known of it while it goes on, and after it.
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(async ({ page, files, registrar }) => {
  await open(page, files.url, registrar.url);
  await page.evaluate(async () => {
    window.part = await import('/pkg/dist/report.js');
    window.options = { mediaConstraints: { audio: true, video: false } };
    [window.alice, window.bob] = [line('alice'), line('bob', { display_name: 'Robert' })];
    for (const ua of [alice, bob]) {
      part.attachReport(ua, { interval: 0.5 });
      ua.start();
    }
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    window.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  });
});
test.afterEach(({ page }) => page.evaluate(() => [alice, bob].forEach((ua) => ua.stop())));

test('a call has its report at both ends, during it and after it', async ({ page, registrar }) => {
  const { during, caller, callee, text, hidden, stranger } = await page.evaluate(async () => {
    let theirs;
    bob.once('newRTCSession', ({ session }) => {
      theirs = session;
      setTimeout(() => session.answer(options), 300);
    });
    const mine = alice.call('bob', options);
    await once(mine, 'confirmed');
    const heard = new Audio();
    heard.srcObject = new MediaStream(mine.connection.getReceivers().map(({ track }) => track));
    await heard.play();
    await sleep(2500);
    const during = mine.report();
    await new Promise((resolve) => mine.hold({}, resolve));
    mine.terminate();
    await until(() => mine.report().messages.at(-1).message.startsWith('SIP/2.0 200'));
    await until(() => theirs.isEnded());
    await sleep(200);
    const caller = mine.report();
    return {
      during,
      caller: JSON.parse(JSON.stringify(caller)),
      callee: theirs.report(),
      text: part.reportText(caller),
      hidden: JSON.stringify(theirs.report({ anonymous: true })),
      stranger: part.reportOf(new viasip.RTCSession(alice)),
    };
  });
  expect(during.outcome).toBe(null);
  expect(stranger).toBe(null);
  expect(caller.outcome).toEqual({ name: 'ended', originator: 'local', cause: 'Terminated', response: null });
  expect(caller.call).toMatchObject({ direction: 'outgoing', remote: 'sip:bob@viasip.local' });
  expect(callee.call).toMatchObject({ direction: 'incoming', id: caller.call.id });
  const { sent, ringing, answered, confirmed, connected, first_packet, ended } = caller.timing;
  // One after the other; the microphone of a browser takes its time.
  expect(sent).toBeGreaterThan(0);
  expect(ringing).toBeGreaterThanOrEqual(sent);
  expect(answered).toBeGreaterThan(ringing + 200);
  expect(confirmed).toBeGreaterThanOrEqual(answered);
  expect(first_packet).toBeGreaterThanOrEqual(connected);
  expect(ended).toBeGreaterThan(first_packet + 1000);
  for (const report of [caller, callee]) {
    expect(report.features.find(({ feature }) => feature === 'DTLS').verdict).toBe('ok');
    expect(report.quality.samples.length).toBeGreaterThan(2);
    expect(report.quality.samples.at(-1).bitrate_in).toBeGreaterThan(5_000);
    expect(report.ice.pair).toMatchObject({ local: 'host', protocol: 'udp' });
    expect(report.codecs).toMatchObject({ audio_in: 'opus', audio_out: 'opus', video_in: null });
    expect(report.devices).toContainEqual({ kind: 'audio', label: 'Fake Default Audio Input', used: true });
    expect(report.timing.first_packet).toBeLessThan(report.timing.ended);
    expect(report.events.map(({ name }) => name)).toContain('hold');
    expect(report.browser).toContain('Chrome');
    expect(report.server).toBe(registrar.url);
  }
  // The ladder: from the INVITE (of the callee's, before the call was known) to what answers the BYE, each once.
  const starts = ({ messages }, direction) =>
    messages.filter((entry) => entry.direction === direction).map(({ message }) => message.split(' ', 2).join(' '));
  expect(starts(caller, 'out')[0]).toBe('INVITE sip:bob@viasip.local');
  expect(starts(callee, 'in')[0]).toMatch(/^INVITE sip:/);
  expect(starts(caller, 'out').at(-1)).toMatch(/^BYE /);
  expect(starts(caller, 'in').at(-1)).toBe('SIP/2.0 200');
  expect(starts(callee, 'out').at(-1)).toBe('SIP/2.0 200');
  expect(caller.messages.every(({ message }) => message.includes(caller.call.id))).toBe(true);
  const all = JSON.stringify([caller, callee]);
  expect(all).toContain('a=ice-pwd:***');
  expect(all).not.toMatch(/a=ice-pwd:[^*]/);
  expect(text).toMatch(/ms {2}browser --> server {2}INVITE sip:bob@viasip\.local \[SDP\]/);
  expect(text).toContain('ended by local: Terminated');
  expect(hidden).not.toMatch(/sip:(alice|bob)@|Robert|Fake Default/);
  expect(hidden).toContain('@viasip.local');
});

test('a call that failed has its answer, and one that nobody takes its whole way', async ({ page }) => {
  const { unknown, declined, calls } = await page.evaluate(async () => {
    const failed = async (target, prepare = () => {}) => {
      prepare();
      const session = alice.call(target, options);
      await once(session, 'failed');
      await sleep(300);
      return session.report();
    };
    const unknown = await failed('nobody');
    const declined = await failed('bob', () => bob.once('newRTCSession', ({ session }) => session.terminate()));
    return { unknown, declined, calls: [unknown, declined].map(({ call }) => call.id) };
  });
  expect(unknown.outcome).toMatchObject({ name: 'failed', originator: 'remote', response: '404 Not Found' });
  expect(unknown.timing).toMatchObject({ ringing: null, answered: null, first_packet: null });
  expect(unknown.messages.at(-1).message).toMatch(/^ACK /);
  expect(declined.outcome).toMatchObject({ cause: 'Unavailable', response: '480 Temporarily Unavailable' });
  expect(new Set(calls).size).toBe(2);
  expect(declined.quality.samples).toEqual([]);
});
