// The value classes, where JsSIP has no say: what they write has to be what SIP's grammar reads, and what the far end wrote
// must not stand them still.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import JsSIP from '../../pkg/dist/inline.js';

const { Grammar, NameAddrHeader, URI } = JsSIP;

test('quoted parameter values are kept and written', () => {
  for (const text of [
    '<sip:a@b.c>;+sip.instance="<urn:uuid:1>";reg-id=1',
    '<sip:a@b.c>;x="token";y=token;z',
    '<sip:a@b.c>;x="a;\\"b";tag=1',
    '"A" <sip:a@b.c>;x=""',
  ]) {
    const read = NameAddrHeader.parse(text);
    assert.equal(read.toString(), text);
    assert.equal(read.clone().toString(), text);
  }
  assert.equal(
    NameAddrHeader.parse('<sip:a@b.c>;+sip.instance="<urn:uuid:1>"').getParam('+SIP.instance'),
    '"<urn:uuid:1>"',
  );
  // What is no token is quoted, once.
  const made = new NameAddrHeader(new URI('sip', 'a', 'b.c'), null, {
    '+sip.instance': '<urn:uuid:1>',
    q: 0.5,
    host: '[::1]',
  });
  made.setParam('said', 'a "b" \\c');
  made.setParam('quoted', '"a;b"');
  assert.equal(
    made.toString(),
    '<sip:a@b.c>;+sip.instance="<urn:uuid:1>";q=0.5;host=[::1];said="a \\"b\\" \\\\c";quoted="a;b"',
  );
  assert.equal(NameAddrHeader.parse(made.toString()).toString(), made.toString());
});

test('white space in display names is folded', () => {
  for (const [text, name] of [
    ['A  B\t C <sip:a@b.c>', 'A B C'],
    ['A\r\n B <sip:a@b.c>', 'A B'],
    ['"A  B" <sip:a@b.c>', 'A  B'],
    ['"A\r\n\t B" <sip:a@b.c>', 'A B'],
  ]) {
    assert.equal(NameAddrHeader.parse(text).display_name, name);
    assert.equal(NameAddrHeader.parse(text).toString(), `"${name}" <sip:a@b.c>`);
  }
});

test('challenges are read by their own rule', () => {
  const read = (text) => Grammar.parse(text, 'challenge');
  assert.deepEqual(
    read('Digest realm="r, x", nonce="n", opaque="", stale=TRUE, algorithm=sha-256, qop="auth, auth-int"'),
    {
      realm: 'r, x',
      nonce: 'n',
      opaque: '',
      stale: true,
      algorithm: 'SHA-256',
      qop: ['auth', 'auth-int'],
    },
  );
  for (const rule of ['WWW_Authenticate', 'Proxy_Authenticate'])
    assert.deepEqual(Grammar.parse('Digest realm="r", nonce="n"', rule), read('Digest realm="r", nonce="n"'));
  // JsSIP: of other schemes nothing is known, and a scheme alone is none.
  for (const text of ['Basic realm="r"', 'Bearer realm="x", scope="a, b"']) assert.deepEqual(read(text), {});
  for (const text of ['', 'Digest', 'Digest ', 'NTLM', 'X a']) assert.equal(read(text), -1);
});

/** An escaped quote that never closes, 60 kB of it, kept `Grammar.parse` busy for 11 s. */
test('no text stands the grammar still', () => {
  const shapes = ['"\\', '"', '<', '<>', '[', ' ', '\t', ',', ';', '=', 'a=', 'a ', 'a.', '1', '%', ':', '\\', '/'].map(
    (piece) => piece.repeat(60_000 / piece.length),
  );
  const heads = [
    '',
    '"',
    '<sip:a@b.c>;x=',
    'SIP/2.0/WS b.c;x=',
    'Digest realm="r", x=',
    'active;x=',
    'a;b',
    'x/y',
    'sip:a',
    'http://',
    '1 ',
  ];
  const rules = [
    'SIP_URI',
    'absoluteURI',
    'Name_Addr_Header',
    'Contact',
    'Via',
    'CSeq',
    'Event',
    'Subscription_State',
    'Session_Expires',
    'Replaces',
    'Reason',
    'challenge',
    'Status_Line',
    'Request_Response',
    'host',
    'quoted_string',
    'uuid',
    'Min_Expires',
    'Supported',
    'Content_Type',
    'Call_ID',
  ];
  for (const rule of rules) {
    for (const head of heads) {
      for (const shape of shapes) {
        const begun = process.cpuUsage().user;
        Grammar.parse(`${head}${shape}x`, rule);
        const ms = (process.cpuUsage().user - begun) / 1000;
        assert.ok(ms < 1_000, `${rule}: ${ms} ms for ${head}${shape.slice(0, 4)}`);
      }
    }
  }
});
