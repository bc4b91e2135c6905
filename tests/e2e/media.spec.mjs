// Media that comes late, or never, in a real RTCPeerConnection: each ends in candidates, or in words that the application hears.
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';
import { startTurn } from './turn.mjs';

let refusing;
let silent;

test.beforeAll(async () => {
  [refusing, silent] = await Promise.all([startTurn(), startTurn({ answers: false })]);
});
test.afterAll(() => [refusing, silent].forEach((server) => server?.stop()));
test.beforeEach(async ({ page, files, registrar }) => {
  await open(page, files.url, registrar.url);
  await page.evaluate(async () => {
    window.audio = { mediaConstraints: { audio: true, video: false } };
    // With peers that take candidates later, descriptions do not wait for them.
    const waits = { trickle_ice: false };
    [window.alice, window.bob] = [line('alice', waits), line('bob', waits)];
    for (const ua of [alice, bob]) ua.start();
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    /** A call from alice to bob that is up: her session and his. */
    window.call = async (prepare = () => {}) => {
      const taken = new Promise((resolve) =>
        bob.once('newRTCSession', ({ session }) => {
          prepare(session);
          session.answer(audio);
          resolve(session);
        }),
      );
      const mine = alice.call('bob', audio);
      prepare(mine);
      await once(mine, 'confirmed');
      return [mine, await taken];
    };
    /** The last description that a user agent has sent in such a message. */
    window.sent = (ua, start) =>
      ua.frames.findLast((frame) => frame.startsWith(`out ${start}`) && frame.includes('m='))?.split('\r\n\r\n')[1];
    window.count = (sdp) => sdp?.match(/^a=candidate/gm)?.length;
  });
});
test.afterEach(({ page }) => page.evaluate(() => [alice, bob].forEach((ua) => ua.stop())));

// `iceGatheringState` still says "complete" of the candidates of before, when the answer to an ICE restart is made: it left without
// any, and a call that changed its network was silent.
test('the answer to an ICE restart carries its candidates', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [mine] = await call();
    const before = sent(bob, 'SIP/2.0 200');
    await new Promise((resolve) => mine.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, resolve));
    const after = sent(bob, 'SIP/2.0 200');
    const ufrag = (sdp) => /a=ice-ufrag:(\S+)/.exec(sdp)[1];
    const result = { restarted: ufrag(before) !== ufrag(after), candidates: count(after) };
    const began = performance.now();
    // What changes nothing of ICE is not held up.
    await new Promise((resolve) => mine.renegotiate({}, resolve));
    return { ...result, ms: performance.now() - began };
  });
  expect(result).toMatchObject({ restarted: true });
  expect(result.candidates).toBeGreaterThan(0);
  expect(result.ms).toBeLessThan(1500);
});

// A page that is loaded anew restarts ICE while it still gathers for the description before: in Firefox the end of that gathering came
// after the restart, the offer left without candidates, and Asterisk put ICE aside.
test('the end of the gathering before is not that of an ICE restart', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [mine] = await call();
    const { connection } = mine;
    const end = () => connection.dispatchEvent(new RTCPeerConnectionIceEvent('icecandidate', { candidate: null }));
    connection.setLocalDescription = async (description) => {
      end();
      await RTCPeerConnection.prototype.setLocalDescription.call(connection, description);
      end();
      // And once more when it is waited for candidates.
      Promise.resolve()
        .then(() => {})
        .then(() => {})
        .then(() => {})
        .then(end);
    };
    const before = sent(alice, 'INVITE');
    await new Promise((resolve) => mine.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, resolve));
    const after = sent(alice, 'INVITE');
    const ufrag = (sdp) => /a=ice-ufrag:(\S+)/.exec(sdp)[1];
    return { restarted: ufrag(before) !== ufrag(after), candidates: count(after) };
  });
  expect(result).toMatchObject({ restarted: true });
  expect(result.candidates).toBeGreaterThan(0);
});

// Where nothing is to be gathered, five seconds were waited for it.
test('an offer without any medium waits for no candidates', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const began = performance.now();
    // Nobody listens at bob's: it may be over by then.
    alice.call('bob', { mediaConstraints: { audio: false, video: false } });
    await until(() => alice.frames.some((f) => f.startsWith('out INVITE')), 10_000);
    const ms = performance.now() - began;
    return { ms, media: alice.frames.find((f) => f.startsWith('out INVITE')).includes('m=') };
  });
  expect(result.media).toBe(false);
  expect(result.ms).toBeLessThan(2000);
});

// The RTCPeerConnection of an application's own tests, or of a native bridge, is complete from the start and fires no event: each
// call waited five seconds.
test('a connection that is complete from the start is believed', async ({ page }) => {
  const ms = await page.evaluate(async () => {
    const real = new RTCPeerConnection();
    real.addTransceiver('audio');
    const offer = (await real.createOffer()).sdp.replace(
      /^(a=mid:.*)$/m,
      '$1\r\na=candidate:1 1 udp 2113937151 127.0.0.1 50000 typ host',
    );
    real.close();
    window.RTCPeerConnection = class extends EventTarget {
      iceGatheringState = 'complete';
      signalingState = 'stable';
      localDescription = null;
      createOffer = async () => ({ type: 'offer', sdp: offer });
      setLocalDescription = async (description) => (this.localDescription = description);
      addTrack = () => ({});
      getSenders = () => [];
      close = () => {};
    };
    const began = performance.now();
    alice.call('bob', audio);
    await until(() => alice.frames.some((f) => f.startsWith('out INVITE')), 10_000);
    return performance.now() - began;
  });
  expect(ms).toBeLessThan(2000);
});

// Without BUNDLE a new medium has a transport of its own, which gathers while the state still tells of the first one's.
test('a medium that is added without BUNDLE carries its candidates', async ({ page }) => {
  const sections = await page.evaluate(async () => {
    const apart = (session) => session.on('sdp', (e) => (e.sdp = e.sdp.replace(/a=group:BUNDLE.*\r\n/, '')));
    const [mine] = await call(apart);
    mine.connection.addTransceiver('video');
    await new Promise((resolve) => mine.renegotiate({}, resolve));
    return sent(alice, 'INVITE')
      .split(/^m=/m)
      .slice(1)
      .map((section) => [section.split(' ')[0], count(section) > 0]);
  });
  expect(sections).toEqual([
    ['audio', true],
    ['video', true],
  ]);
});

// The keys of the two ends do not fit: ICE is "connected" all the same, and the application heard nothing.
test('a DTLS handshake that fails ends the call and is named', async ({ page }) => {
  const result = await page.evaluate(async () => {
    bob.once('newRTCSession', ({ session }) => {
      // He does not notice, so that it is she who has to.
      session.on('peerconnection', ({ peerconnection }) =>
        Object.defineProperty(peerconnection, 'connectionState', { value: 'connected' }),
      );
      session.on('sdp', (e) => {
        if (e.originator === 'local')
          e.sdp = e.sdp.replace(
            /(a=fingerprint:sha-256 )(\S\S)/g,
            (_, name, byte) => name + (byte === '00' ? '11' : '00'),
          );
      });
      session.answer(audio);
    });
    const session = alice.call('bob', audio);
    const { cause, originator, diagnosis } = await Promise.race([
      once(session, 'ended'),
      new Promise((resolve) => setTimeout(resolve, 20_000, {})),
    ]);
    const ice = session.connection.iceConnectionState;
    return {
      cause,
      originator,
      codes: diagnosis?.filter((f) => f.severity === 'error').map((f) => f.code),
      ice,
      bye: alice.frames.some((f) => f.startsWith('out BYE') && f.includes('cause=408')),
    };
  });
  expect(result).toMatchObject({ cause: 'RTP Timeout', originator: 'local', codes: ['dtls-failed'], bye: true });
});

for (const who of ['refusing', 'silent']) {
  const code = who === 'refusing' ? 'turn-refused' : 'turn-silent';

  // The INVITE left without a candidate, and `confirmed` came to a call that nobody could hear.
  test(`a caller with nothing but a ${who} TURN server fails at once`, async ({ page }) => {
    const { url } = who === 'refusing' ? refusing : silent;
    const result = await page.evaluate(async (urls) => {
      const began = performance.now();
      const log = [];
      const session = alice.call('bob', {
        ...audio,
        pcConfig: { iceServers: [{ urls, username: 'me', credential: 'hunter2' }], iceTransportPolicy: 'relay' },
      });
      record(session, log);
      const { cause, diagnosis } = await once(session, 'failed');
      const invited = alice.frames.some((f) => f.startsWith('out INVITE'));
      return {
        log,
        cause,
        diagnosis,
        ms: performance.now() - began,
        invited,
        state: session.connection.signalingState,
      };
    }, url);
    expect(result).toMatchObject({ cause: 'WebRTC Error', invited: false, state: 'closed' });
    expect(result.log).toEqual(['connecting', 'failed local WebRTC Error']);
    expect(result.ms).toBeLessThan(who === 'refusing' ? 2000 : 6000);
    expect(result.diagnosis.map((f) => f.code)).toEqual([code]);
    const text = JSON.stringify(result.diagnosis);
    if (who === 'refusing') expect(text).toMatch(new RegExp(`${url}.*401`));
    expect(text).not.toMatch(/hunter2|"me"/);
  });

  test(`a callee with nothing but a ${who} TURN server is unavailable`, async ({ page }) => {
    const { url } = who === 'refusing' ? refusing : silent;
    const result = await page.evaluate(async (urls) => {
      const theirs = new Promise((resolve) =>
        bob.once('newRTCSession', ({ session }) => {
          session.once('failed', resolve);
          session.answer({
            ...audio,
            pcConfig: { iceServers: [{ urls, username: 'me', credential: 'hunter2' }], iceTransportPolicy: 'relay' },
          });
        }),
      );
      const { message } = await once(alice.call('bob', audio), 'failed');
      const { cause, originator, diagnosis } = await theirs;
      return {
        status: message.status_code,
        warning: message.getHeader('Warning'),
        cause,
        originator,
        codes: diagnosis.map((f) => f.code),
      };
    }, url);
    expect(result).toMatchObject({ status: 480, cause: 'WebRTC Error', originator: 'local' });
    expect(result.codes).toContain(code);
    expect(result.warning).not.toContain('turn:');
  });
}

// What was tried stands beside the failure of ICE, and during the call.
test('a TURN server that refuses is named in the diagnosis of a call', async ({ page }) => {
  const codes = await page.evaluate(async (urls) => {
    bob.once('newRTCSession', ({ session }) => session.answer(audio));
    const session = alice.call('bob', {
      ...audio,
      pcConfig: { iceServers: [{ urls, username: 'me', credential: 'hunter2' }] },
    });
    await once(session, 'confirmed');
    await until(() => session.diagnosis().findings.some((f) => f.code.startsWith('turn')));
    return session.diagnosis().findings.map((f) => f.code);
  }, refusing.url);
  expect(codes.filter((code) => code === 'turn-refused')).toHaveLength(1);
});
