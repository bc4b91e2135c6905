// What JsSIP 3.13.8 gets wrong and only a browser shows, one story each; the others are in tests/native/defects.rs.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(({ page, files, registrar }) => open(page, files.url, registrar.url));

// A policy of the page that forbids the address left the user agent "connecting" for ever: no event, no retry.
test('15: a WebSocket that cannot be made is told and tried again', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const Real = window.WebSocket;
    window.WebSocket = class {
      constructor() {
        window.WebSocket = Real;
        throw new DOMException('forbidden', 'SecurityError');
      }
    };
    const ua = line('alice', { connection_recovery_min_interval: 1, connection_recovery_max_interval: 1 });
    ua.why = [];
    ua.on('disconnected', (e) => ua.why.push([e.error, e.reason]));
    ua.start();
    await once(ua, 'registered');
    ua.stop();
    return { seen: ua.seen.slice(0, 5), why: ua.why[0] };
  });
  expect(result.seen).toEqual(['connecting', 'disconnected', 'connecting', 'connected', 'registered']);
  expect(result.why).toEqual([true, 'forbidden']);
});

// The test for WebRTC itself threw a ReferenceError where there is no window.
test('18: without WebRTC a call is refused in words', () => {
  const program = `
    import JsSIP from ${JSON.stringify(path.resolve('pkg/dist/inline.js'))};
    const socket = { url: 'x', via_transport: 'WS', sip_uri: 'sip:x;transport=ws', connect() {}, disconnect() {}, send: () => true };
    const ua = new JsSIP.UA({ sockets: [socket], uri: 'sip:a@b.c' });
    try { ua.call('sip:d@e.f'); } catch (error) { console.log(error.name, error.message); }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    cwd: path.resolve('.'),
  });
  expect(stderr).toBe('');
  expect(stdout.trim()).toBe('NOT_SUPPORTED_ERROR WebRTC not supported');
});

// A microphone that was granted after the call had ended stayed open until the page was closed.
test('27: a microphone granted too late is closed at once', async ({ page }) => {
  const states = await page.evaluate(async () => {
    const alice = line('alice');
    alice.start();
    await once(alice, 'registered');
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let grant;
    const asked = new Promise((resolve) => (grant = resolve));
    let stream;
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      await asked;
      stream = await real(constraints);
      return stream;
    };
    const session = alice.call('bob', { mediaConstraints: { audio: true, video: false } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    session.terminate();
    grant();
    await until(() => stream);
    await until(() => stream.getTracks().every((track) => track.readyState === 'ended'), 1000);
    alice.stop();
    const late = [stream.getTracks().map((track) => track.readyState)];
    // The same after stop().
    stream = undefined;
    try {
      alice.call('bob', { mediaConstraints: { audio: true, video: false } }).terminate();
    } catch {
      // A call that is over already.
    }
    await until(() => stream, 500);
    if (stream) await until(() => stream.getTracks().every((track) => track.readyState === 'ended'), 1000);
    late.push((stream?.getTracks() ?? []).map((track) => track.readyState).filter((state) => state === 'live'));
    return late;
  });
  expect(states).toEqual([['ended'], []]);
});

// mute() before answer() threw, isMuted() said yes, and the sound went out all the same.
test('30: a call muted before it is answered starts muted', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob] = [line('alice'), line('bob')];
    for (const ua of [alice, bob]) ua.start();
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    const taken = new Promise((resolve) =>
      bob.once('newRTCSession', ({ session }) => {
        session.mute();
        session.answer({ mediaConstraints: { audio: true, video: false } });
        session.once('confirmed', () => resolve(session));
      }),
    );
    alice.call('bob', { mediaConstraints: { audio: true, video: false } });
    const session = await taken;
    const enabled = session.connection.getSenders().map((sender) => sender.track.enabled);
    const muted = session.isMuted();
    session.unmute();
    const after = session.connection.getSenders().map((sender) => sender.track.enabled);
    alice.stop();
    bob.stop();
    return { enabled, muted, after };
  });
  expect(result).toEqual({ enabled: [false], muted: { audio: true, video: false }, after: [true] });
});

// An error of the RTCPeerConnection constructor left the session half answered and the caller waiting.
test('31: a connection that cannot be made in answer() is 500 for the caller', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob] = [line('alice'), line('bob')];
    for (const ua of [alice, bob]) ua.start();
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    const theirs = new Promise((resolve) =>
      bob.once('newRTCSession', ({ session }) => {
        const log = [];
        session.on('failed', (e) => log.push(`failed ${e.originator}`));
        session.once('progress', () => {
          try {
            session.answer({ pcConfig: { iceServers: [{ urls: 'nonsense:' }] } });
          } catch (error) {
            log.push(error.name);
          }
          setTimeout(() => resolve({ log, status: session.status }), 100);
        });
      }),
    );
    const { message, cause } = await once(
      alice.call('bob', { mediaConstraints: { audio: true, video: false } }),
      'failed',
    );
    alice.stop();
    bob.stop();
    return { status: message.status_code, cause, ...{ theirs: await theirs } };
  });
  expect(result.status).toBe(500);
  expect(result.theirs.status).toBe(8);
  expect(result.theirs.log).toContain('failed local');
});
