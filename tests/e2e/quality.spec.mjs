// How a call is, measured in Chromium, over a network that the tests make bad.
import { expect, test } from './fixture.mjs';
import { openMeasured } from './measured.mjs';
import { startUdp } from './udp.mjs';

test.beforeEach(({ page, files, registrar }) => openMeasured(page, files.url, registrar.url, { interval: 1 }));
test.afterEach(({ page }) => page.evaluate(() => [alice, bob].forEach((ua) => ua.stop())));

test('a good call has its figures, and no problem', async ({ page }) => {
  test.setTimeout(120_000);
  const { problems, last, before, ended, history } = await page.evaluate(async () => {
    let before;
    const both = await call({ mediaConstraints: { audio: true, video: true } }, (s) => (before = s.quality()));
    await sleep(60_000);
    const [mine] = both;
    const last = mine.quality();
    const over = once(mine, 'ended');
    mine.terminate();
    const { diagnosis } = await over;
    return {
      problems: both.flatMap((session) => session.problems),
      last,
      before,
      ended: diagnosis,
      history: qualityOf(mine).history.length,
    };
  });
  expect(problems).toEqual([]);
  expect(ended).toEqual([]);
  expect(before).toBe(null);
  expect(history).toBeGreaterThan(40);
  expect(last.audio.in).toMatchObject({ codec: 'opus', lost: 0, loss: 0 });
  expect(last.audio.in.packets).toBeGreaterThan(30);
  expect(last.audio.out.packets).toBeGreaterThan(30);
  expect(last.audio.in.level).toBeGreaterThan(0);
  expect(last.audio.in.bitrate).toBeGreaterThan(5_000);
  expect(last.audio.in.concealed).toBeLessThan(0.2);
  expect(last.video.in.width).toBeGreaterThan(0);
  expect(last.video.out.limitation).toBeTruthy();
  expect(last.pair).toMatchObject({ local: 'host', protocol: 'udp', relayed: false });
  expect(last.rtt).toBeLessThan(100);
  expect(last.r).toBeGreaterThan(80);
  expect(last.mos).toBeGreaterThan(4);
});

test('nothing that comes, nothing that leaves, and both again', async ({ page }) => {
  const { began, over, left, ended } = await page.evaluate(async () => {
    const [mine, theirs] = await call();
    await sleep(1500);
    const [sender] = theirs.connection.getSenders();
    const { track } = sender;
    await sender.replaceTrack(null);
    const began = await told(mine, 'no-packets-in began', 5000);
    await sender.replaceTrack(track);
    const over = await told(mine, 'no-packets-in over');
    await sender.replaceTrack(null);
    await until(() => mine.problems.length === 3, 5000);
    const last = once(mine, 'ended');
    theirs.terminate();
    const { diagnosis } = await last;
    return { began, over, left: theirs.problems, ended: diagnosis.map(({ code }) => code) };
  });
  expect({ began, over }).toEqual({ began: true, over: true });
  // Who sends no track on purpose has no problem.
  expect(left).toEqual([]);
  expect(ended).toEqual(['no-packets-in']);
});

test('a microphone that gives silence, and one that the app has muted', async ({ page }) => {
  const { silent, muted, over } = await page.evaluate(async () => {
    const context = new AudioContext();
    const gain = context.createGain();
    const tone = context.createOscillator();
    const out = context.createMediaStreamDestination();
    gain.gain.value = 0;
    tone.connect(gain).connect(out);
    tone.start();
    const [mine, theirs] = await call({ mediaStream: out.stream }, () => {}, audio);
    const silent = await told(mine, 'silent-microphone began', 5000);
    gain.gain.value = 0.5;
    const over = await told(mine, 'silent-microphone over');
    theirs.mute({ audio: true });
    await sleep(4000);
    return { silent, muted: theirs.problems, over };
  });
  expect({ silent, over }).toEqual({ silent: true, over: true });
  expect(muted).toEqual([]);
});

test('loss, delay, and a way that carries one direction only', async ({ page }) => {
  test.setTimeout(120_000);
  const udp = await startUdp();
  try {
    await page.exposeFunction('is', udp.is);
    await page.exposeFunction('becomes', udp.becomes);
    const result = await page.evaluate(async (ports) => {
      const [mine, theirs] = await call(audio, (session) => through(session, ports));
      await sleep(2500);
      const good = mine.quality();
      await becomes({ loss: 0.2 });
      const lossy = await told(mine, 'high-loss began', 8000);
      const worse = mine.quality();
      await becomes({ loss: 0, delay: 300 });
      const late = await told(mine, 'high-delay began', 10_000);
      const slow = mine.quality();
      // The far end reports every five seconds or so, and the first report tells of the loss before, too.
      const again = await told(mine, 'high-loss over', 25_000);
      await becomes({ delay: 0, deaf: 1 });
      const oneWay = await told(mine, 'one-way began');
      const unheard = await told(theirs, 'no-packets-in began');
      await becomes({ deaf: null });
      const both = await told(mine, 'one-way over');
      return { good, worse, slow, lossy, late, again, oneWay, unheard, both };
    }, udp.ports);
    expect(result).toMatchObject({ lossy: true, late: true, again: true, oneWay: true, unheard: true, both: true });
    expect(result.worse.audio.in.loss).toBeGreaterThan(0.05);
    expect(result.worse.mos).toBeLessThan(result.good.mos - 0.3);
    expect(result.slow.rtt).toBeGreaterThan(400);
    expect(result.slow.r).toBeLessThan(result.good.r);
  } finally {
    udp.stop();
  }
});

test('ICE that finds no way says what was tried', async ({ page }) => {
  const { problem, codes, ms } = await page.evaluate(async () => {
    let problem;
    let codes;
    let failedAt;
    const blocked = (session) => {
      session.on('sdp', (event) => {
        if (event.originator === 'remote')
          event.sdp = event.sdp.replace(/^(a=candidate:\S+ 1 \S+ \d+) \S+ \d+/gm, '$1 192.0.2.77 50001');
      });
      const watch = ({ peerconnection }) =>
        peerconnection.addEventListener('iceconnectionstatechange', () => {
          if (/^(failed|disconnected)$/.test(peerconnection.iceConnectionState)) failedAt ??= performance.now();
        });
      if (session.connection) watch({ peerconnection: session.connection });
      else session.on('peerconnection', watch);
      session.on('ended', ({ diagnosis }) => (codes ??= diagnosis.map(({ code }) => code)));
      session.on('mediaproblem', (event) => (problem ??= { ...event, at: performance.now() }));
    };
    await call(audio, blocked);
    await until(() => problem, 40_000);
    return { problem, codes, ms: problem?.at - failedAt };
  });
  expect(problem).toMatchObject({ code: 'ice-failed', state: 'began' });
  // Chromium says that ICE is disconnected and the connection failed: that was told as a failed handshake.
  expect(codes).toEqual(['ice-failed']);
  expect(problem.message).toContain('ours host');
  expect(Math.abs(ms)).toBeLessThan(1000);
});
