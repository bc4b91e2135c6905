// One address in several browsers, behind Kamailio; a redirect; and a server that restarts during a call.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startKamailio } from './servers.mjs';

let files;
let kamailio;

test.beforeAll(async () => {
  files = await serveFiles();
  kamailio = await startKamailio();
});
test.afterAll(() => {
  kamailio?.stop();
  files?.stop();
});
test.beforeEach(async ({ page }) => {
  await open(page, files.url);
  await page.evaluate((url) => {
    window.media = { mediaConstraints: { audio: true, video: false } };
    window.lines = [];
    // `rung` is each call that has come in, `log` what became of them.
    window.person = async (name, onCall = () => {}, contactParams = {}) => {
      const ua = line(url, `sip:${name}@viasip.test`, 'secret', { register: false });
      lines.push(ua);
      ua.log = [];
      ua.rung = [];
      ua.on('newRTCSession', ({ session, originator }) => {
        for (const event of ['accepted', 'confirmed', 'ended', 'failed']) {
          session.on(event, (e) =>
            ua.log.push([event, e?.originator, e?.cause, e?.message?.getHeader?.('Reason')].filter(Boolean).join(' ')),
          );
        }
        if (originator === 'remote') {
          ua.rung.push(session);
          onCall(session);
        }
      });
      ua.registrator().setExtraContactParams(contactParams);
      ua.register();
      await registered(ua);
      return ua;
    };
    window.confirmed = (session) =>
      Promise.race([
        once(session, 'confirmed'),
        ended(session).then((e) => {
          throw new Error(`${JSON.stringify(e)}\n${lines.map((ua) => ua.frames.join('\n')).join('\n=====\n')}`);
        }),
      ]);
  }, kamailio.url);
});
test.afterEach(({ page }) =>
  page.evaluate(() =>
    Promise.all(lines.map((ua) => new Promise((resolve) => (ua.once('disconnected', resolve), ua.stop())))),
  ),
);

test('three browsers ring, one answers, and the others are told so', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, ...bobs] = [await person('alice'), await person('bob'), await person('bob'), await person('bob')];
    const session = alice.call('bob', media);
    await until(() => bobs.every((bob) => bob.rung.length === 1));
    bobs[1].rung[0].answer(media);
    await confirmed(session);
    const flowing = await flows([session, bobs[1].rung[0]], ['audio']);
    await until(() => bobs[0].log.length > 0 && bobs[2].log.length > 0);
    session.terminate();
    await until(() => bobs[1].log.length === 3);
    return { flowing, logs: bobs.map((bob) => bob.log), mine: alice.log };
  });
  const elsewhere = ['failed remote Canceled SIP;cause=200;text="Call completed elsewhere"'];
  expect(result).toEqual({
    flowing: true,
    logs: [elsewhere, ['accepted local', 'confirmed remote', 'ended remote Terminated'], elsewhere],
    mine: ['accepted remote', 'confirmed local', 'ended local Terminated'],
  });
});

test('two browsers answer at the same moment: one has the call, the other is hung up', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, ...bobs] = [await person('alice'), await person('bob'), await person('bob')];
    // The DTLS handshake that the loser begins reaches the caller as well, who may then take none from the winner: WebRTC
    // keeps no two apart. So both wait for the caller to begin his.
    const { createAnswer } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.createAnswer = async function (...args) {
      const { type, sdp } = await createAnswer.apply(this, args);
      return { type, sdp: sdp.replaceAll('a=setup:active', 'a=setup:passive') };
    };
    // Both answers leave in one turn, so that neither has seen the CANCEL.
    const sockets = bobs.map((bob) => bob.transport.socket);
    const held = [];
    for (const socket of sockets) {
      const { send } = socket;
      socket.send = (frame) => {
        if (!String(frame).startsWith('SIP/2.0 200') || !String(frame).includes(' INVITE'))
          return send.call(socket, frame);
        held.push(() => send.call(socket, frame));
        if (held.length === 2) held.splice(0).forEach((release) => release());
        return true;
      };
    }
    const session = alice.call('bob', media);
    await until(() => bobs.every((bob) => bob.rung.length === 1));
    bobs.forEach((bob) => bob.rung[0].answer(media));
    await confirmed(session);
    await until(() => bobs.some((bob) => bob.rung[0].isEnded()), 10_000);
    const winner = bobs.find((bob) => !bob.rung[0].isEnded());
    const flowing = winner && (await flows([session, winner.rung[0]], ['audio']));
    session.terminate();
    await until(() => bobs.every((bob) => bob.rung[0].isEnded()), 10_000);
    // Which of the two answers is settled first is left open, and a slow one may be repeated: in each dialog an ACK
    // comes before the BYE.
    const sent = {};
    const tag = (frame) => /^To: [^\r]*;tag=([^\s;]+)/m.exec(frame)?.[1] ?? 'none';
    for (const frame of alice.frames.filter((f) => /^out [A-Z]+ /.test(f) && f.includes(session._request.call_id))) {
      const list = (sent[tag(frame)] ??= []);
      const method = frame.split(' ')[1];
      if (!list.includes(method)) list.push(method);
    }
    const answers = new Set(alice.frames.filter((f) => /^in SIP\/2.0 200/.test(f) && f.includes(' INVITE')).map(tag))
      .size;
    return { flowing, logs: bobs.map((bob) => bob.log).sort(), mine: alice.log, sent: Object.values(sent), answers };
  });
  const answered = ['accepted local', 'confirmed remote', 'ended remote Terminated'];
  expect(result).toEqual({
    flowing: true,
    logs: [answered, answered],
    mine: ['accepted remote', 'confirmed local', 'ended local Terminated'],
    sent: [['INVITE'], ['ACK', 'BYE'], ['ACK', 'BYE']],
    answers: 2,
  });
});

test('one browser after the other rings', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const alice = await person('alice');
    const order = [];
    const busy = await person('bob', (session) => (order.push('first'), session.terminate({ status_code: 486 })), {
      q: '0.9',
    });
    const free = await person('bob', (session) => (order.push('second'), session.answer(media)), { q: '0.1' });
    const session = alice.call('serial', media);
    await confirmed(session);
    const flowing = await flows([session, free.rung[0]], ['audio']);
    session.terminate();
    return { order, flowing, busy: busy.log };
  });
  expect(result).toEqual({ order: ['first', 'second'], flowing: true, busy: ['failed local Rejected'] });
});

test('a redirect is told with where to', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const alice = await person('alice');
    const session = alice.call('moved', media);
    return new Promise((resolve) =>
      session.on('failed', (e) =>
        resolve([e.originator, e.cause, e.message.status_code, e.message.parseHeader('contact').uri.toString()]),
      ),
    );
  });
  expect(result).toEqual(['remote', 'Redirected', 302, 'sip:bob@viasip.test']);
});

test('the server restarts during a call: the call goes on, and its end reaches the other browser', async ({ page }) => {
  test.setTimeout(90_000);
  await page.evaluate(async () => {
    window.alice = await person('alice');
    window.bob = await person('bob', (session) => session.answer(media));
    window.session = alice.call('bob', media);
    await confirmed(session);
    window.back = Promise.all([alice, bob].map((ua) => once(ua, 'registered')));
  });
  expect(await page.evaluate(() => flows([session, bob.rung[0]], ['audio']))).toBe(true);
  await kamailio.restart();
  const result = await page.evaluate(async () => {
    await back;
    const count = (await packets(session)).audio;
    const goesOn = await until(async () => (await packets(session)).audio > count + 50);
    const before = [session.status, bob.rung[0].status];
    session.terminate();
    const over = await until(() => bob.rung[0].isEnded(), 10_000);
    return { goesOn, before, over, log: bob.log, frames: over ? '' : `${alice.frames.slice(-3).join('\n')}` };
  });
  expect(result).toMatchObject({
    goesOn: true,
    before: [9, 9],
    over: true,
    log: ['accepted local', 'confirmed remote', 'ended remote Terminated'],
  });
});
