// What Asterisk does in and around calls: early sound, conference, fork, transfer, a new name, messages, restarts.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startAsterisk } from './servers.mjs';

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
    window.person = async (name, more) => {
      const ua = line(url, `sip:${name}@127.0.0.1`, 'secret', more);
      lines.push(ua);
      await registered(ua);
      return ua;
    };
    window.call = async (ua, target, options = media) => {
      const session = ua.call(target, options);
      await Promise.race([
        once(session, 'confirmed'),
        ended(session).then((e) => {
          throw new Error(`${JSON.stringify(e)}\n${ua.frames.join('\n')}`);
        }),
      ]);
      return session;
    };
    // The next call that comes in, answered.
    window.taken = (ua, options = media) =>
      new Promise((resolve) =>
        ua.once('newRTCSession', async ({ session, originator }) => {
          if (originator !== 'remote') return;
          session.answer(options);
          await once(session, 'confirmed');
          resolve(session);
        }),
      );
    window.heard = async (session) => (await packets(session)).audio ?? 0;
    window.told = (session, names) => {
      const log = [];
      for (const name of names)
        session.on(name, (e) => log.push([name, e?.originator, e?.cause].filter(Boolean).join(' ')));
      return log;
    };
    window.fault = (error) => {
      throw new Error(`${error.message}\n${lines.map((ua) => ua.frames.join('\n')).join('\n=====\n')}`);
    };
  }, asterisk.url);
});
test.afterEach(({ page }) =>
  page.evaluate(() =>
    Promise.all(lines.map((ua) => new Promise((resolve) => (ua.once('disconnected', resolve), ua.stop())))),
  ),
);

test('early sound is heard before the call is answered', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const ua = await person('b-one');
    const session = ua.call('early', media);
    const log = told(session, ['progress', 'accepted', 'confirmed', 'failed']);
    await once(session, 'progress');
    const early = await flows([session], ['audio']);
    const status = session.status;
    const before = [...log];
    await once(session, 'confirmed');
    const count = await heard(session);
    const after = await until(async () => (await heard(session)) > count + 50);
    session.terminate();
    return { early, status, before, log, after };
  });
  expect(result).toEqual({
    early: true,
    status: 2,
    before: ['progress remote'],
    log: ['progress remote', 'accepted remote', 'confirmed local'],
    after: true,
  });
});

test('an announcement without an answer ends with its cause', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const ua = await person('b-one');
    const session = ua.call('announce', media);
    const over = ended(session);
    await once(session, 'progress');
    return [await flows([session], ['audio']), (await over).slice(0, 3)];
  });
  expect(result).toEqual([true, ['failed', 'remote', 'Busy']]);
});

test('two browsers meet in a conference', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [one, two] = [await person('b-one'), await person('b-two')];
    const [a, b] = [await call(one, 'room'), await call(two, 'room')];
    const flowing = await flows([a, b], ['audio']);
    a.terminate();
    b.terminate();
    return flowing;
  });
  expect(result).toBe(true);
});

test('a call to an extension with a hint reaches its phone', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [one, desk] = [await person('b-one'), await person('a-sha256')];
    const theirs = taken(desk);
    const mine = await call(one, 'desk');
    const flowing = await flows([mine, await theirs], ['audio']);
    const over = ended(mine);
    (await theirs).terminate();
    return { flowing, over: (await over).slice(0, 3) };
  });
  expect(result).toEqual({ flowing: true, over: ['ended', 'remote', 'Terminated'] });
});

test('sound and picture cross Asterisk', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const both = { mediaConstraints: { audio: true, video: true } };
    const [one, two] = [await person('b-one'), await person('b-two')];
    const theirs = taken(two, both);
    const mine = await call(one, 'two', both).catch(fault);
    const flowing = await flows([mine, await theirs], ['audio', 'video'], 8000);
    mine.terminate();
    return flowing;
  });
  expect(result).toBe(true);
});

test('the address is in two browsers: one answers, the other is told so', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [first, second, caller] = [await person('b-one'), await person('b-one'), await person('b-two')];
    const rung = new Promise((resolve) =>
      second.once('newRTCSession', ({ session }) => {
        session.on('failed', (e) => resolve([e.originator, e.cause, e.message?.getHeader('Reason')]));
      }),
    );
    first.once('newRTCSession', ({ session }) => setTimeout(() => session.answer(media), 500));
    const session = await call(caller, 'all').catch(fault);
    const flowing = await flows([session], ['audio']);
    const outcome = await rung;
    session.terminate();
    return { flowing, outcome };
  });
  expect(result).toEqual({
    flowing: true,
    outcome: ['remote', 'Canceled', 'SIP;cause=200;text="Call completed elsewhere"'],
  });
});

test('a blind transfer that Asterisk carries out', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [one, two] = [await person('b-one'), await person('b-two')];
    const theirs = taken(two);
    const mine = await call(one, 'two').catch(fault);
    const kept = await theirs;
    // Until it has joined the two, Asterisk answers a transfer with 400.
    await until(async () => (await heard(mine)) > 10);
    const over = ended(mine);
    const events = [];
    const transfer = mine.refer('sip:echo@127.0.0.1');
    for (const name of ['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed'])
      transfer.on(name, (e) => events.push([name, e?.status_line?.status_code].filter(Boolean).join(' ')));
    await once(transfer, 'accepted');
    mine.terminate();
    await over;
    const count = await heard(kept);
    const goesOn = await until(async () => (await heard(kept)) > count + 50);
    kept.terminate();
    return { events, goesOn };
  });
  expect(result).toEqual({ events: ['requestSucceeded', 'trying 100', 'accepted 200'], goesOn: true });
});

test('an attended transfer that Asterisk carries out', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [one, two, desk] = [await person('b-one'), await person('b-two'), await person('a-sha256')];
    const theirs = taken(two);
    const first = await call(one, 'two').catch(fault);
    const far = taken(desk);
    const second = await call(one, 'desk').catch(fault);
    const [kept, other] = [await theirs, await far];
    const over = Promise.all([ended(first), ended(second)]);
    const events = [];
    const transfer = first.refer('sip:desk@127.0.0.1', { replaces: second });
    for (const name of ['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed'])
      transfer.on(name, (e) => events.push([name, e?.status_line?.status_code].filter(Boolean).join(' ')));
    await once(transfer, 'accepted');
    first.terminate();
    const causes = (await over).map((e) => e.slice(0, 3));
    const [a, b] = [await heard(kept), await heard(other)];
    const goesOn = await until(async () => (await heard(kept)) > a + 50 && (await heard(other)) > b + 50);
    kept.terminate();
    return { events, causes, goesOn };
  });
  expect(result).toEqual({
    events: ['requestSucceeded', 'trying 100', 'accepted 200'],
    causes: [
      ['ended', 'local', 'Terminated'],
      ['ended', 'remote', 'Terminated'],
    ],
    goesOn: true,
  });
});

test('a new name in a call comes by UPDATE, and the sound goes on', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const ua = await person('b-one');
    const session = await call(ua, 'rename');
    const asserted = await new Promise((resolve) => {
      session.on('update', ({ request }) => resolve(request.getHeader('P-Asserted-Identity')));
    });
    const count = await heard(session);
    const goesOn = await until(async () => (await heard(session)) > count + 50);
    session.terminate();
    return { asserted, goesOn };
  });
  expect(result.asserted).toContain('Reception');
  expect(result.goesOn).toBe(true);
});

test('messages go both ways', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [one, two] = [await person('b-one'), await person('b-two')];
    const got = new Promise((resolve) =>
      two.on('newMessage', ({ originator, message, request }) => {
        if (originator === 'remote') (message.accept(), resolve([request.body, request.getHeader('Content-Type')]));
      }),
    );
    const sent = new Promise((resolve) => {
      const message = one.sendMessage('two', 'Grüße 👋');
      message.on('succeeded', ({ response }) => resolve(response.status_code));
      message.on('failed', ({ cause }) => resolve(cause));
    });
    const late = (ms, what) => new Promise((resolve) => setTimeout(() => resolve(what), ms));
    return [await sent, await Promise.race([got, late(5000, two.frames.join('\n'))])];
  });
  expect(result).toEqual([202, ['Grüße 👋', 'text/plain']]);
});

test('Asterisk asks for the health of the line', async ({ page }) => {
  await page.evaluate(() => person('b-two'));
  await expect.poll(() => asterisk.cli('pjsip show contacts'), { timeout: 8000 }).toMatch(/b-two\/.*Avail/);
});

test('a short registration is refreshed before it is over', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const ua = await person('b-short', { register_expires: 5 });
    const lost = [];
    for (const name of ['unregistered', 'registrationFailed'])
      ua.on(name, ({ cause }) => lost.push(`${name} ${cause}`));
    const granted = () => ua.frames.filter((f) => f.startsWith('in SIP/2.0 200') && f.includes(' REGISTER')).length;
    // Two of its lives of 8 s.
    await until(() => granted() >= 4, 25_000);
    return { lost, granted: granted(), registered: ua.isRegistered() };
  });
  expect(result).toEqual({ lost: [], granted: 4, registered: true });
});

test('Asterisk dies and starts anew: the line comes back and registers', async ({ page }) => {
  test.setTimeout(150_000);
  await page.evaluate(async () => {
    window.ua = await person('b-one');
    window.log = [];
    for (const name of ['connecting', 'connected', 'disconnected', 'registered', 'unregistered', 'registrationFailed'])
      ua.on(name, (e) => log.push([name, e.code, e.cause, e.error].filter((x) => x !== undefined).join(' ')));
    window.session = await call(ua, 'echo');
    window.stale = ended(session);
  });
  // It does not say goodbye, and takes connections before it answers: the first REGISTER may be lost.
  await asterisk.restart();
  await expect.poll(() => page.evaluate(() => log), { timeout: 90_000 }).toContain('registered');
  // The server does not know the call, and says so when it is to be brought back.
  const result = await page.evaluate(async () => {
    const again = await call(ua, 'echo');
    const flowing = await flows([again], ['audio']);
    again.terminate();
    return { flowing, stale: (await stale).slice(0, 3) };
  });
  expect(result).toEqual({ flowing: true, stale: ['ended', 'local', 'Dialog Error'] });
});
