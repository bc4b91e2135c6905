// `viasip/presence` in a page: watches and publications against a scripted server.
import { expect, test } from './fixture.mjs';

test.beforeEach(async ({ page, files }) => {
  page.on('pageerror', (error) => console.log('page error:', error.message));
  await page.goto(`${files.url}/tests/e2e/blank.html`);
  await page.evaluate(async () => {
    window.settle = (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms));
    window.header = (text, field) => new RegExp(`^${field}: (.*)$`, 'mi').exec(text)?.[1]?.trim();
    window.presence = await import('/pkg/dist/presence.js');
    /** A user agent whose server is in the page: what it sent, and what answers. */
    window.lineOf = async (viasip, options = {}) => {
      const sent = [];
      const socket = {
        url: 'ws://far.invalid',
        via_transport: 'WS',
        sip_uri: 'sip:far.invalid;transport=ws',
        connect: () => setTimeout(() => socket.onconnect()),
        disconnect: () => {},
        send: (text) => sent.push(text) > 0,
      };
      const ua = new viasip.UA({ sockets: [socket], uri: 'sip:alice@example.com', register: false, ...options });
      ua.start();
      await new Promise((resolve) => ua.once('connected', resolve));
      const find = (start) => sent.findIndex((frame) => frame.startsWith(start));
      const received = async (start) => {
        for (let tries = 0; tries < 100 && find(start) < 0; tries += 1) await settle();
        return sent.splice(find(start), 1)[0];
      };
      const answer = (request, status, lines = '') =>
        socket.ondata(
          `SIP/2.0 ${status}\r\n${['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(request, name)}\r\n`).join('')}` +
            `To: ${header(request, 'To').replace(/;tag=.*/, '')};tag=far\r\nContact: <sip:far@far.invalid;transport=ws>\r\n${lines}Content-Length: 0\r\n\r\n`,
        );
      let cseq = 0;
      const notify = (subscribe, state, type, body = '', tag = 'far') =>
        socket.ondata(
          `NOTIFY ${/<(.*)>/.exec(header(subscribe, 'Contact'))[1]} SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bKn${(cseq += 1)}\r\n` +
            `Max-Forwards: 70\r\nTo: ${header(subscribe, 'From')}\r\nFrom: <sip:bob@example.com>;tag=${tag}\r\nCall-ID: ${header(subscribe, 'Call-ID')}\r\n` +
            `CSeq: ${cseq} NOTIFY\r\nContact: <sip:far@far.invalid;transport=ws>\r\nEvent: ${header(subscribe, 'Event')}\r\nSubscription-State: ${state}\r\n` +
            `${body ? `Content-Type: ${type}\r\n` : ''}Content-Length: ${new TextEncoder().encode(body).length}\r\n\r\n${body}`,
        );
      return { ua, socket, sent, received, answer, notify };
    };
    window.viasip = await import('/pkg/dist/index.js');
    await viasip.default();
  });
});

for (const entry of ['index', 'inline'])
  test(`a watch keeps its state right (${entry})`, async ({ page }) => {
    const result = await page.evaluate(async (entry) => {
      const api = entry === 'index' ? viasip : (await import('/pkg/dist/inline.js')).default;
      const { ua, socket, received, answer, notify, sent } = await lineOf(api);
      const log = [];
      const watch = ua.watch('bob', 'dialog', { expires: 600, extraHeaders: ['X-Mine: 1'] });
      watch.on('state', ({ state, request }) =>
        log.push(`${state.status} ${state.dialogs.map(({ id }) => id)} ${request.method}`),
      );
      watch.on('status', (event) => log.push(JSON.stringify(event)));
      log.push(`${watch.status} ${watch.state} ${watch.target} ${watch.kind} ${watch instanceof presence.Watch}`);
      const type = 'application/dialog-info+xml';
      const info = (version, state, ...dialogs) =>
        `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="${state}" entity="sip:bob@example.com">${dialogs.map(([id, is]) => `<dialog id="${id}"><state>${is}</state></dialog>`).join('')}</dialog-info>`;
      const first = await received('SUBSCRIBE');
      log.push(['Event', 'Expires', 'Accept', 'X-Mine'].map((name) => header(first, name)).join(' '));
      answer(first, '200 OK', 'Expires: 600\r\n');
      notify(first, 'pending', type);
      notify(first, 'active', type, info(0, 'full'));
      notify(first, 'active', type, info(1, 'partial', ['1', 'early']));
      notify(first, 'active', type, 'not at all');
      // A gap: the whole is asked for, once.
      notify(first, 'active', type, info(3, 'partial', ['1', 'confirmed']));
      notify(first, 'active', type, info(4, 'partial', ['1', 'confirmed']));
      const again = await received('SUBSCRIBE');
      await settle(100);
      log.push(`more ${sent.filter((frame) => frame.startsWith('SUBSCRIBE')).length}`);
      answer(again, '200 OK', 'Expires: 600\r\n');
      notify(first, 'active', type, info(5, 'full', ['1', 'confirmed']));
      // The server goes, and begins anew with its versions.
      notify(first, 'terminated;reason=deactivated', type);
      const anew = await received('SUBSCRIBE');
      answer(anew, '200 OK', 'Expires: 600\r\n');
      notify(anew, 'active', type, info(0, 'partial', ['9', 'confirmed']));
      answer(await received('SUBSCRIBE'), '200 OK', 'Expires: 600\r\n');
      notify(anew, 'active', type, info(0, 'full'));
      socket.ondisconnect({ error: true, code: 1006, reason: '' });
      log.push(watch.status, watch.state.status);
      watch.close();
      watch.close();
      log.push(watch.status);
      // Another one is refused, and one that cannot be is not made.
      const refused = presence.watch(ua, 'bob', 'message-summary');
      await new Promise((resolve) => ua.once('connected', resolve));
      const asked = await received('SUBSCRIBE');
      answer(asked, '404 Not Found');
      log.push(JSON.stringify([refused.status, refused.state]));
      for (const wrong of [
        () => ua.watch('bob', 'nothing'),
        () => ua.watch('', 'dialog'),
        () => ua.watch('bob', 'dialog', { expires: 0 }),
        () => ua.watch('bob', 'dialog', { extraHeaders: ['A: b\r\nC: d'] }),
      ]) {
        try {
          wrong();
          log.push('fine');
        } catch (error) {
          log.push(error.name);
        }
      }
      const held = ua._core.handles.size;
      ua.stop();
      return { log, held };
    }, entry);
    expect(result.log).toEqual([
      'subscribing null sip:bob@example.com dialog true',
      'dialog 600 application/dialog-info+xml 1',
      '{"status":"pending"}',
      '{"status":"active"}',
      'idle  NOTIFY',
      'ringing 1 NOTIFY',
      'more 0',
      'busy 1 NOTIFY',
      '{"status":"waiting","reason":"deactivated","retryIn":0}',
      '{"status":"active"}',
      'idle  NOTIFY',
      '{"status":"waiting"}',
      'waiting',
      'idle',
      '{"status":"ended"}',
      'ended',
      '["ended",null]',
      'TypeError',
      'TypeError',
      'TypeError',
      'TypeError',
    ]);
    expect(result.held).toBe(0);
  });

// Each answer led to the next question: as many as the line carries.
test('a server that tells no whole state is not asked for it again and again', async ({ page }) => {
  const asked = await page.evaluate(async () => {
    const { ua, answer, notify, sent } = await lineOf(viasip);
    const watch = ua.watch('bob', 'dialog');
    let asked = 0;
    let version = 0;
    for (let turn = 0; turn < 40; turn += 1) {
      await settle(50);
      for (const request of sent.splice(0).filter((frame) => frame.startsWith('SUBSCRIBE'))) {
        asked += 1;
        answer(request, '200 OK', 'Expires: 600\r\n');
        const body = `<dialog-info version="${(version += 2)}" state="partial" entity="sip:bob@h"/>`;
        notify(request, 'active', 'application/dialog-info+xml', body);
      }
    }
    const { state } = watch;
    ua.stop();
    return [asked, state];
  });
  // The first SUBSCRIBE, and the question for the whole.
  expect(asked).toEqual([2, null]);
});

test('a forked watch shows what all phones say', async ({ page }) => {
  const log = await page.evaluate(async () => {
    const { ua, received, answer, notify } = await lineOf(viasip);
    const log = [];
    const asked = async (kind, word) => {
      const watch = ua.watch('bob', kind);
      watch.on('state', ({ state, request }) => log.push(`${word(state)}${request ? '' : ' left'}`));
      watch.on('status', ({ status }) => log.push(status));
      const first = await received('SUBSCRIBE');
      answer(first, '200 OK', 'Expires: 600\r\n');
      return [watch, first];
    };
    const gone = 'terminated;reason=noresource';
    const [lamp, dialogs] = await asked('dialog', ({ status, dialogs }) => `${status} ${dialogs.map(({ id }) => id)}`);
    const info = (version, state, ...all) => [
      'application/dialog-info+xml',
      `<dialog-info version="${version}" state="${state}" entity="sip:bob@x">${all.map(([id, is]) => `<dialog id="${id}"><state>${is}</state></dialog>`).join('')}</dialog-info>`,
    ];
    notify(dialogs, 'active', ...info(0, 'full', ['a', 'early']), 'desk');
    notify(dialogs, 'active', ...info(7, 'full'), 'car');
    notify(dialogs, 'active', ...info(8, 'partial', ['b', 'confirmed']), 'car');
    notify(dialogs, 'active', ...info(1, 'partial', ['a', 'terminated']), 'desk');
    notify(dialogs, gone, ...info(9, 'full'), 'car');
    log.push(`${lamp.state.status} ${lamp.status}`);
    notify(dialogs, gone, '', '', 'desk');
    const [, boxes] = await asked('message-summary', (state) => `${state.waiting} ${JSON.stringify(state.messages)}`);
    const box = (waiting, counts) => [
      'application/simple-message-summary',
      `Messages-Waiting: ${waiting}\r\nVoice-Message: ${counts}\r\n`,
    ];
    notify(boxes, 'active', ...box('no', '0/2 (0/1)'), 'one');
    notify(boxes, 'active', ...box('yes', '3/1'), 'two');
    const [, pidfs] = await asked('presence', (state) => `${state.status} ${state.tuples.map(({ id }) => id)}`);
    const pidf = (id, basic) => [
      'application/pidf+xml',
      `<presence entity="sip:bob@x"><tuple id="${id}"><status><basic>${basic}</basic></status></tuple></presence>`,
    ];
    notify(pidfs, 'active', ...pidf('a', 'open'), 'one');
    notify(pidfs, 'active', ...pidf('b', 'closed'), 'two');
    notify(pidfs, 'active', ...pidf('a', 'closed'), 'one');
    notify(pidfs, gone, '', '', 'two');
    ua.stop();
    return log;
  });
  expect(log).toEqual([
    'ringing a',
    'active',
    'ringing a',
    'busy a,b',
    'busy b',
    'idle  left',
    'idle active',
    'false {"voice-message":{"new":0,"old":2,"urgent_new":0,"urgent_old":1}}',
    'active',
    'true {"voice-message":{"new":3,"old":3,"urgent_new":0,"urgent_old":1}}',
    'open a',
    'active',
    'open a,b',
    'closed a,b',
    'closed a left',
  ]);
});

test('a list has a state for each member', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { ua, received, answer, notify } = await lineOf(viasip);
    const watch = ua.watch('team', 'presence', { list: true });
    const log = [];
    watch.on('state', ({ state, resource }) => log.push(`${resource} ${state.status}`));
    const first = await received('SUBSCRIBE');
    answer(first, '200 OK', 'Expires: 600\r\n');
    const type = 'multipart/related;type="application/rlmi+xml";boundary=b';
    const body = (full, ...members) =>
      `--b\r\nContent-Type: application/rlmi+xml\r\n\r\n<list uri="sip:team@x" version="0" fullState="${full}">${members.map(([name]) => `<resource uri="sip:${name}@x"><instance id="1" state="active" cid="${name}"/></resource>`).join('')}</list>\r\n` +
      members
        .map(
          ([name, basic]) =>
            `--b\r\nContent-ID: <${name}>\r\nContent-Type: application/pidf+xml\r\n\r\n<presence entity="sip:${name}@x"><tuple id="1"><status><basic>${basic}</basic></status></tuple></presence>\r\n`,
        )
        .join('') +
      '--b--\r\n';
    notify(first, 'active', type, body(true, ['a', 'open'], ['b', 'closed']));
    notify(first, 'active', type, body(false, ['b', 'open']));
    const members = [...watch.resources].map(([uri, { state }]) => `${uri} ${state.status}`);
    const asked = [header(first, 'Supported'), header(first, 'Accept')];
    watch.close();
    ua.stop();
    return { log, members, asked };
  });
  expect(result.asked[0]).toContain('eventlist');
  expect(result.asked[1]).toContain('multipart/related');
  expect(result.log).toEqual(['sip:a@x open', 'sip:b@x closed', 'sip:b@x open']);
  expect(result.members).toEqual(['sip:a@x open', 'sip:b@x open']);
});

test('a publication lives until it is taken back', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { ua, received, answer } = await lineOf(viasip);
    const log = [];
    const eventHandlers = {
      published: ({ expires, response }) => log.push(`published ${expires} ${response.status_code}`),
      failed: ({ cause, response, retryIn }) =>
        log.push(`failed ${cause} ${response?.status_code} ${retryIn > 10 || retryIn}`),
    };
    const publication = ua.publish('alice', 'presence', '<presence/>', {
      expires: 600,
      extraHeaders: ['X-Mine: 1'],
      eventHandlers,
    });
    publication.on('terminated', () => log.push('terminated'));
    const seen = (frame) =>
      [
        ...['SIP-If-Match', 'Expires', 'Event', 'Content-Type', 'X-Mine'].map((name) => header(frame, name)),
        frame.split('\r\n\r\n')[1],
      ].join(' ');
    const frames = [];
    const next = async (status, lines) => {
      const frame = await received('PUBLISH');
      frames.push(seen(frame));
      answer(frame, status, lines);
    };
    await next('200 OK', 'SIP-ETag: one\r\nExpires: 300\r\n');
    publication.update('<presence>2</presence>');
    await next('200 OK', 'SIP-ETag: two\r\nExpires: 300\r\n');
    publication.update('<presence>3</presence>');
    await next('412 Conditional Request Failed');
    await next('200 OK', 'SIP-ETag: three\r\nExpires: 300\r\n');
    publication.terminate();
    publication.terminate();
    publication.update('late');
    await next('200 OK');
    const refused = ua.publish('alice', 'presence', '<presence/>', { eventHandlers });
    refused.on('terminated', () => log.push('terminated'));
    await next('503 Service Unavailable');
    refused.terminate();
    const never = ua.publish('alice', 'nonsense', '', { eventHandlers });
    never.on('terminated', () => log.push('terminated'));
    await next('489 Bad Event');
    never.update('late');
    for (const wrong of [
      () => ua.publish('alice', 'a\r\nb', ''),
      () => ua.publish('alice', 'a b', ''),
      () => ua.publish('', 'presence', ''),
    ]) {
      try {
        wrong();
        log.push('fine');
      } catch (error) {
        log.push(error.name);
      }
    }
    const held = ua._core.handles.size;
    ua.stop();
    return { log, frames, held };
  });
  expect(result.frames).toEqual([
    ' 600 presence application/pidf+xml 1 <presence/>',
    'one 600 presence application/pidf+xml 1 <presence>2</presence>',
    'two 600 presence application/pidf+xml 1 <presence>3</presence>',
    ' 600 presence application/pidf+xml 1 <presence>3</presence>',
    'three 0 presence  1 ',
    ' 3600 presence application/pidf+xml  <presence/>',
    ' 3600 nonsense   ',
  ]);
  expect(result.log).toEqual([
    'published 300 200',
    'published 300 200',
    'published 300 200',
    'terminated',
    'failed SIP Failure Code 503 true',
    'terminated',
    'failed SIP Failure Code 489 null',
    'terminated',
    'TypeError',
    'TypeError',
    'TypeError',
  ]);
  expect(result.held).toBe(0);
});

test('a page without it is told what is missing', async ({ page, files }) => {
  await page.goto(`${files.url}/tests/e2e/blank.html`);
  const said = await page.evaluate(async () => {
    const api = (await import('/pkg/dist/inline.js')).default;
    const socket = new api.WebSocketInterface('ws://127.0.0.1:9');
    const ua = new api.UA({ sockets: [socket], uri: 'sip:alice@example.com' });
    try {
      return ua.watch('bob', 'dialog');
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  });
  expect(said).toBe("NOT_READY_ERROR: ua.watch() needs: import 'viasip/presence'");
});
