// As roaming.spec.mjs, with Asterisk at the far end, which returns the sound and answers no CRLF.
import { expect } from '@playwright/test';
import { dial, heardAgain, state, test, told, within } from './people.mjs';

/** Within how many ms of the new line the echo is heard again. */
const SOUND = 5000;
const options = { keep_alive_interval: 3, keep_alive_timeout: 2 };

/** Somebody who hears the echo. */
async function inEcho(person, laptop, asterisk, more = {}) {
  const one = await person(laptop, 'b-roams', { ...asterisk.of('b-roams'), ...more });
  await dial(one, 'echo');
  await told(one, /^session confirmed/);
  expect(await heardAgain([one], Date.now())).toBeLessThan(SOUND);
  return one;
}

/** Asterisk has one channel of the call; it hangs up. */
async function hungUpByAsterisk(one, asterisk) {
  expect(await state(one)).toMatchObject({ established: true, endings: [] });
  expect(asterisk.cli('core show channels count')).toContain('1 active channel');
  asterisk.cli('channel request hangup all');
  await told(one, /^session ended remote/);
  expect(await state(one)).toMatchObject({ endings: ['ended remote Terminated'] });
}

test('one line is left for another, and back', async ({ laptop, asterisk, person }) => {
  const one = await inEcho(person, laptop, asterisk);
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ]) {
    laptop.leave(from);
    laptop.join(to);
    const since = Date.now();
    within(SOUND, 'sound again after', await heardAgain([one], since));
    await told(one, /^registered/, since);
  }
  await hungUpByAsterisk(one, asterisk);
});

test('half-open: a registration is found to be dead and made anew', async ({ laptop, asterisk, person }) => {
  const one = await person(laptop, 'b-roams', { ...asterisk.of('b-roams'), ...options });
  await new Promise((resolve) => setTimeout(resolve, 4000));
  laptop.halfOpen(asterisk.port);
  const since = Date.now();
  // An interval and a time-out, and a moment to connect and register.
  within(5000 + 1500, 'registered again after', (await told(one, /^registered/, since)) - since);
  asterisk.cli('channel originate PJSIP/b-roams application Echo');
  await told(one, /^newRTCSession remote/, since);
});

test('half-open: a call goes on, and its end arrives', async ({ laptop, asterisk, person }) => {
  const one = await inEcho(person, laptop, asterisk, options);
  laptop.halfOpen(asterisk.port);
  const since = Date.now();
  within(5000 + 1500, 'registered again after', (await told(one, /^registered/, since)) - since);
  within(SOUND, 'sound after', await heardAgain([one], Date.now()));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await hungUpByAsterisk(one, asterisk);
});
