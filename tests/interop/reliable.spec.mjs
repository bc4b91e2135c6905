// Provisional answers that are acknowledged (RFC 3262), at Asterisk, at a gateway, and through a proxy.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startAsterisk, startKamailio, startRtpengine, startScenario } from './servers.mjs';

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
test.afterAll(() => servers.reverse().forEach((server) => server.stop()));
test.beforeEach(async ({ page }) => {
  await open(page, files.url);
  await page.evaluate(() => {
    window.media = { mediaConstraints: { audio: true, video: false } };
    window.lines = [];
    window.person = async (...setting) => {
      const ua = line(...setting);
      lines.push(ua);
      await registered(ua);
      return ua;
    };
    /** What of it a session tells. */
    window.progresses = (session) => {
      const told = [];
      session.on('progress', ({ response, reliable }) => told.push([response.status_code, reliable]));
      return told;
    };
    window.sent = (ua, start) => ua.frames.filter((frame) => frame.startsWith(start)).length;
    window.frames = () => lines.map((ua) => ua.frames.join('\n')).join('\n=====\n');
  });
});
test.afterEach(({ page }) =>
  page.evaluate(() =>
    Promise.all(lines.map((ua) => new Promise((resolve) => (ua.once('disconnected', resolve), ua.stop())))),
  ),
);

test.describe('Asterisk', () => {
  let asterisk;
  test.beforeAll(async () => {
    asterisk = await started(startAsterisk());
  });

  for (const name of ['b-required', 'b-reliable']) {
    test(`${name} hears early sound, which is acknowledged`, async ({ page }) => {
      const result = await page.evaluate(
        async ([url, user]) => {
          const ua = await person(url, `sip:${user}@127.0.0.1`, 'secret', { reliable_provisional: true });
          const session = ua.call('early', media);
          const told = progresses(session);
          const over = ended(session);
          await Promise.race([once(session, 'progress'), over]);
          const early = await flows([session], ['audio']);
          const up = await Promise.race([once(session, 'confirmed').then(() => 'up'), over]);
          const count = (await packets(session)).audio;
          const goesOn = await until(async () => (await packets(session)).audio > count + 50);
          session.terminate();
          const answered = ua.frames.some((frame) => /^in SIP\/2.0 200[^]*CSeq: \d+ PRACK/.test(frame));
          return { early, told, up, goesOn, answered };
        },
        [asterisk.url, name],
      );
      expect(result).toEqual({ early: true, told: [[183, true]], up: 'up', goesOn: true, answered: true });
    });
  }

  // What an endpoint with `100rel=required` sends requires it: that is done whatever the option says.
  for (const [called, option] of [
    ['required', true],
    ['required', false],
    ['reliable', true],
  ]) {
    test(`a call of an endpoint where it is ${called} rings reliably, the option ${option}`, async ({ page }) => {
      const result = await page.evaluate(
        async ([url, user, reliable_provisional]) => {
          const caller = await person(url, 'sip:b-one@127.0.0.1');
          const callee = await person(url, `sip:b-${user}@127.0.0.1`, 'secret', { reliable_provisional });
          const told = [];
          const coming = new Promise((resolve) =>
            callee.once('newRTCSession', ({ session }) => {
              session.on('progress', ({ reliable }) => told.push(reliable));
              resolve(session);
            }),
          );
          const session = caller.call(user, media);
          const theirs = await coming;
          const acknowledged = await until(() => sent(callee, 'in PRACK') > 0);
          theirs.answer(media);
          await Promise.all([once(session, 'confirmed'), once(theirs, 'confirmed')]);
          const flowing = await flows([session, theirs], ['audio']);
          session.terminate();
          return { told, acknowledged, flowing };
        },
        [asterisk.url, called, option],
      );
      expect(result).toEqual({ told: [true], acknowledged: true, flowing: true });
    });
  }

  test('who is called is heard before the call is answered', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const caller = await person(url, 'sip:b-one@127.0.0.1');
      const callee = await person(url, 'sip:b-reliable@127.0.0.1', 'secret', { reliable_provisional: true });
      const coming = once(callee, 'newRTCSession');
      const session = caller.call('reliable', media);
      const { session: theirs } = await coming;
      theirs.progress(media);
      const early = await flows([session], ['audio']);
      const status = [session.isEstablished(), theirs.isEstablished()];
      theirs.answer();
      await Promise.all([once(session, 'confirmed'), once(theirs, 'confirmed')]);
      const flowing = await flows([session, theirs], ['audio']);
      session.terminate();
      return { early, status, flowing, pracks: sent(callee, 'in PRACK') };
    }, asterisk.url);
    expect(result).toEqual({ early: true, status: [false, false], flowing: true, pracks: 2 });
  });
});

test.describe('Kamailio', () => {
  test('a gateway answers in a reliable 183, and its 200 has nothing more to say', async ({ page }) => {
    const [rtpengine, gateway] = [await started(startRtpengine()), await started(startScenario('reliable.xml'))];
    const kamailio = await started(startKamailio({ ng: rtpengine.ng, sipp: gateway.port }));
    const result = await page.evaluate(async (url) => {
      const ua = await person(url, 'sip:alice@viasip.test', 'secret', { reliable_provisional: true });
      const session = ua.call('plain-gw', media);
      const told = progresses(session);
      const over = ended(session);
      await Promise.race([once(session, 'progress'), over]);
      const early = await flows([session], ['audio']);
      const status = session.isEstablished();
      const up = await Promise.race([once(session, 'confirmed').then(() => 'up'), over]);
      const count = (await packets(session)).audio;
      const goesOn = await until(async () => (await packets(session)).audio > count + 50);
      session.terminate();
      return { told, early, status, up, goesOn };
    }, kamailio.url);
    expect(result).toEqual({ told: [[183, true]], early: true, status: false, up: 'up', goesOn: true });
    expect(await gateway.done, gateway.log()).toBe(0);
  });

  test('browser to browser: an early answer, and UPDATE before the call is taken', async ({ page }) => {
    const kamailio = await started(startKamailio());
    const result = await page.evaluate(async (url) => {
      const [alice, bob] = await Promise.all(
        ['alice', 'bob'].map((user) =>
          person(url, `sip:${user}@viasip.test`, 'secret', { reliable_provisional: true }),
        ),
      );
      const coming = once(bob, 'newRTCSession');
      const session = alice.call('bob', media);
      const told = progresses(session);
      const { session: theirs } = await coming;
      theirs.progress(media);
      const early = await flows([session, theirs], ['audio']);
      const held = await new Promise((done) => session.hold({}, done) || done('not now'));
      const holds = await until(() => theirs.isOnHold().remote);
      const back = await new Promise((done) => theirs.renegotiate({}, done) || done('not now'));
      await new Promise((done) => session.unhold({}, done) || done('not now'));
      theirs.answer();
      await Promise.all([once(session, 'confirmed'), once(theirs, 'confirmed')]);
      const count = (await packets(session)).audio;
      const goesOn = await until(async () => (await packets(session)).audio > count + 50);
      const counts = ['out PRACK', 'out UPDATE', 'in UPDATE', 'out INVITE'].map((start) => sent(alice, start));
      theirs.terminate();
      return { told, early, held: held?.cause ?? held, holds, back: back?.cause ?? back, goesOn, counts };
    }, kamailio.url);
    expect(result).toEqual({
      told: [
        [180, true],
        [183, true],
      ],
      early: true,
      held: undefined,
      holds: true,
      back: undefined,
      goesOn: true,
      counts: [2, 2, 1, 1],
    });
  });
});
