// What need not come is not missed: media of a call on hold, muted, of one direction, early, or on its way back.
import { expect, test } from './fixture.mjs';
import { openMeasured } from './measured.mjs';
import { open } from './page.mjs';

test.beforeEach(async ({ page, files, registrar }) => {
  await openMeasured(page, files.url, registrar.url);
  await page.evaluate(() => {
    /** Holds or takes back, as soon as no other offer is on its way. */
    window.asked = (session, method) => new Promise((resolve) => until(() => session[method]({}, resolve)));
    /** Six seconds, in which whatever is wrong would be told. */
    window.nothingNew = () => sleep(6000);
  });
});
test.afterEach(({ page }) => page.evaluate(() => [alice, bob].forEach((ua) => ua.stop())));

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
    await silence(theirs, 'audio');
    await told(mine, 'no-packets-in began', 15_000);
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
