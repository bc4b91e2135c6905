// A call outlives the line that it was made on: browsers on hosts with two lines each, Kamailio between them, sound from browser to
// browser. Each test prints how long it took until both sides had received 50 more packets.
import { expect } from '@playwright/test';
import { answer, dial, hangUp, heardAgain, ring, state, talk, test, told, within } from './people.mjs';

/** Within how many ms of the new line both sides hear each other again. */
const SOUND = 5000;

/** One line is left for the other; it gives the time of the new one. */
function change(host, from, to) {
  host.leave(from);
  host.join(to);
  return Date.now();
}

/**
 * As `change` where no loss of media tells a page: it is told that there is no line for a moment. Of a change within a few ms Chromium
 * may say nothing, and Firefox of one within a second.
 */
async function changeIdle(host, from, to, someone) {
  const since = Date.now();
  host.leave(from);
  await told(someone, /^page offline/, since);
  host.join(to);
  return Date.now();
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test('the caller leaves one line for another', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  await talk(alice, bob);
  const since = change(laptop, 0, 1);
  within(SOUND, 'sound again after', await heardAgain([alice, bob], since));
  await hangUp(bob, alice);
});

// From one network straight to the next: the browser finds other addresses, and tells the page of nothing.
test('one line is left for another, and nothing says so', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  await talk(alice, bob);
  laptop.unseen(() => change(laptop, 0, 1));
  const since = Date.now();
  within(SOUND, 'sound again after', await heardAgain([alice, bob], since));
  expect(
    await alice.page.evaluate((at) => told.filter(([when, what]) => when >= at && /^page /.test(what)), since),
  ).toEqual([]);
  await hangUp(bob, alice);
});

test('the called one leaves one line for another', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  await talk(bob, alice);
  const since = change(laptop, 0, 1);
  within(SOUND, 'sound again after', await heardAgain([alice, bob], since));
  await hangUp(bob, alice);
});

test('a line is left for another, and back', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  await talk(alice, bob);
  within(SOUND, 'sound again after', await heardAgain([alice, bob], change(laptop, 0, 1)));
  await told(alice, /^registered/, 0);
  within(SOUND, 'sound again after the way back', await heardAgain([alice, bob], change(laptop, 1, 0)));
  await hangUp(alice, bob);
});

test('both lines are there, and the one in use goes', async ({ laptop, pair }) => {
  laptop.only(0, 1);
  const [alice, bob] = await pair();
  await talk(alice, bob);
  const since = Date.now();
  laptop.leave(0);
  // The media goes another way by itself; that way tells that the socket went with the old one.
  within(SOUND, 'sound again after', await heardAgain([alice, bob], since));
  const back = (await told(alice, /^session recovered/, since)) - since;
  within(2 * SOUND, 'the line too after', back);
  await hangUp(bob, alice);
});

test('there is no line for 8 s', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  await talk(alice, bob);
  laptop.leave(0);
  await wait(8000);
  laptop.join(1);
  within(SOUND, 'sound again after', await heardAgain([alice, bob], Date.now()));
  await hangUp(bob, alice);
});

test('a call with video changes the line', async ({ laptop, pair }) => {
  const kinds = ['audio', 'video'];
  const [alice, bob] = await pair();
  await talk(alice, bob, kinds);
  within(SOUND, 'sound and picture again after', await heardAgain([alice, bob], change(laptop, 0, 1), kinds));
  await hangUp(bob, alice);
});

test('a call on hold stays on hold over the new line', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  await talk(alice, bob);
  await alice.page.evaluate(() => new Promise((done) => session.hold({}, done)));
  const since = await changeIdle(laptop, 0, 1, alice);
  within(SOUND, 'recovered after', (await told(alice, /^session recovered/, since)) - since);
  expect((await state(alice)).hold).toBe(true);
  expect(await bob.page.evaluate(() => session.isOnHold().remote)).toBe(true);
  await alice.page.evaluate(() => session.unhold());
  within(SOUND, 'sound after the hold', await heardAgain([alice, bob], Date.now()));
  await hangUp(bob, alice);
});

test('a call that rings at the far end changes the line', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  await ring(alice, bob);
  await told(alice, /^session progress/);
  const since = await changeIdle(laptop, 0, 1, alice);
  await told(alice, /^registered/, since);
  // It goes on over the new line, or it fails once and does not go on ringing at the other side.
  const canceled = told(bob, /^session failed remote Canceled/, since, 2000);
  const at = await canceled.catch(() => null);
  if (at !== null) {
    within(SOUND, 'canceled for the far end after', at - since);
    expect((await state(alice)).endings).toHaveLength(1);
    return;
  }
  await answer(bob);
  const answered = Date.now();
  await told(alice, /^session confirmed/, since);
  within(SOUND, 'sound after the answer', await heardAgain([alice, bob], answered));
  await hangUp(bob, alice);
});

test('a call that rings here is answered on the new line', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  await ring(bob, alice);
  await told(bob, /^session progress/);
  const since = await changeIdle(laptop, 0, 1, alice);
  await told(alice, /^registered/, since);
  await answer(alice);
  within(SOUND, 'sound after', await heardAgain([alice, bob], since));
  await hangUp(bob, alice);
});

test('a call comes in after the change of the line', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  const since = await changeIdle(laptop, 0, 1, alice);
  within(SOUND, 'registered again after', (await told(alice, /^registered/, since)) - since);
  await ring(bob, alice);
  await answer(alice);
  within(SOUND, 'sound after', await heardAgain([alice, bob], since));
  await hangUp(bob, alice);
});

test('the far end hangs up while there is no line', async ({ laptop, pair }) => {
  const [alice, bob] = await pair();
  await talk(alice, bob);
  laptop.leave(0);
  await bob.page.evaluate(() => session.terminate());
  await wait(2000);
  laptop.join(1);
  const since = Date.now();
  within(SOUND, 'the end is known after', (await told(alice, /^session ended/, since)) - since);
  await wait(1000);
  expect((await state(alice)).endings).toHaveLength(1);
  expect((await state(bob)).endings).toEqual(['ended local Terminated']);
});

test('both ends change their lines at once', async ({ laptop, desk, pair }) => {
  const [alice, bob] = await pair();
  await talk(alice, bob);
  for (const host of [laptop, desk]) host.leave(0);
  for (const host of [laptop, desk]) host.join(1);
  within(SOUND, 'sound again after', await heardAgain([alice, bob], Date.now()));
  await hangUp(bob, alice);
});

test('a line falls silent, and another one comes', async ({ laptop, pair }) => {
  const [alice, bob] = await pair({ keep_alive_interval: 3, keep_alive_timeout: 2 });
  await talk(alice, bob);
  laptop.silence(0);
  await wait(6000);
  const since = await changeIdle(laptop, 0, 1, alice);
  within(SOUND, 'sound again after', await heardAgain([alice, bob], since));
  await hangUp(bob, alice);
});

// The connection carries nothing more, and nothing says so.
test.describe('half-open', () => {
  const options = { keep_alive_interval: 3, keep_alive_timeout: 2 };
  // An interval and a time-out, and a moment to connect and register.
  const FOUND = 5000 + 1500;

  test('a registration is found to be dead and made anew', async ({ kamailio, laptop, pair }) => {
    const [alice, bob] = await pair(options);
    await wait(4000);
    laptop.halfOpen(kamailio.port);
    const since = Date.now();
    within(FOUND, 'registered again after', (await told(alice, /^registered/, since)) - since);
    await talk(bob, alice);
    await hangUp(bob, alice);
  });

  test('a call goes on, and ends for both', async ({ kamailio, laptop, pair }) => {
    const [alice, bob] = await pair(options);
    await talk(alice, bob);
    laptop.halfOpen(kamailio.port);
    const since = Date.now();
    within(FOUND, 'registered again after', (await told(alice, /^registered/, since)) - since);
    within(SOUND, 'sound after', await heardAgain([alice, bob], Date.now()));
    await hangUp(bob, alice);
  });
});

test('the server is gone for a while', async ({ kamailio, pair }) => {
  const [alice, bob] = await pair();
  await talk(alice, bob);
  await kamailio.gone();
  await wait(5000);
  await kamailio.start();
  const since = Date.now();
  const times = await Promise.all([alice, bob].map((someone) => told(someone, /^registered/, since, 40_000)));
  // By then they have tried some times, further and further apart.
  within(31_000, 'both registered again after', Math.max(...times) - since);
  within(SOUND, 'sound after', await heardAgain([alice, bob], Date.now()));
  await wait(2000);
  await hangUp(bob, alice);
});

test('a hint asks whether the line lives, long before the keep-alive does', async ({ kamailio, laptop, pair }) => {
  const [alice, bob] = await pair({ keep_alive_timeout: 2 });
  laptop.halfOpen(kamailio.port);
  await alice.page.evaluate(() => dispatchEvent(new Event('online')));
  const since = Date.now();
  within(2000 + 1500, 'registered again after', (await told(alice, /^registered/, since)) - since);
  await dial(bob, 'alice');
  await told(alice, /^newRTCSession remote/, since);
});
