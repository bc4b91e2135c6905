// Trickle ICE: with a STUN server that does not answer, a call to an address that takes candidates later leaves at once.
import { createSocket } from 'node:dgram';
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

let silent;

test.beforeAll(async () => {
  silent = createSocket('udp4');
  await new Promise((resolve) => silent.bind(0, '127.0.0.1', resolve));
});
test.afterAll(() => silent?.close());
test.beforeEach(async ({ page, files, registrar }) => {
  await open(page, files.url, registrar.url);
  await page.evaluate(
    async ([url]) => {
      window.options = {
        mediaConstraints: { audio: true, video: false },
        pcConfig: { iceServers: [{ urls: url }] },
      };
      [window.alice, window.bob] = [line('alice'), line('bob')];
      for (const ua of [alice, bob]) ua.start();
      await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
      bob.on('newRTCSession', ({ session }) => {
        window.theirs = session;
        if (window.answers) session.answer({ ...options, ...window.answers });
      });
      /** Calls bob: ms to the INVITE, whether it has candidates, and whether both hear the other. */
      window.calls = async (more = {}) => {
        const from = alice.frames.length;
        const sent = (start) => alice.frames.slice(from).find((frame) => frame.startsWith(start));
        const [began, heard] = [performance.now(), []];
        const session = alice.call('bob', { ...options, ...more });
        for (const name of ['newInfo', 'icecandidate']) session.on(name, () => heard.push(name));
        while (!sent('out INVITE')) await new Promise((resolve) => setTimeout(resolve, 1));
        const ms = Math.round(performance.now() - began);
        await until(() => session.isEstablished() && theirs.isEstablished(), 10_000);
        const flowing = await until(async () => (await packets(session)) > 50 && (await packets(theirs)) > 50);
        const answered = Math.round(performance.now() - began);
        const infos = alice.frames.slice(from).filter((frame) => /^(in|out) INFO/.test(frame));
        return {
          session,
          ms,
          answered,
          flowing,
          candidates: sent('out INVITE').includes('a=candidate'),
          offers: sent('out INVITE').includes('trickle-ice'),
          out: infos.filter((frame) => frame.startsWith('out')),
          in: infos.filter((frame) => frame.startsWith('in')),
          heard,
        };
      };
      window.hangsUp = async (call) => {
        call.session.terminate();
        await until(() => theirs.isEnded());
        delete call.session;
        return call;
      };
    },
    [`stun:127.0.0.1:${silent.address().port}`],
  );
});

test('a known address is called at once, and both hear each other', async ({ page }) => {
  const [first, second] = await page.evaluate(async () => {
    window.answers = {};
    return [await hangsUp(await calls()), await hangsUp(await calls())];
  });
  console.log(
    `ms from call() to INVITE: ${first.ms} to a stranger, ${second.ms} to a known address; to sound both ways: ` +
      `${first.answered}, ${second.answered}`,
  );
  expect(first).toMatchObject({ candidates: true, offers: true, flowing: true });
  expect(first.ms).toBeGreaterThan(1500);
  expect(second).toMatchObject({ offers: true, flowing: true });
  expect(second.heard).not.toContain('newInfo');
  expect(second.ms).toBeLessThan(100);
});

test('a call may go without waiting, and ICE may start anew in it', async ({ page }) => {
  const result = await page.evaluate(async () => {
    window.answers = {};
    const call = await calls({ trickle_ice: 'full' });
    const from = alice.frames.length;
    const began = performance.now();
    const done = new Promise((resolve) =>
      call.session.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, resolve),
    );
    const error = await done;
    const restarted = Math.round(performance.now() - began);
    const ufrag = /a=ice-ufrag:(\S+)/.exec(call.session.connection.localDescription.sdp)[1];
    await until(() => alice.frames.slice(from).some((f) => f.startsWith('out INFO') && f.includes(ufrag)));
    const infos = alice.frames.slice(from).filter((frame) => frame.startsWith('out INFO'));
    const before = await packets(call.session);
    const flowing = await until(async () => (await packets(call.session)) > before + 50);
    return { ...(await hangsUp(call)), error, restarted, ufrag, infos, again: flowing };
  });
  console.log(`ms to sound both ways: ${result.answered}; to a restarted ICE: ${result.restarted}`);
  expect(result).toMatchObject({ flowing: true, again: true });
  expect(result.ms).toBeLessThan(500);
  expect(result.error).toBeUndefined();
  expect(result.restarted).toBeLessThan(1000);
  expect(result.infos.at(-1)).toContain(`a=ice-ufrag:${result.ufrag}`);
});

/** The browser leaves the candidates out of its descriptions. */
const leaveOut = (page) =>
  page.evaluate(() => {
    const { prototype } = RTCPeerConnection;
    const { get } = Object.getOwnPropertyDescriptor(prototype, 'localDescription');
    Object.defineProperty(prototype, 'localDescription', {
      get() {
        const { type, sdp } = get.call(this) ?? {};
        return type ? { type, sdp: sdp.replace(/a=candidate:.*\r\n/g, '') } : null;
      },
    });
  });

// As Chromium does with one that is gathered while a further description is made.
test('candidates that were told of go with the description', async ({ page }) => {
  await leaveOut(page);
  for (const mode of [false, 'full']) {
    const result = await page.evaluate(async (trickle_ice) => {
      window.answers = { trickle_ice: false };
      return hangsUp(await calls({ trickle_ice }));
    }, mode);
    expect(result).toMatchObject({ flowing: true, candidates: true, out: [], in: [] });
  }
});

test('candidates that no description has arrive by INFO', async ({ page }) => {
  await leaveOut(page);
  const result = await page.evaluate(async () => {
    window.answers = {};
    const { prototype } = RTCPeerConnection;
    // They are told of when the descriptions have left.
    const { addEventListener } = prototype;
    prototype.addEventListener = function (name, listener) {
      const late = ['icecandidate', 'icegatheringstatechange'].includes(name);
      addEventListener.call(this, name, late ? (e) => setTimeout(() => listener(e), 200) : listener);
    };
    const call = await calls({ trickle_ice: 'full' });
    return hangsUp(call);
  });
  expect(result).toMatchObject({ flowing: true, candidates: false });
  for (const infos of [result.out, result.in]) {
    expect(infos[0]).toMatch(/^Content-Type: application\/trickle-ice-sdpfrag\r$/m);
    expect(infos.at(-1)).toMatch(/^a=candidate:.* typ host/m);
  }
});

test('turned off on either side it is as before', async ({ page }) => {
  const [caller, callee] = await page.evaluate(async () => {
    window.answers = {};
    await hangsUp(await calls());
    const caller = await hangsUp(await calls({ trickle_ice: false }));
    window.answers = { trickle_ice: false };
    return [caller, await hangsUp(await calls())];
  });
  expect(caller).toMatchObject({ candidates: true, offers: false, flowing: true, out: [], in: [] });
  expect(caller.ms).toBeGreaterThan(1500);
  // Its 180 has said that it would.
  expect(callee.ms).toBeLessThan(500);
  expect(callee).toMatchObject({ flowing: true, in: [] });
});
