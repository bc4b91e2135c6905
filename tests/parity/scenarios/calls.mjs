// 6: what an application may do with a call beside answering it and hanging up.
// The file is long because it is a list: one scenario after the other, none of which needs another.
const call = (section, name, run) => ({
  section, name,
  async run(world) {
    await world.line();
    await run(world);
  },
});
const ringing = async (world, options = {}) => {
  world.ask('INVITE', { text: await world.farOffer(), ...options });
  await world.told('progress');
  return world.session;
};
const thrown = (world, name, run) => {
  try {
    world.note(name, run());
  } catch (error) {
    world.note(name, [error.name, error.code ?? null, error.message]);
  }
};
const kinds = (frame) => [...frame.matchAll(/^m=(\w+) (\d+)/gm)].map((match) => `${match[1]}${match[2] === '0' ? ' off' : ''}`);
const live = (stream) => stream.getTracks().map((track) => [track.kind, track.readyState, track.enabled]);
const senders = (session) => session.connection.getSenders().map((sender) => [sender.track?.kind ?? null, sender.track?.enabled ?? null]);

export const calls = [
  call('6.1', 'what newRTCSession shows of a call of ours', async (world) => {
    world.ua.on('newRTCSession', ({ session, request }) => {
      world.note('state', [session.status, session.direction, session.isInProgress(), session.start_time, session.end_time, session.connection instanceof RTCPeerConnection, session.contact.includes(';ob>')]);
      world.note('same', [request === session._request, session.local_identity === request.from, session.remote_identity === request.to, session.id === request.call_id + request.from.getParam('tag'), session._from_tag === request.from.getParam('tag'), session._to_tag]);
      world.note('request', [request.method, request.ruri.toString(), request.to.toString(), request.getHeader('contact') === session.contact, request.getHeader('Content-Type'), request.hasHeader('Session-Expires'), request.getHeader('Max-Forwards') == 69, request.body || null, request.getHeader('X-None') ?? null, request.getHeaders('X-Mine')]);
    });
    world.call('sip:bob@other.example', { extraHeaders: ['X-Mine: 1', 'X-Mine: 2'] });
    await world.sent('INVITE');
  }),
  call('6.1', 'the request is one object from newRTCSession to sending', async (world) => {
    let first;
    world.ua.on('newRTCSession', ({ request }) => {
      first = request;
      request.setHeader('X-Early', 'one');
      request.extraHeaders.push('X-Pushed: two');
    });
    world.call('bob', { extraHeaders: ['X-Mine: 1'], eventHandlers: {
      connecting: ({ request }) => {
        world.note('connecting', [request === first, request.body || null]);
        request.setHeader('x-mine', 'changed');
      },
      sending: ({ request }) => {
        world.note('sending', [request === first, request.body.includes('m=audio'), request.getHeader('X-Early'), request.getHeader('X-Mine'), request.cseq === parseInt(request.getHeader('CSeq'), 10)]);
        request.body = request.body.replace(/^s=.*$/m, 's=mine');
      },
    } });
    const invite = await world.sent('INVITE');
    world.note('session name', /^s=(.*)$/m.exec(invite)?.[1].trim());
    world.note('still', world.session._request === first);
  }),
  call('6.1', 'who calls: numbers, nothing, and a URI', async (world) => {
    const { URI } = world.JsSIP;
    const target = new URI('sip', 'bob', 'other.example', 5080, { transport: 'tcp' });
    world.call(target, { fromUserName: 42, data: null, extraHeaders: null, eventHandlers: null, mediaConstraints: { audio: true } });
    await world.sent('INVITE');
    world.note('data', world.session.data);
    world.session.terminate();
    for (const bad of [undefined, null, '', 5, {}, 'sip:', '<x>', 'a b c']) thrown(world, `call ${JSON.stringify(bad)}`, () => world.ua.call(bad, world.media) && 'made');
    thrown(world, 'malformed', () => world.ua.call('a%zz', world.media) && 'made');
  }),
  call('6.1', 'a used session', async (world) => {
    world.call('bob');
    await world.sent('INVITE');
    thrown(world, 'and again', () => world.session.connect('carol'));
    thrown(world, 'answer', () => world.session.answer());
    world.session.terminate();
    thrown(world, 'ended', () => world.session.connect('carol'));
  }),
  call('6.1', 'session timers of a call', async (world) => {
    for (const sessionTimersExpires of [30, '120', 'x', 60]) {
      world.call('bob', { sessionTimersExpires });
      await world.sent('INVITE', world.frames.filter((frame) => frame.startsWith('INVITE')).length + 1);
      world.session.terminate();
    }
  }),
  call('6.1', 'an offer to receive only', async (world) => {
    world.call('bob', { mediaConstraints: { audio: false, video: false }, rtcOfferConstraints: { offerToReceiveAudio: true, offerToReceiveVideo: true } });
    world.note('media', kinds(await world.sent('INVITE')));
  }),
  call('6.1', 'a stream of the application', async (world) => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    await world.talking({ mediaStream: stream, mediaConstraints: { audio: true, video: true } });
    world.note('senders', [world.session.connection.getSenders().map((sender) => sender.track === stream.getTracks()[0])]);
    world.session.mute({ audio: true });
    world.note('muted', live(stream));
    world.session.terminate();
    await world.sent('BYE');
    world.note('not stopped', live(stream));
  }),
  call('6.1', 'the stream that was captured is stopped', async (world) => {
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let captured;
    let asked;
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      asked = constraints;
      return (captured = await real(constraints));
    };
    await world.talking({ mediaConstraints: { audio: { echoCancellation: false } } });
    navigator.mediaDevices.getUserMedia = real;
    world.note('asked', asked);
    world.session.terminate();
    await world.sent('BYE');
    world.note('stopped', [captured.getTracks().map((track) => track.readyState), world.session.connection.connectionState]);
  }),
  call('6.1', 'pcConfig and rtcConstraints', async (world) => {
    const Real = window.RTCPeerConnection;
    const given = [];
    window.RTCPeerConnection = class extends Real {
      constructor(...args) {
        super(...args);
        given.push(args);
      }
    };
    const pcConfig = { iceServers: [{ urls: 'stun:127.0.0.1:9' }], iceCandidatePoolSize: 0 };
    world.call('bob', { pcConfig, rtcConstraints: { optional: [{ DtlsSrtpKeyAgreement: true }] } });
    world.call('bob', {});
    window.RTCPeerConnection = Real;
    world.note('given', [given, given[0][0] === pcConfig]);
  }),
  call('6.1', 'constraints reach createOffer and createAnswer', async (world) => {
    const given = [];
    const real = {};
    for (const name of ['createOffer', 'createAnswer']) {
      real[name] = RTCPeerConnection.prototype[name];
      RTCPeerConnection.prototype[name] = function (...args) {
        if (this !== world.far) given.push([name, args[0] ?? null]);
        return real[name].apply(this, args);
      };
    }
    await world.talking({ rtcOfferConstraints: { offerToReceiveAudio: true }, rtcAnswerConstraints: { voiceActivityDetection: false } });
    world.ask('INVITE', { inside: world.invite, cseq: 2, text: await world.farOffer() });
    const ok = await world.sent('SIP/2.0 200');
    await world.far.setRemoteDescription({ type: 'answer', sdp: ok.slice(ok.indexOf('\r\n\r\n') + 4) });
    world.ask('ACK', { inside: world.invite, cseq: 2, contact: false });
    await world.pause();
    world.session.renegotiate({ rtcOfferConstraints: { offerToReceiveVideo: true } });
    const second = await world.sent('INVITE', 2);
    world.answer(second, '200 OK', { sdp: await world.farAnswer(second) });
    await world.until(() => world.session.isReadyToReOffer());
    await world.pause();
    world.session.hold();
    await world.sent('INVITE', 3);
    Object.assign(RTCPeerConnection.prototype, real);
    world.note('given', given);
  }),
  call('6.4', 'RTCPeerConnection cannot be made', async (world) => {
    const Real = window.RTCPeerConnection;
    window.RTCPeerConnection = class {
      constructor() {
        throw new RangeError('no connection');
      }
    };
    thrown(world, 'call', () => world.ua.call('bob', world.media) && 'made');
    window.RTCPeerConnection = Real;
    world.note('sessions', Object.keys(world.ua._sessions).length);
    await world.pause();
  }),
  ...['connecting', 'sdp', 'icecandidate', 'sending'].map((name) => call('6.3', `terminated inside ${name}`, async (world) => {
    world.call('bob', { eventHandlers: { ...world.handlers(['failed', 'ended', 'connecting', 'sending', 'progress']), [name]: () => {
      world.note('inside', [name, world.session.status]);
      if (!world.session.isEnded()) world.session.terminate();
    } } });
    await world.told('failed');
    await world.pause(100);
  })),
  ...['accepted', 'confirmed'].map((name) => call('6.3', `terminated inside ${name}`, async (world) => {
    world.reactions.BYE = (bye) => world.answer(bye, '200 OK', { contact: false });
    world.call('bob', { eventHandlers: { ...world.handlers(['failed', 'ended', 'accepted', 'confirmed']), [name]: () => {
      world.note('inside', [name, world.session.status, world.session.isEstablished()]);
      world.session.terminate();
    } } });
    const invite = await world.sent('INVITE');
    world.answer(invite, '200 OK', { sdp: await world.farAnswer(invite) });
    await world.told('ended');
    await world.pause(60);
  })),
  call('6.3', 'terminated inside progress', async (world) => {
    world.call('bob', { eventHandlers: { ...world.handlers(['failed']), progress: () => world.session.terminate() } });
    world.answer(await world.sent('INVITE'), '180 Ringing');
    await world.sent('CANCEL');
  }),
  call('6.3', 'terminated inside peerconnection of a call that comes in', async (world) => {
    const session = await ringing(world);
    session.on('peerconnection', () => {
      world.note('inside', [session.status, session.isEstablished(), session.connection instanceof RTCPeerConnection]);
      session.terminate();
    });
    thrown(world, 'answer', () => session.answer(world.media));
    await world.pause(100);
  }),
  call('6.3', 'rejected inside newRTCSession', async (world) => {
    world.ua.on('newRTCSession', ({ session }) => {
      world.note('inside', [session.status, session.connection, session.direction, session.contact === world.ua.contact.toString()]);
      session.terminate({ status_code: 486, reason_phrase: 'Not now', extraHeaders: ['X-Why: 1'], body: 'v=0\r\n' });
    });
    world.ask('INVITE', { text: await world.farOffer() });
    await world.sent('SIP/2.0 486');
    await world.pause();
  }),
  call('6.2', 'answer: twice, and what the status is', async (world) => {
    const session = await ringing(world);
    session.answer({ ...world.media, data: { mine: 1 } });
    world.note('answered', [session.status, session.isEstablished(), session.connection instanceof RTCPeerConnection, session.data]);
    thrown(world, 'again', () => session.answer(world.media));
    thrown(world, 'reject with 200', () => session.terminate({ status_code: 200 }));
    thrown(world, 'tone', () => session.sendDTMF('1'));
    thrown(world, 'hold', () => session.hold());
    session.terminate({ status_code: 603 });
    await world.told('failed');
    await world.pause(100);
  }),
  call('6.2', 'answer: what follows the offer', async (world) => {
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const asked = [];
    navigator.mediaDevices.getUserMedia = (constraints) => {
      asked.push(constraints);
      return real(constraints);
    };
    for (const [at, options] of [{}, { mediaConstraints: { audio: true, video: true } }, { mediaConstraints: { video: false } }, { mediaConstraints: { audio: false, video: false } }].entries()) {
      world.far = new RTCPeerConnection();
      world.ask('INVITE', { text: await world.farOffer(), call: `far-${at}` });
      await world.told('progress', at + 1);
      world.session.answer(options);
      const ok = await world.sent('SIP/2.0 200', at + 1);
      world.note('media', [asked.splice(0), kinds(ok)]);
      world.ask('ACK', { inside: ok, contact: false });
      await world.told('confirmed', at + 1);
    }
    navigator.mediaDevices.getUserMedia = real;
  }),
  call('6.2', 'answer: a stream of the application, less what is not wanted', async (world) => {
    const session = await ringing(world);
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    session.answer({ mediaStream: stream, mediaConstraints: { audio: true, video: false } });
    await world.sent('SIP/2.0 200');
    world.note('stream', [stream.getTracks().map((track) => track.kind), senders(session)]);
  }),
  call('6.2', 'mute while hold, unmute while hold', async (world) => {
    await world.talking();
    const { session } = world;
    world.reactions.INVITE = async (request) => world.answer(request, '200 OK', { sdp: await world.farAnswer(request) });
    session.mute();
    session.mute();
    world.note('muted', senders(session));
    session.hold({}, () => world.note('held'));
    await world.told('held');
    world.note('on hold', [senders(session), session.isMuted()]);
    session.unmute();
    world.note('unmuted', [senders(session), session.isMuted()]);
    session.unmute({ video: true });
    session.unhold({}, () => world.note('back'));
    await world.told('back');
    world.note('back', senders(session));
    session.mute({});
    session.mute({ video: true });
    world.note('video', [session.isMuted(), senders(session)]);
  }),
  call('6.2', 'tracks while the far end holds', async (world) => {
    await world.talking();
    const { session } = world;
    session.connection.getSenders()[0].track.enabled = false;
    for (const [at, direction] of [[2, 'inactive'], [3, 'sendrecv']]) {
      world.far.getTransceivers()[0].direction = direction;
      world.ask('INVITE', { inside: world.invite, cseq: at, text: await world.farOffer() });
      const ok = await world.sent('SIP/2.0 200', at - 1);
      await world.far.setRemoteDescription({ type: 'answer', sdp: ok.slice(ok.indexOf('\r\n\r\n') + 4) });
      world.ask('ACK', { inside: world.invite, cseq: at, contact: false });
      await world.pause();
      world.note('tracks', [senders(session), session.isOnHold()]);
    }
  }),
  call('6.2', 'hold and unhold where they cannot be', async (world) => {
    world.call('bob');
    world.note('early', [world.session.hold(), world.session.unhold(), world.session.renegotiate(), world.session.refer('carol'), world.session.isReadyToReOffer()]);
    const invite = await world.sent('INVITE');
    world.answer(invite, '200 OK', { sdp: await world.farAnswer(invite) });
    await world.told('confirmed');
    world.note('not held', [world.session.unhold(), world.session.isReadyToReOffer()]);
    world.session.renegotiate();
    await world.pause(60);
    world.note('busy', [world.session.hold(), world.session.unhold(), world.session.renegotiate(), world.session.isOnHold()]);
    world.session.terminate();
    world.note('ended', [world.session.hold(), world.session.unhold(), world.session.renegotiate(), world.session.refer('carol'), world.session.isReadyToReOffer()]);
  }),
  call('6.2', 'renegotiate with offers to receive', async (world) => {
    await world.talking();
    world.session.renegotiate({ rtcOfferConstraints: { offerToReceiveVideo: true }, extraHeaders: ['X-Mine: 1'] });
    const second = await world.sent('INVITE', 2);
    world.note('media', kinds(second));
  }),
  call('6.2', 'renegotiate with a restart of ICE, by UPDATE', async (world) => {
    await world.talking();
    world.session.renegotiate({ useUpdate: true, rtcOfferConstraints: { iceRestart: true } }, () => world.note('done'));
    const update = await world.sent('UPDATE');
    const ufrag = (frame) => /^a=ice-ufrag:(.*)$/m.exec(frame)?.[1];
    world.note('restarted', [ufrag(update) !== ufrag(world.invite), /^a=candidate/m.test(update)]);
    world.answer(update, '200 OK', { sdp: await world.farAnswer(update) });
    await world.told('done');
  }),
  call('6.2', 'tones: odd options', async (world) => {
    await world.talking();
    world.reactions.INFO = (info) => world.answer(info, '200 OK', { contact: false });
    const { session } = world;
    for (const [at, [tones, options]] of [[1, { duration: 0, interToneGap: 0 }], ['a', { duration: '200', interToneGap: '50' }], ['*', { duration: null, interToneGap: null }], ['r', { duration: 10, interToneGap: 10 }], ['5', { duration: 9000, interToneGap: -60 }]].entries()) {
      thrown(world, `sent ${tones}`, () => session.sendDTMF(tones, options) ?? 'nothing');
      await world.sent('INFO', at + 1);
      await world.pause(at % 2 === 0 ? 650 : 300);
    }
  }),
  call('6.2', 'tones: a queue with a pause', async (world) => {
    await world.talking();
    world.reactions.INFO = (info) => world.answer(info, '200 OK', { contact: false });
    world.session.sendDTMF('1,2', { duration: 70, interToneGap: 50 });
    world.session.sendDTMF('3', { duration: 500 });
    const before = performance.now();
    await world.sent('INFO', 3);
    world.note('after the pause', performance.now() - before > 2000);
  }),
  call('6.2', 'tones: before the call is up', async (world) => {
    world.call('bob');
    thrown(world, 'early', () => world.session.sendDTMF('1'));
    thrown(world, 'info early', () => world.session.sendInfo('text/plain', 'x'));
    const invite = await world.sent('INVITE');
    thrown(world, 'sent', () => world.session.sendDTMF('1'));
    world.answer(invite, '180 Ringing', { contact: false });
    await world.told('progress');
    thrown(world, 'without a dialog', () => world.session.sendDTMF('2') ?? 'nothing');
    await world.pause(20);
    thrown(world, 'info', () => world.session.sendInfo('text/plain', 'x'));
    world.note('request', world.session.sendRequest('INFO', {}) ?? 'none');
    world.answer(invite, '183 Session Progress', { tag: 'far-b' });
    await world.told('progress', 2);
    thrown(world, 'request', () => world.session.sendRequest('INFO', { extraHeaders: ['Content-Type: x/y'], body: 'z' }).method);
    world.session.terminate();
    thrown(world, 'ended', () => world.session.sendDTMF('1'));
    thrown(world, 'nothing', () => world.session.sendInfo());
  }),
  call('6.2', 'tones in the audio', async (world) => {
    await world.talking();
    await world.until(() => world.session.connection.iceConnectionState === 'connected' || world.session.connection.iceConnectionState === 'completed', 3000);
    await world.until(() => world.session.connection.getSenders()[0].dtmf.canInsertDTMF, 3000);
    const { dtmf } = world.session.connection.getSenders()[0];
    world.session.sendDTMF('12#', { transportType: 'RFC2833', duration: 200, interToneGap: 400 });
    world.note('buffer', dtmf.toneBuffer);
    world.session.sendDTMF('A', { transportType: world.JsSIP.C.DTMF_TRANSPORT.RFC2833 });
    world.note('buffer', dtmf.toneBuffer);
  }),
  call('6.2', 'terminate: what a reason may be', async (world) => {
    await world.talking();
    const { session } = world;
    for (const status_code of [199, 700, 1]) thrown(world, `with ${status_code}`, () => session.terminate({ status_code }));
    session.terminate({ status_code: 480, cause: 'mine', extraHeaders: ['X-Bye: 1'], body: 'why' });
    await world.told('ended');
    world.note('after', [session.status, session.isEnded(), session.end_time instanceof Date, session.cause ?? null]);
    thrown(world, 'again', () => session.terminate());
    thrown(world, 'info', () => session.sendInfo());
    thrown(world, 'mute', () => session.mute() ?? 'nothing');
  }),
  call('6.2', 'terminate: no status, in other words', async (world) => {
    await world.talking();
    world.session.terminate({ status_code: null, reason_phrase: null });
    await world.sent('BYE');
    world.call('bob');
    await world.sent('INVITE', 2);
    world.session.terminate({ status_code: 0 });
    const session = await ringing(world, { call: 'far-in' });
    thrown(world, 'with 200', () => session.terminate({ status_code: 200 }));
    session.terminate({ status_code: null });
    await world.sent('SIP/2.0 480');
  }),
  call('6.2', 'a status that is a text, and texts that are none', async (world) => {
    const session = await ringing(world);
    session.terminate({ status_code: '486', reason_phrase: '', cause: '', body: 5 });
    await world.sent('SIP/2.0 486');
    world.ua.once('newMessage', ({ message }) => message.reject({ status_code: '603', reason_phrase: '', body: 6 }));
    world.ask('MESSAGE', { text: 'x', type: 'text/plain', contact: false, call: 'far-text' });
    await world.sent('SIP/2.0 603');
    await world.talking();
    world.session.terminate({ status_code: '480', reason_phrase: '', cause: '', body: '' });
    await world.told('ended');
  }),
  call('6.2', 'an answer with headers of the application, by a callee that hangs up at once', async (world) => {
    const session = await ringing(world);
    session.answer({ ...world.media, extraHeaders: ['X-Mine: 1'], sessionTimersExpires: 200 });
    const ok = await world.sent('SIP/2.0 200');
    await world.told('accepted');
    world.note('waiting', [session.status, session.isEstablished(), session.start_time instanceof Date]);
    session.terminate();
    world.note('ended', [session.status, session.isEnded()]);
    await world.pause();
    world.ask('ACK', { inside: ok, contact: false });
    await world.sent('BYE');
  }),
  call('6.4', 'a BYE while it rings', async (world) => {
    await ringing(world);
    const ring = await world.sent('SIP/2.0 180');
    world.ask('BYE', { inside: ring, cseq: 2, contact: false });
    await world.told('ended');
    await world.pause();
    world.note('status', world.session.status);
  }),
  call('6.4', 'an INVITE that expires', async (world) => {
    await ringing(world, { lines: 'Expires: 1\r\n' });
    await world.told('failed');
  }),
  {
    section: '6.4', name: 'nobody answers',
    async run(world) {
      await world.line({ no_answer_timeout: 1 });
      await ringing(world);
      await world.told('failed');
    },
  },
  call('6.4', 'the offer cannot be used', async (world) => {
    const session = await ringing(world);
    session.on('sdp', (event) => (event.sdp = 'v=0\r\nm=nonsense\r\n'));
    session.on('peerconnection:setremotedescriptionfailed', (error) => world.note('error', error.name));
    session.answer(world.media);
    await world.told('failed');
    await world.pause();
  }),
  call('6.4', 'the answer cannot be used', async (world) => {
    world.call('bob', { eventHandlers: { ...world.handlers(), sdp: (event) => {
      if (event.originator === 'remote') event.sdp = 'v=0\r\nm=nonsense\r\n';
    }, 'peerconnection:setremotedescriptionfailed': (error) => world.note('error', error.name) } });
    const invite = await world.sent('INVITE');
    world.reactions.BYE = (bye) => world.answer(bye, '200 OK', { contact: false });
    world.answer(invite, '200 OK', { sdp: await world.farAnswer(invite) });
    await world.told('failed');
    await world.pause();
  }),
  call('6.3', 'sdp may be changed on its way in and out', async (world) => {
    world.call('bob', { eventHandlers: { ...world.handlers(), sdp: (event) => {
      world.note('sdp', [event.originator, event.type, Object.keys(event).sort()]);
      event.sdp = event.sdp.replace(/^s=.*$/m, `s=${event.originator}`);
    } } });
    const invite = await world.sent('INVITE');
    world.note('sent', /^s=(.*)$/m.exec(invite)?.[1].trim());
    world.answer(invite, '200 OK', { sdp: await world.farAnswer(invite) });
    await world.told('confirmed');
    world.note('applied', /^s=(.*)$/m.exec(world.session.connection.remoteDescription.sdp)?.[1].trim());
  }),
  call('6.3', 'candidates, and no waiting for the rest', async (world) => {
    let count = 0;
    world.call('bob', { pcConfig: { iceServers: [{ urls: 'stun:192.0.2.1:9' }] }, eventHandlers: { ...world.handlers(), icecandidate: (event) => {
      world.note('candidate', [event.candidate instanceof RTCIceCandidate, typeof event.ready, Object.keys(event).sort()]);
      count += 1;
      event.ready();
      event.ready();
    } } });
    const invite = await world.sent('INVITE');
    await world.pause(150);
    world.note('candidates', [count, /^a=candidate/m.test(invite)]);
  }),
  call('6.3', 'a re-INVITE without an offer', async (world) => {
    await world.talking();
    world.ask('INVITE', { inside: world.invite, cseq: 2 });
    const ok = await world.sent('SIP/2.0 200');
    await world.far.setRemoteDescription({ type: 'offer', sdp: ok.slice(ok.indexOf('\r\n\r\n') + 4) });
    await world.far.setLocalDescription(await world.far.createAnswer());
    world.ask('ACK', { inside: world.invite, cseq: 2, text: await world.gathered(), contact: false });
    await world.pause(60);
    world.note('status', world.session.status);
  }),
  call('6.3', 'an UPDATE with an offer, with a callback, and one that is rejected', async (world) => {
    await world.talking();
    world.session.once('update', (event) => {
      world.note('event', [Object.keys(event).sort(), event.request.method]);
      event.callback = () => world.note('callback');
    });
    world.ask('UPDATE', { inside: world.invite, cseq: 2, text: await world.farOffer() });
    const ok = await world.sent('SIP/2.0 200');
    await world.far.setRemoteDescription({ type: 'answer', sdp: ok.slice(ok.indexOf('\r\n\r\n') + 4) });
    world.session.once('update', (event) => event.reject());
    world.ask('UPDATE', { inside: world.invite, cseq: 3, text: await world.farOffer() });
    await world.sent('SIP/2.0 403');
  }),
  call('6.3', 'a re-INVITE with another body', async (world) => {
    await world.talking();
    world.ask('INVITE', { inside: world.invite, cseq: 2, text: 'x', type: 'text/plain' });
    await world.sent('SIP/2.0 415');
    await world.pause();
  }),
  call('6.3', 'a 1xx without a tag, and early media that rings on', async (world) => {
    world.call('bob');
    const invite = await world.sent('INVITE');
    world.answer(invite, '180 Ringing', { tag: '' });
    await world.pause();
    world.note('status', world.session.status);
    const sdp = await world.farAnswer(invite);
    const heard = world.events.filter(([name]) => name === 'progress').length;
    world.answer(invite, '183 Session Progress', { sdp });
    await world.told('progress', heard + 1);
    world.note('early', [world.session.status, world.session.connection.signalingState]);
    world.answer(invite, '180 Ringing');
    await world.told('progress', heard + 2);
    world.answer(invite, '200 OK', { sdp });
    await world.told('confirmed');
  }),
  call('6.4', 'the line is lost while it rings out', async (world) => {
    world.call('bob');
    const invite = await world.sent('INVITE');
    world.answer(invite, '180 Ringing');
    await world.told('progress');
    world.refuses = true;
    world.socket.up = false;
    world.socket.ondisconnect(true, 1006, 'gone');
    await world.told('failed');
    world.note('status', [world.session.status, Object.keys(world.ua._sessions).length]);
  }),
];
