// What happens inside a call, against real servers: hold, transfers, added video, session timers, tones.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startAsterisk, startKamailio, startScenario } from './servers.mjs';

let files;
const servers = [];
const started = async (promise) => {
  const server = await promise;
  servers.push(server);
  return server;
};

test.beforeAll(async () => {
  files = await started(serveFiles());
});
test.afterAll(() => servers.forEach((server) => server.stop()));

test.describe('Kamailio', () => {
  let kamailio;
  const contexts = [];

  /** A browser of its own, registered as `name`, which takes each call as `window.calls` counts them. */
  async function person(browser, name, configuration = {}) {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    await open(page, files.url);
    await page.evaluate(
      async ([url, uri, more]) => {
        window.media = { mediaConstraints: { audio: true, video: false } };
        window.ua = line(url, uri, 'secret', more);
        window.calls = [];
        window.log = [];
        ua.on('newRTCSession', ({ session, originator }) => {
          calls.push(session);
          for (const event of ['hold', 'unhold', 'reinvite', 'update'])
            session.on(event, (e) => log.push([event, e.originator].filter(Boolean).join(' ')));
          session.on('ended', (e) => log.push(`ended ${e.originator} ${e.cause}`));
          session.on('refer', (e) => (log.push('refer'), e.accept(null, media)));
          session.on('replaces', (e) => (log.push('replaces'), e.accept()));
          if (originator === 'remote') session.answer(media);
        });
        await registered(ua);
      },
      [kamailio.url, `sip:${name}@viasip.test`, configuration],
    );
    return page;
  }
  const call = (page, whom, options = {}) =>
    page.evaluate(
      async ([target, more]) => {
        const session = ua.call(target, { ...media, ...more });
        await Promise.race([
          once(session, 'confirmed'),
          ended(session).then((e) => {
            throw new Error(`${JSON.stringify(e)}\n${ua.frames.join('\n')}`);
          }),
        ]);
      },
      [whom, options],
    );
  const flowing = (page, at, kinds = ['audio']) =>
    page.evaluate(([index, wanted]) => flows([calls[index]], wanted), [at, kinds]);

  test.beforeAll(async () => {
    kamailio = await started(startKamailio());
  });
  test.afterEach(async () => {
    for (const context of contexts.splice(0)) {
      // Kamailio keeps at most five contacts of an address.
      for (const page of context.pages()) {
        await page.evaluate(() => new Promise((resolve) => (ua.once('unregistered', resolve), ua.stop())));
      }
      await context.close();
    }
  });

  test('either side holds, both hold, and the sound comes back', async ({ browser }) => {
    const [alice, bob] = [await person(browser, 'alice'), await person(browser, 'bob')];
    await call(alice, 'bob');
    expect(await flowing(alice, 0)).toBe(true);
    const hold = (page, on) =>
      page.evaluate(
        (to) =>
          new Promise((resolve, reject) => {
            // The ACK of the other side's offer may still be on its way: until it is here none of ours may leave.
            until(() => (to ? calls[0].hold({}, resolve) : calls[0].unhold({}, resolve))).then(
              (started) => started || reject(new Error('not in time')),
            );
          }),
        on,
      );
    const state = (page) => page.evaluate(() => calls[0].isOnHold());
    await hold(alice, true);
    expect([await state(alice), await state(bob)]).toEqual([
      { local: true, remote: false },
      { local: false, remote: true },
    ]);
    await hold(bob, true);
    expect([await state(alice), await state(bob)]).toEqual([
      { local: true, remote: true },
      { local: true, remote: true },
    ]);
    const count = (page) => page.evaluate(async () => (await packets(calls[0])).audio);
    const before = await count(bob);
    await bob.waitForTimeout(1000);
    // Held by both: inactive, so that at most what was on its way arrives.
    expect((await count(bob)) - before).toBeLessThan(10);
    await hold(alice, false);
    await hold(bob, false);
    expect([await state(alice), await state(bob)]).toEqual([
      { local: false, remote: false },
      { local: false, remote: false },
    ]);
    const [a, b] = [await count(alice), await count(bob)];
    await bob.waitForTimeout(2000);
    expect((await count(alice)) - a).toBeGreaterThan(50);
    expect((await count(bob)) - b).toBeGreaterThan(50);
  });

  test('a blind transfer with three browsers', async ({ browser }) => {
    const [alice, bob, carol] = [
      await person(browser, 'alice'),
      await person(browser, 'bob'),
      await person(browser, 'carol'),
    ];
    await call(alice, 'bob');
    const told = await alice.evaluate(
      () =>
        new Promise((resolve) => {
          const events = [];
          const transfer = calls[0].refer('sip:carol@viasip.test');
          for (const name of ['requestSucceeded', 'requestFailed', 'trying', 'progress'])
            transfer.on(name, () => events.push(name));
          for (const name of ['accepted', 'failed']) {
            transfer.on(name, ({ status_line }) => {
              events.push(`${name} ${status_line.status_code}`);
              calls[0].terminate();
              resolve(events);
            });
          }
        }),
    );
    expect(told).toEqual(['requestSucceeded', 'trying', 'progress', 'accepted 200']);
    expect(await flowing(bob, 1)).toBe(true);
    expect(await flowing(carol, 0)).toBe(true);
    await bob.waitForTimeout(300);
    expect(await bob.evaluate(() => log)).toEqual(['refer', 'ended remote Terminated']);
  });

  for (const who of ['transferor', 'target']) {
    test(`an attended transfer with three browsers, consultation placed by the ${who}`, async ({ browser }) => {
      const [alice, bob, carol] = [
        await person(browser, 'alice'),
        await person(browser, 'bob'),
        await person(browser, 'carol'),
      ];
      await call(alice, 'bob');
      if (who === 'transferor') await call(alice, 'carol');
      else await call(carol, 'alice');
      const outcome = await alice.evaluate(
        () =>
          new Promise((resolve) => {
            const transfer = calls[0].refer('sip:carol@viasip.test', { replaces: calls[1] });
            for (const name of ['accepted', 'failed', 'requestFailed'])
              transfer.on(name, () => (calls[0].terminate(), resolve(name)));
          }),
      );
      expect(outcome).toBe('accepted');
      expect(await flowing(bob, 1)).toBe(true);
      expect(await flowing(carol, 1)).toBe(true);
      await carol.waitForTimeout(300);
      expect(await carol.evaluate(() => log)).toEqual(['replaces', 'ended local Terminated']);
      expect(await alice.evaluate(() => log)).toEqual(
        expect.arrayContaining(['ended remote Terminated', 'ended local Terminated']),
      );
    });
  }

  test('video is added to a call by re-INVITE', async ({ browser }) => {
    const [alice, bob] = [await person(browser, 'alice'), await person(browser, 'bob')];
    await call(alice, 'bob');
    await alice.evaluate(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      calls[0].connection.addTrack(stream.getVideoTracks()[0], stream);
      await new Promise((resolve) => calls[0].renegotiate({}, resolve));
    });
    expect(await flowing(bob, 0, ['audio', 'video'])).toBe(true);
    expect(await bob.evaluate(() => log)).toEqual(['reinvite']);
  });

  test(
    'a short session timer is refreshed by either side, and the call lives on',
    { tag: '@slow' },
    async ({ browser }) => {
      test.setTimeout(180_000);
      const alice = await person(browser, 'alice', { session_timers_force_refresher: true });
      const [bob, carol, dave] = [
        await person(browser, 'bob'),
        await person(browser, 'carol'),
        await person(browser, 'dave'),
      ];
      await call(alice, 'bob', { sessionTimersExpires: 60 });
      await call(carol, 'dave', { sessionTimersExpires: 60 });
      // An unrefreshed call of 60 s would be over after 66.
      await alice.waitForTimeout(70_000);
      const refreshes = (page) => page.evaluate(() => ua.frames.filter((f) => f.startsWith('out UPDATE')).length);
      expect([await refreshes(alice), await refreshes(bob), await refreshes(carol), await refreshes(dave)]).toEqual([
        2, 0, 0, 2,
      ]);
      for (const page of [alice, bob, carol, dave])
        expect(await page.evaluate(() => calls[0].isEstablished())).toBe(true);
      const fields = await bob.evaluate(() =>
        ua.frames.find((f) => f.startsWith('out SIP/2.0 200 OK') && f.includes('INVITE')),
      );
      expect(fields).toContain('Session-Expires: 60;refresher=uac');
    },
  );
});

test('a 200 that crosses the CANCEL gets ACK and BYE', async ({ page }) => {
  const late = await started(startScenario('late.xml'));
  const kamailio = await started(startKamailio({ late: late.port }));
  await open(page, files.url);
  const events = await page.evaluate(async (url) => {
    const ua = line(url, 'sip:alice@viasip.test');
    await registered(ua);
    const session = ua.call('late', { mediaConstraints: { audio: true, video: false } });
    const seen = [];
    for (const name of ['accepted', 'confirmed', 'ended', 'failed'])
      session.on(name, (e) => seen.push([name, e.originator, e.cause].filter(Boolean).join(' ')));
    await once(session, 'progress');
    session.terminate();
    await until(() => ua.frames.some((frame) => frame.startsWith('in SIP/2.0 200') && frame.includes('BYE')), 10_000);
    return [
      ...seen,
      ...ua.frames
        .filter((frame) => frame.startsWith('out') && frame.includes(session._request.call_id))
        .map((frame) => frame.split(' ')[1]),
    ];
  }, kamailio.url);
  expect(await late.done, late.log()).toBe(0);
  expect(events).toEqual(['failed local Canceled', 'INVITE', 'CANCEL', 'ACK', 'BYE']);
});

test.describe('Asterisk', () => {
  let asterisk;
  test.beforeAll(async () => {
    asterisk = await started(startAsterisk());
  });
  test.beforeEach(({ page }) => open(page, files.url));

  for (const [user, transportType] of [
    ['a-md5', 'RFC2833'],
    ['a-info', 'INFO'],
  ]) {
    test(`Read() hears the tones sent by ${transportType}`, async ({ page }) => {
      asterisk.cli('dialplan set global heard nothing');
      await page.evaluate(
        async ([url, name, transport]) => {
          window.ua = line(url, `sip:${name}@127.0.0.1`);
          await registered(ua);
          window.session = ua.call('read', { mediaConstraints: { audio: true, video: false } });
          await Promise.race([
            once(session, 'confirmed'),
            ended(session).then((e) => {
              throw new Error(`${JSON.stringify(e)}\n${ua.frames.join('\n')}`);
            }),
          ]);
          await flows([session], ['audio'], 1000);
          session.sendDTMF('73*2', { transportType: transport, duration: 160, interToneGap: 200 });
        },
        [asterisk.url, user, transportType],
      );
      await expect
        .poll(() => /heard=(\S+)/.exec(asterisk.cli('dialplan show globals'))?.[1], { timeout: 15_000 })
        .toBe('73*2');
      await page.evaluate(() => ua.stop());
    });
  }

  test('tones that Asterisk sends by INFO are told', async ({ page }) => {
    const tones = await page.evaluate(async (url) => {
      const ua = line(url, 'sip:a-info@127.0.0.1');
      await registered(ua);
      const session = ua.call('press', { mediaConstraints: { audio: true, video: false } });
      const heard = [];
      session.on('newDTMF', ({ originator, dtmf, request }) =>
        heard.push(`${originator} ${dtmf.tone} ${request.method}`),
      );
      await until(() => heard.length === 2, 10_000);
      ua.stop();
      return heard;
    }, asterisk.url);
    expect(tones).toEqual(['remote 2 INFO', 'remote 8 INFO']);
  });
});
