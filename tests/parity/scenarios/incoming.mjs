// 6, 13.2 and 13.3: calls that come in, and what is refused.
const refused = (name, options, start = 'SIP/2.0') => ({
  section: '13.3', name,
  async run(world) {
    await world.line();
    const text = options.plain ? '' : await world.farOffer();
    world.ask(options.method ?? 'INVITE', { text, ...options });
    await world.sent(start);
    await world.pause(150);
  },
});

export const incoming = [
  {
    section: '6.3', name: 'a call that comes in, is answered and hung up',
    async run(world) {
      await world.line({ display_name: 'Alice' });
      world.ask('INVITE', { text: await world.farOffer(), lines: 'Session-Expires: 120;refresher=uac\r\nSupported: timer\r\n' });
      await world.told('progress');
      const { session } = world;
      world.note('ringing', [session.status, session.isInProgress(), session.direction, session.connection, session.remote_identity.toString(), session.local_identity.uri.toString()]);
      session.answer({ ...world.media, extraHeaders: ['X-Mine: 1'] });
      const ok = await world.sent('SIP/2.0 200');
      await world.far.setRemoteDescription({ type: 'answer', sdp: ok.slice(ok.indexOf('\r\n\r\n') + 4) });
      world.ask('ACK', { inside: ok, contact: false });
      await world.told('confirmed');
      world.reactions.BYE = (bye) => world.answer(bye, '200 OK', { contact: false });
      session.terminate();
      await world.sent('BYE');
      await world.pause();
    },
  },
  {
    section: '6.2', name: 'a call that is rejected',
    async run(world) {
      await world.line();
      world.ask('INVITE', { text: await world.farOffer() });
      await world.told('progress');
      world.session.terminate({ status_code: 486, extraHeaders: ['X-Why: lunch'] });
      await world.told('failed');
    },
  },
  {
    section: '6.2', name: 'a call that is rejected with no more words',
    async run(world) {
      await world.line();
      world.ask('INVITE', { text: await world.farOffer() });
      await world.told('progress');
      for (const bad of [200, 700]) {
        try {
          world.session.terminate({ status_code: bad });
        } catch (error) {
          world.note('thrown', [error.name, error.message]);
        }
      }
      world.session.terminate();
      try {
        world.session.terminate();
      } catch (error) {
        world.note('thrown', [error.name, error.code, error.message]);
      }
      try {
        world.session.answer();
      } catch (error) {
        world.note('thrown', [error.name, error.code, error.message]);
      }
    },
  },
  {
    section: '6.4', name: 'a caller that gives up',
    async run(world) {
      await world.line();
      world.ask('INVITE', { text: await world.farOffer() });
      await world.told('progress');
      world.branch -= 1;
      world.ask('CANCEL', { lines: 'Reason: SIP ;cause=200 ;text="Call completed elsewhere"\r\n', contact: false });
      await world.told('failed');
    },
  },
  {
    section: '6.3', name: 'answered inside newRTCSession',
    async run(world) {
      await world.line();
      world.ua.on('newRTCSession', ({ session }) => session.answer(world.media));
      world.ask('INVITE', { text: await world.farOffer() });
      await world.told('accepted');
    },
  },
  {
    section: '6.4', name: 'no microphone to answer with',
    async run(world) {
      await world.line();
      world.ask('INVITE', { text: await world.farOffer() });
      await world.told('progress');
      const real = navigator.mediaDevices.getUserMedia;
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      world.session.answer(world.media);
      await world.told('getusermediafailed');
      navigator.mediaDevices.getUserMedia = real;
    },
  },
  {
    section: '6.2', name: 'an INVITE without an offer',
    async run(world) {
      await world.line();
      world.ask('INVITE', {});
      await world.told('progress');
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      world.session.answer({ mediaStream: stream });
      const ok = await world.sent('SIP/2.0 200');
      await world.far.setRemoteDescription({ type: 'offer', sdp: ok.slice(ok.indexOf('\r\n\r\n') + 4) });
      await world.far.setLocalDescription(await world.far.createAnswer());
      world.ask('ACK', { inside: ok, text: await world.gathered(), contact: false });
      await world.told('confirmed');
    },
  },
  {
    section: '4.3', name: 'an INVITE and nobody listens',
    async run(world) {
      await world.line({}, []);
      world.ua.removeAllListeners('newRTCSession');
      world.ask('INVITE', { text: await world.farOffer() });
      await world.sent('SIP/2.0 405');
    },
  },
  refused('an INVITE for somebody else', { uri: 'sip:carol@example.com' }),
  refused('an INVITE with another body', { type: 'text/plain', text: 'hello' }),
  refused('an INVITE without Contact', { contact: false }),
  refused('a BYE outside any dialog', { method: 'BYE', plain: true }),
  refused('an INFO outside any dialog', { method: 'INFO', plain: true }),
  refused('an UPDATE outside any dialog', { method: 'UPDATE', plain: true }),
  refused('a REFER outside any dialog', { method: 'REFER', plain: true, lines: 'Refer-To: <sip:c@d.e>\r\n' }),
  refused('a PRACK outside any dialog', { method: 'PRACK', plain: true }),
  refused('a BYE in an unknown dialog', { method: 'BYE', plain: true, inside: 'SIP/2.0\r\nTo: <sip:alice@example.com>;tag=x1\r\nFrom: <sip:far@example.com>;tag=far\r\nCall-ID: far-call\r\n\r\n' }),
  refused('a NOTIFY outside any dialog', { method: 'NOTIFY', plain: true, lines: 'Event: keep-alive;id=5\r\n' }),
  refused('a request with too short a body', { method: 'MESSAGE', plain: true, length: 20 }),
];
