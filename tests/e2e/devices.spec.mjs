// What a call sends is changed while it is up: another device, video, a screen. Media is counted at the far end before and after.
// The file is long because its tests share one page: devices that can be pulled, and what is counted of each.
import { chromium } from '@playwright/test';
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(({ page, files, registrar }) => prepare(page, files, registrar));
test.afterEach(({ page }) => page.evaluate(() => [alice, bob].forEach((ua) => ua.stop())));

async function prepare(page, files, registrar) {
  await open(page, files.url, registrar.url);
  await page.evaluate(async () => {
    [window.alice, window.bob] = [line('alice'), line('bob')];
    for (const ua of [alice, bob]) ua.start();
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    window.opened = [];
    window.asked = [];
    for (const name of ['getUserMedia', 'getDisplayMedia']) {
      const real = navigator.mediaDevices[name].bind(navigator.mediaDevices);
      navigator.mediaDevices[name] = async (constraints) => {
        asked.push(constraints);
        const stream = await real(constraints);
        opened.push(...stream.getTracks());
        return stream;
      };
    }
    /** A call from alice to bob that is up and heard: her session and his. */
    window.call = async (options = { mediaConstraints: { audio: true, video: false } }) => {
      const taken = new Promise((resolve) =>
        bob.once('newRTCSession', ({ session }) => {
          session.answer({ mediaConstraints: { audio: true, video: false } });
          resolve(session);
        }),
      );
      window.mine = alice.call('bob', options);
      window.changes = [];
      mine.on('devicechanged', (e) => changes.push(e));
      await once(mine, 'confirmed');
      window.theirs = await taken;
      if (!(await flows('audio'))) throw new Error('no sound');
      opened.length = 0;
      asked.length = 0;
    };
    /** What has come in at bob's of a kind: packets of sound, frames of video. */
    window.came = async (kind) => {
      let count = 0;
      (await theirs.connection.getStats()).forEach((report) => {
        if (report.type === 'inbound-rtp' && report.kind === kind)
          count += kind === 'audio' ? report.packetsReceived : (report.framesDecoded ?? 0);
      });
      return count;
    };
    /** Whether some come, and go on coming. */
    window.flows = async (kind) => {
      const before = await came(kind);
      return until(async () => (await came(kind)) > before + 10, 8000);
    };
    /** Whether none come: what was on its way may arrive. */
    window.stands = async (kind) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const before = await came(kind);
      await new Promise((resolve) => setTimeout(resolve, 700));
      return (await came(kind)) <= before + 1;
    };
    window.invites = () => alice.frames.filter((frame) => frame.startsWith('out INVITE')).length;
    window.sends = (kind) =>
      mine.connection
        .getSenders()
        .map((sender) => sender.track)
        .find((track) => track?.kind === kind);
    /** A device that is pulled, as far as a page can tell: its track has ended, and not by `stop()` alone. */
    window.pull = (track) => {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    };
    /** What a promise is rejected with. */
    window.rejected = (promise) =>
      promise.then(
        () => null,
        (error) => error,
      );
    window.words = (error) =>
      error && { name: error.name, cause: error.cause, status: error.response?.status_code, text: error.message };
    /** An application's own track. */
    window.own = (kind) => {
      if (kind === 'video') {
        const canvas = document.createElement('canvas');
        const pen = canvas.getContext('2d');
        setInterval(() => pen.fillRect(Math.random() * 99, 0, 9, 99), 40);
        return canvas.captureStream().getTracks()[0];
      }
      const context = new AudioContext();
      const tone = context.createOscillator();
      const out = context.createMediaStreamDestination();
      tone.connect(out);
      tone.start();
      return out.stream.getTracks()[0];
    };
  });
}

test('a microphone that is pulled is replaced by the default one', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'audioinput');
    const chosen = devices.find(({ deviceId }) => deviceId !== 'default');
    const audio = { deviceId: { exact: chosen.deviceId }, echoCancellation: false };
    await call({ mediaConstraints: { audio, video: false } });
    const before = invites();
    const lost = sends('audio');
    pull(lost);
    await until(() => changes.length);
    const used = sends('audio');
    const result = {
      change: changes[0],
      labels: [lost.label, used.label],
      chosen: chosen.label,
      asked: JSON.stringify(asked),
      live: used.readyState === 'live' && used.enabled,
      flows: await flows('audio'),
      invites: invites() - before,
    };
    // And once more.
    pull(used);
    await until(() => changes.length > 1);
    result.again = (await flows('audio')) && changes.length;
    mine.terminate();
    result.states = opened.map((track) => track.readyState);
    // Nobody listens any more.
    pull(opened[1]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { ...result, changes: changes.length, asked2: asked.length };
  });
  expect(result.labels[0]).toBe(result.chosen);
  expect(result.labels[1]).not.toBe(result.chosen);
  expect(result.change).toEqual({ kind: 'audio', lost: result.labels[0], used: result.labels[1] });
  expect(result).toMatchObject({
    asked: '[{"audio":{"echoCancellation":false}}]',
    live: true,
    flows: true,
    invites: 0,
  });
  expect(result).toMatchObject({ again: 2, states: ['ended', 'ended'], changes: 2, asked2: 2 });
});

test('a call goes on without a microphone until there is one', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await call();
    const real = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException('none', 'NotFoundError');
    };
    pull(sends('audio'));
    await until(() => changes.length);
    const refused = await rejected(mine.replaceTrack('audio', true));
    const result = { used: changes[0].used, refused: refused.name, stands: await stands('audio') };
    navigator.mediaDevices.getUserMedia = real;
    await mine.replaceTrack('audio', true);
    return { ...result, flows: await flows('audio'), established: mine.isEstablished(), invites: invites() };
  });
  expect(result).toEqual({
    used: null,
    refused: 'NotFoundError',
    stands: true,
    flows: true,
    established: true,
    invites: 1,
  });
});

// Chromium itself ends the tracks, where it asks for permission: not in the browser of the other tests, which grants all.
test('a call goes on when the permission is withdrawn, and has its sound back with it', async ({
  files,
  registrar,
}) => {
  const { launchOptions } = test.info().project.use;
  const args = launchOptions.args.filter((argument) => !argument.startsWith('--use-fake-ui'));
  const browser = await chromium.launch({ ...launchOptions, args });
  const context = await browser.newContext({ permissions: ['microphone', 'camera'] });
  const page = await context.newPage();
  await prepare(page, files, registrar);
  await page.evaluate(async () => {
    await call({ mediaConstraints: { audio: true, video: true } });
    await flows('video');
  });
  await context.clearPermissions();
  const withdrawn = await page.evaluate(async () => {
    await until(() => changes.length > 1);
    const kinds = changes.map(({ kind, lost, used }) => [kind, lost !== '', used]).sort();
    return [kinds, await stands('audio'), (await rejected(mine.replaceTrack('audio', true)))?.name];
  });
  await context.grantPermissions(['microphone', 'camera']);
  const again = await page.evaluate(async () => {
    await mine.replaceTrack('audio', true);
    await mine.addVideo();
    return [await flows('audio'), await flows('video'), invites(), mine.isEstablished()];
  });
  await browser.close();
  expect(withdrawn).toEqual([
    [
      ['audio', true, null],
      ['video', true, null],
    ],
    true,
    'NotAllowedError',
  ]);
  expect(again).toEqual([true, true, 1, true]);
});

test("an application's own track that ends is told of, and left to it", async ({ page }) => {
  const result = await page.evaluate(async () => {
    const track = own('audio');
    const signals = [];
    track.addEventListener = (name, listener, options) => {
      signals.push(options.signal);
      EventTarget.prototype.addEventListener.call(track, name, listener, options);
    };
    await call({ mediaStream: new MediaStream([track]) });
    pull(track);
    await until(() => changes.length);
    const result = { used: changes[0].used, asked: asked.length, same: sends('audio') === track };
    mine.terminate();
    // It may live long: nothing of the call hangs on it.
    return { ...result, leaks: signals.filter(({ aborted }) => !aborted).length, listened: signals.length };
  });
  expect(result).toEqual({ used: null, asked: 0, same: true, leaks: 0, listened: 1 });
});

test('a track is replaced without an offer, and only ours is stopped', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await call();
    const first = sends('audio');
    const track = own('audio');
    mine.mute({ audio: true });
    const returned = await mine.replaceTrack('audio', track);
    const result = { returned: returned === track, muted: !track.enabled, first: first.readyState };
    mine.unmute({ audio: true });
    result.flows = await flows('audio');
    const held = new Promise((resolve) => mine.hold({}, resolve));
    const second = await mine.replaceTrack('audio', { echoCancellation: false });
    await held;
    result.held = !second.enabled;
    await new Promise((resolve) => mine.unhold({}, resolve));
    result.enabled = second.enabled;
    result.flowsAgain = await flows('audio');
    result.invites = invites();
    result.wrong = (await rejected(mine.replaceTrack('audio', own('video')))).name;
    mine.terminate();
    result.states = [track.readyState, second.readyState];
    return result;
  });
  expect(result).toEqual({
    returned: true,
    muted: true,
    first: 'ended',
    flows: true,
    held: true,
    enabled: true,
    flowsAgain: true,
    // The call, hold and unhold.
    invites: 3,
    wrong: 'TypeError',
    states: ['live', 'ended'],
  });
});

test('video is added, removed, and added again', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await call();
    const result = {};
    mine.mute({ video: true });
    const camera = await mine.addVideo();
    result.muted = !camera.enabled;
    mine.unmute({ video: true });
    result.flows = await flows('video');
    await mine.removeVideo();
    result.removed = [camera.readyState, mine.connection.getTransceivers()[1].currentDirection, await stands('video')];
    const track = own('video');
    await mine.addVideo(track);
    result.again = await flows('video');
    await mine.removeVideo();
    result.own = track.readyState;
    result.sections = mine.connection.getTransceivers().length;
    result.sound = await flows('audio');
    result.invites = invites();
    result.held = [mine.isOnHold(), theirs.isOnHold()];
    return result;
  });
  expect(result).toEqual({
    muted: true,
    flows: true,
    removed: ['ended', expect.stringMatching('inactive|recvonly'), true],
    again: true,
    own: 'live',
    sections: 2,
    sound: true,
    invites: 5,
    held: [
      { local: false, remote: false },
      { local: false, remote: false },
    ],
  });
});

test('a screen is added and removed', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await call();
    const result = {};
    const screen = await mine.shareScreen();
    result.flows = await flows('video');
    result.stopped = await mine.stopScreen();
    result.removed = [screen.readyState, await stands('video'), await flows('audio'), changes.length];
    // The browser's own button.
    const another = await mine.shareScreen();
    await flows('video');
    pull(another);
    await until(() => changes.length);
    result.button = [changes, await stands('video'), another.label === changes[0].lost];
    result.sections = mine.connection.getTransceivers().map((t) => t.currentDirection);
    result.nothing = await mine.stopScreen();
    result.invites = invites();
    return result;
  });
  expect(result).toEqual({
    flows: true,
    stopped: null,
    removed: ['ended', true, true, 0],
    button: [[{ kind: 'video', lost: expect.any(String), used: null }], true, true],
    sections: ['sendrecv', 'inactive'],
    nothing: null,
    invites: 5,
  });
});

test('a screen takes the place of the camera, which comes back', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await call();
    const camera = await mine.addVideo();
    await flows('video');
    const before = invites();
    const screen = await mine.shareScreen();
    const result = { sent: sends('video') === screen, camera: camera.readyState, flows: await flows('video') };
    const window_ = await mine.shareScreen();
    result.another = [sends('video') === window_, screen.readyState];
    result.back = (await mine.stopScreen()) === camera && sends('video') === camera;
    result.stopped = window_.readyState;
    result.flowsAgain = await flows('video');
    // Another camera waits behind the screen, and one that is pulled there is replaced.
    mine.mute({ video: true });
    const third = await mine.shareScreen();
    result.muted = !third.enabled;
    mine.unmute({ video: true });
    const next = await mine.replaceTrack('video', true);
    result.behind = [sends('video') === third, camera.readyState];
    pull(next);
    pull(third);
    await until(() => changes.length > 1);
    result.changes = changes.map(({ lost, used }) => [lost, used !== null]);
    result.labels = [next.label, third.label];
    result.last = sends('video').readyState;
    result.lastFlows = await flows('video');
    result.invites = invites() - before;
    await mine.shareScreen();
    await mine.removeVideo();
    result.live = opened.filter((track) => track.readyState === 'live').length;
    return result;
  });
  expect(result).toMatchObject({
    sent: true,
    camera: 'live',
    flows: true,
    another: [true, 'ended'],
    back: true,
    stopped: 'ended',
    flowsAgain: true,
    muted: true,
    behind: [true, 'ended'],
    changes: [
      [result.labels[0], true],
      [result.labels[1], true],
    ],
    last: 'live',
    lastFlows: true,
    invites: 0,
    live: 0,
  });
});

test('what the far end refuses is told with its answer, and all is as before', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await call();
    let refuse = true;
    theirs.on('reinvite', (e) => refuse && e.reject({ status_code: 488 }));
    const result = { errors: {} };
    const directions = () => mine.connection.getTransceivers().map((t) => t.currentDirection);
    const refused = async (name, ...args) => (result.errors[name] = words(await rejected(mine[name](...args))));
    const doneOf = (name) =>
      new Promise((resolve) => {
        mine[name]({}, (error) => resolve((result.errors[name] = words(error))));
      });
    await refused('addVideo');
    await refused('shareScreen');
    await doneOf('renegotiate');
    await doneOf('hold');
    result.instance = (await rejected(mine.addVideo())) instanceof viasip.Exceptions.RefusedError;
    result.before = [
      opened.map((track) => track.readyState),
      directions().filter(Boolean),
      await flows('audio'),
      mine.isOnHold(),
    ];
    refuse = false;
    await mine.addVideo();
    result.added = [await flows('video'), sends('video').readyState];
    refuse = true;
    await refused('removeVideo');
    result.kept = [await flows('video'), sends('video').readyState];
    refuse = false;
    await mine.removeVideo();
    await new Promise((resolve) => mine.hold({}, resolve));
    refuse = true;
    await doneOf('unhold');
    result.held = mine.isOnHold().local;
    refuse = false;
    await new Promise((resolve) => mine.unhold({}, resolve));
    await mine.shareScreen();
    refuse = true;
    await refused('stopScreen');
    result.shared = [await flows('video'), sends('video').readyState];
    refuse = false;
    await mine.stopScreen();
    result.sections = alice.frames.findLast((f) => f.startsWith('out INVITE')).match(/^m=\w+ [1-9]/gm);
    result.sound = await flows('audio');
    return result;
  });
  const refusal = {
    name: 'REFUSED_ERROR',
    cause: 'Incompatible SDP',
    status: 488,
    text: 'The offer was not accepted: Incompatible SDP (488 Not Acceptable Here)',
  };
  for (const name of ['addVideo', 'shareScreen', 'renegotiate', 'hold', 'removeVideo', 'unhold', 'stopScreen'])
    expect(result.errors[name], name).toEqual(refusal);
  expect(result).toMatchObject({
    instance: true,
    before: [['ended', 'ended', 'ended'], ['sendrecv'], true, { local: false, remote: false }],
    added: [true, 'live'],
    kept: [true, 'live'],
    held: true,
    shared: [true, 'live'],
    sections: [expect.stringContaining('m=audio'), expect.stringContaining('m=video')],
    sound: true,
  });
});

test('a far end that takes the offer without the video refuses it', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await call();
    theirs.on('sdp', (e) => {
      if (e.type === 'answer') e.sdp = e.sdp.replace(/m=video \d+/, 'm=video 0').replace(/(a=group:BUNDLE 0).*/, '$1');
    });
    const error = await rejected(mine.addVideo());
    return { error: words(error), state: opened[0].readyState, sound: await flows('audio') };
  });
  expect(result).toMatchObject({
    error: { name: 'REFUSED_ERROR', cause: 'Incompatible SDP' },
    state: 'ended',
    sound: true,
  });
});

test('what the state of the call forbids is refused, and nothing is left open', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const methods = (session) => [
      session.replaceTrack('audio', true),
      session.addVideo(),
      session.removeVideo(),
      session.shareScreen(),
      session.stopScreen(),
    ];
    const names = async (session) =>
      (await Promise.all(methods(session).map(rejected))).map((error) => error && `${error.name} ${error.status}`);
    const result = {};
    const ringing = once(bob, 'newRTCSession');
    const calling = alice.call('bob', { mediaConstraints: { audio: true, video: false } });
    result.unanswered = await names((await ringing).session);
    // It has no offer to add video by.
    await once(calling, 'progress');
    result.early = (await rejected(calling.addVideo())).name;
    calling.terminate();
    await call();
    // Granted after the end.
    const late = rejected(mine.addVideo());
    const replaced = rejected(mine.replaceTrack('audio', true));
    mine.terminate();
    result.late = [(await late).name, (await replaced).name];
    result.over = await names(mine);
    result.live = opened.filter((track) => track.readyState === 'live').length;
    result.opened = opened.length;
    return result;
  });
  const forbidden = (status) => Array(5).fill(`INVALID_STATE_ERROR ${status}`);
  expect(result).toEqual({
    unanswered: forbidden(4),
    early: 'INVALID_STATE_ERROR',
    late: ['INVALID_STATE_ERROR', 'INVALID_STATE_ERROR'],
    over: forbidden(8),
    live: 0,
    opened: 2,
  });
});

test('changes at once, and beside an offer of the far end, come one after the other', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await call();
    const theirHold = new Promise((resolve) => theirs.hold({}, resolve));
    const [camera, screen] = await Promise.all([mine.addVideo(), mine.shareScreen()]);
    await theirHold;
    const result = { sent: sends('video') === screen, quiet: !screen.enabled };
    // Not before the ACK of her offer is there.
    await new Promise((resolve) => until(() => theirs.unhold({}, resolve)));
    result.flows = await flows('video');
    result.back = (await mine.stopScreen()) === camera;
    result.sound = await flows('audio');
    return result;
  });
  expect(result).toEqual({ sent: true, quiet: true, flows: true, back: true, sound: true });
});

test('what needs an offer waits for the one that is on its way', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await call();
    const held = new Promise((resolve) => mine.hold({}, resolve));
    const added = mine.addVideo(own('video'));
    const result = { refused: [await held, await rejected(added)], hold: theirs.isOnHold().remote };
    const back = new Promise((resolve) => mine.unhold({}, resolve));
    const removed = mine.removeVideo();
    result.then = [await back, await rejected(removed)];
    return { ...result, sound: await flows('audio'), invites: invites() };
  });
  expect(result).toEqual({
    refused: [undefined, null],
    hold: true,
    then: [undefined, null],
    sound: true,
    invites: 5,
  });
});
