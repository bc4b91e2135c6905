// 4.2, 4.3 and 12: a user agent from start to stop, and the line below it.
// The file is long because it is a list: one scenario after the other, none of which needs another.
const socketOf = (world, name, options = {}) => ({
  url: `ws://${name}`, via_transport: 'WS', sip_uri: `sip:${name};transport=ws`, up: false,
  connect() {
    world.note('connect', name);
    setTimeout(() => {
      if (options.refuses) return this.ondisconnect(true, 1006, 'refused');
      this.up = true;
      return this.onconnect();
    });
  },
  disconnect() {
    this.up = false;
  },
  send(data) {
    if (this.up) world.frames.push(data);
    return this.up;
  },
});
const granted = (world, more = '') => (register) =>
  world.answer(register, '200 OK', { contact: false, lines: /^Contact: \*/m.test(register) ? '' : `Contact: ${/^Contact: (.*)$/m.exec(register)[1].trim()}${more}\r\n` });
const lose = (world) => {
  world.socket.up = false;
  world.socket.ondisconnect(true, 1006, 'gone');
};
/** An agent that is not started: its events are recorded. */
const made = (world, options = {}) => {
  const ua = new world.JsSIP.UA({ sockets: [world.socket], uri: 'sip:alice@example.com', register: false, ...options });
  world.ua = ua;
  for (const name of ['connecting', 'connected', 'disconnected', 'registered', 'unregistered', 'registrationFailed']) {
    ua.on(name, (event) => world.note(name, [event, ua.status, ua.isConnected(), ua.isRegistered()]));
  }
  return ua;
};

export const lifecycle = [
  {
    section: '4.2', name: 'the states of start and stop',
    async run(world) {
      const ua = made(world);
      ua.start();
      world.note('started', [ua.status, ua.transport.status]);
      ua.start();
      world.note('twice', [ua.status, ua.transport.status]);
      await world.until(() => ua.isConnected());
      world.note('up', [ua.status, ua.transport.status]);
      ua.start();
      ua.stop();
      world.note('stopped', [ua.status, ua.transport.status, ua.isConnected()]);
      ua.stop();
      ua.start();
      world.note('again', [ua.status, ua.transport.status]);
      await world.until(() => ua.isConnected());
      world.note('up again', ua.status);
    },
  },
  {
    section: '4.2', name: 'stopped before it was started',
    async run(world) {
      const ua = made(world);
      ua.stop();
      world.note('stopped', [ua.status, ua.transport.status]);
      ua.stop();
      ua.start();
      await world.until(() => ua.isConnected());
      world.note('started', ua.status);
    },
  },
  {
    section: '4.2', name: 'stopped while it connects',
    async run(world) {
      const ua = made(world);
      ua.start();
      ua.stop();
      world.note('stopped', [ua.status, ua.transport.status]);
      await world.pause(60);
      world.note('later', [ua.status, ua.isConnected()]);
    },
  },
  {
    section: '4.2', name: 'stopped inside connecting',
    async run(world) {
      const ua = made(world);
      ua.once('connecting', () => ua.stop());
      ua.start();
      await world.pause(60);
      world.note('later', [ua.status, ua.isConnected()]);
    },
  },
  {
    section: '4.2', name: 'stopped inside connected',
    async run(world) {
      const ua = made(world, { register: true });
      ua.once('connected', () => ua.stop());
      ua.start();
      await world.told('disconnected');
      await world.pause(60);
      world.note('later', [ua.status, ua.isConnected()]);
    },
  },
  {
    section: '4.2', name: 'stopped while registered, and started again',
    async run(world) {
      world.reactions.REGISTER = granted(world);
      const ua = made(world, { register: true });
      ua.start();
      await world.told('registered');
      ua.stop();
      world.note('stopped', [ua.status, ua.isRegistered(), ua.isConnected()]);
      ua.stop();
      await world.told('unregistered');
      ua.start();
      await world.told('registered', 2);
      world.note('again', [ua.status, ua.isRegistered()]);
    },
  },
  {
    section: '4.2', name: 'the line is closed after the stop',
    async run(world) {
      world.reactions.REGISTER = granted(world);
      const ua = made(world, { register: true });
      ua.start();
      await world.told('registered');
      ua.stop();
      await world.told('unregistered');
      world.note('still up', ua.isConnected());
      await world.until(() => !ua.isConnected());
      world.note('closed', [ua.status, ua.transport.status]);
    },
  },
  {
    section: '4.2', name: 'auto-register survives unregister(), stop() and start()',
    async run(world) {
      world.reactions.REGISTER = granted(world);
      const ua = made(world, { register: true });
      ua.start();
      await world.told('registered');
      ua.unregister();
      world.note('configured', [ua.configuration.register, ua.isRegistered()]);
      await world.told('unregistered');
      ua.unregister();
      ua.stop();
      ua.start();
      await world.told('registered', 2);
    },
  },
  {
    section: '4.2', name: 'register() arms the next connection',
    async run(world) {
      world.reactions.REGISTER = granted(world);
      const ua = made(world, { connection_recovery_min_interval: 1, connection_recovery_max_interval: 1 });
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      world.note('configured', ua.configuration.register);
      await world.told('registered');
      await world.pause();
      lose(world);
      await world.told('registered', 2);
    },
  },
  {
    section: '4.2', name: 'register() before start()',
    async run(world) {
      world.reactions.REGISTER = granted(world);
      const ua = made(world);
      ua.register();
      world.note('asked', ua.isRegistered());
      await world.pause();
      ua.start();
      await world.until(() => ua.isConnected());
      await world.pause(60);
    },
  },
  {
    section: '5', name: 'register() while it registers',
    async run(world) {
      const ua = made(world);
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      ua.register();
      ua.registrator().register();
      const first = await world.sent('REGISTER');
      await world.pause();
      granted(world)(first);
      await world.told('registered');
      ua.register();
      granted(world)(await world.sent('REGISTER', 2));
      await world.pause();
      world.note('registered once', ua.isRegistered());
    },
  },
  {
    section: '5', name: 'register() right after unregister()',
    async run(world) {
      const ua = made(world);
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      granted(world)(await world.sent('REGISTER'));
      await world.told('registered');
      ua.unregister();
      ua.register();
      const away = await world.sent('REGISTER', 2);
      await world.pause();
      granted(world)(away);
      granted(world)(await world.sent('REGISTER', 3));
      await world.told('registered', 2);
      world.note('in the end', ua.isRegistered());
    },
  },
  {
    section: '5', name: 'registrator: its own register and unregister',
    async run(world) {
      world.reactions.REGISTER = granted(world);
      const ua = made(world);
      ua.start();
      await world.until(() => ua.isConnected());
      const registrator = ua.registrator();
      world.note('same', [registrator === ua.registrator(), registrator === ua._registrator, registrator.registered]);
      registrator.register();
      await world.told('registered');
      world.note('now', [registrator.registered, registrator._registered]);
      registrator.unregister();
      await world.told('unregistered');
      registrator.close();
      world.note('then', registrator.registered);
    },
  },
  {
    section: '5', name: 'a refresh that is refused',
    async run(world) {
      const ua = made(world);
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      granted(world)(await world.sent('REGISTER'));
      await world.told('registered');
      ua.register();
      world.answer(await world.sent('REGISTER', 2), '403 Forbidden', { contact: false });
      await world.told('unregistered');
    },
  },
  {
    section: '5', name: 'un-register: refused',
    async run(world) {
      const ua = made(world);
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      granted(world)(await world.sent('REGISTER'));
      await world.told('registered');
      ua.unregister();
      world.answer(await world.sent('REGISTER', 2), '500 Server Error', { contact: false });
      await world.told('unregistered');
    },
  },
  {
    section: '5', name: 'a 200 without our binding',
    async run(world) {
      const ua = made(world);
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      world.answer(await world.sent('REGISTER'), '200 OK', { contact: false });
      await world.pause();
      world.note('without', ua.isRegistered());
      ua.register();
      world.answer(await world.sent('REGISTER', 2), '200 OK', { contact: false, lines: 'Contact: <sip:other@far.invalid>;expires=60\r\n' });
      await world.pause();
      world.note('another', ua.isRegistered());
    },
  },
  {
    section: '5', name: 'the binding in a list, with GRUUs',
    async run(world) {
      const ua = made(world);
      ua.start();
      await world.until(() => ua.isConnected());
      world.note('before', [ua.contact.pub_gruu, ua.contact.temp_gruu, Object.keys(ua.contact).sort()]);
      ua.register();
      const contact = /^Contact: (.*)$/m.exec(await world.sent('REGISTER'))[1].trim();
      const gruu = ';pub-gruu="sip:alice@example.com;gr=urn:uuid:1";temp-gruu="sip:tgruu@example.com;gr"';
      world.answer(world.frames.at(-1), '200 OK', { contact: false, lines: `Contact: "O, K" <sip:o@far.invalid>;expires=9, ${contact}${gruu}\r\n` });
      await world.told('registered');
      world.note('after', [ua.contact.pub_gruu, ua.contact.temp_gruu]);
      for (const options of [undefined, {}, { outbound: true }, { anonymous: true }, { anonymous: true, outbound: true }]) world.note('contact', ua.contact.toString(options));
      world.call('bob', { anonymous: true });
      await world.sent('INVITE');
      world.note('session', world.session.contact);
    },
  },
  {
    section: '5', name: 'refreshed by itself, and the application that does it',
    async run(world) {
      world.reactions.REGISTER = (register) => granted(world)(register.replace(/expires=\d+/, 'expires=7'));
      const ua = made(world);
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      await world.told('registered');
      await world.sent('REGISTER', 2);
      ua.on('registrationExpiring', (...args) => world.note('expiring', args.length));
      await world.until(() => world.frames.length >= 2, 6000);
      await world.until(() => world.events.some((entry) => entry[0] === 'expiring'), 6500);
      world.note('asked', world.frames.length);
    },
  },
  {
    section: '4.1', name: 'register_expires 0 and a trail that is a function',
    async run(world) {
      let asked = 0;
      world.reactions.REGISTER = granted(world);
      const ua = made(world, { register_expires: 0, register_from_tag_trail: () => `-n${(asked += 1)}` });
      ua.start();
      await world.until(() => ua.isConnected());
      const trails = [];
      for (const at of [1, 2]) {
        ua.register();
        trails.push(/^From: .*tag=\w+-n(\d)/m.exec(await world.sent('REGISTER', at))?.[1]);
        await world.pause();
      }
      world.note('each its own', trails[0] > 0 && trails[1] > trails[0]);
    },
  },
  {
    section: '4.1', name: 'settings that are assigned',
    async run(world) {
      await world.line({ password: 'first', display_name: 'One' });
      const { configuration } = world.ua;
      configuration.display_name = 'Two';
      configuration.extra_headers = ['X-Late: 1'];
      world.ua.sendMessage('bob', 'x');
      await world.sent('MESSAGE');
      for (const key of ['uri', 'via_host', 'register_expires']) {
        try {
          configuration[key] = 'x';
          world.note(key, 'taken');
        } catch (error) {
          world.note(key, error.name);
        }
      }
      world.note('set', [world.ua.set('display_name', 'Three'), configuration.display_name, world.ua.set('extra_headers', null)]);
      world.ua.sendMessage('bob', 'y');
      await world.sent('MESSAGE', 2);
      world.note('kinds', ['authorization_user', 'password', 'register', 'uri'].map((key) => Object.hasOwn(configuration, key) && Object.keys(configuration).includes(key)));
    },
  },
  {
    section: '4.2', name: 'get() after a challenge',
    async run(world) {
      let asked = 0;
      world.reactions.REGISTER = (register) =>
        ((asked += 1) === 1
          ? world.answer(register, '401 Unauthorized', { lines: 'WWW-Authenticate: Digest realm="example.com", nonce="abc"\r\n', contact: false })
          : granted(world)(register));
      const ua = made(world, { password: 'secret' });
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      await world.told('registered');
      world.note('get', [ua.get('realm') ?? null, ua.get('ha1') ?? null, ua.get('authorization_user')]);
    },
  },
  {
    section: '4.2', name: 'another password after a wrong one, and fields that applications look at',
    async run(world) {
      let asked = 0;
      world.reactions.REGISTER = (register) =>
        ((asked += 1) < 4
          ? world.answer(register, '401 Unauthorized', { lines: 'WWW-Authenticate: Digest realm="example.com", nonce="abc"\r\n', contact: false })
          : granted(world)(register));
      const ua = made(world, { password: 'wrong' });
      world.note('fields', [Object.keys(ua._transactions), ua._transactions.ict, Object.keys(ua._sessions), ua._registrator === ua.registrator(), ua._transport === ua.transport, ua._contact === ua.contact, ua._configuration === ua.configuration, ua._status]);
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      await world.told('registrationFailed');
      world.note('set', [ua.set('password', 'right'), ua.get('password') ?? null]);
      ua.register();
      await world.told('registered');
      world.note('responses', new Set(world.frames.map((frame) => /response="(\w+)"/.exec(frame)?.[1]).filter(Boolean)).size);
    },
  },
  {
    section: '13.4', name: 'ha1 and realm instead of a password',
    async run(world) {
      let asked = 0;
      world.reactions.REGISTER = (register) =>
        ((asked += 1) === 1
          ? world.answer(register, '401 Unauthorized', { lines: 'WWW-Authenticate: Digest realm="example.com", nonce="abc"\r\n', contact: false })
          : granted(world)(register));
      const ua = made(world, { ha1: '81d4ac7e6a1ffc2a7e8e2e4e4b3a2d10', realm: 'example.com', authorization_user: 1001 });
      world.note('user', ua.configuration.authorization_user);
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      await world.told('registered');
      world.note('response', /response="(\w+)"/.exec(await world.sent('REGISTER', 2))?.[1]);
    },
  },
  {
    section: '13.4', name: 'a realm that is not ours',
    async run(world) {
      world.reactions.REGISTER = (register) => world.answer(register, '401 Unauthorized', { lines: 'WWW-Authenticate: Digest realm="other", nonce="abc"\r\n', contact: false });
      const ua = made(world, { ha1: '81d4ac7e6a1ffc2a7e8e2e4e4b3a2d10', realm: 'example.com' });
      ua.start();
      await world.until(() => ua.isConnected());
      ua.register();
      await world.told('registrationFailed');
      await world.pause();
    },
  },
  {
    section: '4.3', name: 'the sockets that the events carry',
    async run(world) {
      const ua = made(world, { connection_recovery_min_interval: 1, connection_recovery_max_interval: 1 });
      const which = (name) => (event) => world.note(`${name} with`, [event.socket === world.socket, event.socket === ua.transport, Object.keys(event).filter((key) => !['retryIn', 'willRecover'].includes(key)).sort()]);
      for (const name of ['connecting', 'connected', 'disconnected']) ua.on(name, which(name));
      ua.start();
      await world.until(() => ua.isConnected());
      lose(world);
      await world.told('connected', 2);
      world.note('marks', ua.transport.sockets.map(({ socket, weight, status }) => [socket === world.socket, weight, status]));
      ua.stop();
    },
  },
  {
    section: '12', name: 'several sockets: the heaviest first, then the next, then all again',
    async run(world) {
      const [light, heavy, middle] = [socketOf(world, 'light', { refuses: true }), socketOf(world, 'heavy', { refuses: true }), socketOf(world, 'middle', { refuses: true })];
      const ua = made(world, { sockets: [light, { socket: heavy, weight: 10 }, { socket: middle, weight: 5 }], connection_recovery_min_interval: 1, connection_recovery_max_interval: 1 });
      world.note('chosen', [ua.transport.url, ua.transport.sip_uri, ua.transport.socket === heavy, ua.transport.sockets.map(({ weight, status }) => [weight, status])]);
      ua.on('connecting', ({ socket, attempts }) => world.note('tries', [socket.url, attempts, ua.transport.url]));
      ua.on('disconnected', () => setTimeout(() => world.note('marks', ua.transport.sockets.map(({ status }) => status))));
      ua.start();
      await world.until(() => world.events.filter((entry) => entry[0] === 'tries').length === 4, 6000);
      await world.pause();
      ua.stop();
    },
  },
  {
    section: '12', name: 'the transport taken down and up by the application',
    async run(world) {
      world.reactions.REGISTER = granted(world);
      const ua = made(world, { register: true });
      ua.start();
      await world.told('registered');
      await world.pause();
      ua.transport.disconnect();
      world.note('down', [ua.status, ua.isConnected(), ua.isRegistered(), ua.transport.status]);
      await world.pause(60);
      ua.transport.connect();
      world.note('connecting', [ua.status, ua.transport.isConnecting()]);
      ua.transport.connect();
      await world.told('registered', 2);
      world.note('up', [ua.status, ua.isConnected()]);
      world.note('sent', [ua.transport.send('\r\n\r\n'), world.frames.at(-1)]);
    },
  },
  {
    section: '12', name: 'the transport connects without start()',
    async run(world) {
      const ua = made(world);
      ua.transport.connect();
      await world.until(() => ua.isConnected(), 300);
      world.note('up', [ua.status, ua.isConnected()]);
    },
  },
  {
    section: '12', name: 'reconnecting: the order of what is told',
    async run(world) {
      world.reactions.REGISTER = granted(world);
      const ua = made(world, { register: true, connection_recovery_min_interval: 1, connection_recovery_max_interval: 1 });
      ua.start();
      await world.told('registered');
      await world.pause();
      world.refuses = true;
      lose(world);
      await world.told('disconnected', 2);
      world.refuses = false;
      await world.told('registered', 2);
    },
  },
  {
    section: '12', name: 'a clean close by the server',
    async run(world) {
      const ua = made(world);
      ua.start();
      await world.until(() => ua.isConnected());
      world.socket.up = false;
      world.socket.ondisconnect(false, 1000, 'bye');
      await world.pause();
      world.note('state', [ua.status, ua.transport.status]);
      ua.stop();
    },
  },
  {
    section: '12', name: 'what is asked without a line',
    async run(world) {
      const ua = made(world);
      const message = ua.sendMessage('bob', 'x', { eventHandlers: { failed: (event) => world.note('message failed', event) } });
      world.note('sent', message.direction);
      ua.sendOptions('bob', '', { eventHandlers: { failed: (event) => world.note('options failed', event) } });
      await world.pause();
      const subscriber = ua.subscribe('bob', 'presence', 'x/y', {});
      subscriber.on('terminated', (...args) => world.note('subscriber terminated', args));
      subscriber.subscribe();
      await world.pause();
      world.call('bob');
      await world.told('failed');
    },
  },
  {
    section: '4.2', name: 'listeners taken off before the stop, with a call up',
    async run(world) {
      await world.line();
      await world.talking();
      const { session } = world;
      world.ua.removeAllListeners();
      world.ua.stop();
      await world.sent('BYE');
      world.note('status', [world.ua.status, session.status, Object.keys(world.ua._sessions).length]);
    },
  },
  {
    section: '4.2', name: 'requests after the stop are not heard',
    async run(world) {
      await world.line();
      await world.talking();
      const { invite } = world;
      world.reactions.BYE = undefined;
      world.ua.stop();
      const bye = await world.sent('BYE');
      world.ask('OPTIONS', { contact: false, call: 'far-two' });
      world.ask('INFO', { inside: invite, cseq: 2, type: 'text/plain', text: 'x', contact: false });
      world.answer(bye, '200 OK', { contact: false });
      await world.pause();
    },
  },
  {
    section: '4.2', name: 'terminateSessions() and the table of sessions',
    async run(world) {
      await world.line();
      world.call('bob');
      await world.sent('INVITE');
      world.ask('INVITE', { text: await world.farOffer(), call: 'far-in' });
      await world.told('progress');
      const ids = Object.keys(world.ua._sessions);
      world.note('table', ids.map((id) => [world.ua._sessions[id].id === id, world.ua._sessions[id].direction]));
      world.ua.terminateSessions({ status_code: 486 });
      world.note('after', [Object.keys(world.ua._sessions).length]);
      await world.pause();
    },
  },
  {
    section: '4', name: 'a class of the application above UA',
    async run(world) {
      const told = [];
      class Phone extends world.JsSIP.UA {
        constructor(configuration) {
          super(configuration);
          this.own = 'mine';
        }

        emit(name, ...args) {
          told.push(name);
          return super.emit(name, ...args);
        }

        call(target, options) {
          return super.call(`${target}-desk`, options);
        }

        isMine() {
          return this.own;
        }
      }
      const ua = new Phone({ sockets: world.socket, uri: 'alice@example.com', register: false, own: 1 });
      world.ua = ua;
      ua.start();
      await world.until(() => ua.isConnected());
      const session = ua.call('bob', { ...world.media, data: { mine: 1 } });
      session.mark = 'x';
      await world.sent('INVITE');
      world.note('is', [ua instanceof world.JsSIP.UA, ua.isMine(), ua._sessions[session.id].mark, session.data, session._ua === ua, session instanceof world.JsSIP.RTCSession, told.filter((name) => !/ransaction/.test(name))]);
      session.terminate();
    },
  },
  {
    section: '4', name: 'two user agents in a page',
    async run(world) {
      await world.line();
      const other = new world.JsSIP.UA({ sockets: [socketOf(world, 'other')], uri: 'sip:carol@example.com', register: false });
      world.note('apart', [
        other.configuration.via_host === world.ua.configuration.via_host, other.configuration.instance_id === world.ua.configuration.instance_id,
        other.configuration.jssip_id === world.ua.configuration.jssip_id, other.contact.uri.toString() === world.ua.contact.uri.toString(),
      ]);
      other.start();
      await world.until(() => other.isConnected());
      other.on('newMessage', () => world.note('of the other'));
      other.sendMessage('bob', 'from carol');
      world.ua.sendMessage('bob', 'from alice');
      await world.sent('MESSAGE', 2);
      other.stop();
      world.note('states', [other.status, world.ua.status, world.ua.isConnected()]);
    },
  },
];
