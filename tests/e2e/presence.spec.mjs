// `viasip/presence` in a page: the bodies that servers write, watches and publications against a scripted server.
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

test('message waiting', async ({ page }) => {
  const read = (body) => page.evaluate((text) => presence.readMessageSummary(text), body);
  expect(
    await read(
      'Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (0/2)\r\nFax-Message: 1/0\r\n\r\nTo: <alice@atlanta.example.com>\r\nSubject: carpool tomorrow\r\n',
    ),
  ).toEqual({
    waiting: true,
    account: 'sip:alice@vmail.example.com',
    messages: {
      'voice-message': { new: 2, old: 8, urgent_new: 0, urgent_old: 2 },
      'fax-message': { new: 1, old: 0, urgent_new: 0, urgent_old: 0 },
    },
  });
  expect(await read('messages-waiting:no\nvoice-message : 0/4')).toMatchObject({ waiting: false, account: null });
  for (const bad of ['', 'Voice-Message: 1/2', '<xml/>', ':'.repeat(1000)]) expect(await read(bad)).toBeNull();
  const many = Array.from({ length: 5000 }, (_, n) => `X-${n}: 1/1`).join('\r\n');
  const found = await read(`Messages-Waiting: yes\r\nVoice-Message: 99999999999/1\r\n${many}`);
  expect(Object.keys(found.messages).length).toBe(32);
});

test('dialogs as servers write them', async ({ page }) => {
  const read = (body) => page.evaluate((text) => presence.readDialogInfo(text), body);
  // Asterisk 22 (res_pjsip_dialog_info_body_generator).
  const asterisk = await read(
    `<?xml version="1.0" encoding="UTF-8"?>\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="3" state="full" entity="sip:desk@127.0.0.1:5060">\n <dialog id="desk" call-id="abc" local-tag="a" remote-tag="b" direction="recipient">\n  <remote>\n   <identity display="Alice">sip:alice@127.0.0.1</identity>\n   <target uri="sip:alice@127.0.0.1" />\n  </remote>\n  <local>\n   <identity>sip:desk@127.0.0.1</identity>\n   <target uri="sip:desk@127.0.0.1"><param pname="+sip.rendering" pvalue="no" /></target>\n  </local>\n  <state>confirmed</state>\n </dialog>\n</dialog-info>\n`,
  );
  expect(asterisk).toMatchObject({ entity: 'sip:desk@127.0.0.1:5060', version: 3, partial: false });
  expect(asterisk.dialogs[0]).toMatchObject({
    id: 'desk',
    state: 'confirmed',
    direction: 'recipient',
    held: true,
    remote: { identity: 'sip:alice@127.0.0.1', display_name: 'Alice', target: 'sip:alice@127.0.0.1' },
  });
  // Polycom and Cisco: prefixes, codes, durations; and a prefix that nobody declared, an ampersand that is none.
  const prefixed = await read(
    '<di:dialog-info xmlns:di="urn:ietf:params:xml:ns:dialog-info" xmlns:sa="urn:x" di:version="0" state="PARTIAL" entity="sip:1@x"><di:dialog id="9" call-id="c&amp;d"><sa:x/><di:state event="rejected" code="486"> Terminated </di:state><di:duration>274</di:duration></di:dialog></di:dialog-info>',
  );
  expect(prefixed).toMatchObject({ partial: true, version: 0 });
  expect(prefixed.dialogs[0]).toMatchObject({
    state: 'terminated',
    event: 'rejected',
    code: 486,
    duration: 274,
    call_id: 'c&d',
  });
  const undeclared = await read(
    '\r\n<dialog-info version="1" state="full" entity="sip:a&b@x"><cisco:thing cisco:at="1"/><dialog id="1"><state>early</state></dialog></dialog-info>',
  );
  expect(undeclared).toMatchObject({ entity: 'sip:a&b@x', dialogs: [{ id: '1', state: 'early', direction: null }] });
  // Pieces that are missing.
  expect(await read('<dialog-info/>')).toEqual({ entity: null, version: null, partial: false, dialogs: [] });
  expect((await read('<dialog-info><dialog/></dialog-info>')).dialogs[0]).toMatchObject({
    id: '0',
    state: 'terminated',
  });
  // What is none, and what would not end.
  const bomb = `<!DOCTYPE l [<!ENTITY a "ha">${Array.from({ length: 30 }, (_, n) => `<!ENTITY a${n} "${`&a${n ? n - 1 : ''};`.repeat(10)}">`).join('')}]><dialog-info entity="&a29;"/>`;
  for (const bad of ['', 'text', '<other/>', '<dialog-info', bomb, `<dialog-info>${'x'.repeat(200_000)}</dialog-info>`])
    expect(await read(bad)).toBeNull();
  const deep = `<dialog-info>${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</dialog-info>`;
  expect([null, 0]).toContain((await read(deep.slice(0, 130_000)))?.dialogs.length ?? null);
  const wide = await read(`<dialog-info>${'<dialog/>'.repeat(10_000)}</dialog-info>`);
  expect(wide.dialogs.length).toBe(256);
});

test('what partial dialogs make of a state', async ({ page }) => {
  const result = await page.evaluate(() => {
    const body = (version, state, ...dialogs) =>
      presence.readDialogInfo(
        `<dialog-info version="${version}" state="${state}" entity="sip:a@x">${dialogs.map(([id, is]) => `<dialog id="${id}"><state>${is}</state></dialog>`).join('')}</dialog-info>`,
      );
    const seen = [];
    let state = null;
    const tell = (...told) => {
      const after = presence.mergeDialogInfo(state, body(...told));
      seen.push(after && `${after.status} ${after.dialogs.map(({ id }) => id).join()}`);
      if (after) state = after;
    };
    tell(0, 'partial', ['1', 'early']);
    tell(4, 'full', ['1', 'early']);
    tell(5, 'partial', ['2', 'confirmed']);
    tell(5, 'partial', ['1', 'terminated']);
    tell(6, 'partial', ['1', 'terminated']);
    tell(8, 'partial', ['2', 'terminated']);
    tell(2, 'full');
    return seen;
  });
  expect(result).toEqual([null, 'ringing 1', 'busy 1,2', 'busy 1,2', 'busy 2', null, 'idle ']);
});

test('presence, registrations, conferences and lists', async ({ page }) => {
  const result = await page.evaluate(() => {
    const pidf = presence.readPresence(
      `<?xml version="1.0"?><pr:presence xmlns:pr="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" entity="pres:bob@x"><pr:note>in</pr:note><pr:tuple id="t1"><pr:status><pr:basic>OPEN</pr:basic></pr:status><pr:contact priority="0.8">sip:bob@1</pr:contact><pr:note>desk</pr:note><pr:timestamp>2026-01-01T00:00:00Z</pr:timestamp></pr:tuple><pr:tuple/><dm:person id="p"><r:activities><r:on-the-phone/><r:other>juggling</r:other><r:note>no</r:note></r:activities><r:mood><r:happy/></r:mood><dm:note>soon back</dm:note></dm:person></pr:presence>`,
    );
    const reg = (version, state, contacts) =>
      presence.readRegInfo(
        `<reginfo version="${version}" state="${state}"><registration aor="sip:a@x" id="r" state="active">${contacts}</registration></reginfo>`,
      );
    const first = presence.mergeRegInfo(
      null,
      reg(
        0,
        'full',
        '<contact id="1" state="active" event="registered" q="0.5" expires="60"><uri>sip:1@x</uri><unknown-param name="+sip.instance">"&lt;urn:uuid:1&gt;"</unknown-param></contact><contact id="2" state="active"><uri>sip:2@x</uri></contact>',
      ),
    );
    const second = presence.mergeRegInfo(
      first,
      reg(
        1,
        'partial',
        '<contact id="2" state="terminated" event="expired"/><contact id="3" state="active"><uri>sip:3@x</uri></contact>',
      ),
    );
    const gap = presence.mergeRegInfo(second, reg(3, 'partial', ''));
    const conference = (version, state, rest) =>
      presence.readConferenceInfo(
        `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:c@x" version="${version}" state="${state}">${rest}</conference-info>`,
      );
    const room = presence.mergeConferenceInfo(
      null,
      conference(
        1,
        'full',
        '<conference-description><subject>Plans</subject></conference-description><conference-state><user-count>2</user-count><active>true</active></conference-state><users><user entity="sip:a@x"><display-text>A</display-text><roles><entry>host</entry></roles><endpoint entity="sip:a@1"><status>connected</status><media id="1"><type>audio</type><status>sendrecv</status></media></endpoint></user><user entity="sip:b@x"/></users>',
      ),
    );
    const changed = presence.mergeConferenceInfo(
      room,
      conference(
        2,
        'partial',
        '<users state="partial"><user entity="sip:a@x" state="partial"><endpoint entity="sip:a@1" state="partial"><status>on-hold</status></endpoint></user><user entity="sip:b@x" state="deleted"/></users>',
      ),
    );
    const list = presence.readResourceList(
      'preamble\r\n--b\r\nContent-ID: <top@x>\r\nContent-Type: application/rlmi+xml\r\n\r\n<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:l@x" version="1" fullState="true"><name>Team</name><resource uri="sip:a@x"><name>A</name><instance id="i" state="active" cid="one@x"/></resource><resource uri="sip:b@x"><instance id="j" state="terminated" reason="rejected"/></resource></list>\r\n--b\r\nContent-ID: <one@x>\r\nContent-Type: application/pidf+xml;charset=utf-8\r\n\r\n<presence/>\r\n--b--\r\nafter',
      'multipart/related;type="application/rlmi+xml";start="<top@x>";boundary="b"',
    );
    return { pidf, second, gap, room, changed, list };
  });
  expect(result.pidf).toEqual({
    entity: 'pres:bob@x',
    status: 'open',
    tuples: [
      {
        id: 't1',
        basic: 'open',
        contact: 'sip:bob@1',
        priority: 0.8,
        notes: ['desk'],
        timestamp: '2026-01-01T00:00:00Z',
        activities: [],
      },
      { id: null, basic: null, contact: null, priority: null, notes: [], timestamp: null, activities: [] },
    ],
    activities: ['on-the-phone', 'juggling'],
    moods: ['happy'],
    place: [],
    notes: ['in', 'soon back'],
  });
  expect(result.second.registrations[0].contacts.map(({ uri }) => uri)).toEqual(['sip:1@x', 'sip:3@x']);
  expect(result.second.registrations[0].contacts[0]).toMatchObject({
    q: 0.5,
    expires: 60,
    params: { '+sip.instance': '<urn:uuid:1>' },
  });
  expect(result.gap).toBeNull();
  expect(result.room).toMatchObject({ subject: 'Plans', user_count: 2, active: true, locked: null });
  expect(result.changed.users).toMatchObject([
    {
      entity: 'sip:a@x',
      display_text: 'A',
      roles: ['host'],
      endpoints: [{ status: 'on-hold', media: [{ type: 'audio' }] }],
    },
  ]);
  expect(result.changed.subject).toBe('Plans');
  expect(result.list).toMatchObject({ uri: 'sip:l@x', full: true, name: 'Team' });
  expect(result.list.resources).toMatchObject([
    { uri: 'sip:a@x', name: 'A', instances: [{ state: 'active', part: { body: '<presence/>', content_id: 'one@x' } }] },
    { uri: 'sip:b@x', name: null, instances: [{ state: 'terminated', reason: 'rejected', part: null }] },
  ]);
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
