// 7, 8 and 9: transfers, messages and subscriptions in their odd corners.
const thrown = (world, name, run) => {
  try {
    world.note(name, run());
  } catch (error) {
    world.note(name, [error.name, error.code ?? null, error.message]);
  }
};
const started = (section, name, run, options = {}) => ({
  section, name,
  async run(world) {
    await world.line(options);
    await run(world);
  },
});
const talking = (section, name, run, options = {}) => started(section, name, async (world) => {
  await world.talking();
  await world.pause(50);
  world.events.length = 0;
  world.frames.length = 0;
  await run(world);
  await world.pause(50);
}, options);
const progress = ['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed', 'authenticated'];
const told = (world, name = 'refer') => Object.fromEntries(progress.map((event) => [event, (...args) => world.note(`${name} ${event}`, args)]));
const notify = (world, cseq, text, { state = 'active;expires=60', event = 'refer' } = {}) =>
  world.ask('NOTIFY', { inside: world.invite, cseq, lines: `Event: ${event}\r\nSubscription-State: ${state}\r\n`, type: 'message/sipfrag;version=2.0', text });
const subscribed = (world, subscriber) => {
  for (const name of ['accepted', 'pending', 'active', 'notify', 'terminated']) subscriber.on(name, (...args) => world.note(name, [args, subscriber.state]));
  return subscriber;
};
const state = (value, event = 'presence') => `Event: ${event}\r\nSubscription-State: ${value}\r\n`;
const served = async (world, options = {}, lines = 'Event: presence\r\nExpires: 300\r\n', from = 'x1') => {
  world.ua.once('newSubscribe', ({ request, event }) => {
    world.note('event', event);
    world.notifier = world.ua.notify(request, 'application/pidf+xml', options);
    for (const name of ['subscribe', 'expired', 'terminated']) world.notifier.on(name, (...args) => world.note(name, [args, world.notifier.state]));
    world.note('made', [world.notifier.state, world.notifier.id, world.notifier.data]);
    world.notifier.start();
  });
  world.reactions.NOTIFY ??= (frame) => world.answer(frame, '200 OK', { contact: false });
  world.ask('SUBSCRIBE', { lines, from, call: `far-${from}` });
  return world.sent('SIP/2.0 200');
};

export const requests = [
  talking('7', 'refer: replaces, a name of the application, and bad targets', async (world) => {
    world.reactions.REFER = (refer) => world.answer(refer, '202 Accepted', { contact: false });
    for (const bad of [undefined, null, '', 'a b']) thrown(world, `refer ${bad}`, () => world.session.refer(bad) && 'made');
    world.session.refer('carol', { replaces: world.session, extraHeaders: ['Referred-By: <sip:me@x.y>'] });
    const refer = await world.sent('REFER');
    world.note('names', /Refer-To: <sip:carol@example.com\?Replaces=[\w]+%3Bto-tag%3Dfar%3Bfrom-tag%3D\w+>/.test(refer));
    await world.pause();
  }),
  talking('7', 'refer: what the NOTIFYs may be', async (world) => {
    world.reactions.REFER = (refer) => world.answer(refer, '202 Accepted', { contact: false });
    world.session.refer('sip:carol@x.y', { eventHandlers: told(world) });
    await world.told('refer requestSucceeded');
    notify(world, 2, '');
    notify(world, 3, 'nonsense');
    notify(world, 4, 'SIP/2.0 183 Session Progress\r\nX: y');
    notify(world, 5, 'SIP/2.0 199 x', { event: 'presence' });
    notify(world, 6, 'SIP/2.0 302 Moved', { event: 'refer;id=1' });
    notify(world, 7, 'SIP/2.0 486 Busy Here', { state: 'terminated;reason=noresource' });
    await world.told('refer failed');
    notify(world, 8, 'SIP/2.0 200 OK', { state: 'terminated;reason=noresource' });
    await world.pause();
  }),
  talking('7', 'refer: two at once', async (world) => {
    world.reactions.REFER = (refer) => world.answer(refer, '202 Accepted', { contact: false });
    const first = world.session.refer('carol', { eventHandlers: told(world, 'first') });
    const second = world.session.refer('dave', { eventHandlers: told(world, 'second') });
    await world.told('second requestSucceeded');
    world.note('ids', second.id - first.id);
    notify(world, 2, 'SIP/2.0 180 Ringing');
    notify(world, 3, 'SIP/2.0 180 Ringing', { event: `refer;id=${second.id}` });
    notify(world, 4, 'SIP/2.0 200 OK', { event: `refer;id=${first.id}` });
    await world.told('first accepted');
    notify(world, 5, 'SIP/2.0 200 OK', { event: 'refer' });
    await world.told('second accepted');
  }),
  talking('7', 'refer: challenged', async (world) => {
    let asked = 0;
    world.reactions.REFER = (refer) => ((asked += 1) === 1
      ? world.answer(refer, '407 Proxy Authentication Required', { lines: 'Proxy-Authenticate: Digest realm="r", nonce="n"\r\n', contact: false })
      : world.answer(refer, '202 Accepted', { contact: false }));
    const refer = world.session.refer('carol', { eventHandlers: told(world) });
    const first = refer.id;
    await world.told('refer requestSucceeded');
    world.note('id', refer.id - first);
  }, { password: 'secret', realm: 'r' }),
  talking('7', 'refer: 481 and 408', async (world) => {
    world.reactions.REFER = (refer) => world.answer(refer, world.frames.filter((frame) => frame.startsWith('REFER')).length === 1 ? '408 Request Timeout' : '481 Gone', { contact: false });
    world.session.refer('carol', { eventHandlers: told(world, 'first') });
    await world.told('first requestFailed');
    world.session.refer('carol', { eventHandlers: told(world, 'second') });
    await world.told('second requestFailed');
    world.note('call', world.session.isEnded());
  }),
  talking('7', 'refer: they ask, with Replaces and options of ours', async (world) => {
    world.session.on('refer', (event) => {
      world.note('event', [Object.keys(event).sort(), event.request.refer_to.uri.toString(), event.request.refer_to.uri.getHeader('Replaces')]);
      const options = { ...world.media, extraHeaders: ['X-Mine: 1'], eventHandlers: { connecting: () => world.note('connecting') } };
      void (event.accept((session) => world.note('session', [session.direction, session === world.session]), options));
    });
    world.ask('REFER', { inside: world.invite, cseq: 2, lines: 'Refer-To: "Carol" <sip:carol@example.com;x=y?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&X-Other=z>\r\n' });
    const invite = await world.sent('INVITE');
    world.note('replaces', /^Replaces: (.*)$/m.exec(invite)?.[1].trim());
    world.answer(invite, '200 OK', { sdp: await world.farAnswer(invite), tag: 'x2' });
    await world.sent('NOTIFY', 2);
  }),
  talking('7', 'refer: their wish ends in a timeout of ours', async (world) => {
    world.session.on('refer', ({ accept }) => accept((session) => (world.other = session), world.media));
    world.ask('REFER', { inside: world.invite, cseq: 2, lines: 'Refer-To: <sip:carol@example.com>\r\n' });
    await world.sent('INVITE');
    world.other.terminate();
    await world.sent('NOTIFY', 2);
  }),
  ...['<sips:c@d.e>', '<sip:c@d.e;method=BYE>', 'sip:c@d.e', '<tel:+123>'].map((to) => talking('13.3', `refer: to ${to}`, async (world) => {
    world.session.once('refer', ({ request, reject }) => {
      world.note('refer', request.refer_to.toString());
      reject();
    });
    world.ask('REFER', { inside: world.invite, cseq: 2, lines: `Refer-To: ${to}\r\n` });
    await world.pause(60);
  })),
  talking('6.3', 'replaces: accepted', async (world) => {
    const { invite, session } = world;
    const ids = [/^Call-ID: (.*)$/m.exec(invite)[1].trim(), /^From: .*tag=(\w+)/m.exec(invite)[1]];
    session.on('replaces', (event) => {
      world.note('replaces', [Object.keys(event).sort(), event.request.replaces.call_id === ids[0], event.request.replaces.to_tag === ids[1], event.request.replaces.from_tag]);
      event.accept((made) => world.note('made', [made.direction, made === session]));
    });
    world.far = new RTCPeerConnection();
    world.ask('INVITE', { text: await world.farOffer(), call: 'far-new', from: 'x3', lines: `Replaces: ${ids[0]};to-tag=${ids[1]};from-tag=far\r\n` });
    await world.sent('SIP/2.0 180');
    await world.pause();
    world.session.answer(world.media);
    const ok = await world.sent('SIP/2.0 200');
    world.reactions.BYE = (bye) => world.answer(bye, '200 OK', { contact: false });
    world.ask('ACK', { inside: ok, contact: false });
    await world.sent('BYE');
    world.note('old', session.isEnded());
  }),
  started('6.3', 'replaces: of a call that rings out', async (world) => {
    world.call('bob');
    const invite = await world.sent('INVITE');
    world.answer(invite, '180 Ringing');
    await world.told('progress');
    world.session.on('replaces', ({ reject }) => reject());
    const ids = [/^Call-ID: (.*)$/m.exec(invite)[1].trim(), /^From: .*tag=(\w+)/m.exec(invite)[1]];
    world.ask('INVITE', { text: await world.farOffer(), call: 'far-new', from: 'x3', lines: `Replaces: ${ids[0]};to-tag=${ids[1]};from-tag=far\r\n` });
    await world.sent('SIP/2.0 4');
  }),
  talking('6.3', 'replaces: refused, and for nobody', async (world) => {
    const { invite, session } = world;
    const ids = [/^Call-ID: (.*)$/m.exec(invite)[1].trim(), /^From: .*tag=(\w+)/m.exec(invite)[1]];
    session.on('replaces', ({ reject }) => reject());
    const text = await world.farOffer();
    world.ask('INVITE', { text, call: 'far-new', from: 'x3', lines: `Replaces: ${ids[0]};to-tag=${ids[1]};from-tag=far\r\n` });
    await world.sent('SIP/2.0 486');
    world.ask('INVITE', { text, call: 'far-none', from: 'x4', lines: 'Replaces: none;to-tag=1;from-tag=far\r\n' });
    await world.sent('SIP/2.0 481');
  }),
  talking('6.2', 'sendRequest: each way that it ends', async (world) => {
    const handlers = (name) => Object.fromEntries(['onSuccessResponse', 'onErrorResponse', 'onRequestTimeout', 'onTransportError', 'onDialogError', 'onAuthenticated'].map((event) => [event, (...args) => world.note(`${name} ${event}`, args)]));
    const answers = ['200 OK', '403 Forbidden', '408 Request Timeout'];
    let at = 0;
    world.reactions.INFO = (info) => world.answer(info, answers[at++], { contact: false });
    for (const [index, name] of ['good', 'bad', 'late'].entries()) {
      world.session.sendRequest('INFO', { eventHandlers: handlers(name), extraHeaders: ['Content-Type: x/y'], body: name });
      await world.sent('INFO', index + 1);
      await world.pause(40);
    }
    world.note('call', world.session.isEnded());
    thrown(world, 'no options', () => world.session.sendRequest('OPTIONS').method);
    await world.sent('OPTIONS');
    world.refuses = true;
    world.socket.up = false;
    thrown(world, 'no line', () => world.session.sendRequest('INFO', { eventHandlers: handlers('down') }).method);
    await world.pause();
  }),
  talking('6.2', 'sendRequest: the far end knows nothing of the call', async (world) => {
    const answers = ['403 Forbidden', '481 Gone'];
    world.reactions.INFO = (info) => world.answer(info, answers.shift(), { contact: false });
    const eventHandlers = Object.fromEntries(['onErrorResponse', 'onDialogError'].map((event) => [event, (...args) => world.note(event, args)]));
    for (const body of ['one', 'two']) {
      world.session.sendRequest('INFO', { eventHandlers, extraHeaders: ['Content-Type: x/y'], body });
      await world.pause(60);
    }
    world.note('call', world.session.isEnded());
  }),
  talking('6.2', 'sendInfo: refused, gone, and what an Info tells', async (world) => {
    world.session.on('newInfo', ({ info, request }) => {
      world.note('info', [info.contentType, info.body || null, request ? request.method : null, info._direction]);
      for (const name of ['succeeded', 'failed']) info.on(name, (event) => world.note(name, event));
    });
    world.reactions.INFO = (info) => world.answer(info, '415 Unsupported Media Type', { contact: false });
    thrown(world, 'nothing', () => world.session.sendInfo());
    world.session.sendInfo('text/plain');
    await world.told('failed');
    world.ask('INFO', { inside: world.invite, cseq: 2, type: 'application/dtmf', text: '5', contact: false });
    world.ask('INFO', { inside: world.invite, cseq: 3, type: 'application/dtmf-relay', text: 'Signal= *\r\nDuration= 250\r\n', contact: false });
    world.ask('INFO', { inside: world.invite, cseq: 4, type: 'application/dtmf-relay', text: 'Signal=Z\r\nDuration=250\r\n', contact: false });
    world.ask('INFO', { inside: world.invite, cseq: 5, type: 'Application/DTMF-Relay', text: 'Signal=#\r\nDuration=9999\r\n', contact: false });
    world.ask('INFO', { inside: world.invite, cseq: 6, lines: 'Content-Type: text/plain\r\n', contact: false });
    await world.pause(60);
  }),
  talking('7', 'a tone as an object', async (world) => {
    world.reactions.INFO = (info) => world.answer(info, '200 OK', { contact: false });
    world.session.on('newDTMF', ({ dtmf, request }) => {
      world.note('tone', [dtmf.tone, dtmf.duration, dtmf._tone, dtmf._duration, dtmf._direction, dtmf._session === world.session, request ? request.method : null, dtmf.constructor.C]);
    });
    world.session.sendDTMF(5, { duration: 80, interToneGap: 50 });
    await world.sent('INFO');
    world.ask('INFO', { inside: world.invite, cseq: 2, type: 'application/dtmf-relay', text: 'Signal=5\r\nDuration=160\r\n', contact: false });
    await world.told('tone', 2);
  }),
  talking('13.3', 'requests inside a call that are none of its business', async (world) => {
    const { invite: inside } = world;
    world.ask('OPTIONS', { inside, cseq: 2, contact: false });
    world.ask('MESSAGE', { inside, cseq: 3, type: 'text/plain', text: 'x', contact: false });
    world.ask('NOTIFY', { inside, cseq: 4, lines: 'Event: refer\r\nSubscription-State: active\r\n', contact: false });
    world.ask('NOTIFY', { inside, cseq: 5, lines: 'Event: foo\r\nSubscription-State: active\r\n', contact: false });
    world.ask('PRACK', { inside, cseq: 6, contact: false });
    world.ask('SUBSCRIBE', { inside, cseq: 7, lines: 'Event: presence\r\n' });
    await world.pause(60);
  }),
  started('8', 'messages: what may be passed', async (world) => {
    world.reactions.MESSAGE = (message) => world.answer(message, '200 OK', { contact: false });
    for (const args of [[], ['bob'], [undefined, 'x'], ['a b', 'x'], [null, 'x'], ['bob', null], ['bob', ''], ['bob', 5], ['bob', 'x', { fromUserName: 42, contentType: '' }]]) thrown(world, `send ${JSON.stringify(args)}`, () => world.ua.sendMessage(...args).direction);
    for (const args of [[], ['a b'], ['bob'], ['bob', 'v=0', { contentType: 'x/y', extraHeaders: ['X-Mine: 1'] }]]) thrown(world, `options ${JSON.stringify(args)}`, () => world.ua.sendOptions(...args).direction);
    await world.pause(60);
  }),
  started('8', 'messages: what an object tells before and after', async (world) => {
    world.ua.on('newMessage', ({ originator, message, request }) => {
      world.note('is', [originator, message.direction, message._direction, message._request === request, message._ua === world.ua, message.local_identity === (originator === 'local' ? request.from : request.to), message.remote_identity.uri.user]);
    });
    const message = world.ua.sendMessage('sip:bob@x.y', 'x');
    for (const [name, run] of Object.entries({ accept: () => message.accept(), reject: () => message.reject({ status_code: 200 }) })) thrown(world, name, run);
    const sent = await world.sent('MESSAGE');
    for (const name of ['succeeded', 'failed']) message.on(name, (event) => world.note(name, [event, Object.keys(event).sort()]));
    world.answer(sent, '100 Trying', { contact: false });
    world.answer(sent, '180 Ringing', { contact: false });
    world.answer(sent, '302 Moved', { contact: false });
    world.answer(sent, '200 OK', { contact: false });
    await world.told('failed');
    world.ask('MESSAGE', { text: 'x', type: 'text/plain', contact: false });
    await world.sent('SIP/2.0 200');
  }),
  started('8', 'messages: accepted and refused with bodies and odd codes', async (world) => {
    const each = [
      ({ message }) => message.accept({ body: 'v=0\r\n' }), ({ message }) => message.reject({ status_code: 0 }), ({ message }) => message.reject(), ({ message }) => message.reject({ status_code: 499 }),
      ({ message }) => {
        for (const status_code of [200, 299, 700]) thrown(world, `reject ${status_code}`, () => message.reject({ status_code }));
      },
      ({ message }) => setTimeout(() => thrown(world, 'too late', () => message.accept())),
    ];
    for (const [at, run] of each.entries()) {
      world.ua.once('newMessage', run);
      world.ask('MESSAGE', { text: 'x', type: 'text/plain', contact: false, call: `far-${at}`, from: `x${at}` });
      await world.pause();
    }
  }),
  started('8', 'OPTIONS of theirs, answered by the application', async (world) => {
    const each = [
      ({ message, request, originator }) => {
        world.note('options', [originator, message.direction, request.method, message.remote_identity.uri.user]);
        message.accept({ extraHeaders: ['X-Mine: 1'], body: 'v=0\r\n' });
        thrown(world, 'twice', () => message.reject());
      },
      ({ message }) => message.reject({ status_code: 486 }),
    ];
    for (const [at, run] of each.entries()) {
      world.ua.once('newOptions', run);
      world.ask('OPTIONS', { contact: false, call: `far-${at}` });
      await world.pause();
    }
  }),
  started('8', 'a MESSAGE that is challenged, and one that is too often', async (world) => {
    const lines = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=MD5\r\n';
    world.reactions.MESSAGE = (message) => (message.includes('second') || !/^Authorization:/m.test(message) ? world.answer(message, '401 Unauthorized', { lines, contact: false }) : world.answer(message, '200 OK', { contact: false }));
    for (const text of ['first', 'second']) world.ua.sendMessage('bob', text, { eventHandlers: { succeeded: (event) => world.note(`${text} succeeded`, event), failed: (event) => world.note(`${text} failed`, event) } });
    await world.told('second failed');
  }, { password: 'secret' }),
  started('8', 'a MESSAGE that two challenge at once, and a nonce for the next', async (world) => {
    const [both, next] = ['WWW-Authenticate: Digest realm="r", nonce="n"\r\nProxy-Authenticate: Digest realm="p", nonce="m"\r\n', 'Authentication-Info: nextnonce="o"\r\n'];
    let asked = 0;
    world.reactions.MESSAGE = (message) => ((asked += 1) === 1 ? world.answer(message, '401 Unauthorized', { lines: both, contact: false }) : world.answer(message, '200 OK', { lines: next, contact: false }));
    for (const text of ['first', 'second']) {
      world.ua.sendMessage('bob', text, { eventHandlers: { succeeded: () => world.note(`${text} succeeded`, '') } });
      await world.told(`${text} succeeded`);
    }
  }, { password: 'secret' }),
  started('9', 'a subscription: pending, active, wrong words', async (world) => {
    const subscriber = subscribed(world, world.ua.subscribe('bob', 'Presence;id=5;foo=bar', 'x/y', { expires: 'x', contentType: 'a/b', params: { from_display_name: 'Me', to_display_name: 'Bob', to_uri: new world.JsSIP.URI('sip', 'other', 'x.y') } }));
    world.note('before', [subscriber.state, subscriber.id, subscriber.data, subscriber.C === subscriber.constructor.C]);
    thrown(world, 'terminate', () => subscriber.terminate());
    subscriber.subscribe('<filter/>');
    thrown(world, 'state', () => subscriber.state);
    const subscribe = await world.sent('SUBSCRIBE');
    world.answer(subscribe, '200 OK', { lines: 'Expires: 600\r\n' });
    await world.told('accepted');
    world.note('id', [typeof subscriber.id, subscriber.id.call_id === /^Call-ID: (.*)$/m.exec(subscribe)[1].trim(), subscriber.id.remote_tag, Object.keys(subscriber.id).sort()]);
    const event = 'presence;id=5';
    for (const [at, lines] of [state('pending;expires=600', event), state('active', event), state('active;expires=100', event)].entries()) {
      world.ask('NOTIFY', { inside: subscribe, cseq: at + 1, lines, type: 'x/y', text: at === 1 ? '' : `body ${at}` });
      await world.pause();
    }
    world.ask('INFO', { inside: subscribe, cseq: 10, contact: false });
    world.ask('NOTIFY', { inside: subscribe, cseq: 11, lines: state('active', 'other') });
    await world.told('terminated');
    world.note('after', [subscriber.state, subscriber.id, subscriber.subscribe() ?? 'nothing', subscriber.terminate() ?? 'nothing']);
    await world.pause();
  }),
  ...[['no Event', 'Subscription-State: active\r\n'], ['no state', 'Event: presence\r\n'], ['a state that is none', state('foo')], ['an end with all it may have', state('terminated;reason=probation;retry-after=60')]].map(([name, lines]) =>
    started('9', `a subscription: a NOTIFY with ${name}`, async (world) => {
      const subscriber = subscribed(world, world.ua.subscribe('bob', 'presence', 'x/y', {}));
      subscriber.subscribe();
      const subscribe = await world.sent('SUBSCRIBE');
      world.answer(subscribe, '202 Accepted', { lines: 'Expires: 600\r\n' });
      await world.told('accepted');
      world.ask('NOTIFY', { inside: subscribe, cseq: 1, lines, type: 'x/y', text: 'last' });
      await world.told('terminated');
    })),
  started('9', 'a subscription: fetch, and what was asked too early', async (world) => {
    const subscriber = subscribed(world, world.ua.subscribe('bob', 'presence', 'x/y', { expires: 120 }));
    thrown(world, 'body without type', () => subscriber.subscribe('x'));
    world.note('state', subscriber.state);
    subscriber.subscribe();
    subscriber.subscribe();
    subscriber.terminate();
    subscriber.terminate();
    const subscribe = await world.sent('SUBSCRIBE');
    world.answer(subscribe, '200 OK', { lines: 'Expires: 120\r\n' });
    await world.sent('SUBSCRIBE', 3);
    await world.pause();
  }),
  ...[['401 Unauthorized', ''], ['603 Decline', ''], ['200 OK', '', false]].map(([status, lines, contact = true]) =>
    started('9', `a subscription answered ${status}${contact ? '' : ' without Contact'}`, async (world) => {
      const subscriber = subscribed(world, world.ua.subscribe('bob', 'presence', 'x/y', {}));
      subscriber.subscribe();
      world.answer(await world.sent('SUBSCRIBE'), status, { lines, contact });
      await world.told('terminated');
    })),
  started('9', 'a subscription: what it needs, in words', async (world) => {
    for (const args of [['', 'presence', 'x/y', {}], ['bob', '', 'x/y', {}], ['bob', 'presence', '', {}], ['bob', 'a b', 'x/y', {}], ['a b', 'presence', 'x/y', {}], ['bob', 'presence', 'x/y', { extraHeaders: ['Contact: <sip:mine@x.y>'], allowEvents: 'presence', params: { cseq: 77 } }]]) {
      thrown(world, JSON.stringify(args), () => typeof world.ua.subscribe(...args).state);
    }
    const subscriber = world.ua.subscribe('bob', 'presence', 'x/y', { extraHeaders: ['Contact: <sip:mine@x.y>'], allowEvents: 'presence', params: { cseq: 77 } });
    subscriber.data.mine = 1;
    subscriber.subscribe();
    const subscribe = await world.sent('SUBSCRIBE');
    world.note('data', [subscriber.data, /^CSeq: (.*)$/m.exec(subscribe)[1].trim()]);
  }),
  started('9', 'a subscriber of theirs: pending, active, refreshed, gone', async (world) => {
    const ok = await served(world, { pending: true, extraHeaders: ['X-Mine: 1'], allowEvents: 'presence' });
    const { notifier } = world;
    world.note('started', [notifier.state, typeof notifier.id, notifier.id?.call_id]);
    notifier.notify('<pending/>');
    await world.sent('NOTIFY');
    notifier.setActiveState();
    notifier.notify();
    await world.sent('NOTIFY', 2);
    world.ask('SUBSCRIBE', { inside: ok, cseq: 2, lines: 'Event: presence\r\nExpires: 120\r\n', text: '<filter/>', type: 'a/b' });
    await world.sent('SIP/2.0 200', 2);
    notifier.once('subscribe', () => notifier.terminate('<last/>', 'deactivated', 5));
    world.ask('SUBSCRIBE', { inside: ok, cseq: 3, lines: 'Event: presence\r\nExpires: 0\r\n' });
    await world.told('terminated');
    world.note('after', [notifier.state, notifier.id]);
    for (const name of ['start', 'notify', 'setActiveState', 'terminate']) thrown(world, name, () => notifier[name]() ?? 'nothing');
    await world.pause();
  }),
  started('9', 'a subscriber of theirs: a fetch', async (world) => {
    await served(world, {}, 'Event: presence\r\nExpires: 0\r\n');
    await world.told('terminated');
    await world.pause();
  }),
  started('9', 'a subscriber of theirs: refused', async (world) => {
    world.ua.once('newSubscribe', ({ request }) => request.reply(403, 'No', ['X-Why: 1']));
    world.ask('SUBSCRIBE', { lines: 'Event: presence\r\n', from: 'x2', call: 'far-x2' });
    await world.sent('SIP/2.0 403');
  }),
  started('9', 'a subscriber of theirs: NOTIFY is refused', async (world) => {
    world.reactions.NOTIFY = (frame) => world.answer(frame, '481 Gone', { contact: false });
    await served(world, { defaultExpires: 300 }, 'Event: presence\r\n');
    world.notifier.notify('x');
    await world.told('terminated');
  }),
  started('9', 'bodies that are numbers', async (world) => {
    const subscriber = world.ua.subscribe('bob', 'presence', 'x/y', { contentType: 'a/b' });
    subscriber.subscribe(5);
    await world.sent('SUBSCRIBE');
    await served(world);
    world.notifier.notify(6);
    await world.sent('NOTIFY');
    world.notifier.terminate(7);
    await world.sent('NOTIFY', 2);
  }),
  started('9', 'a subscriber of theirs that runs out', async (world) => {
    await served(world, {}, 'Event: presence\r\nExpires: 2\r\n');
    world.notifier.notify('x');
    await world.told('terminated');
    await world.pause();
  }),
  started('9', 'a SUBSCRIBE that is none', async (world) => {
    world.ua.on('newSubscribe', ({ event }) => world.note('newSubscribe', event));
    for (const [at, lines, contact] of [[1, 'Expires: 60\r\n', true], [2, 'Event: presence\r\nExpires: x\r\n', true], [3, 'Event: presence\r\nExpires: 60\r\n', false]]) {
      world.ask('SUBSCRIBE', { lines, contact, from: `x${at}`, call: `far-x${at}` });
      await world.pause();
    }
  }, {}),
  started('9', 'a notifier: what it needs, in words', async (world) => {
    world.ua.once('newSubscribe', ({ request }) => {
      thrown(world, 'no type', () => typeof world.ua.notify(request, '', {}).state);
      thrown(world, 'no request', () => typeof world.ua.notify(undefined, 'x/y', {}).state);
      thrown(world, 'no options', () => typeof world.ua.notify(request, 'x/y').state);
      const notifier = world.ua.notify(request, 'x/y', {});
      thrown(world, 'too early', () => notifier.notify('x') ?? 'nothing');
      world.note('is', [notifier.state, notifier.C === notifier.constructor.C, notifier.data]);
      request.reply(480);
    });
    world.ask('SUBSCRIBE', { lines: 'Event: presence\r\nExpires: 60\r\n', from: 'x1', call: 'far-x1' });
    await world.pause();
  }),
];
