// What is wrong with the media of a call is told within 5 s, by the interval that applications have unless they say another.
import { expect, test } from './fixture.mjs';
import { openMeasured } from './measured.mjs';
import { open } from './page.mjs';
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
    /** Sends nothing of a kind any more, whatever was agreed on; or sends it again. */
    window.silence = (session, kind, active = false) => {
      const sender = session.connection.getSenders().find(({ track }) => track?.kind === kind);
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings) encoding.active = active;
      return sender.setParameters(parameters);
    };
    /** Holds or takes back, as soon as no other offer is on its way. */
    window.asked = (session, method) => new Promise((resolve) => until(() => session[method]({}, resolve)));
    /** Six seconds, in which whatever is wrong would be told. */
    window.nothingNew = () => sleep(6000);
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

// Music on hold, or nothing: who holds does as it likes, and the other end need not take what comes.
test('a call on hold in which nothing is sent has no problem, and none as it goes on', async ({ page }) => {
  test.setTimeout(90_000);
  const problems = await page.evaluate(async () => {
    const both = await call({ mediaConstraints: { audio: true, video: true } });
    const [mine, theirs] = both;
    const say = (active) => Promise.all(['audio', 'video'].map((kind) => silence(theirs, kind, active)));
    await asked(theirs, 'hold');
    await say(false);
    await nothingNew();
    await asked(mine, 'hold');
    await nothingNew();
    await asked(mine, 'unhold');
    // Soon before a reading, and what was held comes soon after it.
    await once(mine, 'quality');
    await sleep(1500);
    await asked(theirs, 'unhold');
    await once(mine, 'quality');
    await say(true);
    await nothingNew();
    return both.map((session) => session.problems);
  });
  expect(problems).toEqual([[], []]);
});

test('what was wrong is over with a hold', async ({ page }) => {
  const problems = await page.evaluate(async () => {
    const [mine, theirs] = await call();
    await measure(mine, 'no-packets-in', () => silence(theirs, 'audio'));
    await asked(theirs, 'hold');
    await told(mine, 'no-packets-in over');
    return mine.problems;
  });
  expect(problems).toEqual(['no-packets-in began', 'no-packets-in over']);
});

test('what only one end sends is not missed at the other', async ({ page }) => {
  const problems = await page.evaluate(async () => {
    // The answer takes the sound and sends none.
    const both = await call(audio, () => {}, { mediaConstraints: { audio: false, video: false } });
    await nothingNew();
    return both.map((session) => session.problems);
  });
  expect(problems).toEqual([[], []]);
});

test('an answer by which nobody sends anything', async ({ page }) => {
  const problems = await page.evaluate(async () => {
    const inactive = (session) =>
      session.on('sdp', (event) => {
        if (event.type === 'answer' && event.originator === 'remote')
          event.sdp = event.sdp.replace('a=sendrecv', 'a=inactive');
      });
    const [mine] = await call(audio, inactive);
    await nothingNew();
    return mine.problems;
  });
  expect(problems).toEqual([]);
});

test('a microphone and a camera that are switched off, and on again', async ({ page }) => {
  test.setTimeout(90_000);
  const problems = await page.evaluate(async () => {
    const both = await call({ mediaConstraints: { audio: true, video: true } });
    const [mine] = both;
    await sleep(2200);
    for (const session of both) session.mute({ audio: true, video: true });
    await nothingNew();
    // Soon before a reading.
    await once(mine, 'quality');
    await sleep(1900);
    for (const session of both) session.unmute({ audio: true, video: true });
    await nothingNew();
    return both.map((session) => session.problems);
  });
  expect(problems).toEqual([[], []]);
});

test('sound before the answer that stays away', async ({ page }) => {
  const { problems, heard } = await page.evaluate(async () => {
    const both = [];
    const noted = (session) => {
      both.push(session);
      session.problems = [];
      session.on('mediaproblem', ({ code, state }) => session.problems.push(`${code} ${state}`));
    };
    bob.once('newRTCSession', ({ session }) => {
      noted(session);
      session.progress(audio);
    });
    alice.once('newRTCSession', ({ session }) => noted(session));
    const mine = alice.call('bob', audio);
    await until(() => mine.connection.connectionState === 'connected');
    const theirs = both[1];
    const heard = await until(async () => (await packets(mine)) > 0);
    await silence(theirs, 'audio');
    await nothingNew();
    const confirmed = once(mine, 'confirmed');
    theirs.answer(audio);
    await Promise.all([confirmed, silence(theirs, 'audio', true)]);
    await nothingNew();
    return { problems: both.map((session) => session.problems), heard };
  });
  expect(heard).toBe(true);
  expect(problems).toEqual([[], []]);
});

test('a call that has lost its line and is brought back', async ({ page }) => {
  const { problems, brought } = await page.evaluate(async () => {
    const [mine, theirs] = await call();
    await sleep(2200);
    const brought = [];
    for (const name of ['recovering', 'recovered']) mine.on(name, () => brought.push(name));
    // The network has changed: nothing comes, and no server is reached for a while.
    const Real = WebSocket;
    window.WebSocket = function (_, protocol) {
      return new Real('ws://127.0.0.1:9', protocol);
    };
    alice.transport.socket._ws.close();
    await silence(theirs, 'audio');
    await until(() => mine.isRecovering());
    await nothingNew();
    const missed = [...mine.problems];
    window.WebSocket = Real;
    await silence(theirs, 'audio', true);
    await until(() => brought.includes('recovered'), 15_000);
    await nothingNew();
    return { problems: [missed, mine.problems], brought };
  });
  expect(brought).toEqual(['recovering', 'recovered']);
  expect(problems).toEqual([[], []]);
});

test('a call of the page before', async ({ page, context, files, registrar }) => {
  test.setTimeout(90_000);
  const other = await context.newPage();
  await open(other, files.url, registrar.url);
  await other.evaluate(async () => {
    const carol = line('carol');
    carol.on('newRTCSession', ({ session }) => session.answer({ mediaConstraints: { audio: true, video: false } }));
    carol.start();
    await once(carol, 'registered');
  });
  const begin = () =>
    page.evaluate(async () => {
      const { attachQuality } = await import('/pkg/dist/quality.js');
      window.dave = line('dave', { resume: true });
      attachQuality(dave);
      window.told = [];
      dave.on('newRTCSession', ({ session, resumed }) => {
        window.session = session;
        if (resumed) told.push('resumed');
        session.on('mediaproblem', ({ code, state }) => told.push(`${code} ${state}`));
        session.on('recovered', () => told.push('recovered'));
      });
      dave.start();
      await once(dave, 'registered');
    });
  await begin();
  await page.evaluate(async () => {
    dave.call('carol', { mediaConstraints: { audio: true, video: false } });
    await once(session, 'confirmed');
    await new Promise((resolve) => setTimeout(resolve, 2200));
  });
  await open(page, files.url, registrar.url);
  await begin();
  const told = await page.evaluate(async () => {
    await until(() => window.told.includes('recovered'), 15_000);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    [window.alice, window.bob] = [dave, { stop() {} }];
    return window.told;
  });
  expect(told).toEqual(['resumed', 'recovered']);
  await other.close();
});
