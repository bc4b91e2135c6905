// A hundred calls leave nothing behind: heap, RTCPeerConnections and tracks are as they were after the tenth.
import { letPass } from './clock.mjs';
import { expect, test } from './fixture.mjs';
import base from './playwright.config.mjs';
import { open } from './page.mjs';

// Machine code that the engine compiles after some calls is no leak, but counts as heap: it only interprets here.
const { launchOptions } = base.use;
test.use({
  launchOptions: { ...launchOptions, args: [...launchOptions.args, '--js-flags=--no-opt --no-sparkplug --no-maglev'] },
});

test('a hundred calls leave nothing behind', async ({ page, files, registrar }) => {
  test.setTimeout(240_000);
  await page.clock.install();
  await open(page, files.url, registrar.url);
  const devtools = await page.context().newCDPSession(page);
  await page.evaluate(async () => {
    window.made = { connections: [], tracks: [] };
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
      constructor(...args) {
        super(...args);
        made.connections.push(new WeakRef(this));
      }
    };
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await capture(constraints);
      for (const track of stream.getTracks()) made.tracks.push(new WeakRef(track));
      return stream;
    };
    // Without the record of messages that line() keeps.
    for (const name of ['alice', 'bob']) window[name] = line(name).removeAllListeners();
    bob.on('newRTCSession', ({ session }) => session.answer({ mediaConstraints: { audio: true, video: false } }));
    for (const ua of [alice, bob]) ua.start();
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
  });
  const calls = async (count) => {
    await page.evaluate(async (number) => {
      for (let n = 0; n < number; n += 1) {
        const session = alice.call('bob', { mediaConstraints: { audio: true, video: false } });
        await once(session, 'confirmed');
        const over = once(session, 'ended');
        session.terminate();
        await over;
      }
    }, count);
    // Timer L and the like hold what has ended for 32 s.
    await letPass(page, 33);
  };
  const left = async () => {
    for (let n = 0; n < 3; n += 1) await devtools.send('HeapProfiler.collectGarbage');
    // The book-keeping of this test is no leak.
    await page.evaluate(() =>
      Object.keys(made).forEach((kind) => (made[kind] = made[kind].filter((ref) => ref.deref()))),
    );
    for (let n = 0; n < 3; n += 1) await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    const counts = await page.evaluate(() => ({
      connections: made.connections.filter((ref) => ref.deref() && ref.deref().connectionState !== 'closed').length,
      tracks: made.tracks.filter((ref) => ref.deref()?.readyState === 'live').length,
      sessions:
        Object.keys(alice._sessions).length +
        Object.keys(bob._sessions).length +
        alice._core.handles.size +
        bob._core.handles.size,
    }));
    return { usedSize, ...counts };
  };
  await calls(10);
  const tenth = await left();
  await calls(90);
  const hundredth = await left();
  console.log(`heap after 10 calls ${tenth.usedSize} bytes, after 100 ${hundredth.usedSize} bytes`);
  expect({ ...hundredth, usedSize: 0 }).toEqual({ ...tenth, usedSize: 0 });
  expect(hundredth).toMatchObject({ connections: 0, tracks: 0, sessions: 0 });
  expect(hundredth.usedSize / tenth.usedSize).toBeLessThan(1.05);
});

// The core holds a function of each user agent: one that was stopped and forgotten stayed for the life of the page.
test('a stopped user agent can be collected, a started one lives on', async ({ page, files, registrar }) => {
  await open(page, files.url, registrar.url);
  const devtools = await page.context().newCDPSession(page);
  await page.evaluate(async () => {
    const { UA, WebSocketInterface } = viasip;
    window.refs = {};
    const make = (name, url) =>
      new UA({ sockets: [new WebSocketInterface(url)], uri: `sip:${name}@viasip.local`, password: 'viasip' });
    await (async () => {
      const [stopped, started, again, never, offline] = ['stopped', 'started', 'again', 'never', 'offline'].map(
        (name) => make(name, name === 'offline' ? 'ws://127.0.0.1:9' : url),
      );
      Object.assign(
        refs,
        Object.fromEntries(
          Object.entries({ stopped, started, again, never, offline }).map(([name, ua]) => [name, new WeakRef(ua)]),
        ),
      );
      for (const ua of [stopped, started, again, offline]) ua.start();
      await Promise.all([
        ...[stopped, started, again].map((ua) => once(ua, 'registered')),
        once(offline, 'disconnected'),
      ]);
      again.stop();
      again.start();
      const gone = once(stopped, 'disconnected');
      stopped.stop();
      offline.stop();
      await gone;
    })();
    await new Promise((resolve) => setTimeout(resolve, 2500));
  });
  const left = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    return page.evaluate(() => Object.keys(refs).filter((name) => refs[name].deref()));
  };
  await expect.poll(left, { timeout: 10_000 }).toEqual(['started', 'again']);
});
