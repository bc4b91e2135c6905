// The option `credentials` as an app writes it: who is asked, with what, and that nothing of the answer is shown anywhere.
import { expect, test } from './fixture.mjs';
import { open } from './page.mjs';

test.beforeEach(async ({ page, files }) => {
  await open(page, files.url, 'ws://unused.invalid');
  await page.evaluate(() => {
    /** A user agent at a server that is written out: `serve` gets each request and gives lines of its answer. */
    window.at = async (serve, options, url = 'wss://pbx.invalid') => {
      const sent = [];
      const socket = {
        url,
        via_transport: 'WS',
        sip_uri: 'sip:pbx.invalid;transport=ws',
        connect: () => setTimeout(() => socket.onconnect()),
        disconnect: () => {},
        send: (text) => {
          sent.push(text);
          const value = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
          const [status, ...lines] = serve(text.split(' ')[0], value);
          const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${value(name)}`);
          const head = [`SIP/2.0 ${status}`, ...copied, `To: ${value('To')};tag=x`, ...lines, 'Content-Length: 0'];
          setTimeout(() => socket.ondata(`${head.join('\r\n')}\r\n\r\n`));
          return true;
        },
      };
      const ua = new viasip.UA({ sockets: [socket], uri: 'sip:alice@viasip.local', register: false, ...options });
      ua.dropped = [];
      ua.shown = [];
      ua.on('dropped', ({ why }) => ua.dropped.push(why));
      ua.on('sipMessage', ({ message }) => ua.shown.push(message));
      const connected = once(ua, 'connected');
      ua.start();
      await connected;
      return { ua, sent };
    };
    window.text = (ua) =>
      new Promise((resolve) =>
        ua.sendMessage('sip:bob@viasip.local', 'hello', {
          eventHandlers: { succeeded: () => resolve('succeeded'), failed: ({ cause }) => resolve(cause) },
        }),
      );
    window.digest = (realm, nonce = 'n') =>
      `WWW-Authenticate: Digest realm="${realm}", nonce="${nonce}", qop="auth", algorithm=SHA-256`;
    window.md5 = (words) => viasip.Utils.calculateMD5(words);
  });
});

test('a provider is asked with the challenge as data, and what it gives is shown nowhere', async ({ page }) => {
  const logged = [];
  page.on('console', (message) => logged.push(message.text()));
  const result = await page.evaluate(async () => {
    viasip.debug.enable('*');
    const asked = [];
    const { ua, sent } = await at(
      (method, value) => (value('Authorization') ? ['200 OK'] : ['401 Unauthorized', digest('pbx')]),
      {
        authorization_user: 'alice-desk',
        credentials: async (challenge) => {
          asked.push(challenge);
          await new Promise((resolve) => setTimeout(resolve, 100));
          return { password: 'hunter2' };
        },
      },
    );
    const done = await Promise.all([text(ua), text(ua)]);
    const again = await text(ua);
    const seen = new WeakSet();
    const once = (key, value) => {
      if (typeof value !== 'object' || value === null) return value;
      if (seen.has(value)) return undefined;
      seen.add(value);
      return value;
    };
    const json = JSON.stringify(ua, once);
    viasip.debug.disable();
    ua.stop();
    const digests = sent.filter((frame) => frame.includes('\r\nAuthorization: Digest')).length;
    return { done, again, asked, digests, json, shown: ua.shown.join('\n'), dropped: ua.dropped };
  });
  expect(result.done).toEqual(['succeeded', 'succeeded']);
  expect(result.again).toBe('succeeded');
  expect(result.asked).toEqual([
    {
      schemes: ['Digest'],
      realm: 'pbx',
      proxy: false,
      status: 401,
      algorithm: 'SHA-256',
      method: 'MESSAGE',
      uri: 'sip:bob@viasip.local',
      stale: false,
      attempt: 1,
      scope: null,
      authz_server: null,
      error: null,
    },
  ]);
  expect(result.digests).toBe(3);
  expect(result.dropped).toEqual([]);
  expect(result.shown).toContain('username="alice-desk", realm="pbx"');
  expect(logged.some((line) => line.includes('viasip'))).toBe(true);
  for (const shown of [result.shown, result.json, logged.join('\n')]) expect(shown).not.toContain('hunter2');
});

test('a plain value, a refusal, no answer and a wrong one', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const out = {};
    const tried = async (credentials, options) => {
      const { ua, sent } = await at(
        (method, value) =>
          value('Authorization')?.includes('username="right"') ? ['200 OK'] : ['401 Unauthorized', digest('pbx')],
        { credentials, ...options },
      );
      const cause = await text(ua);
      ua.stop();
      return [cause, sent.filter((frame) => frame.includes('\r\nAuthorization')).length, ...ua.dropped];
    };
    out.plain = await tried({ username: 'right', password: 'x' });
    out.hash = await tried({ username: 'right', ha1: '0a'.repeat(32) });
    out['a plain value that is refused'] = await tried({ username: 'wrong', password: 'x' });
    out['the second is right'] = await tried(({ attempt }) => ({
      username: attempt === 2 ? 'right' : 'wrong',
      password: 'x',
    }));
    out.null = await tried(() => null);
    out.rejected = await tried(() => Promise.reject(new Error('the vault is closed')));
    out.thrown = await tried(() => {
      throw new Error('no vault');
    });
    for (const [name, given] of Object.entries({
      'a line break': { password: 'hunter2\r\nEvil: 1' },
      'a number': { password: 12345678 },
      'a bad hash': { ha1: 'hunter2' },
      'a bad token': { token: 'hun ter2' },
      'a bad user': { username: 'a\nb', password: 'x' },
      nothing: {},
      'a text': 'hunter2',
    }))
      out[name] = await tried(async () => given);
    out.configured = [];
    for (const credentials of ['hunter2', { password: 'a\r\nb' }, {}, 7]) {
      try {
        await at(() => ['200 OK'], { credentials });
      } catch (error) {
        out.configured.push(error.message);
      }
    }
    return out;
  });
  const failed = ['Authentication Error', 0];
  const line = 'has to be a text without line breaks';
  expect(result).toEqual({
    plain: ['succeeded', 1],
    hash: ['succeeded', 1],
    'a plain value that is refused': [
      'Authentication Error',
      1,
      'Credentials that do not fit the challenge, or were refused before',
    ],
    'the second is right': ['succeeded', 2],
    null: failed,
    rejected: [...failed, 'the vault is closed'],
    thrown: [...failed, 'no vault'],
    'a line break': [...failed, `credentials: password ${line}`],
    'a number': [...failed, `credentials: password ${line}`],
    'a bad hash': [...failed, 'credentials: ha1 has to be 32 or 64 hexadecimal digits'],
    'a bad token': [...failed, 'credentials: token has to be a token as RFC 6750 has it'],
    'a bad user': [...failed, `credentials: username ${line}`],
    nothing: [...failed, 'credentials: one of password, ha1 and token is needed'],
    'a text': [...failed, 'credentials: an object or null is needed, not a string'],
    configured: [
      'credentials: an object or null is needed, not a string',
      `credentials: password ${line}`,
      'credentials: one of password, ha1 and token is needed',
      'credentials: an object or null is needed, not a number',
    ],
  });
});

test('a token is fetched, renewed, and not sent in the open', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const out = {};
    for (const url of ['wss://pbx.invalid', 'ws://localhost:1', 'ws://pbx.invalid', 'ws://127.0.0.1.evil.invalid']) {
      let valid = 'one';
      const asked = [];
      const { ua, sent } = await at(
        (method, value) => {
          const token = /^Bearer (.*)$/.exec(value('Authorization'))?.[1];
          if (token === valid) return ['200 OK'];
          const error = token ? ', error="invalid_token"' : '';
          return [
            '401 Unauthorized',
            `WWW-Authenticate: Bearer realm="pbx", scope="sip", authz_server="https://as.invalid"${error}`,
          ];
        },
        {
          credentials: async ({ attempt, error, scope, authz_server }) => {
            asked.push([attempt, error, scope, authz_server]);
            return { token: valid };
          },
        },
        url,
      );
      const first = await text(ua);
      valid = 'two';
      const second = await text(ua);
      ua.stop();
      const tokens = sent.flatMap((frame) => /^Authorization: (.*)$/m.exec(frame)?.[1] ?? []);
      out[url] = { first, second, tokens, asked, shown: /Bearer (one|two)/.test(ua.shown), dropped: ua.dropped };
    }
    return out;
  });
  const safe = {
    first: 'succeeded',
    second: 'succeeded',
    tokens: ['Bearer one', 'Bearer one', 'Bearer two'],
    asked: [
      [1, null, 'sip', 'https://as.invalid'],
      [2, 'invalid_token', 'sip', 'https://as.invalid'],
    ],
    shown: false,
    dropped: [],
  };
  const why = 'A token is not sent where others read it: wss: is needed';
  const open_ = {
    first: 'Authentication Error',
    second: 'Authentication Error',
    tokens: [],
    asked: [],
    shown: false,
    dropped: [why, why],
  };
  expect(result).toEqual({
    'wss://pbx.invalid': safe,
    'ws://localhost:1': safe,
    'ws://pbx.invalid': open_,
    'ws://127.0.0.1.evil.invalid': open_,
  });
});

test('with preemptive_auth a nonce is used ahead, with a rising count', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const out = {};
    for (const preemptive_auth of [false, true]) {
      const { ua, sent } = await at(
        (method, value) => (value('Authorization') ? ['200 OK'] : ['401 Unauthorized', digest('pbx')]),
        { password: 'x', preemptive_auth },
      );
      for (let n = 0; n < 5; n += 1) await text(ua);
      ua.stop();
      out[preemptive_auth] = sent.map((frame) => Number(/nc=(\d{8})/.exec(frame)?.[1] ?? 0));
    }
    let refused;
    try {
      await at(() => [], { preemptive_auth: 'yes' });
    } catch (error) {
      refused = error.name;
    }
    return { ...out, refused };
  });
  expect(result).toEqual({
    false: [0, 1, 0, 2, 0, 3, 0, 4, 0, 5],
    true: [0, 1, 2, 3, 4, 5],
    refused: 'CONFIGURATION_ERROR',
  });
});
