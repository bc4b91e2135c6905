// 6.2, 7, 13: what happens inside a call.
const inside = (section, name, run, options = {}) => ({
  section, name,
  async run(world) {
    await world.line();
    await (options.incoming ? world.called() : world.talking());
    await world.pause(50);
    world.events.length = 0;
    world.frames.length = 0;
    await run(world);
    await world.pause(50);
  },
});
const accept = (world, method = 'INVITE') => {
  world.reactions[method] = async (request) => {
    if (method === 'INVITE' || request.includes('\nm=')) world.answer(request, '200 OK', { sdp: await world.farAnswer(request) });
    else world.answer(request, '200 OK', { contact: false });
  };
};
const thrown = (world, run) => {
  try {
    world.note('returned', run());
  } catch (error) {
    world.note('thrown', [error.name, error.code ?? null, error.message]);
  }
};

const insideScenarios = [
  inside('6.2', 'hold and unhold', async (world) => {
    accept(world);
    world.note('hold', world.session.hold({}, () => world.note('done')));
    world.note('again', [world.session.hold(), world.session.isOnHold(), world.session.isReadyToReOffer()]);
    await world.told('done');
    world.note('unhold', world.session.unhold({ extraHeaders: ['X-Mine: 1'] }, () => world.note('done')));
    await world.told('done', 2);
  }),
  inside('6.2', 'hold by UPDATE', async (world) => {
    accept(world, 'UPDATE');
    world.session.hold({ useUpdate: true }, () => world.note('done'));
    await world.told('done');
  }),
  inside('6.2', 'renegotiate', async (world) => {
    accept(world);
    world.note('started', world.session.renegotiate({}, () => world.note('done')));
    await world.told('done');
  }, { incoming: true }),
  inside('6.3', 'the far end holds and comes back', async (world) => {
    for (const [at, direction] of [[2, 'sendonly'], [3, 'sendrecv']]) {
      world.far.getTransceivers()[0].direction = direction;
      world.ask('INVITE', { inside: world.invite, cseq: at, text: await world.farOffer() });
      const ok = await world.sent('SIP/2.0 200', at - 1);
      await world.far.setRemoteDescription({ type: 'answer', sdp: ok.slice(ok.indexOf('\r\n\r\n') + 4) });
      world.ask('ACK', { inside: world.invite, cseq: at, contact: false });
      await world.pause();
    }
  }),
  inside('6.3', 'a re-INVITE that the app rejects', async (world) => {
    world.session.on('reinvite', (event) => event.reject({ status_code: 488, reason_phrase: 'Not now', extraHeaders: ['X-Why: 1'] }));
    world.ask('INVITE', { inside: world.invite, cseq: 2, text: await world.farOffer() });
    await world.sent('SIP/2.0 488');
  }),
  inside('6.3', 'a callback after a re-INVITE', async (world) => {
    world.session.on('reinvite', (event) => (event.callback = () => world.note('callback')));
    world.ask('INVITE', { inside: world.invite, cseq: 2, text: await world.farOffer() });
    await world.told('callback');
  }),
  inside('6.3', 'an UPDATE without a description', async (world) => {
    world.ask('UPDATE', { inside: world.invite, cseq: 2, lines: 'Session-Expires: 90;refresher=uac\r\n' });
    await world.sent('SIP/2.0 200');
  }),
  inside('7', 'tones by INFO', async (world) => {
    world.reactions.INFO = (info) => world.answer(info, '200 OK', { contact: false });
    world.session.on('newDTMF', ({ dtmf }) => dtmf.on('succeeded', (event) => world.note('succeeded', event)));
    world.session.sendDTMF('1#', { duration: 100, interToneGap: 50, extraHeaders: ['X-Tone: 1'] });
    await world.told('succeeded', 2);
  }),
  inside('7', 'a tone that is refused', async (world) => {
    world.reactions.INFO = (info) => world.answer(info, '415 Unsupported Media Type', { contact: false });
    world.session.on('newDTMF', ({ dtmf }) => dtmf.on('failed', (event) => world.note('tone failed', event)));
    world.session.sendDTMF('12', { interToneGap: 50 });
    await world.told('tone failed');
    await world.pause(250);
  }),
  inside('6.2', 'tones that are none', async (world) => {
    for (const [tones, options] of [[undefined], ['x'], [''], [null], ['1', { duration: 'long' }], ['1', { transportType: 'NO' }], ['1', { interToneGap: {} }]]) {
      thrown(world, () => world.session.sendDTMF(tones, options));
    }
  }),
  inside('7', 'a tone of theirs', async (world) => {
    world.ask('INFO', { inside: world.invite, cseq: 2, type: 'application/dtmf-relay', text: 'Signal=5\r\nDuration=160\r\n', contact: false });
    await world.told('newDTMF');
    world.ask('INFO', { inside: world.invite, cseq: 3, type: 'application/dtmf-relay', text: 'Signal=a', contact: false });
    await world.told('newDTMF', 2);
  }),
  inside('7', 'an INFO both ways', async (world) => {
    world.reactions.INFO = (info) => world.answer(info, '200 OK', { contact: false });
    world.session.sendInfo('text/plain', 'hello', { extraHeaders: ['X-Mine: 1'] });
    await world.sent('INFO');
    world.ask('INFO', { inside: world.invite, cseq: 2, type: 'Text/Plain', text: 'there', contact: false });
    await world.told('newInfo', 2);
    world.ask('INFO', { inside: world.invite, cseq: 3, contact: false });
    await world.pause(60);
  }),
  inside('6.3', 'mute and unmute', async (world) => {
    world.session.mute();
    world.session.mute({ audio: true, video: true });
    world.note('muted', world.session.isMuted());
    world.session.unmute();
    world.note('unmuted', [world.session.isMuted(), world.session.connection.getSenders().map((sender) => sender.track?.enabled ?? null)]);
  }),
  inside('7', 'refer: asked, accepted, told', async (world) => {
    world.reactions.REFER = (refer) => {
      world.answer(refer, '202 Accepted', { contact: false });
      for (const [cseq, text] of [[2, 'SIP/2.0 100 Trying'], [3, 'SIP/2.0 180 Ringing'], [4, 'SIP/2.0 200 OK']]) {
        world.ask('NOTIFY', { inside: world.invite, cseq, lines: 'Event: refer\r\nSubscription-State: active;expires=60\r\n', type: 'message/sipfrag;version=2.0', text });
      }
    };
    const names = ['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed'];
    const transfer = world.session.refer('carol', { extraHeaders: ['X-Mine: 1'], eventHandlers: Object.fromEntries(names.map((name) => [name, (event) => world.note(`refer ${name}`, event)])) });
    world.note('id', typeof transfer.id);
    await world.told('refer accepted');
  }),
  inside('7', 'refer: refused', async (world) => {
    world.reactions.REFER = (refer) => world.answer(refer, '603 Decline', { contact: false });
    world.session.refer('sip:carol@x.y;transport=tcp').on('requestFailed', (event) => world.note('refer failed', event));
    await world.told('refer failed');
    world.note('more', typeof world.session.refer('dave'));
  }),
  inside('7', 'refer: they ask and we follow', async (world) => {
    world.session.on('refer', ({ accept: follow }) => follow((session) => world.watch(session, ['failed']), world.media));
    world.ask('REFER', { inside: world.invite, cseq: 2, lines: 'Refer-To: <sip:carol@example.com>\r\nReferred-By: <sip:far@example.com>\r\n' });
    const invite = await world.sent('INVITE');
    world.answer(invite, '180 Ringing', { tag: 'x2' });
    await world.sent('NOTIFY', 2);
    world.answer(invite, '486 Busy Here', { tag: 'x2' });
    await world.sent('NOTIFY', 3);
  }),
  inside('7', 'refer: they ask and we refuse', async (world) => {
    world.session.on('refer', ({ reject }) => reject());
    world.ask('REFER', { inside: world.invite, cseq: 2, lines: 'Refer-To: <sip:carol@example.com>\r\n' });
    await world.sent('NOTIFY', 2);
  }),
  inside('13.3', 'a REFER without Refer-To, and one to a telephone number', async (world) => {
    world.ask('REFER', { inside: world.invite, cseq: 2 });
    await world.sent('SIP/2.0 400');
  }),
  inside('13.3', 'an old CSeq and an unknown method', async (world) => {
    world.ask('INFO', { inside: world.invite, cseq: 5, type: 'text/plain', text: 'new', contact: false });
    world.ask('INFO', { inside: world.invite, cseq: 4, type: 'text/plain', text: 'old', contact: false });
    await world.sent('SIP/2.0 500');
  }),
  inside('6.2', 'a request of the app', async (world) => {
    world.reactions.MESSAGE = (message) => world.answer(message, '200 OK', { contact: false });
    const sent = world.session.sendRequest('MESSAGE', {
      extraHeaders: ['Content-Type: text/plain'], body: 'hi', eventHandlers: { onSuccessResponse: (response) => world.note('succeeded', response), onErrorResponse: (response) => world.note('refused', response) },
    });
    world.note('sent', sent);
    await world.told('succeeded');
  }),
];
export { insideScenarios as inside };
