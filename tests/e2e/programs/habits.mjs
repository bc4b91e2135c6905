// What applications are in the habit of doing, each on a line of its own world: run on both packages by habits.spec.mjs.
import JsSIP from 'jssip';
import { body, World } from '../../parity/world.mjs';

const OPUS = /a=fmtp:111 .*/;
const quick = { mediaConstraints: { audio: true, video: false } };
const thrown = (run) => {
  try {
    return run();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};

const habits = {
  async 'handlers in the options of call'(world, log) {
    await world.line();
    const eventHandlers = {};
    for (const name of ['peerconnection', 'connecting', 'sdp', 'sending', 'progress', 'accepted', 'confirmed', 'ended']) {
      eventHandlers[name] = function heard(event) {
        log(name, this.isEstablished(), Object.keys(event).filter((key) => !['diagnosis', 'features', 'reason'].includes(key)).sort().join());
      };
    }
    world.ua.once('newRTCSession', ({ session }) => session.once('sending', () => log('from newRTCSession')));
    await world.talking({ eventHandlers: { ...eventHandlers, confirmed: (event) => (eventHandlers.confirmed.call(world.session, event), world.note('confirmed')) } });
    world.session.terminate();
  },

  async 'track and addstream on the connection'(world, log) {
    await world.line();
    const listen = (session) => {
      for (const name of ['track', 'addstream']) session.connection.addEventListener(name, (event) => log(name, session.direction, session.status, event.track?.kind ?? event.stream.getTracks().length));
      session.connection.onaddstream = ({ stream }) => log('onaddstream', session.connection.getRemoteStreams()[0] === stream);
    };
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    const speak = () => microphone.getTracks().forEach((track) => world.far.addTrack(track, microphone));
    speak();
    world.ua.on('newRTCSession', ({ session, originator }) => originator === 'local' && listen(session));
    await world.talking();
    log('receives', world.session.connection.getReceivers().map(({ track }) => track.readyState).join());
    world.session.terminate();
    world.far = new RTCPeerConnection();
    speak();
    world.ua.once('newRTCSession', ({ session }) => log('before answer()', session.connection));
    world.ask('INVITE', { text: await world.farOffer(), call: 'far-second' });
    await world.until(() => world.session.direction === 'incoming');
    world.session.answer(quick);
    log('after answer()', world.session.connection.signalingState);
    listen(world.session);
    await world.told('accepted', 2);
    world.session.terminate();
  },

  async 'the connection is the application\'s as well'(world, log) {
    await world.line();
    let handled = 0;
    const eventHandlers = {
      peerconnection: ({ peerconnection }) => {
        peerconnection.createDataChannel('of the application');
        peerconnection.onicecandidate = () => (handled += 1);
        peerconnection.oniceconnectionstatechange = () => (handled += 1);
        peerconnection.addTransceiver('video', { direction: 'recvonly' });
      },
      confirmed: () => world.note('confirmed'),
    };
    const session = await world.talking({ eventHandlers });
    const { connection } = session;
    const sender = connection.getSenders().find(({ track }) => track?.kind === 'audio');
    const captured = sender.track;
    log([...body(world.invite).matchAll(/^m=(\w+)/gm)].map(([, kind]) => kind).sort().join(), handled > 0, connection.getLocalStreams().length, captured.kind);
    // Another microphone: from now on it is this that is muted.
    const other = (await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks()[0];
    await sender.replaceTrack(other);
    session.mute({ audio: true });
    log('replaced', other.enabled, captured.enabled, (await connection.getStats()).size > 0);
    session.unmute({ audio: true });
    log('unmuted', other.enabled);
    session.terminate();
    log('over', connection.signalingState, captured.readyState, other.readyState);
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    world.far = new RTCPeerConnection();
    world.call('bob', { mediaStream: stream });
    const invite = await world.sent('INVITE', 2);
    log('its own stream', world.session.connection.getSenders()[0].track === stream.getTracks()[0], world.session.connection.getLocalStreams()[0]?.id === stream.id);
    world.answer(invite, '486 Busy Here');
    await world.until(() => world.session.isEnded());
    log('over', stream.getTracks()[0].readyState);
  },

  async 'a screen is added to the call'(world, log) {
    await world.line();
    const session = await world.talking();
    const screen = document.createElement('canvas').captureStream();
    const [track] = screen.getTracks();
    const sender = session.connection.addTrack(track, screen);
    session.on('sdp', ({ originator, type, sdp }) => log('sdp', originator, type, [...sdp.matchAll(/^m=(\w+) (0?)/gm)].map((match) => match[1]).join()));
    const again = async (count) => {
      const invite = await world.sent('INVITE', count);
      world.answer(invite, '200 OK', { sdp: await world.farAnswer(invite) });
      await world.until(() => world.events.filter((entry) => entry === 'through').length === count - 1);
    };
    log('asked', session.renegotiate({ rtcOfferConstraints: { offerToReceiveVideo: false } }, () => world.note('through')));
    await again(2);
    log('far end has', world.far.getReceivers().map(({ track: { kind } }) => kind).join(), session.isReadyToReOffer());
    session.mute({ video: true });
    log('muted', track.enabled, JSON.stringify(session.isMuted()));
    session.unmute({ video: true });
    session.connection.removeTrack(sender);
    log('asked', session.renegotiate({}, () => world.note('through')));
    await again(3);
    log('directions', session.connection.getTransceivers().map(({ currentDirection }) => currentDirection).join(), track.readyState);
    session.terminate();
    log('over', track.readyState);
  },

  async 'sdp is changed both ways, in a call of ours'(world, log) {
    await world.line();
    world.ua.on('newRTCSession', ({ session }) => session.on('sdp', (event) => {
      if (event.originator === 'local') event.sdp = event.sdp.replace(OPUS, '$&;stereo=1');
      else event.sdp = event.sdp.replace(OPUS, '$&;usedtx=1');
    }));
    await world.talking();
    log('they read', OPUS.exec(body(world.invite))[0].includes('stereo=1'), 'of theirs we apply', OPUS.exec(world.session.connection.remoteDescription.sdp)[0].includes('usedtx=1'));
    world.session.terminate();
  },

  async 'sdp is changed both ways, in a call of theirs'(world, log) {
    await world.line();
    world.ua.on('newRTCSession', ({ session }) => session.on('sdp', (event) => {
      log('sdp', event.originator, event.type);
      if (event.originator === 'local') event.sdp = event.sdp.replace(OPUS, '$&;stereo=1');
      else event.sdp = event.sdp.replace(OPUS, '$&;usedtx=1');
    }));
    await world.called();
    log('they read', OPUS.exec(body(world.ok))[0].includes('stereo=1'), 'of theirs we apply', OPUS.exec(world.session.connection.remoteDescription.sdp)[0].includes('usedtx=1'));
    world.session.terminate();
  },

  async 'ready() of icecandidate'(world, log) {
    await world.line();
    let gathering;
    let begun;
    const eventHandlers = {
      icecandidate: ({ candidate, ready }) => {
        if (begun === undefined) log('candidate', candidate.type, typeof ready);
        begun ??= performance.now();
        ready();
        // Once more does no harm.
        ready();
      },
      sending: () => {
        gathering = world.session.connection.iceGatheringState;
      },
    };
    // A server that is not there: gathering goes on for seconds.
    world.call('bob', { eventHandlers, pcConfig: { iceServers: [{ urls: `stun:127.0.0.1:${window.silentPort}` }] } });
    await world.sent('INVITE');
    log('INVITE left', gathering, performance.now() - begun < 1000, world.frames.filter((frame) => frame.startsWith('INVITE')).length);
    world.answer(world.frames.find((frame) => frame.startsWith('INVITE')), '486 Busy Here');
    await world.until(() => world.session.isEnded());
  },

  async 'reinvite is followed, or refused'(world, log) {
    await world.line();
    await world.talking();
    const offers = [];
    world.session.on('reinvite', (event) => {
      offers.push(event.request.method);
      log('reinvite', offers.length, event.request.method, typeof event.callback, typeof event.reject);
      if (offers.length === 1) event.callback = () => log('callback after the 200', world.frames.filter((frame) => frame.startsWith('SIP/2.0 200')).length);
      if (offers.length === 2) {
        log(thrown(() => event.reject({ status_code: 200 })));
        event.reject({ status_code: 488, reason_phrase: 'Not this', extraHeaders: ['X-Why: tired'] });
      }
    });
    const again = async (cseq) => {
      await world.far.setLocalDescription(await world.far.createOffer());
      world.ask('INVITE', { inside: world.invite, text: world.far.localDescription.sdp, cseq });
    };
    await again(10);
    const ok = await world.sent('SIP/2.0 200');
    await world.far.setRemoteDescription({ type: 'answer', sdp: body(ok) });
    world.ask('ACK', { inside: world.invite, cseq: 10, contact: false });
    await world.pause(50);
    await again(11);
    const refused = await world.sent('SIP/2.0 4');
    log(refused.split('\r\n')[0], /X-Why: .*/.exec(refused)[0], world.session.isEstablished());
    await world.far.setLocalDescription({ type: 'rollback' });
    world.ask('ACK', { inside: world.invite, cseq: 11, contact: false });
    world.session.terminate();
  },

  async 'a bag of data, and properties of one\'s own'(world, log) {
    await world.line();
    const data = { ticket: 7 };
    world.ua.owner = 'me';
    world.ua.on('newRTCSession', ({ session }) => {
      log('in newRTCSession', session.data === data, session.data.ticket, session._ua.owner);
      session.colour = 'green';
      session.on('confirmed', function heard() {
        log('in confirmed', this.colour, this.data.ticket, this === session);
      });
    });
    await world.talking({ data });
    world.session.data = { other: 1 };
    log(world.session.data.other, Object.values(world.ua._sessions)[0].colour, 'colour' in world.session);
    world.session.terminate();
    world.far = new RTCPeerConnection();
    world.ask('INVITE', { text: await world.farOffer(), call: 'far-second' });
    await world.until(() => world.session.direction === 'incoming');
    log(JSON.stringify(world.session.data));
    world.session.answer({ ...quick, data: { answered: true } });
    log(JSON.stringify(world.session.data));
    await world.told('accepted', 2);
    world.session.terminate();
  },

  async 'set and get'(world, log) {
    await world.line({ display_name: 'First' });
    const { ua } = world;
    for (const [key, value] of [['authorization_user', 'other'], ['realm', 'r'], ['ha1', 'abc'], ['authorization_jwt', 'Bearer x'], ['password', 'p'], ['display_name', 'Second'], ['uri', 'sip:x@y.z'], ['nonsense', 1]]) {
      log(key, ua.set(key, value), ua.get(key));
    }
    ua.set('authorization_jwt', null);
    ua.set('extra_headers', ['X-Set: later']);
    ua.sendMessage('bob', 'x');
    const sent = await world.sent('MESSAGE');
    log(/^From: [^<]*/m.exec(sent)[0], /^X-Set: .*/m.exec(sent)?.[0], ua.configuration.uri.toString());
  },

  async 'a subclass of UA'(world, log) {
    const names = [];
    class Mine extends JsSIP.UA {
      call(target, options) {
        return super.call(`mine-${target}`, options);
      }
      sendMessage(target, text, options) {
        return super.sendMessage(target, text.toUpperCase(), options);
      }
      emit(name, ...payload) {
        names.push(name);
        return super.emit(name, ...payload);
      }
      isRegistered() {
        return 'never';
      }
      get configuration() {
        return Object.assign(Object.create(super.configuration), { extra: 1 });
      }
    }
    world.JsSIP = { ...JsSIP, UA: Mine };
    const ua = await world.line();
    log(ua instanceof JsSIP.UA, ua instanceof Mine, ua.isRegistered(), ua.configuration.extra, ua.configuration.uri.user, ua.constructor.name);
    await world.talking();
    ua.sendMessage('bob', 'loud');
    log(world.invite.split(' ')[1], body(await world.sent('MESSAGE')), names.filter((name) => /connect|newRTC|newMess/.test(name)).join());
    log(world.session instanceof JsSIP.RTCSession, world.session.constructor === JsSIP.RTCSession);
    world.session.terminate();
  },

  async 'a Proxy around the UA and a session'(world, log) {
    // State libraries wrap what they are given.
    const touched = new Set();
    const wrap = (target) => new Proxy(target, { get: (from, key, receiver) => (touched.add(key), Reflect.get(from, key, receiver)) });
    world.JsSIP = { ...JsSIP, UA: new Proxy(JsSIP.UA, { construct: (UA, given) => wrap(new UA(...given)) }) };
    await world.line();
    const { ua } = world;
    ua.on('newRTCSession', ({ session }) => log('announced', session.direction));
    await world.talking();
    const session = wrap(world.session);
    session.on('muted', ({ audio }) => log('muted', audio));
    session.on('hold', ({ originator }) => log('hold', originator));
    session.mute();
    session.data = { wrapped: true };
    world.reactions.INFO = (info) => world.answer(info, '200 OK', { contact: false });
    session.sendDTMF('9');
    log(ua.isConnected(), ua.status, session.isEstablished(), JSON.stringify(session.isMuted()), world.session.data.wrapped, session.id === world.session.id, touched.has('on'));
    await world.sent('INFO');
    log(session.hold());
    session.terminate();
    log(session.isEnded(), Object.keys(ua._sessions).length, thrown(() => session.terminate()));
    ua.stop();
    log(ua.status);
  },

  async 'one session, one message'(world, log) {
    await world.line();
    const seen = {};
    for (const name of ['newMessage', 'newOptions']) world.ua.on(name, ({ message }) => (seen[name] = message));
    let announced;
    world.ua.on('newRTCSession', ({ session }) => (announced = session));
    const [message, options] = [world.ua.sendMessage('bob', 'x'), world.ua.sendOptions('bob')];
    await world.sent('OPTIONS');
    log(message === seen.newMessage, options === seen.newOptions, message.direction, options.direction);
    const session = world.call('bob');
    log(session === announced, world.ua._sessions[session.id] === session, session.id.startsWith(session._request.call_id));
    await world.sent('INVITE');
    session.terminate();
    world.ask('INVITE', { text: await world.farOffer() });
    await world.until(() => announced.direction === 'incoming');
    const incoming = announced;
    log(world.ua._sessions[incoming.id] === incoming, incoming.id, incoming._request.call_id);
    let failed;
    incoming.on('failed', function heard() {
      failed = this;
    });
    incoming.terminate();
    log(failed === incoming);
  },
};

window.habitNames = Object.keys(habits);
window.habit = async (name) => {
  const world = new World(JsSIP);
  const lines = [];
  await habits[name](world, (...words) => lines.push(words.join(' '))).catch((error) => lines.push(`thrown ${error.stack}`));
  const told = world.finish().events.filter((entry) => Array.isArray(entry) && entry[0] === 'waited in vain');
  world.ua.stop();
  return [...lines, ...told.map(([, what]) => `waited in vain for ${what}`)];
};
