// Texts between two phones at the SIP service of this project: notifications (RFC 5438) and who is writing (RFC 3994).
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(async ({ page, files, registrar }) => {
  await open(page, files.url, registrar.url);
  await page.evaluate(async () => {
    window.presence = await import('/pkg/dist/presence.js');
    window.pairOf = async (options, theirs = options) => {
      const [alice, bob] = [line('alice', options), line('bob', theirs)];
      for (const ua of [alice, bob]) {
        const ready = once(ua, 'registered');
        ua.start();
        await ready;
      }
      return [alice, bob];
    };
  });
});

test('a text is told as delivered, and as displayed when it was read', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob] = await pairOf({ imdn: true });
    const log = [];
    const heard = [];
    bob.on('newMessage', ({ originator, message, request }) => {
      if (originator !== 'remote') return;
      heard.push([message.content.body, message.content.content_type, request.getHeader('Content-Type')].join(' | '));
      bob.last = message;
    });
    alice.on('newMessage', ({ originator }) => log.push(`newMessage ${originator}`));
    const send = async (body, options) => {
      const message = alice.sendMessage('bob', body, options);
      for (const name of ['succeeded', 'delivered', 'displayed'])
        message.on(name, (e) => log.push([name, e.status].filter(Boolean).join(' ')));
      await once(message, 'succeeded');
      await until(() => log.includes('delivered delivered'), 2000);
      return message;
    };
    const first = await send('Grüße & <b>\r\n\r\nvon uns');
    log.push(first.content.body.length);
    bob.last.displayed();
    bob.last.displayed();
    await until(() => log.includes('displayed displayed'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    log.push('second');
    const second = alice.sendMessage('bob', 'plain', { imdn: [] });
    await once(second, 'succeeded');
    bob.last.displayed();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const sent = bob.frames.filter((frame) => frame.startsWith('out MESSAGE'));
    let thrown = '';
    try {
      first.displayed();
    } catch (error) {
      thrown = error.name;
    }
    alice.stop();
    bob.stop();
    return {
      log,
      heard,
      notes: sent.length,
      loops: sent.filter((frame) => /Disposition-Notification/i.test(frame)).length,
      thrown,
    };
  });
  expect(result.log).toEqual([
    'newMessage local',
    'succeeded',
    'delivered delivered',
    22,
    'displayed displayed',
    'second',
    'newMessage local',
  ]);
  expect(result.heard).toEqual([
    'Grüße & <b>\r\n\r\nvon uns | text/plain | message/cpim',
    'plain | text/plain | text/plain',
  ]);
  expect([result.notes, result.loops, result.thrown]).toEqual([2, 0, 'NOT_SUPPORTED_ERROR']);
});

test('who refuses a text, or does not tell, tells nothing', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob] = await pairOf({}, { imdn: true });
    const [, carol] = [null, line('carol', {})];
    const ready = once(carol, 'registered');
    carol.start();
    await ready;
    const log = [];
    bob.on('newMessage', ({ originator, message }) => originator === 'remote' && message.reject({ status_code: 480 }));
    carol.on('newMessage', ({ originator, message }) => {
      if (originator !== 'remote') return;
      log.push(message.content.content_type);
      message.displayed();
    });
    for (const who of ['bob', 'carol']) {
      // Asked for this one text.
      const message = alice.sendMessage(who, 'hello', { imdn: ['positive-delivery', 'display'] });
      for (const name of ['succeeded', 'failed', 'delivered', 'displayed']) message.on(name, () => log.push(name));
      await Promise.race([once(message, 'succeeded'), once(message, 'failed')]);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    const sent = [bob, carol].flatMap((ua) => ua.frames.filter((frame) => frame.startsWith('out MESSAGE'))).length;
    for (const ua of [alice, bob, carol]) ua.stop();
    return { log, sent };
  });
  expect(result).toEqual({ log: ['failed', 'message/cpim', 'succeeded'], sent: 0 });
});

test('a store that keeps a text says so, and then that it could not deliver it', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { readCpim, writeCpim, writeImdn } = presence;
    const [alice, store] = await pairOf({}, {});
    const log = [];
    alice.on('newMessage', ({ originator }) => log.push(`newMessage ${originator}`));
    const kept = once(store, 'newMessage');
    const message = alice.sendMessage('bob', 'hello', { imdn: ['negative-delivery', 'display'] });
    for (const name of ['delivered', 'displayed'])
      message.on(name, ({ status, recipient }) => log.push([name, status, recipient]));
    const asked = readCpim((await kept).request.body);
    const { message_id, date_time } = asked;
    for (const [kind, status] of [
      ['processing', 'stored'],
      ['processing', 'processed'],
      ['delivery', 'failed'],
      ['delivery', 'forbidden'],
      ['display', 'error'],
    ]) {
      const notification = writeImdn({ message_id, kind, status, recipient: 'sip:carol@viasip.local', date_time });
      const parts = { content_type: 'message/imdn+xml', content_disposition: 'notification', body: notification };
      const body = writeCpim({ ...asked, from: asked.to, to: asked.from, message_id: null, disposition: [], ...parts });
      await once(store.sendMessage('alice', body, { contentType: 'message/cpim' }), 'succeeded');
    }
    for (const ua of [alice, store]) ua.stop();
    return { log, disposition: asked.disposition };
  });
  expect(result).toEqual({
    disposition: ['negative-delivery', 'display'],
    log: [
      'newMessage local',
      ['delivered', 'failed', 'sip:carol@viasip.local'],
      ['delivered', 'forbidden', 'sip:carol@viasip.local'],
      ['displayed', 'error', 'sip:carol@viasip.local'],
    ],
  });
});

test('forged and broken notifications change nothing', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, mallory] = await pairOf({ imdn: true }, {});
    const log = [];
    alice.on('newMessage', ({ originator, message }) => log.push(`${originator} ${message.content.content_type}`));
    const bodies = [
      '',
      'no headers at all',
      'From: <sip:x@y>\r\n\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn/>',
      'From: <sip:x@y>\r\n\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn><message-id>1</message-id><delivery-notification><status><delivered/></status></delivery-notification></imdn>',
      'From: <sip:x@y>\r\n\r\nContent-Type: message/imdn+xml\r\n\r\n<!DOCTYPE x []><imdn/>',
      `${'X: y\r\n'.repeat(5000)}\r\nContent-Type: text/plain\r\n\r\nlong`,
      'NS: a <urn:ietf:params:imdn>\na.Message-ID: 7\na.Disposition-Notification: Positive-Delivery\nFrom: <sip:else@where.invalid>\n\nContent-Type: text/x\n\nhi',
    ];
    for (const body of bodies) {
      const message = mallory.sendMessage('alice', body, { contentType: 'message/cpim' });
      await Promise.race([once(message, 'succeeded'), once(message, 'failed')]);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    // What the text says of its sender is not where the notification goes.
    const told = alice.frames.filter((frame) => frame.startsWith('out MESSAGE')).map((frame) => frame.split(' ')[2]);
    let thrown = '';
    try {
      presence.writeCpim({ ...presence.readCpim(bodies[6]), message_id: 'a\r\nb' });
    } catch (error) {
      thrown = error.name;
    }
    alice.stop();
    mallory.stop();
    return { log, told, thrown };
  });
  expect(result.log).toEqual(['remote message/cpim', 'remote message/cpim', 'remote text/plain', 'remote text/x']);
  expect(result.told).toEqual(['sip:bob@viasip.local']);
  expect(result.thrown).toBe('TypeError');
});

// They were shown to people as a text.
test('notifications that a server gathers are told one by one', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, list] = await pairOf({ imdn: true }, {});
    const log = [];
    let asked;
    list.on('newMessage', ({ originator, message }) => originator === 'remote' && (asked = message.content.body));
    alice.on('newMessage', ({ originator }) => log.push(`newMessage ${originator}`));
    const message = alice.sendMessage('bob', 'hello', { imdn: ['positive-delivery', 'display'] });
    for (const name of ['delivered', 'displayed'])
      message.on(name, ({ status, recipient }) => log.push(`${name} ${status} ${recipient}`));
    await once(message, 'succeeded');
    const message_id = /imdn\.Message-ID: (\w+)/.exec(asked)[1];
    const note = (kind, status, recipient, id = message_id) => ({
      content_type: 'message/imdn+xml',
      body: presence.writeImdn({ message_id: id, kind, status, recipient, date_time: null }),
    });
    const send = async (parts) => {
      const { contentType, body } = presence.writeMultipart(parts);
      const cpim = `From: <sip:list@x>\r\n\r\nContent-Type: ${contentType}\r\nContent-Disposition: notification\r\n\r\n${body}`;
      await once(list.sendMessage('alice', cpim, { contentType: 'message/cpim' }), 'succeeded');
    };
    await send([
      note('delivery', 'delivered', 'sip:carol@x'),
      note('delivery', 'failed', 'sip:dave@x'),
      note('delivery', 'delivered', 'sip:eve@x', 'another'),
      note('display', 'forbidden', 'sip:carol@x'),
    ]);
    log.push('mixed');
    // With anything else beside them it is a text.
    await send([note('delivery', 'error', 'sip:carol@x'), { content_type: 'text/plain', body: 'hi' }]);
    for (const ua of [alice, list]) ua.stop();
    return log;
  });
  expect(result).toEqual([
    'newMessage local',
    'delivered delivered sip:carol@x',
    'delivered failed sip:dave@x',
    'displayed forbidden sip:carol@x',
    'mixed',
    'newMessage remote',
  ]);
});

test('who is writing', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [alice, bob] = await pairOf({});
    const log = [];
    const [mine, theirs] = [
      new presence.Composing(alice, 'bob', { idle: 0.5 }),
      new presence.Composing(bob, 'sip:alice@viasip.local'),
    ];
    theirs.on('state', ({ state, content_type }) => log.push(`${state} ${content_type}`));
    const sent = () => alice.frames.filter((frame) => frame.startsWith('out MESSAGE')).length;
    mine.typed();
    mine.typed();
    mine.typed();
    await until(() => theirs.state === 'active');
    log.push(sent());
    await until(() => theirs.state === 'idle');
    log.push(sent());
    mine.typed();
    await until(() => theirs.state === 'active');
    alice.sendMessage('bob', 'hello');
    mine.sent();
    await until(() => theirs.state === 'idle');
    await new Promise((resolve) => setTimeout(resolve, 700));
    log.push(sent());
    mine.close();
    theirs.close();
    const wrong = [
      () => new presence.Composing(alice, ''),
      () => new presence.Composing(alice, 'bob', { idle: 0 }),
      () => new presence.Composing(alice, 'bob', { refresh: 5 }),
    ].map((make) => {
      try {
        make();
        return 'fine';
      } catch (error) {
        return error.name;
      }
    });
    const read = ['<isComposing><state>ACTIVE</state><refresh>90</refresh></isComposing>', '<isComposing/>', 'x'].map(
      (body) => presence.readIsComposing(body),
    );
    const left = bob.listenerCount('newMessage');
    alice.stop();
    bob.stop();
    return { log, wrong, read, left };
  });
  expect(result.log).toEqual(['active text/plain', 1, 'idle text/plain', 2, 'active text/plain', 'idle null', 4]);
  expect(result.wrong).toEqual(['TypeError', 'TypeError', 'TypeError']);
  expect(result.read).toEqual([
    { state: 'active', content_type: null, last_active: null, refresh: 90 },
    { state: 'idle', content_type: null, last_active: null, refresh: null },
    null,
  ]);
  expect(result.left).toBe(0);
});

test('notifications need their part of the package', async ({ page, files }) => {
  await page.goto(`${files.url}/tests/e2e/blank.html`);
  const said = await page.evaluate(async () => {
    const api = (await import('/pkg/dist/inline.js')).default;
    const make = (options) => {
      try {
        new api.UA({ sockets: [new api.WebSocketInterface('ws://127.0.0.1:9')], uri: 'sip:a@b', ...options });
        return 'fine';
      } catch (error) {
        return `${error.name} ${error.message}`;
      }
    };
    return [make({ imdn: true }), make({ imdn: 'yes' }), make({ imdn: false })];
  });
  expect(said[0]).toBe("NOT_READY_ERROR imdn needs: import 'viasip/presence'");
  expect(said[1]).toContain('CONFIGURATION_ERROR');
  expect(said[2]).toBe('fine');
});

test('bodies of several parts go out and come in, beside the description of a call too', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { partsOf, writeMultipart } = presence;
    const read = (request) =>
      partsOf(request).map((part) => [
        part.content_type,
        part.content_disposition,
        part.content_id,
        part.body.slice(0, 12),
      ]);
    const [alice, bob] = await pairOf({});
    const came = once(bob, 'newMessage').then(({ request }) => read(request));
    const card = { content_type: 'text/vcard', content_id: 'card@a', body: 'BEGIN:VCARD\r\n' };
    const { contentType, body } = writeMultipart([{ content_type: 'text/plain', body: 'Grüße' }, card], 'related');
    const outer = writeMultipart([
      { content_type: contentType, body },
      { ...card, content_id: 'other@a' },
    ]);
    alice.sendMessage('bob', outer.body, { contentType: outer.contentType });
    const text = await came;
    const plain = once(bob, 'newMessage').then(({ request }) => [read(request), partsOf(request) === partsOf(request)]);
    alice.sendMessage('bob', 'hello', { extraHeaders: ['Content-Disposition: render'] });
    const single = await plain;

    const rung = once(bob, 'newRTCSession').then(({ session, request }) => [session, read(request)]);
    const media = { mediaConstraints: { audio: true, video: false } };
    const session = alice.call('bob', {
      ...media,
      eventHandlers: {
        sending: ({ request }) => {
          const disposition = 'render;handling=optional';
          const parts = [
            { content_type: 'application/sdp', body: request.body },
            { ...card, content_disposition: disposition },
          ];
          const written = writeMultipart(parts);
          request.body = written.body;
          request.setHeader('Content-Type', written.contentType);
        },
      },
    });
    const [theirs, call] = await rung;
    const up = once(session, 'confirmed');
    theirs.answer(media);
    await up;
    const sound = await until(async () => (await packets(theirs)) > 20, 4000);
    const refused = [];
    for (const [part, kind] of [
      [{ content_type: 'text/plain\r\nX: y', body: '' }, 'mixed'],
      [card, 'mixed\r\nX: y'],
    ])
      try {
        writeMultipart([part], kind);
      } catch (error) {
        refused.push(error.name);
      }
    for (const ua of [alice, bob]) ua.stop();
    return { text, single, call, sound, refused };
  });
  expect(result).toEqual({
    text: [
      ['text/plain', null, null, 'Grüße'],
      ['text/vcard', null, 'card@a', 'BEGIN:VCARD\r'],
      ['text/vcard', null, 'other@a', 'BEGIN:VCARD\r'],
    ],
    single: [[['text/plain', 'render', null, 'hello']], true],
    call: [
      ['application/sdp', null, null, expect.stringMatching(/^v=0/)],
      ['text/vcard', 'render;handling=optional', 'card@a', 'BEGIN:VCARD\r'],
    ],
    sound: true,
    refused: ['TypeError', 'TypeError'],
  });
});
