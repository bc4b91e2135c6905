// Provisional answers that are acknowledged (RFC 3262), and what goes on while a call still rings.
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(async ({ page, files, registrar }) => {
  await open(page, files.url, registrar.url);
  await page.evaluate(async () => {
    window.lines = async (options) => {
      window.options = { mediaConstraints: { audio: true, video: false } };
      [window.alice, window.bob] = [line('alice', options), line('bob', options)];
      for (const ua of [alice, bob]) ua.start();
      await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    };
    window.starts = (ua, start) => ua.frames.filter((frame) => frame.startsWith(start)).length;
  });
});

test('both hear each other before the call is answered', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await lines({ reliable_provisional: true });
    const ringing = once(bob, 'newRTCSession');
    const [told, theirLog] = [[], []];
    const session = alice.call('bob', options);
    session.on('progress', ({ originator, response, reliable, early_dialog }) =>
      told.push([originator, response.status_code, reliable, early_dialog === response.to_tag]),
    );
    const { session: theirs } = await ringing;
    record(theirs, theirLog);
    await until(() => told.length > 0);
    theirs.progress(options);
    const [track] = await Promise.all([
      until(() => theirs.connection?.getSenders()[0]?.track),
      until(() => told.length > 1),
    ]);
    const status = theirs.status;
    const flowing = await until(async () => (await packets(session)) > 20 && (await packets(theirs)) > 20);
    const early = [session.isEstablished(), theirs.isEstablished(), session.isReadyToReOffer()];
    let again;
    try {
      theirs.progress();
    } catch (error) {
      again = error.name;
    }
    // Either may offer anew while it rings.
    const held = await new Promise((done) => session.hold({}, done));
    const holds = await until(() => theirs.isOnHold().remote);
    await new Promise((done) => session.unhold({}, done));
    const before = theirs.connection;
    theirs.answer(options);
    const up = await until(() => session.isEstablished() && theirs.isEstablished());
    const count = await packets(session);
    const goesOn = await until(async () => (await packets(session)) > count + 20);
    const ok = bob.frames.find((frame) => /^out SIP\/2.0 200[^]*CSeq: \d+ INVITE/.test(frame));
    session.terminate();
    return {
      told,
      status,
      flowing,
      early,
      again,
      refused: Boolean(held),
      holds,
      up,
      goesOn,
      same: before === theirs.connection && Boolean(track),
      described: ok.includes('m=audio'),
      pracks: starts(alice, 'out PRACK'),
      updates: starts(alice, 'out UPDATE'),
      theirLog: theirLog.slice(0, 5),
    };
  });
  expect(result).toEqual({
    told: [
      ['remote', 180, true, true],
      ['remote', 183, true, true],
    ],
    status: 4,
    flowing: true,
    early: [false, false, true],
    again: 'INVALID_STATE_ERROR',
    refused: false,
    holds: true,
    up: true,
    goesOn: true,
    same: true,
    described: false,
    pracks: 2,
    updates: 2,
    theirLog: ['peerconnection', 'sdp remote offer', 'connecting', 'sdp local answer', 'progress local'],
  });
});

test('without the option nothing of it is on the wire, and an early answer is heard all the same', async ({ page }) => {
  const result = await page.evaluate(async () => {
    await lines({});
    const ringing = once(bob, 'newRTCSession');
    const told = [];
    const session = alice.call('bob', options);
    session.on('progress', ({ reliable }) => told.push(reliable));
    const { session: theirs } = await ringing;
    let outgoing;
    try {
      session.progress();
    } catch (error) {
      outgoing = error.name;
    }
    await until(() => told.length > 0);
    theirs.progress(options);
    const flowing = await until(async () => (await packets(session)) > 20 && (await packets(theirs)) > 20);
    theirs.answer(options);
    const up = await until(() => session.isEstablished() && theirs.isEstablished());
    const words = alice.frames.concat(bob.frames).some((frame) => /100rel|PRACK|RSeq/.test(frame.split('\r\n\r\n')[0]));
    return { told, outgoing, flowing, up, words };
  });
  expect(result).toEqual({
    told: [false, false],
    outgoing: 'NOT_SUPPORTED_ERROR',
    flowing: true,
    up: true,
    words: false,
  });
});

test('the option is a boolean', async ({ page }) => {
  const message = await page.evaluate(() => {
    try {
      return line('alice', { reliable_provisional: 'yes' });
    } catch (error) {
      return error.message;
    }
  });
  expect(message).toContain('reliable_provisional');
});
