// What happens around a call, through real servers: it is sent elsewhere, texts pass inside it, one is asked to call another,
// a call that rings is picked up.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startAsterisk, startKamailio, startScenario } from './servers.mjs';

let files;
const servers = [];
const started = async (promise) => {
  const server = await promise;
  servers.push(server);
  return server;
};

test.beforeAll(async () => {
  files = await started(serveFiles());
});
test.afterAll(() => servers.forEach((server) => server.stop()));
test.beforeEach(async ({ page }) => {
  await open(page, files.url);
  await page.evaluate(() => {
    window.media = { mediaConstraints: { audio: true, video: false } };
    window.all = [];
    window.person = async (...setting) => {
      const ua = line(...setting);
      all.push(ua);
      await registered(ua);
      return ua;
    };
    window.answers = (ua) =>
      ua.on('newRTCSession', ({ session, originator }) => originator === 'remote' && session.answer(media));
    /** The end of a call, or that it is up. */
    window.outcome = (session) => Promise.race([once(session, 'confirmed').then(() => 'confirmed'), ended(session)]);
    window.sent = (ua, start) => ua.frames.filter((frame) => frame.startsWith(`out ${start}`));
  });
});
test.afterEach(async ({ page }, info) => {
  if (info.status !== info.expectedStatus)
    console.log(await page.evaluate(() => all.map((ua) => ua.frames.join('\n')).join('\n=====\n')));
  await page.evaluate(() =>
    Promise.all(all.map((ua) => new Promise((resolve) => (ua.once('unregistered', resolve), ua.stop())))),
  );
});

test.describe('Kamailio', () => {
  let kamailio;
  let leaves;
  test.beforeAll(async () => {
    leaves = await started(startScenario('leaves.xml'));
    kamailio = await started(startKamailio({ late: leaves.port }));
  });

  test('a 302 of Kamailio is followed to another phone', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const alice = await person(url, 'sip:alice@viasip.test', 'secret', { redirect_limit: 2 });
      const bob = await person(url, 'sip:bob@viasip.test');
      answers(bob);
      const call = alice.call('moved', media);
      const told = once(call, 'redirected');
      const state = await outcome(call);
      const flowing = await flows([call], ['audio']);
      const { contacts, followed } = await told;
      call.terminate();
      return { state, flowing, followed, contacts: contacts.map(({ uri }) => uri.toString()) };
    }, kamailio.url);
    expect(result).toEqual({ state: 'confirmed', flowing: true, followed: true, contacts: ['sip:bob@viasip.test'] });
  });

  test('one of two phones leaves while both ring, and the other is busy', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const alice = await person(url, 'sip:alice@viasip.test', 'secret', { reliable_provisional: true });
      const call = alice.call('late', media);
      const told = [];
      call.on('progress', ({ response, early_dialog }) => told.push([response.status_code, early_dialog]));
      call.on('earlydialogended', ({ response, early_dialog }) => told.push([response.status_code, early_dialog]));
      const { cause, reason } = await once(call, 'failed');
      return { told, cause, reason };
    }, kamailio.url);
    expect(result).toEqual({
      told: [
        [180, 'first1'],
        [180, 'second1'],
        [199, 'first1'],
      ],
      cause: 'Busy',
      reason: [
        { protocol: 'Q.850', cause: 17, text: 'User busy' },
        { protocol: 'SIP', cause: 486, text: null },
        { protocol: 'Private', cause: 7, text: null },
      ],
    });
    expect(await leaves.done).toBe(0);
  });

  test('where a call has been is told by History-Info and Diversion', async ({ page }) => {
    const redirections = await page.evaluate(async (url) => {
      const [alice, bob] = await Promise.all(['alice', 'bob'].map((name) => person(url, `sip:${name}@viasip.test`)));
      const rung = once(bob, 'newRTCSession');
      const call = alice.call('sales', media);
      const { session } = await rung;
      const over = ended(session);
      call.terminate();
      await over;
      return session.redirections.map(({ uri, display_name, reason, index }) => [
        uri.toString(),
        display_name,
        reason?.cause,
        index,
      ]);
    }, kamailio.url);
    expect(redirections).toEqual([
      ['sip:sales@viasip.test', null, 302, '1'],
      ['sip:bob@viasip.test', null, undefined, '1.1'],
      ['sip:support@viasip.test', 'Support', 302, null],
    ]);
  });

  test('a private call is found by its temporary GRUU', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const [alice, bob] = await Promise.all(['alice', 'bob'].map((name) => person(url, `sip:${name}@viasip.test`)));
      const rung = once(bob, 'newRTCSession').then((e) => (e.session.answer(media), e));
      const ours = alice.call('bob', { ...media, anonymous: true });
      await outcome(ours);
      const { session: theirs, request } = await rung;
      const held = once(ours, 'hold');
      await until(() => theirs.hold());
      await held;
      const over = ended(ours);
      theirs.terminate();
      const { temp_gruu } = alice.contact;
      return {
        over: await over,
        contact: request.getHeader('Contact'),
        temp_gruu,
        from: theirs.remote_identity.uri.user,
      };
    }, kamailio.url);
    expect(result).toMatchObject({ over: ['ended', 'remote', 'Terminated', []], from: 'anonymous' });
    expect(result.contact).toBe(`<${result.temp_gruu}>`);
  });

  test('texts pass inside a call', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const alice = await person(url, 'sip:alice@viasip.test');
      const bob = await person(url, 'sip:bob@viasip.test');
      answers(bob);
      const placed = once(bob, 'newRTCSession');
      const ours = alice.call('bob', media);
      await outcome(ours);
      const { session: theirs } = await placed;
      const heard = [];
      for (const session of [ours, theirs])
        session.on('newMessage', ({ originator, request }) => originator === 'remote' && heard.push(request.body));
      const answered = [];
      for (const [session, body] of [
        [ours, 'to Bob'],
        [theirs, 'to Alice, äöü'],
      ])
        answered.push((await once(session.sendMessage(body), 'succeeded')).response.status_code);
      ours.terminate();
      return { heard, answered };
    }, kamailio.url);
    expect(result).toEqual({ heard: ['to Bob', 'to Alice, äöü'], answered: [200, 200] });
  });

  test('a phone is asked outside any call to call another', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const [alice, bob, carol] = await Promise.all(
        ['alice', 'bob', 'carol'].map((name) => person(url, `sip:${name}@viasip.test`)),
      );
      answers(carol);
      bob.on('refer', ({ accept }) => accept(null, media));
      const placed = once(bob, 'newRTCSession');
      const told = [];
      const transfer = alice.refer('bob', 'carol');
      for (const name of ['requestSucceeded', 'trying', 'progress', 'accepted', 'failed', 'requestFailed'])
        transfer.on(name, () => told.push(name));
      await until(() => told.some((name) => /^(accepted|failed|requestFailed)$/.test(name)), 10_000);
      const { session } = await placed;
      const flowing = await flows([session], ['audio']);
      session.terminate();
      return { told: [...new Set(told)].sort(), flowing, to: session.remote_identity.uri.user };
    }, kamailio.url);
    expect(result).toEqual({
      told: ['accepted', 'progress', 'requestSucceeded', 'trying'],
      flowing: true,
      to: 'carol',
    });
  });
});

test.describe('Asterisk', () => {
  let asterisk;
  test.beforeAll(async () => {
    asterisk = await started(startAsterisk());
  });

  test('a Transfer() of Asterisk before the answer is followed', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const alice = await person(url, 'sip:a-md5@127.0.0.1', 'secret', { redirect_limit: 1 });
      const call = alice.call('sip:elsewhere@127.0.0.1', media);
      const told = once(call, 'redirected');
      const state = await outcome(call);
      const { contacts, followed } = await told;
      const flowing = await flows([call], ['audio']);
      call.terminate();
      return { state, followed, flowing, contacts: contacts.map(({ uri }) => uri.toString()) };
    }, asterisk.url);
    expect(result).toEqual({ state: 'confirmed', followed: true, flowing: true, contacts: ['sip:echo@127.0.0.1'] });
  });

  test('a call that rings at another phone is picked up by Replaces', async ({ page }) => {
    const result = await page.evaluate(async (url) => {
      const [caller, rings, picker] = await Promise.all(
        ['a-md5', 'b-two', 'b-one'].map((name) => person(url, `sip:${name}@127.0.0.1`)),
      );
      const came = once(rings, 'newRTCSession');
      const call = caller.call('sip:two@127.0.0.1', media);
      const { session, request } = await came;
      await until(() => sent(rings, 'SIP/2.0 180').length > 0);
      const [, from_tag] = /^To: .*;tag=(\S+)/m.exec(sent(rings, 'SIP/2.0 180')[0]);
      const over = ended(session);
      const replaces = { call_id: request.call_id, to_tag: request.from_tag, from_tag, early_only: true };
      const picked = picker.call('sip:two@127.0.0.1', { ...media, replaces });
      const states = await Promise.all([outcome(picked), outcome(call)]);
      const flowing = states.every((state) => state === 'confirmed')
        ? await flows([picked, call], ['audio'], 6000)
        : states;
      const ring = await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 2000, 'rings on'))]);
      for (const one of [picked, call]) if (!one.isEnded()) one.terminate();
      return { flowing, ring };
    }, asterisk.url);
    expect(result.flowing).toBe(true);
    expect(result.ring.slice(0, 3)).toEqual(['failed', 'remote', 'Canceled']);
  });
});
