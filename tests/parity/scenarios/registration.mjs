// 5 and 13.4: REGISTER and what answers it.
const challenge = 'WWW-Authenticate: Digest realm="example.com", nonce="abc", qop="auth", opaque="x"\r\n';
const granted = (world, register, more = '') => world.answer(register, '200 OK', { contact: false, lines: `Contact: ${/^Contact: (.*)$/m.exec(register)[1].trim()}${more}\r\n` });

const fails = (status, lines = '') => ({
  section: '5', name: `registration refused with ${status}`,
  async run(world) {
    world.reactions.REGISTER = (register) => world.answer(register, status, { lines, contact: false });
    await world.line({ register: true });
    await world.told('registrationFailed');
    await world.pause();
  },
});

export const registration = [
  {
    section: '5', name: 'a registrar that is busy',
    async run(world) {
      let asked = 0;
      world.reactions.REGISTER = (register) => ((asked += 1) === 1 ? world.answer(register, '503 Service Unavailable', { lines: 'Retry-After: 1\r\n', contact: false }) : granted(world, register));
      await world.line({ register: true });
      await world.told('registrationFailed');
      await world.pause(1500);
    },
  },
  {
    section: '5', name: 'a registrar that grants nothing',
    async run(world) {
      world.reactions.REGISTER = (register) => world.answer(register, '200 OK', { contact: false, lines: `Contact: ${/^Contact: (.*)$/m.exec(register)[1].trim().replace(/;expires=\d+/, '')};expires=0\r\n` });
      await world.line({ register: true });
      await world.sent('REGISTER');
      await world.pause();
    },
  },
  {
    section: '5', name: 'register and un-register',
    async run(world) {
      world.reactions.REGISTER = (register) => granted(world, register);
      await world.line({ register: true });
      await world.told('registered');
      world.ua.unregister();
      world.note('at once', world.ua.isRegistered());
      await world.told('unregistered');
    },
  },
  {
    section: '5', name: 'un-register all',
    async run(world) {
      world.reactions.REGISTER = (register) => granted(world, register);
      await world.line({ register: true, display_name: 'Alice "A"', extra_headers: ['X-Mine: 1'], register_expires: 120, register_from_tag_trail: 'trail' });
      await world.told('registered');
      world.ua.unregister({ all: true });
      await world.told('unregistered');
    },
  },
  {
    section: '5', name: 'registrator: headers and parameters',
    async run(world) {
      world.reactions.REGISTER = (register) => granted(world, register);
      await world.line();
      world.ua.registrator().setExtraHeaders(['X-One: 1', 'X-Two: 2']);
      world.ua.registrator().setExtraContactParams({ a: 'b', flag: '', n: 5 });
      world.ua.register();
      await world.told('registered');
    },
  },
  {
    section: '13.4', name: 'digest with qop',
    async run(world) {
      let asked = 0;
      world.reactions.REGISTER = (register) => ((asked += 1) === 1 ? world.answer(register, '401 Unauthorized', { lines: challenge, contact: false }) : granted(world, register));
      await world.line({ register: true, password: 'secret' });
      await world.told('registered');
    },
  },
  {
    section: '13.4', name: 'digest without qop, by a proxy',
    async run(world) {
      let asked = 0;
      const lines = 'Proxy-Authenticate: Digest realm="example.com", nonce="abc", algorithm=MD5\r\n';
      world.reactions.REGISTER = (register) => ((asked += 1) === 1 ? world.answer(register, '407 Proxy Authentication Required', { lines, contact: false }) : granted(world, register));
      await world.line({ register: true, password: 'secret', authorization_user: 'auth' });
      await world.told('registered');
    },
  },
  {
    section: '13.4', name: 'a wrong password',
    async run(world) {
      world.reactions.REGISTER = (register) => world.answer(register, '401 Unauthorized', { lines: challenge, contact: false });
      await world.line({ register: true, password: 'wrong' });
      await world.told('registrationFailed');
      await world.pause();
    },
  },
  {
    section: '13.4', name: 'a stale nonce',
    async run(world) {
      let asked = 0;
      const stale = challenge.replace('abc"', 'def", stale=true');
      world.reactions.REGISTER = (register) => ((asked += 1) < 3 ? world.answer(register, '401 Unauthorized', { lines: asked === 1 ? challenge : stale, contact: false }) : granted(world, register));
      await world.line({ register: true, password: 'secret' });
      await world.told('registered');
    },
  },
  {
    section: '13.4', name: 'a token instead of digest',
    async run(world) {
      world.reactions.REGISTER = (register) => granted(world, register);
      await world.line({ register: true, authorization_jwt: 'Bearer abc' });
      await world.told('registered');
    },
  },
  {
    section: '5', name: 'an interval too brief',
    async run(world) {
      let asked = 0;
      world.reactions.REGISTER = (register) => ((asked += 1) === 1 ? world.answer(register, '423 Interval Too Brief', { lines: 'Min-Expires: 1800\r\n', contact: false }) : granted(world, register));
      await world.line({ register: true });
      await world.told('registered');
    },
  },
  {
    section: '5', name: 'the line is lost while registered',
    async run(world) {
      world.reactions.REGISTER = (register) => granted(world, register);
      await world.line({ register: true });
      await world.told('registered');
      await world.pause();
      world.refuses = true;
      world.socket.up = false;
      world.socket.ondisconnect(true, 1006, 'gone');
      await world.told('unregistered');
      world.note('state', [world.ua.isRegistered(), world.ua.isConnected()]);
    },
  },
  fails('403 Forbidden'),
  fails('404 Not Found'),
  fails('500 Server Error'),
  fails('423 Interval Too Brief'),
];
