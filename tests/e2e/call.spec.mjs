// The main job in a real browser: register, call, be called, with media that is counted.
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(({ page, files, registrar }) => open(page, files.url, registrar.url));

test('two lines of one page call each other', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob] = [line('alice'), line('bob')];
    const log = { alice: [], bob: [] };
    bob.on('newRTCSession', ({ session, originator }) => {
      log.bob.push(`newRTCSession ${originator}`);
      record(session, log.bob);
      window.theirs = session;
      setTimeout(() => session.answer({ mediaConstraints: { audio: true, video: false } }), 200);
    });
    alice.on('newRTCSession', ({ session }) => {
      window.seen = session;
      log.alice.push('newRTCSession');
    });
    for (const ua of [alice, bob]) ua.start();
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    const session = alice.call('bob', { mediaConstraints: { audio: true, video: false } });
    record(session, log.alice);
    const same = session === window.seen;
    await once(session, 'confirmed');
    const begun = Date.now();
    const flowing = await until(async () => (await packets(session)) > 50 && (await packets(theirs)) > 50, 4000);
    const took = Date.now() - begun;
    const during = Object.keys(alice._sessions).length;
    session.hold();
    await until(() => theirs.isOnHold().remote);
    const held = theirs.isOnHold();
    session.sendDTMF('1');
    await until(() => log.bob.some((entry) => entry.startsWith('newDTMF')));
    session.terminate();
    await until(() => log.bob.some((entry) => entry.startsWith('ended')));
    const tracks = session.connection.signalingState;
    alice.stop();
    bob.stop();
    await until(() => alice.seen.includes('disconnected') && bob.seen.includes('disconnected'));
    return {
      same,
      flowing,
      took,
      during,
      held,
      log,
      seen: alice.seen,
      tracks,
      after: Object.keys(alice._sessions).length,
      frames: alice.frames,
    };
  });
  expect(result.same).toBe(true);
  expect(result.log.alice.slice(0, 9)).toEqual(
    [
      'newRTCSession',
      'connecting',
      'sdp local offer',
      'sending',
      'progress remote',
      'sdp remote answer',
      'accepted remote',
      'confirmed local',
      'sdp local offer',
    ]
      .slice(0, 8)
      .concat(result.log.alice[8]),
  );
  expect(result.log.bob.slice(0, 7)).toEqual([
    'newRTCSession remote',
    'progress local',
    'peerconnection',
    'sdp remote offer',
    'connecting',
    'sdp local answer',
    'accepted local',
  ]);
  expect(result.flowing, `packets after ${result.took} ms`).toBe(true);
  expect(result.took).toBeLessThan(3000);
  expect(result.held).toEqual({ local: false, remote: true });
  expect(result.log.bob).toContain('hold remote');
  expect(result.log.bob).toContain('ended remote Terminated');
  expect(result.tracks).toBe('closed');
  expect([result.during, result.after]).toEqual([1, 0]);
  expect(result.seen).toEqual(['connecting', 'connected', 'registered', 'unregistered', 'disconnected']);
  expect(result.frames.join('\n')).not.toContain('response="');
});

test('a wrong password ends in registrationFailed and no loop', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const ua = line('carol', { password: 'wrong' });
    ua.start();
    await once(ua, 'registrationFailed');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const count = ua.frames.filter((frame) => frame.startsWith('out REGISTER')).length;
    ua.stop();
    return { seen: ua.seen, count };
  });
  expect(result.count).toBe(2);
  expect(result.seen[2]).toMatch(/^registrationFailed (Authentication Error|Rejected)$/);
});

test('busy, cancel, not found and a refused microphone have their causes', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob] = [line('alice'), line('bob')];
    for (const ua of [alice, bob]) ua.start();
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    const options = { mediaConstraints: { audio: true, video: false } };
    const causes = {};
    bob.once('newRTCSession', ({ session }) => session.terminate({ status_code: 486 }));
    causes.busy = (await once(alice.call('bob', options), 'failed')).cause;
    causes.unknown = (await once(alice.call('nobody', options), 'failed')).cause;
    const incoming = new Promise((resolve) =>
      bob.once('newRTCSession', ({ session }) => session.on('failed', resolve)),
    );
    const call = alice.call('bob', options);
    await once(call, 'progress');
    const gone = once(call, 'failed');
    call.terminate();
    causes.canceled = (await gone).cause;
    causes.theirs = (await incoming).cause;
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    const denied = alice.call('bob', options);
    const order = [];
    denied.on('failed', (e) => order.push(`failed ${e.cause}`));
    denied.on('getusermediafailed', (e) => order.push(`getusermediafailed ${e.name}`));
    await until(() => order.length === 2);
    causes.denied = order;
    return causes;
  });
  expect(result).toEqual({
    busy: 'Busy',
    unknown: 'Not Found',
    canceled: 'Canceled',
    theirs: 'Canceled',
    denied: ['failed User Denied Media Access', 'getusermediafailed NotAllowedError'],
  });
});

test('audio and video, muted, and messages both ways', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob] = [line('alice'), line('bob')];
    bob.on('newRTCSession', ({ session }) => {
      window.theirs = session;
      session.answer();
    });
    bob.on('newMessage', ({ message, request }) => (window.text = [message.direction, request.body]));
    for (const ua of [alice, bob]) ua.start();
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    const session = alice.call('sip:bob@viasip.local');
    await once(session, 'confirmed');
    const kinds = async () => {
      const found = new Set();
      (await session.connection.getStats()).forEach(
        (r) => r.type === 'inbound-rtp' && r.packetsReceived > 5 && found.add(r.kind),
      );
      return [...found].sort();
    };
    await until(async () => (await kinds()).length === 2);
    const media = await kinds();
    session.mute();
    const enabled = session.connection.getSenders().map((sender) => [sender.track.kind, sender.track.enabled]);
    const sent = await once(alice.sendMessage('bob', 'hello'), 'succeeded');
    const tracks = session.connection.getSenders().map((sender) => sender.track);
    theirs.terminate();
    const ended = await once(session, 'ended');
    return {
      media,
      enabled,
      status: sent.response.status_code,
      text: window.text,
      cause: ended.cause,
      live: tracks.map((t) => t.readyState),
    };
  });
  expect(result.media).toEqual(['audio', 'video']);
  expect(result.enabled).toEqual([
    ['audio', false],
    ['video', true],
  ]);
  expect(result.status).toBe(200);
  expect(result.text).toEqual(['incoming', 'hello']);
  expect(result.cause).toBe('Terminated');
  expect(result.live).toEqual(['ended', 'ended']);
});

// Each left the call neither going on nor failing: WebRTC's exception flew through the core.
test('what an application does to the connection and its stream is told, or does no harm', async ({ page }) => {
  const logs = await page.evaluate(async () => {
    const [alice, bob] = [line('alice'), line('bob')];
    bob.on('newRTCSession', ({ session, originator }) => originator === 'remote' && session.answer());
    for (const ua of [alice, bob]) {
      ua.start();
      await once(ua, 'registered');
    }
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    const handlers = {
      'adds the tracks itself': (connection) =>
        microphone.getTracks().forEach((track) => connection.addTrack(track, microphone)),
      'closes the connection': (connection) => connection.close(),
      'passes what is no stream': () => {},
    };
    const logs = {};
    for (const [what, peerconnection] of Object.entries(handlers)) {
      const log = (logs[what] = []);
      const mediaStream = what.startsWith('passes') ? { getTracks: () => [{ kind: 'audio' }] } : microphone;
      const session = alice.call('bob', {
        mediaStream,
        eventHandlers: { peerconnection: (e) => peerconnection(e.peerconnection) },
      });
      for (const name of ['getusermediafailed', 'peerconnection:createofferfailed'])
        session.on(name, (error) => log.push(`${name} ${error.name}`));
      session.on('failed', ({ originator, cause }) => log.push(`failed ${originator} ${cause}`));
      session.on('confirmed', () => log.push('confirmed'));
      // An answered call is established before its answer is applied and `confirmed` is told.
      await until(() => session.isEnded() || log.includes('confirmed'));
      // Errors follow `failed`.
      await new Promise((done) => setTimeout(done));
      if (!session.isEnded()) session.terminate();
    }
    return logs;
  });
  expect(logs).toEqual({
    'adds the tracks itself': ['confirmed'],
    'closes the connection': ['peerconnection:createofferfailed InvalidStateError', 'failed local WebRTC Error'],
    'passes what is no stream': ['failed local User Denied Media Access', 'getusermediafailed TypeError'],
  });
});

test('viasip/inline starts by itself', async ({ page }) => {
  const names = await page.evaluate(async () => {
    const { default: JsSIP, UA } = await import('/pkg/dist/inline.js');
    const uri = JsSIP.URI.parse('sip:alice@example.com;transport=ws');
    return [UA === JsSIP.UA, JsSIP.name, uri.user, uri.getParam('transport')];
  });
  expect(names).toEqual([true, 'viasip', 'alice', 'ws']);
});

test('the service says itself what it can do, and looks for somebody where there is a name', async ({
  page,
  files,
  registrar,
}) => {
  await open(page, files.url, registrar.url);
  const answered = await page.evaluate(async () => {
    const ua = line('olga');
    ua.start();
    await once(ua, 'registered');
    const status = (target) =>
      new Promise((resolve) => {
        const done = ({ response }) => resolve(response.status_code);
        ua.sendOptions(target, null, { eventHandlers: { succeeded: done, failed: done } });
      });
    const all = [await status(new viasip.URI('sip', null, 'viasip.local')), await status('sip:nobody@viasip.local')];
    ua.stop();
    return all;
  });
  expect(answered).toEqual([200, 404]);
});
