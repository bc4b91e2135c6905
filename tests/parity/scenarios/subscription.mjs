// 9: SUBSCRIBE and NOTIFY.
const watch = (world, subscriber) => {
  for (const name of ['accepted', 'pending', 'active', 'notify', 'terminated']) subscriber.on(name, (...args) => world.note(name, args));
  return subscriber;
};
const state = (value) => `Event: presence\r\nSubscription-State: ${value}\r\n`;

export const subscription = [
  {
    section: '9', name: 'a subscription from its start to its end',
    async run(world) {
      await world.line();
      const subscriber = watch(world, world.ua.subscribe('bob', 'presence', 'application/pidf+xml', { expires: 300, extraHeaders: ['X-Mine: 1'], allowEvents: 'presence' }));
      world.note('before', [subscriber.state, subscriber.id]);
      subscriber.subscribe();
      const subscribe = await world.sent('SUBSCRIBE');
      world.answer(subscribe, '200 OK', { lines: 'Expires: 300\r\n' });
      await world.told('accepted');
      world.ask('NOTIFY', { inside: subscribe, cseq: 1, lines: state('active;expires=300'), type: 'application/pidf+xml', text: '<presence/>' });
      await world.told('notify');
      world.note('state', subscriber.state);
      subscriber.terminate();
      const last = await world.sent('SUBSCRIBE', 2);
      world.answer(last, '200 OK', { lines: 'Expires: 0\r\n' });
      world.ask('NOTIFY', { inside: subscribe, cseq: 2, lines: state('terminated;reason=timeout') });
      await world.told('terminated');
    },
  },
  {
    section: '9', name: 'a subscription that is refused',
    async run(world) {
      await world.line();
      watch(world, world.ua.subscribe('bob', 'presence', 'application/pidf+xml', {})).subscribe();
      world.answer(await world.sent('SUBSCRIBE'), '489 Bad Event', { contact: false });
      await world.told('terminated');
    },
  },
  {
    section: '9', name: 'a subscriber of theirs',
    async run(world) {
      await world.line();
      world.ua.on('newSubscribe', ({ request }) => {
        const notifier = world.ua.notify(request, 'application/pidf+xml', { pending: false });
        for (const name of ['subscribe', 'expired', 'terminated']) notifier.on(name, (...args) => world.note(name, args));
        notifier.start();
        notifier.notify('<presence/>');
        world.notifier = notifier;
      });
      world.reactions.NOTIFY = (notify) => world.answer(notify, '200 OK', { contact: false });
      world.ask('SUBSCRIBE', { lines: 'Event: presence\r\nExpires: 300\r\nAccept: application/pidf+xml\r\n' });
      await world.sent('NOTIFY');
      world.notifier.terminate('<gone/>', 'noresource', 30);
      await world.told('terminated');
      await world.pause();
    },
  },
  {
    section: '9', name: 'what a subscription needs',
    async run(world) {
      await world.line();
      for (const args of [['bob'], ['bob', 'presence'], [undefined, 'presence', 'x/y', {}]]) {
        try {
          world.ua.subscribe(...args);
          world.note('made');
        } catch (error) {
          world.note('thrown', error.name);
        }
      }
    },
  },
];
