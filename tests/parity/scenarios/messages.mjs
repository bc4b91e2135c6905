// 8 and 10: MESSAGE and OPTIONS, and what a message object tells.
export const messages = [
  {
    section: '8', name: 'a MESSAGE of ours',
    async run(world) {
      await world.line({ display_name: 'Alice' });
      world.reactions.MESSAGE = (message) => world.answer(message, '202 Accepted', { contact: false });
      const message = world.ua.sendMessage('bob', 'h\u00e9llo', { contentType: 'text/html', extraHeaders: ['X-Mine: 1'], eventHandlers: { succeeded: (event) => world.note('succeeded', event) } });
      world.note('is', [message.direction, message.local_identity.uri.toString(), message.remote_identity.uri.toString()]);
      await world.told('succeeded');
      for (const run of [() => message.accept(), () => message.reject()]) {
        try {
          run();
        } catch (error) {
          world.note('thrown', [error.name, error.message]);
        }
      }
    },
  },
  {
    section: '8', name: 'a MESSAGE of ours that fails',
    async run(world) {
      await world.line();
      world.reactions.MESSAGE = (message) => world.answer(message, '404 Not Found', { contact: false });
      world.ua.sendMessage('bob', 'x', { fromUserName: '42', fromDisplayName: 'Desk', eventHandlers: { failed: (event) => world.note('failed', event) } });
      await world.told('failed');
    },
  },
  {
    section: '8', name: 'a MESSAGE of theirs',
    async run(world) {
      await world.line();
      world.ask('MESSAGE', { text: 'hello', type: 'text/plain', contact: false });
      await world.sent('SIP/2.0 200');
      world.ua.once('newMessage', ({ message, request }) => {
        world.note('read', [request.body, request.from.toString(), request.getHeader('Content-Type'), request.cseq, message.direction]);
        message.accept({ extraHeaders: ['X-Mine: 1'] });
        try {
          message.reject();
        } catch (error) {
          world.note('thrown', [error.name, error.message]);
        }
      });
      world.ask('MESSAGE', { text: 'again', type: 'text/plain', contact: false, call: 'far-two' });
      await world.sent('SIP/2.0 200', 2);
      world.ua.once('newMessage', ({ message }) => message.reject({ status_code: 603, reason_phrase: 'No', extraHeaders: ['X-Why: 1'] }));
      world.ask('MESSAGE', { text: 'third', type: 'text/plain', contact: false, call: 'far-three' });
      await world.sent('SIP/2.0 603');
    },
  },
  {
    section: '8', name: 'OPTIONS both ways',
    async run(world) {
      await world.line();
      world.reactions.OPTIONS = (options) => world.answer(options, '200 OK', { contact: false });
      const options = world.ua.sendOptions('bob', '', { eventHandlers: { succeeded: (event) => world.note('succeeded', event) } });
      world.note('is', options.direction);
      await world.told('succeeded');
      world.ask('OPTIONS', { contact: false });
      await world.sent('SIP/2.0 200');
    },
  },
  {
    section: '4.3', name: 'a MESSAGE and OPTIONS and nobody listens',
    async run(world) {
      await world.line({}, []);
      world.ask('MESSAGE', { text: 'hello', type: 'text/plain', contact: false });
      await world.sent('SIP/2.0 405');
      world.ask('OPTIONS', { contact: false, call: 'far-two' });
      await world.sent('SIP/2.0 200');
    },
  },
  {
    section: '10', name: 'what a request tells',
    async run(world) {
      await world.line();
      world.ua.on('newMessage', ({ request }) => {
        world.note('fields', [
          request.method, request.ruri.toString(), request.call_id, request.cseq, request.from_tag, request.to_tag, request.via_branch, request.body,
          request.from.display_name, request.from.uri.user, request.getHeader('x-mine'), request.getHeaders('X-Mine'), request.hasHeader('x-none'), request.getHeader('X-None'),
          request.countHeader, request.parseHeader('contact')?.uri?.toString(), request.headers['X-Mine'].map((entry) => entry.raw), request.headers['P-Asserted-Identity'][0].raw, request.session_expires ?? null, request.session_expires_refresher ?? null,
          request.event ?? null, request.replaces ?? null, request.refer_to?.uri.toString(), request.s('Max-Forwards'), request.parseHeader('content-length'), request.parseHeader('CSeq'),
        ]);
      });
      world.ask('MESSAGE', { text: 'hello', type: 'text/plain', lines: 'X-Mine: one\r\nx-mine: two\r\nP-Asserted-Identity: <sip:who@example.com>\r\nSession-Expires: 90;refresher=uac\r\nEvent: dialog;id=5\r\nReplaces: a@b;to-tag=1;from-tag=2\r\nRefer-To: <sip:c@d.e>\r\n' });
      await world.sent('SIP/2.0 200');
    },
  },
];
