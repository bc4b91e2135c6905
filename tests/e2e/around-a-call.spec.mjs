// What happens around a call, as an application writes it: it is sent elsewhere, texts and INFO packages pass inside it.
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(async ({ page, files, registrar }) => {
  await open(page, files.url, registrar.url);
  await page.evaluate(() => {
    window.audio = { mediaConstraints: { audio: true, video: false } };
    /** Lines that are registered, by their names. */
    window.lines = async (options, ...names) => {
      const all = names.map((name) => line(name, options));
      for (const ua of all) ua.start();
      await Promise.all(all.map((ua) => once(ua, 'registered')));
      return all;
    };
    /** A call that both ends have confirmed, as its two sessions. */
    window.talk = async (a, b) => {
      b.once('newRTCSession', ({ session }) => session.answer(audio));
      const theirs = once(b, 'newRTCSession').then(({ session }) => session);
      const ours = a.call(b.configuration.uri.toString(), audio);
      await Promise.all([once(ours, 'confirmed'), theirs.then((session) => once(session, 'confirmed'))]);
      return [ours, await theirs];
    };
    window.sent = (ua, start) => ua.frames.filter((frame) => frame.startsWith(`out ${start}`));
  });
});

test('a call follows a 302, once the application lets it', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob, carol] = await lines({}, 'alice', 'bob', 'carol');
    bob.on('newRTCSession', ({ session }) =>
      session.terminate({
        status_code: 302,
        extraHeaders: ['Contact: <sip:nobody@viasip.local>;q=0.1, "Carol" <sip:carol@viasip.local?Subject=x>;q=0.7'],
      }),
    );
    carol.on('newRTCSession', ({ session }) => session.answer(audio));
    const told = [];
    const call = (options) => {
      const session = alice.call('bob', { ...audio, ...options });
      session.on('redirected', ({ contacts, followed }) =>
        told.push([
          followed,
          ...contacts.map((to) => [to.display_name, to.uri.toAor(), to.getParam('q')].filter(Boolean).join(' ')),
        ]),
      );
      return session;
    };
    const failed = await once(call({}), 'failed');
    const session = call({ redirect_limit: 1 });
    await once(session, 'confirmed');
    const heard = await until(async () => (await packets(session)) > 20);
    session.terminate();
    let wrong;
    try {
      alice.call('bob', { redirect_limit: -1 });
    } catch (error) {
      wrong = `${error.name}: ${error.message}`;
    }
    let bad;
    try {
      line('x', { redirect_limit: 'many' });
    } catch (error) {
      bad = `${error.name}: ${error.parameter}`;
    }
    return {
      told,
      cause: failed.cause,
      heard,
      wrong,
      bad,
      targets: sent(alice, 'INVITE').map((frame) => frame.split(' ')[2]),
      subject: alice.frames.some((frame) => frame.includes('Subject')),
    };
  });
  const contacts = ['Carol sip:carol@viasip.local 0.7', 'sip:nobody@viasip.local 0.1'];
  expect(result.told).toEqual([
    [false, ...contacts],
    [true, ...contacts],
  ]);
  expect(result).toMatchObject({
    cause: 'Redirected',
    heard: true,
    wrong: 'TypeError: Invalid redirect_limit: -1',
    bad: 'CONFIGURATION_ERROR: redirect_limit',
  });
  expect([...new Set(result.targets)]).toEqual(['sip:bob@viasip.local', 'sip:carol@viasip.local']);
});

test('texts pass inside a call, and each is answered', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob] = await lines({}, 'alice', 'bob');
    const [ours, theirs] = await talk(alice, bob);
    const [told, agent] = [[], []];
    bob.on('newMessage', ({ originator, message, request }) =>
      agent.push([originator, message.direction, request.body]),
    );
    const outcome = (message) =>
      Promise.race([
        once(message, 'succeeded').then(({ response }) => response.status_code),
        once(message, 'failed').then(({ originator, response, cause }) => [originator, response?.status_code, cause]),
      ]);
    const local = once(ours, 'newMessage');
    // Nobody listens to the session: the user agent is told, as ever.
    const first = await outcome(ours.sendMessage('one'));
    theirs.on('newMessage', ({ originator, message, request }) => {
      told.push([originator, message.direction, request.body, request.getHeader('Content-Type')]);
      if (request.body === 'no') message.reject({ status_code: 603 });
    });
    const handled = [];
    const second = await outcome(
      ours.sendMessage('two', {
        contentType: 'text/markdown',
        extraHeaders: ['X-Mine: 1'],
        eventHandlers: { succeeded: ({ originator }) => handled.push(originator) },
      }),
    );
    const third = await outcome(ours.sendMessage('no'));
    const { originator, message, request } = await local;
    let late;
    ours.terminate();
    try {
      ours.sendMessage('late');
    } catch (error) {
      late = error.name;
    }
    return {
      outcomes: [first, second, third],
      told,
      agent,
      handled,
      late,
      local: [originator, message.direction, request.body, request.method, message.local_identity.uri.user],
      inside: sent(alice, 'MESSAGE').every((frame) => /^To: .*;tag=/m.test(frame)),
    };
  });
  expect(result).toEqual({
    outcomes: [200, 200, ['remote', 603, 'Rejected']],
    told: [
      ['remote', 'incoming', 'two', 'text/markdown'],
      ['remote', 'incoming', 'no', 'text/plain'],
    ],
    agent: [['remote', 'incoming', 'one']],
    handled: ['remote'],
    late: 'INVALID_STATE_ERROR',
    local: ['local', 'outgoing', 'one', 'MESSAGE', 'alice'],
    inside: true,
  });
});

test('INFO of a package goes to who receives it', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice] = await lines({}, 'alice');
    const [bob] = await lines({ info_packages: ['x-room', 'x-light;v=2'] }, 'bob');
    const [ours, theirs] = await talk(alice, bob);
    const got = once(theirs, 'newInfo');
    ours.sendInfo('text/plain', 'bright', { package: 'x-light' });
    const { info, request } = await got;
    const plain = once(ours, 'newInfo');
    theirs.sendInfo('text/plain', 'plain');
    const refused = [];
    for (const call of [
      () => ours.sendInfo('text/plain', '', { package: 'x-other' }),
      () => theirs.sendInfo('text/plain', '', { package: 'x-light' }),
      () => ours.sendInfo('text/plain', '', { package: 'a b' }),
      () => line('x', { info_packages: ['a,b'] }),
    ]) {
      try {
        call();
      } catch (error) {
        refused.push(error.name);
      }
    }
    return {
      told: [info.package, info.body, request.getHeader('Content-Disposition')],
      plain: (await plain).info.package,
      refused,
      said: sent(bob, 'SIP/2.0 200').some((frame) => frame.includes('\r\nRecv-Info: x-room, x-light;v=2\r\n')),
      silent: alice.frames.every((frame) => !frame.startsWith('out') || !/Recv-Info: x/.test(frame)),
    };
  });
  expect(result).toEqual({
    told: ['x-light', 'bright', 'Info-Package'],
    plain: null,
    refused: ['NOT_SUPPORTED_ERROR', 'NOT_SUPPORTED_ERROR', 'TypeError', 'CONFIGURATION_ERROR'],
    said: true,
    silent: true,
  });
});

test('a phone is asked outside any call to call somebody, and tells how that goes', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob, carol] = await lines({}, 'alice', 'bob', 'carol');
    const refer = (options) => {
      const told = [];
      const transfer = alice.refer('bob', 'carol', options);
      const done = new Promise((resolve) => {
        transfer.on('requestSucceeded', ({ response }) => told.push(response.status_code));
        transfer.on('requestFailed', ({ response, cause }) => resolve([response?.status_code, cause]));
        for (const name of ['trying', 'progress', 'accepted', 'failed'])
          transfer.on(name, ({ status_line }) => {
            told.push(`${name} ${status_line.status_code}`);
            if (name === 'accepted' || name === 'failed') resolve(told);
          });
      });
      return done;
    };
    const unheard = await refer();
    bob.once('refer', ({ reject }) => reject({ status_code: 486 }));
    const refused = await refer();
    bob.once('refer', ({ reject }) => setTimeout(reject, 50));
    const declined = await refer();
    carol.on('newRTCSession', ({ session }) => session.answer(audio));
    const placed = once(bob, 'newRTCSession');
    const asked = once(bob, 'refer');
    bob.once('refer', ({ accept }) => accept(null, audio));
    const accepted = await refer({ extraHeaders: ['X-Why: sale'] });
    const { session } = await placed;
    const { request, session: named } = await asked;
    const flowing = await until(async () => (await packets(session)) > 20);
    session.terminate();
    const errors = [];
    for (const [target, to] of [
      ['', 'carol'],
      ['bob', ''],
    ]) {
      try {
        alice.refer(target, to);
      } catch (error) {
        errors.push(error.message);
      }
    }
    return {
      unheard,
      refused,
      declined,
      accepted,
      flowing,
      named,
      errors,
      by: sent(bob, 'INVITE').map((frame) => /^Referred-By: (.*)\r$/m.exec(frame)?.[1]),
      asked: ['Refer-To', 'Referred-By', 'X-Why'].map((name) => request.getHeader(name)),
      left: [alice, bob].map((ua) => ua._core.handles.size),
    };
  });
  expect(result).toMatchObject({
    unheard: [403, 'Rejected'],
    refused: [486, 'Rejected'],
    declined: [202, 'trying 100', 'failed 603'],
    flowing: true,
    named: null,
    errors: ['Invalid target: ', 'Invalid target: '],
    by: ['<sip:alice@viasip.local>'],
    asked: ['<sip:carol@viasip.local>', '<sip:alice@viasip.local>', 'sale'],
  });
  expect(result.accepted[0]).toBe(202);
  expect(result.accepted.at(-1)).toBe('accepted 200');
});

test('a REFER goes without a subscription where both ends have it so', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob, carol] = await lines({ norefersub: true }, 'alice', 'bob', 'carol');
    carol.on('newRTCSession', ({ session }) => session.answer(audio));
    bob.once('refer', ({ accept }) => accept(null, audio));
    const placed = once(bob, 'newRTCSession').then(({ session }) => once(session, 'confirmed').then(() => session));
    const { response } = await once(alice.refer('bob', 'carol'), 'requestSucceeded');
    (await placed).terminate();
    const [ours, theirs] = await talk(alice, bob);
    theirs.on('refer', ({ reject }) => reject());
    const inside = await once(ours.refer('carol'), 'requestSucceeded');
    ours.terminate();
    return {
      said: [response, inside.response].map((answer) => answer.getHeader('Refer-Sub')),
      notified: alice.frames.filter((frame) => frame.startsWith('in NOTIFY')).length,
    };
  });
  expect(result).toEqual({ said: ['false', 'false'], notified: 0 });
});

test('a call that rings is picked up', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob, carol] = await lines({}, 'alice', 'bob', 'carol');
    alice.on('newRTCSession', () => {});
    const ringing = once(bob, 'newRTCSession');
    const call = alice.call('bob', audio);
    await once(call, 'progress');
    const { request } = await ringing;
    // What a lamp of bob's, or dialog-info, says of it: its caller is asked to give it up.
    const [, from_tag] = /^To: .*;tag=(\S+)/m.exec(sent(bob, 'SIP/2.0 180')[0]);
    const dialog = { call_id: request.call_id, to_tag: request.from_tag, from_tag, early_only: true };
    call.on('replaces', ({ accept }) => accept((session) => session.on('progress', () => session.answer(audio))));
    const over = once(call, 'failed');
    const picked = carol.call('alice', { ...audio, replaces: dialog });
    await Promise.race([
      once(picked, 'confirmed'),
      once(picked, 'failed').then((event) => {
        throw new Error(`${event.cause}\n${carol.frames.join('\n')}`);
      }),
    ]);
    const { cause } = await over;
    const flowing = await until(async () => (await packets(picked)) > 20);
    picked.terminate();
    const errors = [];
    for (const replaces of [
      { call_id: 'a b', to_tag: 'x', from_tag: 'y' },
      { call_id: 'a', to_tag: 'x;y', from_tag: 'y' },
      {},
    ]) {
      try {
        carol.call('alice', { replaces });
      } catch (error) {
        errors.push(error.name);
      }
    }
    return {
      cause,
      flowing,
      errors,
      ended: await until(() => call.isEnded()),
      asked: sent(carol, 'INVITE')[0].includes(
        `\r\nReplaces: ${dialog.call_id};to-tag=${dialog.to_tag};from-tag=${dialog.from_tag};early-only\r\n`,
      ),
    };
  });
  expect(result).toEqual({
    cause: 'Canceled',
    flowing: true,
    errors: ['TypeError', 'TypeError', 'TypeError'],
    ended: true,
    asked: true,
  });
});
