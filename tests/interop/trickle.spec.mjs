// Trickle ICE through Kamailio: two pages exchange their candidates by INFO, with a STUN server that does not answer.
import { createSocket } from 'node:dgram';
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startKamailio, startTurn } from './servers.mjs';

let files;
let kamailio;
let turn;
let silent;
let lines;

test.beforeAll(async () => {
  [files, kamailio, turn] = [await serveFiles(), await startKamailio(), await startTurn()];
  silent = createSocket('udp4');
  await new Promise((resolve) => silent.bind(0, '127.0.0.1', resolve));
});
test.afterAll(() => {
  for (const server of [files, kamailio, turn]) server?.stop();
  silent?.close();
});
test.beforeEach(async ({ page, context }) => {
  lines = [];
  const iceServers = [{ urls: `stun:127.0.0.1:${silent.address().port}` }];
  for (const [at, user] of ['alice', 'bob', 'bob'].entries()) {
    const line = at === 0 ? page : await context.newPage();
    lines.push(line);
    await open(line, files.url);
    await line.evaluate(
      async ([url, name, servers]) => {
        window.options = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: servers } };
        window.heard = [];
        window.ua = line(url, `sip:${name}@viasip.test`);
        ua.on('newRTCSession', ({ session }) => {
          window.session = session;
          session.on('newInfo', () => heard.push('newInfo'));
          if (window.answers) session.answer(options);
        });
        await registered(ua);
        /** From now on each candidate comes later than its description. */
        window.dawdles = () => {
          const { get } = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, 'localDescription');
          Object.defineProperty(RTCPeerConnection.prototype, 'localDescription', {
            get() {
              const { type, sdp } = get.call(this) ?? {};
              return type ? { type, sdp: sdp.replace(/a=candidate:.*\r\n/g, '') } : null;
            },
          });
        };
        /** The INFOs since the last call began that left or came. */
        window.infos = (way) => ua.frames.slice(window.from).filter((frame) => frame.startsWith(`${way} INFO`));
        /** Calls bob: ms to the INVITE, and whether it has candidates. */
        window.calls = async (more = {}) => {
          window.from = ua.frames.length;
          const invite = () => ua.frames.slice(window.from).find((frame) => frame.startsWith('out INVITE'));
          const began = performance.now();
          ua.call('bob', { ...options, ...more });
          while (!invite()) await new Promise((resolve) => setTimeout(resolve, 1));
          return { ms: Math.round(performance.now() - began), candidates: invite().includes('a=candidate') };
        };
        window.from = 0;
      },
      [kamailio.url, user, iceServers],
    );
  }
});
test.afterEach(() =>
  Promise.all(
    lines.map((line) => line.evaluate(() => new Promise((resolve) => (ua.once('unregistered', resolve), ua.stop())))),
  ),
);

/** Alice calls; the last phone answers. What she saw, and whether both hear each other. */
async function call(more) {
  const [alice, , bob] = lines;
  await bob.evaluate(() => {
    window.from = ua.frames.length;
    window.answers = true;
  });
  const called = await alice.evaluate((options) => calls(options), more);
  await alice.evaluate(() => until(() => session.isEstablished(), 10_000));
  const flowing = await Promise.all([alice, bob].map((line) => line.evaluate(() => flows([session], ['audio'], 8000))));
  return { ...called, flowing };
}

const hangUp = () =>
  lines[0].evaluate(async () => {
    session.terminate();
    await until(() => session.isEnded());
  });

test('candidates go by INFO, and a known address is called at once', async () => {
  const first = await call();
  await hangUp();
  await Promise.all(lines.map((line) => line.evaluate(() => dawdles())));
  const second = await call();
  console.log(`through Kamailio, ms from call() to INVITE: ${first.ms} to a stranger, ${second.ms} to a known address`);
  expect(first).toMatchObject({ candidates: true, flowing: [true, true] });
  expect(first.ms).toBeGreaterThan(1500);
  expect(second.flowing).toEqual([true, true]);
  expect(second.ms).toBeLessThan(100);
  for (const line of [lines[0], lines[2]]) {
    const { sent, came, heard } = await line.evaluate(() => ({ sent: infos('out'), came: infos('in'), heard }));
    for (const info of [...sent, ...came]) {
      expect(info).toMatch(/^Info-Package: trickle-ice\r$/m);
      expect(info).toMatch(/^Content-Type: application\/trickle-ice-sdpfrag\r$/m);
      expect(info).toMatch(/^a=candidate:.* typ host/m);
    }
    expect(sent.length).toBeGreaterThan(0);
    expect(came.length).toBeGreaterThan(0);
    expect(heard).toEqual([]);
  }
});

test('each phone that rings is told, and the one that answers talks', async () => {
  const [alice, ...bobs] = lines;
  await Promise.all(lines.map((line) => line.evaluate(() => dawdles())));
  await alice.evaluate(() => calls({ trickle_ice: 'full' }));
  const told = bobs.map((bob) => bob.evaluate(() => until(() => infos('in').length > 0)));
  expect(await Promise.all(told)).toEqual([true, true]);
  await bobs[1].evaluate(() => session.answer(options));
  const flowing = [alice, bobs[1]].map((line) => line.evaluate(() => flows([session], ['audio'], 8000)));
  expect(await Promise.all(flowing)).toEqual([true, true]);
  const tags = await alice.evaluate(() => infos('out').map((info) => /^To: .*;tag=(\S+)/m.exec(info)[1]));
  expect(new Set(tags).size).toBe(2);
});

for (const transport of ['udp', 'tcp']) {
  test(`relayed addresses over ${transport} follow by INFO`, async () => {
    const iceServers = [
      { urls: `${turn.url}?transport=${transport}`, username: 'user', credential: 'secret' },
      { urls: `stun:127.0.0.1:${silent.address().port}` },
    ];
    await Promise.all(
      lines.map((line) =>
        line.evaluate((servers) => {
          options.pcConfig = { iceServers: servers, iceTransportPolicy: 'relay' };
        }, iceServers),
      ),
    );
    const result = await call({ trickle_ice: 'full' });
    expect(result).toMatchObject({ candidates: true, flowing: [true, true] });
    expect(result.ms).toBeLessThan(1000);
  });
}
