// Who calls and why, as Asterisk says it: who comes after a transfer, whom a call was for, and that it answers by itself.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startAsterisk, startKamailio } from './servers.mjs';

let files;
let asterisk;

test.beforeAll(async () => {
  files = await serveFiles();
  asterisk = await startAsterisk();
});
test.afterAll(() => {
  asterisk?.stop();
  files?.stop();
});
test.beforeEach(async ({ page }) => {
  await open(page, files.url);
  await page.evaluate((url) => {
    window.media = { mediaConstraints: { audio: true, video: false } };
    window.lines = [];
    /** Somebody who answers, and remembers who he was told is there. */
    window.person = async (name, more = {}) => {
      const ua = line(url, `sip:${name}@127.0.0.1`, 'secret', more);
      lines.push(ua);
      ua.names = [];
      ua.calls = [];
      ua.on('newRTCSession', ({ session, originator }) => {
        ua.calls.push(session);
        session.on('identity', ({ identity, asserted }) =>
          ua.names.push([asserted, identity.uri.user, session.remote_identity.uri.user]),
        );
        if (originator === 'remote' && !more.busy) session.answer(media);
      });
      await registered(ua);
      return ua;
    };
    window.call = async (ua, target) => {
      const session = ua.call(target, media);
      await Promise.race([
        once(session, 'confirmed'),
        ended(session).then((e) => {
          throw new Error(`${JSON.stringify(e)}\n${ua.frames.join('\n')}`);
        }),
      ]);
      return session;
    };
  }, asterisk.url);
});
test.afterEach(({ page }) =>
  page.evaluate(() =>
    Promise.all(lines.map((ua) => new Promise((resolve) => (ua.once('disconnected', resolve), ua.stop())))),
  ),
);

for (const how of ['blind', 'attended']) {
  test(`after ${how === 'blind' ? 'a blind' : 'an attended'} transfer it is told who is there now`, async ({
    page,
  }) => {
    const seen = await page.evaluate(async (how) => {
      const [kept, two, desk] = [
        await person('b-one', { trust_identity: true }),
        await person('b-two'),
        await person('a-sha256'),
      ];
      const first = await call(two, 'one');
      await until(() => kept.calls[0]?.isEstablished());
      const before = kept.calls[0].remote_identity.uri.user;
      // Until it has joined the two, Asterisk answers a transfer with 400.
      await flows([kept.calls[0]], ['audio']);
      const options = how === 'attended' ? { replaces: await call(two, 'desk') } : {};
      const transfer = first.refer('sip:desk@127.0.0.1', options);
      await Promise.race([once(transfer, 'accepted'), once(transfer, 'failed')]);
      await until(() => kept.calls[0].remote_identity.uri.user === 'desk', 8000);
      const after = [
        kept.calls[0].remote_identity.uri.user,
        kept.calls[0].asserted_identity?.uri.user,
        desk.calls.length,
      ];
      const goesOn = await flows([kept.calls[0]], ['audio']);
      kept.calls[0].terminate();
      return {
        before,
        after,
        names: kept.names,
        goesOn,
        frames: kept.frames.filter((f) => /^in (UPDATE|INVITE)/.test(f)),
      };
    }, how);
    expect(seen, seen.frames.join('\n')).toMatchObject({
      before: 'b-two',
      after: ['desk', 'desk', 1],
      goesOn: true,
    });
    expect(seen.names.at(-1)).toEqual([true, 'desk', 'desk']);
  });
}

test('a page answers by itself, in each form', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [caller, desk] = [await person('b-two'), await person('a-sha256', { busy: true })];
    const told = [];
    for (const form of ['callinfo', 'alertinfo', 'polycom', 'plain']) {
      const rung = once(desk, 'newRTCSession');
      const session = caller.call(`page-${form}`, media);
      const { session: theirs } = await rung;
      told.push([form, theirs.auto_answer, theirs.alert_info, theirs.call_info.map(({ parameters }) => parameters)]);
      const over = ended(theirs);
      session.terminate();
      await over;
    }
    return told;
  });
  expect(seen).toEqual([
    ['callinfo', { after: 0 }, [], [{ 'answer-after': '0' }]],
    [
      'alertinfo',
      { after: 1 },
      [{ uri: 'http://127.0.0.1', parameters: { info: 'alert-autoanswer', delay: '1' } }],
      [],
    ],
    ['polycom', { after: 0 }, [{ uri: 'Ring Answer', parameters: {} }], []],
    ['plain', null, [], []],
  ]);
});

test('who was called before is told, and who asserts nothing is not trusted', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [caller, desk] = [await person('b-two'), await person('b-one', { busy: true, trust_identity: true })];
    const rung = once(desk, 'newRTCSession');
    const session = caller.call('diverted', media);
    const { session: theirs } = await rung;
    const { uri, display_name, reason, index } = theirs.redirections[0] ?? {};
    const told = [uri?.user, display_name, reason, index, theirs.redirections.length, theirs.remote_identity.uri.user];
    const over = ended(theirs);
    session.terminate();
    await over;
    return { told, frame: desk.frames.find((f) => f.startsWith('in INVITE')) };
  });
  expect(seen.told, seen.frame).toEqual([
    '600',
    'Sales',
    { protocol: 'SIP', cause: 302, text: 'unconditional' },
    null,
    1,
    'b-two',
  ]);
});

test('somebody else has answered: the reason says so', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [first, second, caller] = [
      await person('b-one'),
      await person('b-one', { busy: true }),
      await person('b-two'),
    ];
    const rung = once(second, 'newRTCSession').then(({ session }) => once(session, 'failed'));
    const session = await call(caller, 'all');
    const { cause, reason } = await rung;
    session.terminate();
    return { cause, reason, first: first.calls.length };
  });
  expect(seen).toEqual({
    cause: 'Canceled',
    reason: [
      { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' },
      { protocol: 'Q.850', cause: 26, text: null },
    ],
    first: 1,
  });
});

test('a call has the same two UUIDs at both ends of a proxy', async ({ page }) => {
  const kamailio = await startKamailio();
  try {
    const seen = await page.evaluate(async (url) => {
      const [alice, bob] = ['alice', 'bob'].map((name) =>
        line(url, `sip:${name}@viasip.test`, 'secret', { session_id: true }),
      );
      lines.push(alice, bob);
      await Promise.all([registered(alice), registered(bob)]);
      const rung = once(bob, 'newRTCSession').then(({ session }) => (session.answer(media), session));
      const [ours, theirs] = [await call(alice, 'bob'), await rung];
      await until(() => theirs.isEstablished());
      const over = ended(ours);
      theirs.terminate();
      await over;
      const of = (ua) =>
        ua.frames.filter((f) => /^CSeq: \d+ (INVITE|ACK|BYE)/m.test(f) && !/^\w+ SIP\/2.0 100/.test(f));
      const named = [...of(alice), ...of(bob)].filter((frame) =>
        /^Session-ID: [0-9a-f]{32};remote=[0-9a-f]{32}/m.test(frame),
      );
      return {
        ours: ours.session_id,
        theirs: theirs.session_id,
        nameless: of(alice).length + of(bob).length - named.length,
      };
    }, kamailio.url);
    expect(seen.ours.local).toMatch(/^[0-9a-f]{32}$/);
    expect(seen.theirs).toEqual({ local: seen.ours.remote, remote: seen.ours.local });
    expect(seen.nameless).toBe(0);
  } finally {
    kamailio.stop();
  }
});

test('Asterisk names a call by no UUID: ours stays alone', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [caller, desk] = [
      await person('b-two', { session_id: true }),
      await person('a-sha256', { session_id: true }),
    ];
    const session = await call(caller, 'desk');
    const far = desk.calls[0];
    await until(() => far.isEstablished());
    const seen = [session, far].map(({ session_id }) => session_id);
    const frames = [...caller.frames, ...desk.frames].filter(
      (frame) => frame.startsWith('in ') && /^Session-ID/im.test(frame),
    );
    const over = ended(far);
    session.terminate();
    await over;
    return { seen, frames };
  });
  for (const { local, remote } of seen.seen)
    expect([local, remote]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), null]);
  expect(seen.seen[0].local).not.toBe(seen.seen[1].local);
  expect(seen.frames).toEqual([]);
});
