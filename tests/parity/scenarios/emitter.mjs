// 1: the emitter beneath every class, as applications lean on it.
const value = (name, run) => ({ section: '1', name: `emitter: ${name}`, run });

/** A session that no user agent drives: an emitter like any other. */
const emitter = (world) => new world.JsSIP.RTCSession(new world.JsSIP.UA({ sockets: [world.socket], uri: 'sip:alice@example.com' }));
const tried = (world, name, run) => {
  try {
    world.note(name, run());
  } catch (error) {
    world.note(name, [error.name, error.message]);
  }
};

export const emitters = [
  value('order, return value and arguments', (world) => {
    const it = emitter(world);
    it.on('x', (...args) => world.note('first', args));
    it.addListener('x', () => world.note('second'));
    it.prependListener('x', () => world.note('before'));
    it.prependOnceListener('x', () => world.note('once before'));
    it.once('x', function (a) {
      world.note('once', [this === it, a]);
    });
    world.note('emit', [it.emit('x', 1, 'two', null), it.emit('x'), it.emit('nobody'), it.listenerCount('x'), it.listeners('x').length]);
    world.note('chained', [it.on('y', () => {}) === it, it.off('y', () => {}) === it, it.removeAllListeners('y') === it, it.setMaxListeners(3) === it, it.getMaxListeners()]);
    world.note('names', it.eventNames().map(String));
  }),
  value('listeners taken away while they are told', (world) => {
    const it = emitter(world);
    const late = () => world.note('late');
    it.on('x', () => {
      world.note('taking');
      it.off('x', late);
      it.on('x', () => world.note('added'));
    });
    it.on('x', late);
    it.emit('x');
    it.emit('x');
    it.once('y', () => it.removeAllListeners());
    it.on('y', () => world.note('all the same'));
    world.note('told', [it.emit('y'), it.emit('y'), it.eventNames().length]);
  }),
  value('once, told again by somebody before', (world) => {
    const it = emitter(world);
    let depth = 0;
    it.on('x', () => {
      if ((depth += 1) === 1) it.emit('x');
    });
    it.once('x', () => world.note('once'));
    it.emit('x');
    it.emit('x');
  }),
  value('the same listener twice', (world) => {
    const it = emitter(world);
    const listener = () => world.note('told');
    it.on('x', listener);
    it.once('x', listener);
    it.on('x', listener);
    it.emit('x');
    it.emit('x');
    it.removeListener('x', listener);
    world.note('left', [it.listenerCount('x'), it.listeners('x')[0] === listener]);
  }),
  value('once is taken away by its own name', (world) => {
    const it = emitter(world);
    const listener = () => world.note('told');
    it.once('x', listener);
    world.note('it is', [it.listeners('x')[0] === listener, it.rawListeners('x').length, it.rawListeners('x')[0] === listener]);
    it.off('x', listener);
    world.note('emit', it.emit('x'));
  }),
  value('an error that nobody takes', (world) => {
    const it = emitter(world);
    tried(world, 'error', () => it.emit('error', new TypeError('mine')));
    tried(world, 'no error', () => it.emit('error'));
    it.on('error', (error) => world.note('taken', error.message));
    tried(world, 'taken', () => it.emit('error', new TypeError('mine')));
  }),
  value('listeners that are none', (world) => {
    const it = emitter(world);
    for (const [name, run] of Object.entries({
      on: () => it.on('x'), once: () => it.once('x', null), off: () => it.off('x', 5), first: () => it.prependListener('x', {}),
    })) tried(world, name, run);
  }),
  value('who comes and goes is told', (world) => {
    const it = emitter(world);
    const listener = () => {};
    it.on('newListener', (name, given) => world.note('comes', [name, given === listener, it.listenerCount('x')]));
    it.on('removeListener', (name, given) => world.note('goes', [name, given === listener, it.listenerCount('x')]));
    it.on('x', listener);
    it.once('x', listener);
    it.off('x', listener);
    it.removeAllListeners('x');
  }),
  value('symbols and numbers as names', (world) => {
    const it = emitter(world);
    const name = Symbol('mine');
    it.on(name, () => world.note('symbol'));
    it.on(5, () => world.note('number'));
    world.note('told', [it.emit(name), it.emit(5), it.emit('5'), it.listenerCount('toString'), it.listenerCount('__proto__'), it.eventNames().length]);
  }),
  {
    section: '1', name: 'emitter: a listener that throws in call() and in message handling',
    async run(world) {
      await world.line();
      world.ua.once('newMessage', () => {
        throw new Error('of the app');
      });
      world.ua.on('newMessage', () => world.note('the other one'));
      tried(world, 'sent', () => world.ua.sendMessage('bob', 'x').direction);
      await world.pause();
    },
  },
];
