// What is wrong with the media of a call is told within 5 s, by the interval that applications have unless they say another.
import { expect, test } from './fixture.mjs';
import { openMeasured } from './measured.mjs';
import { startTurn } from './turn.mjs';
import { startUdp } from './udp.mjs';

test.beforeEach(async ({ page, files, registrar }) => {
  await openMeasured(page, files.url, registrar.url);
  await page.evaluate(() => {
    /** ms from `cause` until `session` tells of `code`; what else it told, too. */
    window.measure = async (session, code, cause) => {
      // Soon after a reading: that is when it takes longest.
      await sleep(2200);
      const began = performance.now();
      const told = new Promise((resolve) =>
        session.on('mediaproblem', (event) => event.code === code && event.state === 'began' && resolve()),
      );
      await cause();
      await Promise.race([told, sleep(20_000)]);
      return { ms: Math.round(performance.now() - began), problems: session.problems };
    };
  });
});
test.afterEach(({ page }) => page.evaluate(() => [alice, bob].forEach((ua) => ua.stop())));

const within5s = ({ ms, problems }, code) => {
  expect(problems).toEqual([`${code} began`]);
  expect(ms).toBeLessThan(5000);
};

test('a far end that sends nothing, and a track of ours that does not leave', async ({ page }) => {
  const { unheard, stuck } = await page.evaluate(async () => {
    const [mine, theirs] = await call();
    const both = [
      measure(mine, 'no-packets-in', () => silence(theirs, 'audio')),
      measure(theirs, 'no-packets-out', () => {}),
    ];
    const [unheard, stuck] = await Promise.all(both);
    return { unheard, stuck };
  });
  within5s(unheard, 'no-packets-in');
  within5s(stuck, 'no-packets-out');
});

test('a microphone that falls silent', async ({ page }) => {
  const told = await page.evaluate(async () => {
    const context = new AudioContext();
    const gain = context.createGain();
    const tone = context.createOscillator();
    const out = context.createMediaStreamDestination();
    tone.connect(gain).connect(out);
    tone.start();
    const [mine] = await call({ mediaStream: out.stream }, () => {}, audio);
    return measure(mine, 'silent-microphone', () => (gain.gain.value = 0));
  });
  within5s(told, 'silent-microphone');
});

test('a picture that stands still', async ({ page }) => {
  const told = await page.evaluate(async () => {
    const [mine, theirs] = await call({ mediaConstraints: { audio: true, video: true } });
    return measure(mine, 'frozen-video', () => silence(theirs, 'video'));
  });
  within5s(told, 'frozen-video');
});

for (const [code, network] of [
  ['high-loss', { loss: 0.2 }],
  ['high-delay', { delay: 300 }],
  ['one-way', { deaf: 1 }],
]) {
  test(`a network with ${code}`, async ({ page }) => {
    const udp = await startUdp();
    try {
      await page.exposeFunction('is', udp.is);
      await page.exposeFunction('becomes', udp.becomes);
      const told = await page.evaluate(
        async ([ports, code, network]) => {
          const [mine] = await call(audio, (session) => through(session, ports));
          return measure(mine, code, () => becomes(network));
        },
        [udp.ports, code, network],
      );
      within5s(told, code);
    } finally {
      udp.stop();
    }
  });
}

test('a certificate that is not the one of the description', async ({ page }) => {
  const { told, ended } = await page.evaluate(async () => {
    let [ended, began, told] = [];
    const forged = (session) => {
      session.on('sdp', (event) => {
        if (event.originator === 'remote')
          event.sdp = event.sdp.replace(/^(a=fingerprint:sha-256 )(..):(..)/gm, '$1$3:$2');
      });
      session.on('confirmed', () => (began ??= performance.now()));
      session.on('mediaproblem', (event) => (told ??= { ...event, ms: performance.now() - began }));
      session.on('ended', ({ diagnosis }) => (ended ??= diagnosis.map(({ code }) => code)));
    };
    await call(audio, forged);
    await until(() => told && ended, 20_000);
    return { told, ended };
  });
  expect(told).toMatchObject({ code: 'dtls-failed', state: 'began' });
  expect(ended).toEqual(['dtls-failed']);
  expect(told.ms).toBeLessThan(5000);
});

test('no way through, and a TURN server that refuses the password: both are named', async ({ page }) => {
  const turn = await startTurn();
  try {
    const { problem, ended } = await page.evaluate(async (url) => {
      let [problem, ended] = [];
      const blocked = (session) => {
        session.on('sdp', (event) => {
          if (event.originator === 'remote')
            event.sdp = event.sdp.replace(/^(a=candidate:\S+ 1 \S+ \d+) \S+ \d+/gm, '$1 192.0.2.77 50001');
        });
        session.on('mediaproblem', (event) => (problem ??= event));
        session.on('ended', ({ diagnosis }) => (ended ??= diagnosis.map(({ code }) => code)));
      };
      const pcConfig = { iceServers: [{ urls: url, username: 'u', credential: 'wrong' }] };
      await call({ ...audio, pcConfig }, blocked);
      await until(() => problem && ended, 40_000);
      return { problem, ended };
    }, turn.url);
    expect(problem).toMatchObject({ code: 'ice-failed', state: 'began' });
    expect(problem.message).toContain(turn.url);
    expect(problem.message).toContain('401');
    expect(ended).toContain('ice-failed');
    expect(ended).toContain('turn-refused');
  } finally {
    turn.stop();
  }
});
