// 13: what goes over the wire where no event tells of it.
const call = (name, run, options = {}, section = '13') => ({
  section, name,
  async run(world) {
    await world.line(options);
    await run(world);
  },
});
const digest = (lines, password = 'secret') => ({ lines: lines.map((line) => `${line}\r\n`).join(''), contact: false, password });
/** Challenges the first requests of a method with these, then answers 200. */
const challenge = (world, method, ...answers) => {
  let asked = 0;
  world.reactions[method] = (request) => {
    const [status, ...lines] = answers[asked++] ?? ['200 OK'];
    const contact = method === 'REGISTER' && status === '200 OK' ? [`Contact: ${/^Contact: (.*)$/m.exec(request)[1].trim()}`] : [];
    world.answer(request, status, digest([...lines, ...contact]));
  };
};
const registers = (name, options, ...answers) => call(name, async (world) => {
  challenge(world, 'REGISTER', ...answers);
  world.ua.register();
  await world.until(() => world.events.some(([event]) => event === 'registered' || event === 'registrationFailed'));
  await world.pause();
}, options, '13.4');
const raw = (name, text, { offer = false } = {}) => call(name, async (world) => {
  const sdp = offer ? await world.farOffer() : '';
  world.socket.ondata(text.replaceAll('\n', '\r\n').replace('$LENGTH', String(sdp.length)).replace('$SDP', sdp));
  await world.pause(120);
}, {}, '13.3');
const head = (method, { uri = 'sip:alice@example.com', to = '<sip:alice@example.com>', from = '<sip:far@example.com>;tag=far', id = 'far-raw', cseq = `1 ${method}`, forwards = 'Max-Forwards: 70\n', via = 'SIP/2.0/WS far.invalid;branch=z9hG4bKfarR', more = 'Content-Length: 0\n\n' } = {}) =>
  `${method} ${uri} SIP/2.0\nVia: ${via}\n${forwards}To: ${to}\nFrom: ${from}\nCall-ID: ${id}\nCSeq: ${cseq}\nContact: <sip:far@far.invalid>\n${more}`;

export const wire = [
  registers('a challenge: 407, then 401', { password: 'secret' }, ['407 Proxy Authentication Required', 'Proxy-Authenticate: Digest realm="p", nonce="n1", qop="auth"']),
  registers('a challenge: auth-int only', { password: 'secret' }, ['401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n1", qop="auth-int"']),
  registers('a challenge: another qop', { password: 'secret' }, ['401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n1", qop="other"']),
  registers('a challenge: no realm or nonce', { password: 'secret' }, ['401 Unauthorized', 'WWW-Authenticate: Digest realm="r"']),
  registers('a challenge: none at all', { password: 'secret' }, ['401 Unauthorized']),
  registers('a challenge: quotes in realm and user', { password: 'sec"ret', authorization_user: 'al ice' }, ['401 Unauthorized', 'WWW-Authenticate: Digest realm="a b", nonce="n=1", opaque=""']),
  registers('a challenge: Basic', { password: 'secret' }, ['401 Unauthorized', 'WWW-Authenticate: Basic realm="r"']),
  registers('a challenge: stale, and again', { password: 'secret' }, ['401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n1"'], ['401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n2", stale=true'], ['401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n3"']),
  registers('a challenge: a token, and a password too', { password: 'secret', authorization_jwt: 'Bearer abc' }, ['407 Proxy Authentication Required', 'Proxy-Authenticate: Digest realm="r", nonce="n1"']),
  call('a challenge to each request of a call', async (world) => {
    const lines = 'Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n';
    const once = (method, good) => (world.reactions[method] = (request) => (/^Proxy-Authorization:/m.test(request) ? good(request) : world.answer(request, '407 Proxy Authentication Required', { lines, contact: false })));
    once('INVITE', async (request) => world.answer(request, '200 OK', { sdp: await world.farAnswer(request) }));
    once('INFO', (request) => world.answer(request, '200 OK', { contact: false }));
    once('BYE', (request) => world.answer(request, '200 OK', { contact: false }));
    world.call('bob');
    await world.told('confirmed');
    world.session.sendInfo('text/plain', 'x');
    await world.sent('INFO', 2);
    world.session.hold({}, () => world.note('held'));
    await world.told('held');
    world.session.terminate();
    await world.sent('BYE', 2);
  }, { password: 'secret' }, '13.4'),
  call('a challenge inside a call, of a realm that nobody has met', async (world) => {
    const lines = 'WWW-Authenticate: Digest realm="stranger", nonce="n"\r\n';
    world.reactions.INVITE = async (request) => world.answer(request, '200 OK', { sdp: await world.farAnswer(request) });
    world.reactions.BYE = (request) => world.answer(request, '401 Unauthorized', { lines, contact: false });
    world.call('bob');
    await world.told('confirmed');
    world.session.terminate();
    await world.sent('BYE');
    await world.pause();
  }, { password: 'secret' }, '13.4'),
  call('a route set: of ours', async (world) => {
    world.call('bob');
    const invite = await world.sent('INVITE');
    const lines = 'Record-Route: <sip:p2.example.com;lr>\r\nRecord-Route: <sip:p1.example.com;transport=ws;lr>\r\n';
    world.answer(invite, '180 Ringing', { lines });
    await world.told('progress');
    world.answer(invite, '200 OK', { lines, sdp: await world.farAnswer(invite) });
    await world.told('confirmed');
    world.session.sendInfo('text/plain', 'x');
    world.session.terminate();
    await world.sent('BYE');
  }),
  call('a route set: of theirs', async (world) => {
    await world.called({}, 'Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>\r\nRecord-Route: <sip:p3.example.com;lr>\r\n');
    world.session.sendInfo('text/plain', 'x');
    world.session.terminate();
    await world.sent('BYE');
  }),
  call('a preloaded route inside and outside of calls', async (world) => {
    await world.talking();
    world.session.sendInfo('text/plain', 'x');
    world.ua.sendMessage('bob', 'x');
    await world.sent('MESSAGE');
  }, { use_preloaded_route: true }),
  call('an address with port and parameters, a Contact and a name of its own', async (world) => {
    world.reactions.REGISTER = (register) => world.answer(register, '200 OK', { contact: false, lines: `Contact: ${/^Contact: (.*)$/m.exec(register)[1].trim()}\r\n` });
    world.note('read', [world.ua.configuration.via_host, world.ua.contact.uri.toString(), world.ua.configuration.hostport_params, world.ua.configuration.registrar_server.toString(), String(world.ua.normalizeTarget('bob'))]);
    world.ua.register();
    await world.told('registered');
    world.call('bob');
    await world.sent('INVITE');
  }, { uri: 'sip:alice@example.com', registrar_server: 'sip:reg.example.com:5080;transport=ws', contact_uri: 'sip:me@own.example.com;transport=wss', user_agent: 'Mine/1', instance_id: '8f1fa16a-1165-4a96-8341-785b1ef24f12', extra_headers: ['X-All: 1', 'X-More:2'], display_name: 'Al "the" \u00e9' }, '4.1'),
  call('an address with port and parameters', async (world) => {
    world.note('read', [world.ua.configuration.hostport_params, world.ua.configuration.registrar_server.toString(), String(world.ua.normalizeTarget('bob'))]);
    world.ua.sendMessage('bob', 'x');
    await world.sent('MESSAGE');
  }, { uri: 'sip:alice@example.com:5070;transport=tcp' }, '4.1'),
  call('names that need quotes', async (world) => {
    world.ua.sendMessage('bob', 'x', { fromDisplayName: 'A "B" \\ C <x>' });
    world.ua.set('display_name', '\u65e5\u672c');
    world.ua.sendMessage('bob', 'y');
    world.call('b b;c', { fromUserName: 'a b@c', fromDisplayName: 'x' });
    await world.sent('INVITE');
  }),
  call('names that are empty', async (world) => {
    world.ua.sendMessage('bob', 'x', { fromUserName: '', fromDisplayName: '' });
    world.call('bob', { fromUserName: '', fromDisplayName: '' });
    await world.sent('INVITE');
  }, { display_name: 'Alice' }),
  call('a 200 that is sent again', async (world) => {
    await world.talking();
    const ok = () => world.answer(world.invite, '200 OK', { sdp: world.far.localDescription.sdp });
    ok();
    await world.sent('ACK', 2);
    ok();
    await world.sent('ACK', 3);
    world.note('status', world.session.status);
  }),
  call('our 200 is sent again until the ACK', async (world) => {
    world.ask('INVITE', { text: await world.farOffer() });
    await world.told('progress');
    world.session.answer({ ...world.media, extraHeaders: ['X-Mine: 1'] });
    const ok = await world.sent('SIP/2.0 200', 2);
    world.ask('ACK', { inside: ok, contact: false });
    await world.told('confirmed');
    const count = world.frames.length;
    await world.pause(1200);
    world.note('quiet', world.frames.length - count);
  }),
  call('an INVITE that is sent again', async (world) => {
    const text = await world.farOffer();
    world.ask('INVITE', { text });
    await world.told('progress');
    world.branch -= 1;
    world.ask('INVITE', { text });
    await world.pause();
    world.session.terminate({ status_code: 486 });
    world.branch -= 1;
    world.ask('INVITE', { text });
    await world.pause();
    world.branch -= 1;
    world.ask('ACK', { contact: false });
    await world.pause();
  }),
  call('a request that came by two ways', async (world) => {
    const text = await world.farOffer();
    world.ask('INVITE', { text });
    await world.told('progress');
    world.ask('INVITE', { text });
    await world.sent('SIP/2.0 482');
  }, {}, '13.3'),
  call('CANCEL: for nothing, and too late', async (world) => {
    world.ask('CANCEL', { contact: false });
    await world.pause();
    world.ask('INVITE', { text: await world.farOffer(), call: 'far-b' });
    await world.told('progress');
    world.session.answer(world.media);
    await world.sent('SIP/2.0 200');
    world.branch -= 1;
    world.ask('CANCEL', { contact: false, call: 'far-b' });
    await world.pause(60);
    world.note('status', world.session.status);
  }),
  call('inside a call that only rings', async (world) => {
    world.ask('INVITE', { text: await world.farOffer() });
    const ring = await world.sent('SIP/2.0 180');
    world.ask('INFO', { inside: ring, cseq: 2, type: 'text/plain', text: 'early', contact: false });
    world.ask('INFO', { inside: ring, cseq: 3, type: 'application/dtmf-relay', text: 'Signal=1\r\nDuration=100', contact: false });
    world.ask('REFER', { inside: ring, cseq: 5, lines: 'Refer-To: <sip:c@d.e>\r\n' });
    await world.pause(60);
    world.note('status', world.session.status);
  }, {}, '13.3'),
  call('two offers at once: ours was first', async (world) => {
    await world.talking();
    world.session.renegotiate({}, () => world.note('done'));
    const second = await world.sent('INVITE', 2);
    world.ask('INVITE', { inside: world.invite, cseq: 2, text: world.far.localDescription.sdp });
    await world.sent('SIP/2.0 491');
    world.answer(second, '200 OK', { sdp: await world.farAnswer(second) });
    await world.told('done');
    world.note('status', [world.session.status, world.session.isReadyToReOffer()]);
  }),
  call('an answer to a call that was cancelled', async (world) => {
    world.call('bob');
    const invite = await world.sent('INVITE');
    world.session.terminate();
    world.reactions.BYE = (bye) => world.answer(bye, '200 OK', { contact: false });
    world.answer(invite, '200 OK', { sdp: await world.farAnswer(invite) });
    await world.sent('BYE');
    await world.pause();
  }),
  call('responses that are nobody\'s', async (world) => {
    world.call('bob');
    const invite = await world.sent('INVITE');
    world.answer(invite.replace(/branch=\w+/, 'branch=z9hG4bKother'), '486 Busy Here');
    world.answer(invite.replace(/CSeq: (\d+) INVITE/, 'CSeq: $1 OPTIONS'), '486 Busy Here');
    world.answer(invite.replace(/^(Via: .*)$/m, '$1, SIP/2.0/WS x.invalid;branch=z9hG4bKfarX'), '486 Busy Here');
    await world.pause();
    world.note('status', world.session.status);
  }),
  ...[['30', ''], ['120', 'Min-SE: 90\r\n'], ['1800;refresher=uas', 'Supported: timer\r\n']].map(([value, more]) => call(`session timers of theirs: ${value}`, async (world) => {
    world.ask('INVITE', { text: await world.farOffer(), lines: `Session-Expires: ${value}\r\n${more}` });
    await world.told('progress');
    world.session.answer(world.media);
    await world.sent('SIP/2.0 200');
  }, {}, '13.5')),
  ...[['1800;refresher=uas', {}], ['30', {}], ['', { session_timers: false }]].map(([value, options]) => call(`session timers in their answer: ${value || 'none'}`, async (world) => {
    await world.talking({}, value ? `Session-Expires: ${value}\r\n` : '');
    world.session.renegotiate();
    await world.sent('INVITE', 2);
  }, options, '13.5')),
  call('session timers: their UPDATE takes over', async (world) => {
    await world.talking({}, 'Session-Expires: 120;refresher=uac\r\n');
    world.ask('UPDATE', { inside: world.invite, cseq: 2, lines: 'Session-Expires: 300;refresher=uac\r\n' });
    await world.sent('SIP/2.0 200');
    world.session.renegotiate({ useUpdate: true });
    await world.sent('UPDATE');
  }, {}, '13.5'),
  call('an interval that is too small for them', async (world) => {
    world.call();
    world.answer(await world.sent('INVITE'), '422 Session Interval Too Small', { lines: 'Min-SE: 600\r\n' });
    await world.pause(100);
    world.note('status', world.session.status);
  }, {}, '13.5'),
  ...['300 Multiple Choices', '380 Alternative Service', '401 Unauthorized', '410 Gone', '430 Flow Failed', '488 Not Acceptable Here', '503 Service Unavailable', '604 Does Not Exist', '606 Not Acceptable', '699 Whatever'].map((status) => call(`a call answered ${status}`, async (world) => {
    world.call('bob', { eventHandlers: { failed: ({ originator, cause, message }) => world.note('failed', [originator, cause, message]) } });
    world.answer(await world.sent('INVITE'), status);
    await world.told('failed');
    await world.sent('ACK');
  }, {}, '6.4')),
  call('a video call', async (world) => {
    world.ask('INVITE', { text: await world.farOffer('video') });
    await world.told('progress');
    world.note('offered', world.session._request.parseSDP().media.map((media) => media.type));
    world.session.answer();
    const ok = await world.sent('SIP/2.0 200');
    world.note('answered', [...ok.matchAll(/^m=(\w+)/gm)].map((match) => match[1]));
    world.ask('ACK', { inside: ok, contact: false });
    await world.told('confirmed');
    world.session.mute({ video: true });
    world.note('senders', world.session.connection.getSenders().map((sender) => [sender.track?.kind, sender.track?.enabled]));
  }, {}, '6.2'),
  raw('raw: a tel: caller', head('MESSAGE', { from: '<tel:+123>;tag=far' })),
  raw('raw: no Max-Forwards, and none left', head('OPTIONS', { forwards: '' }) + '', {}),
  raw('raw: Max-Forwards 0', head('OPTIONS', { forwards: 'Max-Forwards: 0\n' })),
  raw('raw: another method in CSeq', head('OPTIONS', { cseq: '1 MESSAGE' })),
  raw('raw: a Request-URI of sips', head('OPTIONS', { uri: 'sips:alice@example.com' })),
  raw('raw: a Request-URI of tel', head('OPTIONS', { uri: 'tel:+123' })),
  raw('raw: To of another scheme', head('OPTIONS', { to: '<sips:alice@example.com>' })),
  raw('raw: no Contact for what needs none', head('OPTIONS').replace(/Contact: .*\n/, '')),
  raw('raw: a method that nobody knows', head('FOO')),
  raw('raw: several Vias', head('OPTIONS', { via: 'SIP/2.0/WS p.invalid;branch=z9hG4bKfarP, SIP/2.0/UDP far.invalid:5060;branch=z9hG4bKfarR;received=1.2.3.4' })),
  raw('raw: fields in odd spelling', head('OPTIONS').replace('Call-ID', 'CALL-id').replace('CSeq: ', 'cseq :  ').replace('Max-Forwards', 'max-forwards')),
  raw('raw: a body of another type', head('INVITE', { more: 'Content-Type: multipart/mixed;boundary=x\nContent-Length: 5\n\nhello' })),
  raw('raw: a type with a parameter', head('INVITE', { more: 'Content-Type: application/sdp;charset=utf-8\nContent-Length: $LENGTH\n\n$SDP' }), { offer: true }),
  raw('raw: something required that we have not', head('INVITE', { more: 'Require: 100rel, foo\nContent-Type: application/sdp\nContent-Length: $LENGTH\n\n$SDP' }), { offer: true }),
  call('what a server may send first', async (world) => {
    world.socket.ondata('\r\n\r\n\r\n\r\n');
    world.socket.ondata('\r\nOPTIONS sip:alice@example.com SIP/2.0\r\n\r\n');
    await world.pause();
  }, {}, '12'),
];
