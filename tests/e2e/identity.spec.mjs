// Who calls and why, as the JavaScript API tells it: against a far end that is written out here.
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(async ({ page, files }) => {
  await open(page, files.url, 'ws://unused.invalid');
  await page.evaluate(() => {
    /** A line of bob's over a socket of the test: what it sends, and what its far end says. */
    window.scripted = async (options = {}) => {
      const sent = [];
      const socket = {
        url: 'ws://far.invalid',
        via_transport: 'WS',
        sip_uri: 'sip:far.invalid;transport=ws',
        connect: () => setTimeout(() => socket.onconnect()),
        disconnect: () => {},
        send: (text) => sent.push(text) > 0,
      };
      const ua = new viasip.UA({ sockets: [socket], uri: 'sip:bob@viasip.local', register: false, ...options });
      ua.start();
      await once(ua, 'connected');
      const header = (text, name) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
      return {
        ua,
        sent,
        header,
        received: async (start) => {
          await until(() => sent.some((frame) => frame.startsWith(start)), 10_000);
          return sent.find((frame) => frame.startsWith(start));
        },
        request: (
          method,
          lines,
          { to = '<sip:bob@viasip.local>', from = '<sip:far@viasip.local>', cseq = 1, call = 'far' } = {},
        ) =>
          socket.ondata(
            `${method} ${ua.contact.uri} SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bK${method === 'CANCEL' ? 'INVITE' : method}${cseq}\r\n` +
              `Max-Forwards: 70\r\nTo: ${to}\r\nFrom: ${from};tag=far\r\nCall-ID: ${call}\r\nCSeq: ${cseq} ${method}\r\n` +
              `Contact: <sip:far@far.invalid;transport=ws>\r\n${lines.map((line) => `${line}\r\n`).join('')}Content-Length: 0\r\n\r\n`,
          ),
        answer: (request, status, lines) =>
          socket.ondata(
            `SIP/2.0 ${status}\r\n${['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(request, name)}\r\n`).join('')}` +
              `To: ${header(request, 'To')};tag=far\r\nContact: <sip:far@far.invalid;transport=ws>\r\n${lines.map((line) => `${line}\r\n`).join('')}Content-Length: 0\r\n\r\n`,
          ),
      };
    };
    /** What a session tells of its far end. */
    window.told = (session) => ({
      remote: String(session.remote_identity).replace(/;tag=\w+/, ''),
      asserted: session.asserted_identities.map(String),
      first: session.asserted_identity?.uri.user ?? null,
      privacy: session.privacy,
      redirections: session.redirections.map(({ uri, ...rest }) => ({ uri: String(uri), ...rest })),
      auto_answer: session.auto_answer,
      alert_info: session.alert_info,
      call_info: session.call_info,
    });
  });
});

const nothing = {
  asserted: [],
  first: null,
  privacy: [],
  redirections: [],
  auto_answer: null,
  alert_info: [],
  call_info: [],
};

test('an INVITE tells who calls and why, and the CANCEL that somebody else has answered', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const { ua, request } = await scripted();
    const session = once(ua, 'newRTCSession').then((event) => event.session);
    request('INVITE', [
      'P-Asserted-Identity: "Bob, B." <sip:b@h.org>, <tel:+1-201;ext=5>',
      'Privacy: id;user',
      'History-Info: <sip:sales@h.org?Reason=SIP%3Bcause%3D302>;index=1, <sip:bob@h.org>;index=1.1',
      'Diversion: <tel:+1800>;reason=no-answer;privacy=full',
      'Call-Info: <http://h.org/bob.png>;purpose=icon, <sip:h.org>;answer-after=2',
      'Alert-Info: <urn:alert:source:external>;x',
    ]);
    const known = await session;
    const at = told(known);
    const [, tel] = known.asserted_identities;
    const number = [tel.uri.scheme, tel.uri.user, tel.uri.host, tel.uri.getParam('ext'), String(tel.uri.clone())];
    const failed = once(known, 'failed');
    request('CANCEL', ['Reason: SIP;cause=200;text="Call completed, elsewhere", Q.850;cause=26']);
    const { cause, reason, originator } = await failed;
    return { at, number, cause, reason, originator };
  });
  expect(seen.at).toEqual({
    remote: '<sip:far@viasip.local>',
    asserted: ['"Bob, B." <sip:b@h.org>', '<tel:+1-201;ext=5>'],
    first: 'b',
    privacy: ['id', 'user'],
    redirections: [
      {
        uri: 'sip:sales@h.org',
        display_name: null,
        reason: { protocol: 'SIP', cause: 302, text: null },
        index: '1',
        privacy: null,
      },
      { uri: 'sip:bob@h.org', display_name: null, reason: null, index: '1.1', privacy: null },
      {
        uri: 'tel:+1800',
        display_name: null,
        reason: { protocol: 'SIP', cause: 408, text: 'no-answer' },
        index: null,
        privacy: 'full',
      },
    ],
    auto_answer: { after: 2 },
    alert_info: [{ uri: 'urn:alert:source:external', parameters: { x: null } }],
    call_info: [
      { uri: 'http://h.org/bob.png', parameters: { purpose: 'icon' } },
      { uri: 'sip:h.org', parameters: { 'answer-after': '2' } },
    ],
  });
  expect(seen.number).toEqual(['tel', '+1-201', '', '5', 'tel:+1-201;ext=5']);
  expect(seen).toMatchObject({
    cause: 'Canceled',
    originator: 'remote',
    reason: [
      { protocol: 'SIP', cause: 200, text: 'Call completed, elsewhere' },
      { protocol: 'Q.850', cause: 26, text: null },
    ],
  });
});

test('what says nothing tells nothing', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const { ua, request } = await scripted({ trust_identity: true, connected_identity: true });
    const session = once(ua, 'newRTCSession').then((event) => event.session);
    request('INVITE', []);
    const known = await session;
    const failed = once(known, 'failed');
    const at = told(known);
    known.terminate();
    return { at, reason: (await failed).reason };
  });
  expect(seen).toEqual({ at: { ...nothing, remote: '<sip:far@viasip.local>' }, reason: [] });
});

test('who is trusted is the remote identity, and follows who rings and who talks', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const calls = [];
    for (const options of [{}, { trust_identity: true }, { connected_identity: true }]) {
      const { ua, answer, request, received, header } = await scripted(options);
      const session = ua.call('tel:+1-201');
      const log = [];
      session.on('identity', ({ identity, asserted }) =>
        log.push(`${asserted ? 'asserted' : 'renamed'} ${identity.uri.user}, ${told(session).remote}`),
      );
      session.on('progress', () => log.push('progress'));
      const invite = await received('INVITE');
      log.push(/^INVITE (\S+)/.exec(invite)[1], header(invite, 'Supported').includes('from-change'));
      const before = session.remote_identity;
      answer(invite, '180 Ringing', [
        'P-Asserted-Identity: Carol <sip:carol@h.org>',
        'Diversion: <sip:a@h.org>;reason=user-busy',
      ]);
      await until(() => log.includes('progress'));
      request('UPDATE', ['P-Asserted-Identity: Dave <sip:dave@h.org>'], {
        to: header(invite, 'From'),
        from: 'Erin <sip:erin@h.org>',
        call: header(invite, 'Call-ID'),
      });
      await received('SIP/2.0 200');
      log.push(before === session.remote_identity, session.asserted_identity.display_name);
      const failed = once(session, 'failed');
      answer(invite, '486 Busy Here', ['Reason: Q.850;cause=17;text="User busy"']);
      const { cause, reason } = await failed;
      log.push(cause, JSON.stringify(reason), String(session.redirections[0].uri), session.auto_answer);
      calls.push(log);
      ua.stop();
    }
    return calls;
  });
  const wire = (changes) => ['sip:+1201@viasip.local', changes];
  const end = ['Busy', '[{"protocol":"Q.850","cause":17,"text":"User busy"}]', 'sip:a@h.org', null];
  expect(seen).toEqual([
    [
      ...wire(false),
      'asserted carol, <sip:+1201@viasip.local>',
      'progress',
      'asserted dave, <sip:+1201@viasip.local>',
      true,
      'Dave',
      ...end,
    ],
    [
      ...wire(false),
      'asserted carol, "Carol" <sip:carol@h.org>',
      'progress',
      'asserted dave, "Dave" <sip:dave@h.org>',
      false,
      'Dave',
      ...end,
    ],
    [
      ...wire(true),
      'asserted carol, <sip:+1201@viasip.local>',
      'progress',
      'renamed erin, "Erin" <sip:erin@h.org>',
      'asserted dave, "Erin" <sip:erin@h.org>',
      false,
      'Dave',
      ...end,
    ],
  ]);
});

test('both ends name a call by their UUIDs', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const far = 'ab'.repeat(16);
    const { ua, answer, request, received, header } = await scripted({ session_id: true });
    const coming = once(ua, 'newRTCSession').then(({ session }) => [session, { ...session.session_id }]);
    request('INVITE', [`Session-ID: ${far};remote=${'0'.repeat(32)}`]);
    const [theirs, first] = await coming;
    theirs.terminate();
    const session = ua.call('carol');
    const before = { ...session.session_id };
    const invite = await received('INVITE');
    const rings = once(session, 'progress');
    answer(invite, '180 Ringing', [`Session-ID: ${far};remote=${before.local}`]);
    await rings;
    const after = session.session_id;
    const failed = once(session, 'failed');
    session.terminate();
    await failed;
    const plain = (await scripted()).ua.call('carol');
    return {
      first: [first.local.length, first.remote === far],
      wire: header(invite, 'Session-ID') === `${before.local};remote=${'0'.repeat(32)}`,
      before: before.remote,
      after: [after.local === before.local, after.remote === far, session.session_id === after],
      plain: plain.session_id,
    };
  });
  expect(seen).toEqual({ first: [32, true], wire: true, before: null, after: [true, true, true], plain: null });
});

test('options that are no booleans are refused', async ({ page }) => {
  const errors = await page.evaluate(async () => {
    const errors = [];
    for (const name of ['trust_identity', 'connected_identity', 'session_id']) {
      await scripted({ [name]: 'yes' }).catch((error) => errors.push(`${error.name} ${error.parameter}`));
    }
    return errors;
  });
  expect(errors).toEqual(
    ['trust_identity', 'connected_identity', 'session_id'].map((name) => `CONFIGURATION_ERROR ${name}`),
  );
});
