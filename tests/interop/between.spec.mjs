// A call from browser to browser, and from a browser to Asterisk: register, call, hold, tones, video.
import { expect } from '@playwright/test';
import { dial, hangUp, heardAgain, talk, test, told } from './people.mjs';

/** Within how many ms sound and picture flow once both have agreed. */
const SOUND = 5000;

for (const [title, order] of [
  ['the laptop calls another', (alice, bob) => [alice, bob]],
  ['another calls the laptop', (alice, bob) => [bob, alice]],
])
  test(`${title}: sound, hold, tones, a picture`, async ({ pair }) => {
    const [caller, called] = order(...(await pair()));
    await talk(caller, called);
    for (const [one, other] of [
      [caller, called],
      [called, caller],
    ]) {
      const since = Date.now();
      await one.page.evaluate(() => new Promise((done) => session.hold({}, done)));
      await told(other, /^session hold remote/, since);
      await one.page.evaluate(() => new Promise((done) => session.unhold({}, done)));
      await told(other, /^session unhold remote/, since);
      await other.page.evaluate(() => {
        window.rung = once(session, 'newDTMF').then(({ dtmf }) => dtmf.tone);
      });
      await one.page.evaluate(() => session.sendDTMF('7'));
      expect(await other.page.evaluate(() => rung)).toBe('7');
    }
    expect(await heardAgain([caller, called], Date.now())).toBeLessThan(SOUND);
    await caller.page.evaluate(() => session.addVideo());
    await expect
      .poll(() => called.page.evaluate(() => packets(session).then(({ video }) => video ?? 0)))
      .toBeGreaterThan(50);
    await hangUp(called, caller);
  });

test('the laptop calls Asterisk: tones by RTP', async ({ laptop, asterisk, person }) => {
  asterisk.cli('dialplan set global heard nothing');
  const one = await person(laptop, 'a-md5', asterisk.of('a-md5'));
  await dial(one, 'read');
  await told(one, /^session confirmed/);
  await one.page.evaluate(async () => {
    await until(() => packets(session).then(({ audio }) => audio > 0));
    session.sendDTMF('73*2', { transportType: 'RFC2833', duration: 160, interToneGap: 200 });
  });
  await expect.poll(() => asterisk.cli('dialplan show globals'), { timeout: 15_000 }).toContain('heard=73*2');
});
