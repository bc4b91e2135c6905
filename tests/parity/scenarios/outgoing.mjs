// 6.1, 6.3, 6.4 and 13: calls that go out.
const refused = (status, lines = '') => ({
  section: '6.4', name: `a call refused with ${status}`,
  async run(world) {
    await world.line();
    world.call();
    world.answer(await world.sent('INVITE'), status, { lines });
    await world.told('failed');
    await world.sent('ACK');
  },
});

export const outgoing = [
  {
    section: '6.3', name: 'a call that is answered and hung up',
    async run(world) {
      await world.line();
      world.call();
      const invite = await world.sent('INVITE');
      world.answer(invite, '100 Trying', { contact: false, tag: '' });
      world.answer(invite, '180 Ringing');
      await world.told('progress');
      world.answer(invite, '200 OK', { sdp: await world.farAnswer(invite) });
      await world.told('confirmed');
      const { session } = world;
      world.note('state', [session.status, session.isEstablished(), session.isOnHold(), session.isMuted(), session.direction, session.start_time instanceof Date, session.end_time]);
      world.note('identities', [session.local_identity.toString().replace(/tag=\w+/, ''), session.remote_identity.toString(), session.id.startsWith(session._request.call_id)]);
      world.reactions.BYE = (bye) => world.answer(bye, '200 OK', { contact: false });
      session.terminate();
      await world.told('ended');
      world.note('after', [session.isEnded(), session.end_time instanceof Date]);
      await world.pause();
    },
  },
  {
    section: '6.3', name: 'early media, then the answer',
    async run(world) {
      await world.line();
      world.call();
      const invite = await world.sent('INVITE');
      const sdp = await world.farAnswer(invite);
      world.answer(invite, '183 Session Progress', { sdp });
      await world.told('progress');
      world.answer(invite, '200 OK', { contact: true });
      await world.told('confirmed');
      world.reactions.BYE = (bye) => world.answer(bye, '200 OK', { contact: false });
      world.session.terminate({ status_code: 486, reason_phrase: 'Enough', cause: 'mine', extraHeaders: ['X-Bye: 1'] });
      await world.sent('BYE');
      await world.pause();
    },
  },
  {
    section: '6.1', name: 'anonymous',
    async run(world) {
      await world.line({ display_name: 'Alice' });
      world.call('bob', { anonymous: true, extraHeaders: ['X-Mine: 1'] });
      await world.sent('INVITE');
    },
  },
  {
    section: '6.1', name: 'anonymous, with a name, and a transfer',
    async run(world) {
      await world.line({ display_name: 'Alice' });
      await world.talking({ anonymous: true, fromDisplayName: 'Alice' });
      world.session.refer('carol');
      await world.sent('REFER');
    },
  },
  {
    section: '6.1', name: 'from another user, with another name',
    async run(world) {
      await world.line({ display_name: 'Alice', use_preloaded_route: true });
      world.call('sip:bob@other.example;transport=tcp', { fromUserName: '42', fromDisplayName: 'Desk' });
      await world.sent('INVITE');
    },
  },
  {
    section: '13.5', name: 'without session timers',
    async run(world) {
      await world.line({ session_timers: false });
      world.call();
      await world.sent('INVITE');
    },
  },
  {
    section: '13.5', name: 'we insist to refresh',
    async run(world) {
      await world.line({ session_timers_force_refresher: true });
      world.call('bob', { sessionTimersExpires: 120 });
      await world.sent('INVITE');
    },
  },
  {
    section: '6.1', name: 'events may change the INVITE',
    async run(world) {
      await world.line();
      world.call('bob', {
        eventHandlers: {
          ...world.handlers(),
          sending: ({ request }) => {
            request.setHeader('X-Changed', 'yes');
            request.setHeader('X-Count', 5);
            request.setHeader('Subject', ['one', 'two']);
            world.note('sending', request);
          },
        },
      });
      await world.sent('INVITE');
    },
  },
  {
    section: '6.2', name: 'cancelled while it rings',
    async run(world) {
      await world.line();
      world.call();
      const invite = await world.sent('INVITE');
      world.answer(invite, '180 Ringing');
      await world.told('progress');
      world.reactions.CANCEL = (cancel) => {
        world.answer(cancel, '200 OK', { contact: false });
        world.answer(invite, '487 Request Terminated', { contact: false });
      };
      world.session.terminate({ status_code: 487, reason_phrase: 'Gone' });
      await world.sent('ACK');
      await world.pause();
    },
  },
  {
    section: '6.2', name: 'cancelled before anybody answered',
    async run(world) {
      await world.line();
      world.call();
      const invite = await world.sent('INVITE');
      world.session.terminate();
      await world.pause();
      world.answer(invite, '180 Ringing');
      await world.sent('CANCEL');
    },
  },
  {
    section: '6.2', name: 'terminated inside newRTCSession',
    async run(world) {
      await world.line();
      world.ua.on('newRTCSession', ({ session }) => session.terminate());
      world.call();
      await world.told('failed');
      await world.pause(300);
    },
  },
  {
    section: '6.4', name: 'no microphone',
    async run(world) {
      await world.line();
      const real = navigator.mediaDevices.getUserMedia;
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      world.call();
      await world.told('getusermediafailed');
      navigator.mediaDevices.getUserMedia = real;
    },
  },
  {
    section: '6.4', name: 'the far end hangs up',
    async run(world) {
      await world.line();
      await world.talking();
      world.ask('BYE', { inside: world.invite, lines: 'Reason: SIP ;cause=200\r\n', contact: false });
      await world.told('ended');
      await world.pause();
    },
  },
  {
    section: '6.4', name: 'a 200 that cannot be used',
    async run(world) {
      await world.line();
      world.call();
      world.answer(await world.sent('INVITE'), '200 OK');
      await world.told('failed');
      await world.sent('BYE');
    },
  },
  {
    section: '13.4', name: 'an INVITE that is challenged',
    async run(world) {
      await world.line({ password: 'secret' });
      world.call();
      world.answer(await world.sent('INVITE'), '407 Proxy Authentication Required', { lines: 'Proxy-Authenticate: Digest realm="example.com", nonce="abc", qop="auth"\r\n', contact: false });
      await world.sent('INVITE', 2);
    },
  },
  {
    section: '13.4', name: 'a challenge and no password',
    async run(world) {
      await world.line();
      world.call();
      world.answer(await world.sent('INVITE'), '401 Unauthorized', { lines: 'WWW-Authenticate: Digest realm="example.com", nonce="abc"\r\n', contact: false });
      await world.told('failed');
    },
  },
  ...['486 Busy Here', '603 Decline', '404 Not Found', '480 Temporarily Unavailable', '484 Address Incomplete', '302 Moved Temporarily', '500 Server Error', '408 Request Timeout', '403 Forbidden', '600 Busy Everywhere'].map((status) => refused(status)),
];
