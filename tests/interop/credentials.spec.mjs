// Accounts that the app is asked for, and nonces ahead, at servers that keep account of them.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startAsterisk, startKamailio } from './servers.mjs';

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
test.beforeEach(async ({ page }) => {
  await open(page, files.url);
  await page.evaluate(() => {
    /** Registers so many times more, and says how many REGISTERs that took, and whether any was refused for its nonce. */
    window.registers = async (ua, times) => {
      const before = ua.frames.length;
      for (let n = 0; n < times; n += 1) {
        const refreshed = once(ua, 'refreshed');
        ua.register();
        await refreshed;
      }
      const frames = ua.frames.slice(before);
      const count = (pattern) => frames.filter((frame) => pattern.test(frame)).length;
      return { sent: count(/^out REGISTER/), refused: count(/^in SIP\/2.0 40[17]/) };
    };
  });
});

test('Kamailio: a password that changes in the middle is asked for again', async ({ page }) => {
  const kamailio = await started(startKamailio());
  const result = await page.evaluate(async (url) => {
    const asked = [];
    let current = 'secret';
    const ua = line(url, 'sip:rolling@viasip.test', undefined, {
      credentials: async ({ realm, attempt, schemes }) => {
        asked.push([realm, attempt, ...schemes]);
        return { password: current };
      },
    });
    await registered(ua);
    const first = await registers(ua, 1);
    await new Promise((resolve, reject) =>
      ua.sendOptions('sip:password@viasip.test', '', {
        extraHeaders: ['X-Password: changed'],
        eventHandlers: { succeeded: resolve, failed: ({ cause }) => reject(new Error(cause)) },
      }),
    );
    current = 'changed';
    const second = await registers(ua, 1);
    const third = await registers(ua, 1);
    const failed = once(ua, 'registrationFailed');
    current = 'changed';
    await new Promise((resolve) =>
      ua.sendOptions('sip:password@viasip.test', '', {
        extraHeaders: ['X-Password: again'],
        eventHandlers: { succeeded: resolve },
      }),
    );
    ua.register();
    const { cause } = await failed;
    ua.stop();
    return { asked, first, second, third, cause };
  }, kamailio.url);
  expect(result).toEqual({
    asked: [
      ['viasip.test', 1, 'Digest'],
      ['viasip.test', 2, 'Digest'],
      ['viasip.test', 2, 'Digest'],
    ],
    first: { sent: 2, refused: 1 },
    second: { sent: 3, refused: 2 },
    third: { sent: 2, refused: 1 },
    cause: 'Authentication Error',
  });
});

for (const [how, auth, sent] of [
  ['counts each nonce', { nonce_count: 1, qop: '"auth"' }, 5],
  ['takes a nonce once', { one_time_nonce: 1 }, 10],
  ['names the next nonce', { one_time_nonce: 1, add_authinfo_hdr: 1 }, 5],
  ['takes a nonce for as long as it lasts', {}, 5],
])
  test(`Kamailio ${how}: nonces ahead`, async ({ page }) => {
    const kamailio = await started(startKamailio({ auth }));
    const result = await page.evaluate(async (url) => {
      const ua = line(url, 'sip:alice@viasip.test', 'secret', { preemptive_auth: true });
      await registered(ua);
      const more = await registers(ua, 5);
      ua.stop();
      return more;
    }, kamailio.url);
    expect(result).toEqual({ sent, refused: sent - 5 });
  });

test('Asterisk: nonces ahead, in registrations and calls', async ({ page }) => {
  const asterisk = await started(startAsterisk());
  const result = await page.evaluate(async (url) => {
    const out = {};
    for (const preemptive_auth of [false, true]) {
      const ua = line(url, 'sip:a-md5@127.0.0.1', undefined, {
        preemptive_auth,
        credentials: ({ realm }) => Promise.resolve({ username: 'a-md5', password: realm ? 'secret' : '' }),
      });
      await registered(ua);
      const more = await registers(ua, 4);
      const invites = [];
      for (let n = 0; n < 3; n += 1) {
        const before = ua.frames.length;
        const session = ua.call('echo', { mediaConstraints: { audio: true, video: false } });
        await once(session, 'confirmed');
        session.terminate();
        await until(() => ua.frames.slice(before).some((frame) => /^in SIP\/2.0 200 OK[^]*CSeq: \d+ BYE/.test(frame)));
        invites.push(ua.frames.slice(before).filter((frame) => frame.startsWith('out INVITE')).length);
      }
      ua.stop();
      out[preemptive_auth] = { ...more, invites };
    }
    return out;
  }, asterisk.url);
  expect(result).toEqual({
    false: { sent: 8, refused: 4, invites: [2, 2, 2] },
    true: { sent: 4, refused: 0, invites: [2, 1, 1] },
  });
});
