// What the browser lends to a call has an owner as long as it is lent: connections and microphones that nobody could close any more.
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(async ({ page, files, registrar }) => {
  await open(page, files.url, registrar.url);
  await page.evaluate(async () => {
    window.audio = { mediaConstraints: { audio: true, video: false } };
    window.made = [];
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
      constructor(...args) {
        super(...args);
        made.push(this);
      }
    };
    [window.alice, window.bob] = [line('alice'), line('bob')];
    for (const ua of [alice, bob]) ua.start();
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
  });
});
test.afterEach(({ page }) => page.evaluate(() => [alice, bob].forEach((ua) => ua.stop())));

// The connection is made before the core looks at the options: what it refused left one open, for the life of the page.
test('a call whose options are refused leaves nothing', async ({ page }) => {
  const result = await page.evaluate(() => {
    const errors = [];
    for (const options of [{ extraHeaders: ['no field'] }, { fromDisplayName: 'a\r\nX: b' }]) {
      try {
        alice.call('bob', { ...audio, ...options });
      } catch (error) {
        errors.push(error.name);
      }
    }
    return { errors, states: made.map((connection) => connection.signalingState), handles: alice._core.handles.size };
  });
  expect(result).toEqual({ errors: ['TypeError', 'TypeError'], states: ['closed', 'closed'], handles: 0 });
});

// So did an answer, and the call could neither be answered again nor rejected: it rang until the caller gave up.
test('a call whose answer is refused can be answered again', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const taken = new Promise((resolve) => bob.once('newRTCSession', ({ session }) => resolve(session)));
    const mine = alice.call('bob', audio);
    const session = await taken;
    let refused;
    try {
      session.answer({ ...audio, extraHeaders: ['no field'] });
    } catch (error) {
      refused = error.name;
    }
    const between = [made[1].signalingState, session.isInProgress()];
    session.answer(audio);
    await Promise.all([once(mine, 'confirmed'), once(session, 'confirmed')]);
    return { refused, between, states: made.map((connection) => connection.signalingState) };
  });
  expect(result).toEqual({ refused: 'TypeError', between: ['closed', true], states: ['stable', 'closed', 'stable'] });
});

// The question for the microphone came up for a call that was over.
test('nobody is asked for a microphone once the call is over', async ({ page }) => {
  const asked = await page.evaluate(async () => {
    let count = 0;
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (constraints) => ((count += 1), capture(constraints));
    const session = alice.call('bob', audio);
    queueMicrotask(() => session.terminate());
    await once(session, 'failed');
    await new Promise((resolve) => setTimeout(resolve, 300));
    return count;
  });
  expect(asked).toBe(0);
});
