// A page is loaded anew in the middle of a call, and the call goes on (`resume: true`): the app does nothing but make the same user
// agent again and listen.
import { expect } from '@playwright/test';
import { answer, dial, hangUp, heardAgain, state, talk, test, told, within } from './people.mjs';

/** Within how many ms of the reload both sides hear each other again: it takes in the load of the page. */
const SOUND = 5000;

/** Loads the page anew and starts the app in it; it gives the time of the reload and how long both sides then took to hear. */
async function reload(someone, others, kinds) {
  const since = Date.now();
  await someone.page.reload();
  const far = heardAgain(others, since, kinds);
  await someone.again();
  await told(someone, /^newRTCSession (local|remote) resumed/, since);
  const near = heardAgain([someone], since, kinds);
  return { since, took: Math.max(await near, await far) };
}

for (const [role, originator] of [
  ['the caller', 'local'],
  ['the called one', 'remote'],
])
  test.describe(`Kamailio: ${role} loads the page anew`, () => {
    const pairOf = async (pair, kinds) => {
      const [alice, bob] = await pair({ resume: true });
      await (originator === 'local' ? talk(alice, bob, kinds) : talk(bob, alice, kinds));
      return [alice, bob];
    };

    test('and the call goes on', async ({ pair }) => {
      const [alice, bob] = await pairOf(pair);
      const { since, took } = await reload(alice, [bob]);
      within(SOUND, 'sound again after', took);
      await told(alice, new RegExp(`^newRTCSession ${originator} resumed`), since);
      await told(alice, /^registered/, since);
      await hangUp(bob, alice);
    });

    test('twice, and hangs up', async ({ pair }) => {
      const [alice, bob] = await pairOf(pair);
      within(SOUND, 'sound again after', (await reload(alice, [bob])).took);
      within(SOUND, 'sound again after the second time', (await reload(alice, [bob])).took);
      await hangUp(alice, bob);
    });

    test('in a call with video', async ({ pair }) => {
      const kinds = ['audio', 'video'];
      const [alice, bob] = await pairOf(pair, kinds);
      within(SOUND, 'sound and picture again after', (await reload(alice, [bob], kinds)).took);
      await hangUp(bob, alice);
    });

    test('after the far end has hung up', async ({ pair }) => {
      const [alice, bob] = await pairOf(pair);
      const since = Date.now();
      // No page is there when the BYE comes.
      await alice.page.goto(new URL('.', alice.site).href);
      await bob.page.evaluate(() => session.terminate());
      await told(bob, /^session ended local/, since);
      await alice.page.goto(alice.site);
      await alice.again();
      await told(alice, /^session failed/, since);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect((await state(alice)).endings).toHaveLength(1);
    });
  });

test('a call over which nothing was said about resuming ends with its page', async ({ pair }) => {
  const [alice, bob] = await pair();
  await talk(alice, bob);
  const since = Date.now();
  await alice.page.reload();
  await alice.again();
  await told(alice, /^registered/, since);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(await alice.page.evaluate(() => told.some(([, what]) => what.startsWith('newRTCSession')))).toBe(false);
});

test('two tabs do not resume the same call', async ({ pair }) => {
  const [alice, bob] = await pair({ resume: true });
  await talk(alice, bob);
  const since = Date.now();
  // A tab that the page opens has a copy of its `sessionStorage`.
  const [copy] = await Promise.all([
    alice.page.context().waitForEvent('page'),
    alice.page.evaluate(() => void window.open('about:blank')),
  ]);
  await copy.goto(alice.site);
  await alice.again(copy);
  const second = { name: 'alice again', page: copy };
  await told(second, /^registered/, since);
  const instance = ({ page }) => page.evaluate(() => /\+sip\.instance="([^"]+)"/.exec(ua.frames.join(''))[1]);
  expect(await instance(second)).not.toBe(await instance(alice));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(await copy.evaluate(() => told.some(([, what]) => what.startsWith('newRTCSession')))).toBe(false);
  within(SOUND, 'sound goes on after', await heardAgain([alice, bob], Date.now()));
  await hangUp(bob, alice);
});

// It returns the sound, and has to be made to make a second DTLS handshake.
for (const role of ['the caller', 'the called one'])
  test(`Asterisk: ${role} loads the page anew, twice`, async ({ laptop, asterisk, person }) => {
    const one = await person(laptop, 'b-one', { ...asterisk.of('b-one'), resume: true });
    if (role === 'the caller') await dial(one, 'echo');
    else {
      asterisk.cli('channel originate PJSIP/b-one application Echo');
      await told(one, /^newRTCSession remote/);
      await answer(one);
    }
    await told(one, /^session confirmed/);
    expect(await heardAgain([one], Date.now())).toBeLessThan(SOUND);
    within(SOUND, 'sound again after', (await reload(one, [])).took);
    within(SOUND, 'sound again after the second time', (await reload(one, [])).took);
    expect(await state(one)).toMatchObject({ established: true, endings: [] });
    expect(asterisk.cli('core show channels count')).toContain('1 active channel');
    asterisk.cli('channel request hangup all');
    await told(one, /^session ended remote/);
  });
