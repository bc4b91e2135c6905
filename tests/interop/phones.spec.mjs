// Phones that no gateway helps: baresip speaks ICE and DTLS-SRTP itself, and as a plain phone it does not.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startBaresip, startKamailio } from './servers.mjs';

let files;
let kamailio;
const servers = [];
const started = async (promise) => {
  const server = await promise;
  servers.push(server);
  return server;
};

test.beforeAll(async () => {
  files = await started(serveFiles());
  kamailio = await started(startKamailio());
});
test.afterAll(() => servers.reverse().forEach((server) => server.stop()));
test.beforeEach(async ({ page }) => {
  await open(page, files.url);
  await page.evaluate(async (url) => {
    window.media = { mediaConstraints: { audio: true, video: false } };
    window.log = [];
    window.watch = (session) => {
      window.session = session;
      for (const name of ['hold', 'unhold', 'newDTMF', 'accepted', 'confirmed', 'ended', 'failed']) {
        session.on(name, (e) => log.push([name, e.originator, e.cause, e.dtmf?.tone].filter(Boolean).join(' ')));
      }
      return session;
    };
    window.ua = line(url, 'sip:alice@viasip.test');
    await registered(ua);
  }, kamailio.url);
});
test.afterEach(({ page }) =>
  page.evaluate(() => new Promise((resolve) => (ua.once('unregistered', resolve), ua.stop()))),
);

const told = (page, what) => expect.poll(() => page.evaluate(() => log), { timeout: 5000 }).toContain(what);
const call = (page, whom) =>
  page.evaluate(async (target) => {
    watch(ua.call(target, media));
    await Promise.race([
      once(session, 'confirmed'),
      ended(session).then((e) => {
        throw new Error(`${JSON.stringify(e)}\n${ua.frames.join('\n')}`);
      }),
    ]);
  }, whom);

test.describe('baresip', () => {
  let phone;
  test.beforeAll(async () => {
    phone = await started(startBaresip('phone', kamailio));
  });
  test.beforeEach(() => phone.forget());

  test('is called: sound, hold, tones, and it hangs up', async ({ page }) => {
    await call(page, 'phone');
    expect(await page.evaluate(() => flows([session], ['audio']))).toBe(true);
    await phone.command('hold');
    await told(page, 'hold remote');
    await phone.command('resume');
    await told(page, 'unhold remote');
    await page.evaluate(
      () =>
        new Promise(
          (resolve, reject) =>
            session.hold({}, (error) => (error ? reject(error) : resolve())) || reject(new Error('not now')),
        ),
    );
    await page.evaluate(
      () =>
        new Promise(
          (resolve, reject) =>
            session.unhold({}, (error) => (error ? reject(error) : resolve())) || reject(new Error('not now')),
        ),
    );
    const before = await page.evaluate(async () => (await packets(session)).audio);
    await expect
      .poll(() => page.evaluate(async () => (await packets(session)).audio), { timeout: 5000 })
      .toBeGreaterThan(before + 50);
    await page.evaluate(() => session.sendDTMF('5', { transportType: 'RFC2833' }));
    await expect.poll(() => phone.log(), { timeout: 5000 }).toContain("received event: '5'");
    await phone.command('hangup');
    await told(page, 'ended remote Terminated');
  });

  test('calls the browser, which hangs up', async ({ page }) => {
    await page.evaluate(() => ua.once('newRTCSession', (e) => watch(e.session).answer(media)));
    await phone.command('dial', 'sip:alice@viasip.test');
    await phone.event('CALL_ESTABLISHED');
    await told(page, 'confirmed remote');
    expect(await page.evaluate(() => flows([session], ['audio']))).toBe(true);
    await page.evaluate(() => session.terminate());
    await phone.event('CALL_CLOSED');
  });
});

for (const [what, account] of [
  ['RTP', 'answermode=auto'],
  ['SDES', 'mediaenc=srtp-mand;answermode=auto'],
]) {
  test.describe(`baresip with ${what} only`, () => {
    let plain;
    test.beforeAll(async () => {
      plain = await started(startBaresip('rtpphone', kamailio, account));
    });
    test.afterAll(() => plain.stop());
    test.beforeEach(() => plain.forget());

    test('is called, and it is said why it cannot', async ({ page }) => {
      const over = await page.evaluate(() => ended(ua.call('rtpphone', media)));
      expect(over).toEqual(['failed', 'remote', 'Incompatible SDP', ['refused-without-sdp', 'asked-for']]);
    });

    test('calls, and is refused before anything rings', async ({ page }) => {
      await page.evaluate(() => ua.on('newRTCSession', (e) => watch(e.session)));
      await plain.command('dial', 'sip:alice@viasip.test');
      await plain.event('CALL_CLOSED');
      const [rang, answer] = await page.evaluate(() => [log, ua.frames.find((f) => /^out SIP.2.0 [3-6]/.test(f))]);
      expect(rang).toEqual([]);
      expect(answer).toMatch(/^out SIP.2.0 488 [^]*^Warning: /m);
    });
  });
}
