// The ways for media: through a TURN server, and with servers that nobody reaches.
import { createSocket } from 'node:dgram';
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startKamailio, startTurn } from './servers.mjs';

let files;
let kamailio;
let turn;
const servers = [];

test.beforeAll(async () => {
  servers.push((files = await serveFiles()), (kamailio = await startKamailio()), (turn = await startTurn()));
});
test.afterAll(() => servers.forEach((server) => server.stop()));
test.beforeEach(async ({ page }) => {
  await open(page, files.url);
  await page.evaluate(async (url) => {
    [window.alice, window.bob] = [line(url, 'sip:alice@viasip.test'), line(url, 'sip:bob@viasip.test')];
    await Promise.all([registered(alice), registered(bob)]);
  }, kamailio.url);
});
test.afterEach(({ page }) =>
  page.evaluate(() =>
    Promise.all([alice, bob].map((ua) => new Promise((resolve) => (ua.once('unregistered', resolve), ua.stop())))),
  ),
);

for (const transport of ['udp', 'tcp']) {
  test(`both ends relay over ${transport}`, async ({ page }) => {
    const result = await page.evaluate(async (urls) => {
      const options = {
        mediaConstraints: { audio: true, video: false },
        pcConfig: { iceServers: [{ urls, username: 'user', credential: 'secret' }], iceTransportPolicy: 'relay' },
      };
      bob.on('newRTCSession', ({ session }) => session.answer(options));
      const session = alice.call('bob', options);
      await Promise.race([
        once(session, 'confirmed'),
        ended(session).then((e) => {
          throw new Error(`${JSON.stringify(e)}\n${alice.frames.join('\n')}`);
        }),
      ]);
      const flowing = await flows([session], ['audio']);
      const types = new Set();
      (await session.connection.getStats()).forEach((r) => /candidate$/.test(r.type) && types.add(r.candidateType));
      session.terminate();
      return { flowing, types: [...types] };
    }, `${turn.url}?transport=${transport}`);
    expect(result.flowing).toBe(true);
    expect(result.types).toEqual(['relay']);
  });
}

// [what, ICE transport policy, its server, the longest wait before the INVITE in ms]
for (const [what, policy, scheme, most] of [
  ['a STUN server that does not answer', 'all', 'stun', 3000],
  ['a TURN server that does not answer', 'all', 'turn', 3000],
]) {
  test(`${what} holds the call up for a bounded time`, async ({ page }) => {
    const silent = createSocket('udp4');
    await new Promise((resolve) => silent.bind(0, '127.0.0.1', resolve));
    const result = await page.evaluate(
      async ([urls, iceTransportPolicy]) => {
        bob.on('newRTCSession', () => {});
        const began = performance.now();
        const session = alice.call('bob', {
          mediaConstraints: { audio: true, video: false },
          pcConfig: { iceServers: [{ urls, username: 'user', credential: 'secret' }], iceTransportPolicy },
        });
        await until(() => alice.frames.some((f) => f.startsWith('out INVITE')), 10_000);
        const ms = performance.now() - began;
        const candidates = session.connection.localDescription.sdp.match(/^a=candidate/gm)?.length ?? 0;
        const { iceGatheringState } = session.connection;
        session.terminate();
        return { ms, candidates: candidates > 0, iceGatheringState };
      },
      [`${scheme}:127.0.0.1:${silent.address().port}`, policy],
    );
    silent.close();
    expect(result.ms).toBeLessThan(most);
    expect(result).toMatchObject({ candidates: true, iceGatheringState: 'gathering' });
  });
}

// The INVITE left without a candidate, and the application heard nothing.
test('a wrong password of the TURN server is named before anything leaves', async ({ page }) => {
  const result = await page.evaluate(async (urls) => {
    const session = alice.call('bob', {
      mediaConstraints: { audio: true, video: false },
      pcConfig: { iceServers: [{ urls, username: 'user', credential: 'wrong' }], iceTransportPolicy: 'relay' },
    });
    const { cause, diagnosis } = await once(session, 'failed');
    return {
      cause,
      codes: diagnosis.map((f) => f.code),
      message: diagnosis[0].message,
      invited: alice.frames.some((f) => f.startsWith('out INVITE')),
    };
  }, turn.url);
  expect(result).toMatchObject({ cause: 'WebRTC Error', codes: ['turn-refused'], invited: false });
  expect(result.message).toContain(turn.url);
  expect(result.message).toContain('401');
});
