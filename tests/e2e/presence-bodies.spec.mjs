// The bodies that servers write of presence, dialogs, mailboxes and the like, read by `viasip/presence`.
import { expect, test } from './fixture.mjs';

test.beforeEach(async ({ page, files }) => {
  page.on('pageerror', (error) => console.log('page error:', error.message));
  await page.goto(`${files.url}/tests/e2e/blank.html`);
  await page.evaluate(async () => {
    window.presence = await import('/pkg/dist/presence.js');
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
