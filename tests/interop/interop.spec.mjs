// viasip in headless Chromium against real servers. Media counts: packets received, read from getStats.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startAsterisk, startKamailio, startRtpengine, startSipp } from './servers.mjs';

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
  test.beforeAll(async () => {
    const [rtpengine, sipp] = [await started(startRtpengine()), await started(startSipp())];
    kamailio = await started(startKamailio({ ng: rtpengine.ng, sipp: sipp.port }));
  });
  test.beforeEach(({ page }) => open(page, files.url));

  for (const kinds of [['audio'], ['audio', 'video']]) {
    test(`browser to browser: ${kinds.join(' and ')}`, async ({ page }) => {
      const result = await page.evaluate(
        async ([url, wanted]) => {
          const [alice, bob] = [line(url, 'sip:alice@viasip.test'), line(url, 'sip:bob@viasip.test')];
          await Promise.all([registered(alice), registered(bob)]);
          const mediaConstraints = { audio: true, video: wanted.includes('video') };
          bob.on('newRTCSession', ({ session }) => {
            window.theirs = session;
            session.answer({ mediaConstraints });
          });
          const session = alice.call('bob', { mediaConstraints });
          await once(session, 'confirmed');
          const flowing = await flows([session, theirs], wanted);
          const over = [ended(session), ended(theirs)];
          theirs.terminate();
          const causes = await Promise.all(over);
          alice.stop();
          bob.stop();
          return { flowing, causes };
        },
        [kamailio.url, kinds],
      );
      expect(result.flowing).toBe(true);
      expect(result.causes.map((c) => c.slice(0, 3))).toEqual([
        ['ended', 'remote', 'Terminated'],
        ['ended', 'local', 'Terminated'],
      ]);
    });
  }

  test('busy, reject, not found, cancel and hang-up have their causes on both ends', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const [alice, bob] = [line(url, 'sip:alice@viasip.test'), line(url, 'sip:bob@viasip.test')];
      await Promise.all([registered(alice), registered(bob)]);
      const mediaConstraints = { audio: true, video: false };
      const out = {};
      const call = async (name, theirPart, myPart) => {
        const theirEnd = new Promise((resolve) =>
          bob.once('newRTCSession', ({ session }) => {
            resolve(ended(session));
            theirPart(session);
          }),
        );
        const session = alice.call('bob', { mediaConstraints });
        const mine = ended(session);
        await myPart?.(session);
        out[name] = [(await mine).slice(0, 3), (await theirEnd).slice(0, 3)];
      };
      await call('busy', (s) => s.terminate({ status_code: 486 }));
      await call('reject', (s) => s.terminate({ status_code: 603 }));
      await call(
        'cancel',
        () => {},
        async (s) => {
          await once(s, 'progress');
          s.terminate();
        },
      );
      await call(
        'hangup',
        (s) => s.answer({ mediaConstraints }),
        async (s) => {
          await once(s, 'confirmed');
          s.terminate();
        },
      );
      out.unknown = (await ended(alice.call('nobody', { mediaConstraints }))).slice(0, 3);
      const race = alice.call('bob', { mediaConstraints });
      bob.once('newRTCSession', ({ session }) => session.answer({ mediaConstraints }));
      await once(race, 'progress');
      // The answer is on its way while the caller cancels.
      await until(
        () => bob.frames.some((f) => f.startsWith('out SIP/2.0 200') && f.includes(race._request.call_id)),
        3000,
      );
      out.raceState = race.status;
      const over = race.isEnded() ? null : ended(race);
      if (over) race.terminate();
      out.race = over && (await over)[0];
      await new Promise((resolve) => setTimeout(resolve, 500));
      out.wire = alice.frames
        .filter((f) => f.startsWith('out') && f.includes(race._request.call_id))
        .map((f) => f.split(' ')[1]);
      alice.stop();
      bob.stop();
      return out;
    }, kamailio.url);
    expect(result.busy).toEqual([
      ['failed', 'remote', 'Busy'],
      ['failed', 'local', 'Rejected'],
    ]);
    expect(result.reject).toEqual([
      ['failed', 'remote', 'Rejected'],
      ['failed', 'local', 'Rejected'],
    ]);
    expect(result.cancel).toEqual([
      ['failed', 'local', 'Canceled'],
      ['failed', 'remote', 'Canceled'],
    ]);
    expect(result.hangup).toEqual([
      ['ended', 'local', 'Terminated'],
      ['ended', 'remote', 'Terminated'],
    ]);
    expect(result.unknown).toEqual(['failed', 'remote', 'Not Found']);
    expect(result.wire).toContain('ACK');
    expect(result.wire).toContain('BYE');
  });

  test('through rtpengine to a plain RTP phone', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const alice = line(url, 'sip:alice@viasip.test');
      await registered(alice);
      const session = alice.call('plain-gw', { mediaConstraints: { audio: true, video: false } });
      const over = ended(session);
      await Promise.race([
        once(session, 'confirmed'),
        over.then((e) => {
          throw new Error(`${JSON.stringify(e)}\n${alice.frames.join('\n')}`);
        }),
      ]);
      const flowing = await flows([session], ['audio']);
      session.terminate();
      alice.stop();
      return { flowing, over: (await over).slice(0, 3) };
    }, kamailio.url);
    expect(result.flowing).toBe(true);
    expect(result.over).toEqual(['ended', 'local', 'Terminated']);
  });

  test('a plain RTP phone without a gateway is explained', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const alice = line(url, 'sip:alice@viasip.test');
      await registered(alice);
      const over = await ended(alice.call('plain', { mediaConstraints: { audio: true, video: false } }));
      alice.stop();
      return over;
    }, kamailio.url);
    expect(result[0]).toBe('failed');
    expect(result[3]).toEqual(expect.arrayContaining(['no-dtls', 'rtp-profile']));
  });

  test('a wrong password ends it without a loop', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const ua = line(url, 'sip:alice@viasip.test', 'wrong');
      const { cause } = await once(ua, 'registrationFailed');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return { cause, sent: ua.frames.filter((f) => f.startsWith('out REGISTER')).length };
    }, kamailio.url);
    expect(result).toEqual({ cause: 'Authentication Error', sent: 2 });
  });

  test('registers with SHA-256', async ({ page }) => {
    const sha = await started(startKamailio({ algorithm: 'SHA-256' }));
    const frames = await page.evaluate(async (url) => {
      const ua = line(url, 'sip:alice@viasip.test');
      await registered(ua);
      return ua.frames.join('\n');
    }, sha.url);
    expect(frames).toContain('Digest algorithm=SHA-256');
  });
});

test.describe('Asterisk', () => {
  let asterisk;
  test.beforeAll(async () => {
    asterisk = await started(startAsterisk());
  });
  test.beforeEach(({ page }) => open(page, files.url));

  for (const [user, algorithm] of [
    ['a-md5', 'MD5'],
    ['a-sha256', 'SHA-256'],
    ['a-sha512', 'SHA-512-256'],
  ]) {
    test(`registers with ${algorithm} only`, async ({ page }) => {
      const frames = await page.evaluate(
        async ([url, name]) => {
          const ua = line(url, `sip:${name}@127.0.0.1`);
          await registered(ua);
          const text = ua.frames.join('\n');
          ua.stop();
          return text;
        },
        [asterisk.url, user],
      );
      expect(frames).toContain(`Digest algorithm=${algorithm},`);
    });
  }

  test('a wrong password ends it without a loop', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const ua = line(url, 'sip:a-sha256@127.0.0.1', 'wrong');
      const { cause } = await once(ua, 'registrationFailed');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return { cause, sent: ua.frames.filter((f) => f.startsWith('out REGISTER')).length };
    }, asterisk.url);
    expect(result).toEqual({ cause: 'Authentication Error', sent: 2 });
  });

  test('the echo returns the sound', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const ua = line(url, 'sip:a-md5@127.0.0.1');
      await registered(ua);
      const session = ua.call('echo', { mediaConstraints: { audio: true, video: false } });
      const over = ended(session);
      await Promise.race([
        once(session, 'confirmed'),
        over.then((e) => {
          throw new Error(`${JSON.stringify(e)}\n${ua.frames.join('\n')}`);
        }),
      ]);
      const flowing = await flows([session], ['audio']);
      session.terminate();
      ua.stop();
      return { flowing, over: (await over).slice(0, 3) };
    }, asterisk.url);
    expect(result.flowing).toBe(true);
    expect(result.over).toEqual(['ended', 'local', 'Terminated']);
  });

  test('Asterisk calls the browser', async ({ page }) => {
    await page.evaluate(async (url) => {
      window.ua = line(url, 'sip:a-md5@127.0.0.1');
      await registered(ua);
      window.outcome = new Promise((resolve) =>
        ua.on('newRTCSession', async ({ session }) => {
          session.answer({ mediaConstraints: { audio: true, video: false } });
          await once(session, 'confirmed');
          resolve({ session, flowing: await flows([session], ['audio']) });
        }),
      );
    }, asterisk.url);
    asterisk.cli('channel originate PJSIP/a-md5 application Echo');
    const flowing = await page.evaluate(async () => {
      const { session, flowing: result } = await Promise.race([
        outcome,
        new Promise((resolve) => setTimeout(() => resolve({ flowing: ua.frames.join('\n') }), 15000)),
      ]);
      session?.terminate();
      ua.stop();
      return result;
    });
    expect(flowing).toBe(true);
  });
});
