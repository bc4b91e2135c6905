// The same subscriber and notifier on viasip and on JsSIP, against the same scripted far end.
import { expect, test } from './fixture.mjs';

/** In the page: a UA whose far end is `react`, and what both need. */
async function scenario({ name, library }) {
  const api = library === 'jssip' ? window.JsSIP : (await import('/pkg/dist/inline.js')).default;
  const log = [];
  const sent = [];
  const header = (text, field) => new RegExp(`^${field}: (.*)$`, 'mi').exec(text)?.[1]?.trim();
  const settle = () => new Promise((resolve) => setTimeout(resolve, 30));
  const thrown = (run) => {
    try {
      run();
      return 'fine';
    } catch (error) {
      return `${error.name} ${error.code ?? ''}`;
    }
  };
  const answerTo = (request, status, lines = '') => {
    const copy = ['Via', 'From', 'Call-ID', 'CSeq'].map((field) => `${field}: ${header(request, field)}\r\n`).join('');
    const to = header(request, 'To');
    return `SIP/2.0 ${status}\r\n${copy}To: ${to.includes(';tag=') ? to : `${to};tag=far`}\r\nContact: <sip:far@far.invalid;transport=ws>\r\n${lines}Content-Length: 0\r\n\r\n`;
  };
  const ask = (method, cseq, target, from, to, callId, lines, body = '') =>
    `${method} ${target} SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bK${method}${cseq}\r\nMax-Forwards: 70\r\nTo: ${to}\r\nFrom: ${from}\r\n` +
    `Call-ID: ${callId}\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:far@far.invalid;transport=ws>\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`;
  const socket = {
    url: 'ws://far',
    via_transport: 'WS',
    sip_uri: 'sip:far;transport=ws',
    connect() {
      setTimeout(() => this.onconnect());
    },
    disconnect() {},
    send(data) {
      const fields = [
        'Event',
        'Expires',
        'Accept',
        'Allow-Events',
        'Subscription-State',
        'Content-Type',
        'Content-Length',
        'X-Mine',
      ];
      const shown = fields.filter((field) => header(data, field)).map((field) => `${field}: ${header(data, field)}`);
      // How many seconds are left depends on the moment.
      sent.push(
        [
          data
            .split(' ')
            .slice(0, data.startsWith('SIP') ? 2 : 1)
            .join(' '),
          ...shown,
        ]
          .join(' | ')
          .replace(/expires=(\d+)/, (_, left) => `expires=${Math.ceil(left / 10) * 10}`),
      );
      setTimeout(() => this.react?.(data));
      return true;
    },
  };
  const ua = new api.UA({ sockets: [socket], uri: 'sip:alice@example.com', register: false });
  ua.start();
  await new Promise((resolve) => ua.on('connected', resolve));
  const seen = (emitter, names) =>
    names.forEach((event) =>
      emitter.on(event, (...args) => {
        log.push([event, emitter.state, ...args.map((arg) => arg?.method ?? arg)].join(' '));
      }),
    );
  const subscriberEvents = ['accepted', 'pending', 'active', 'notify', 'terminated'];
  const notifierEvents = ['subscribe', 'expired', 'terminated'];

  if (name === 'subscriber') {
    let first;
    socket.react = (data) => {
      if (!data.startsWith('SUBSCRIBE')) return;
      first ??= data;
      socket.ondata(answerTo(data, '200 OK', `Expires: ${header(data, 'Expires')}\r\n`));
    };
    const notify = (cseq, state, body = '') => {
      const target = /<(.*)>/.exec(header(first, 'Contact'))[1];
      const lines = `Event: dialog\r\nSubscription-State: ${state}\r\n${body ? 'Content-Type: text/plain\r\n' : ''}`;
      socket.ondata(
        ask(
          'NOTIFY',
          cseq,
          target,
          '<sip:bob@example.com>;tag=far',
          header(first, 'From'),
          header(first, 'Call-ID'),
          lines,
          body,
        ),
      );
    };
    const subscriber = ua.subscribe('bob', 'dialog', 'text/plain', {
      expires: 'soon',
      contentType: 'text/x',
      allowEvents: 'dialog',
      extraHeaders: ['X-Mine: 1'],
    });
    seen(subscriber, subscriberEvents);
    subscriber.data = 'mine';
    log.push(
      `state ${subscriber.state}, id ${subscriber.id}`,
      thrown(() => subscriber.terminate()),
    );
    subscriber.subscribe('with a body');
    log.push(`state ${subscriber.state}`);
    await settle();
    notify(1, 'pending;expires=900');
    await settle();
    notify(2, 'active;expires=900', 'up');
    await settle();
    log.push(
      Object.keys(subscriber.id)
        .filter((key) => typeof subscriber.id[key] === 'string')
        .join(),
      subscriber.id.remote_tag,
    );
    log.push(
      `${subscriber.id}`.endsWith('far'),
      subscriber.data,
      subscriber.C === subscriber.constructor.C,
      JSON.stringify(subscriber.C),
    );
    subscriber.terminate();
    subscriber.terminate();
    await settle();
    notify(3, 'terminated;reason=timeout;retry-after=7', 'down');
    await settle();
    log.push(`state ${subscriber.state}, id ${subscriber.id}`);
    subscriber.subscribe();
    subscriber.terminate();
  } else if (name === 'refusals') {
    log.push(
      thrown(() => ua.subscribe('', 'dialog', 'a/b', {})),
      thrown(() => ua.subscribe('bob', '', 'a/b', {})),
      thrown(() => ua.subscribe('bob', 'dialog', '', {})),
    );
    log.push(
      thrown(() => ua.subscribe('bob', 'dialog', 'a/b')),
      thrown(() => ua.subscribe('bob', 'dia log', 'a/b', {})),
    );
    log.push(thrown(() => ua.subscribe('bob', 'dialog', 'a/b', {}).subscribe('a body without a type')));
    socket.react = (data) => data.startsWith('SUBSCRIBE') && socket.ondata(answerTo(data, '403 Forbidden'));
    const subscriber = ua.subscribe('bob', 'dialog', 'a/b', {
      expires: 60,
      params: { from_uri: ua.configuration.uri, from_display_name: 'Me' },
    });
    seen(subscriber, subscriberEvents);
    subscriber.subscribe();
    await settle();
  } else {
    const pending = name === 'pending notifier';
    socket.react = (data) => data.startsWith('NOTIFY') && socket.ondata(answerTo(data, '200 OK'));
    const subscribe = (cseq, tag, lines, body = '') =>
      socket.ondata(
        ask(
          'SUBSCRIBE',
          cseq,
          'sip:alice@example.com',
          '<sip:far@far.invalid>;tag=far',
          `<sip:alice@example.com>${tag}`,
          'far-subscribes',
          lines,
          body,
        ),
      );
    let notifier;
    ua.on('newSubscribe', ({ event, request }) => {
      log.push(`newSubscribe ${event.event} ${request.method}`);
      if (name === 'refused') return request.reply(489, null, ['Allow-Events: presence']);
      log.push(
        thrown(() => ua.notify(request, '', {})),
        thrown(() => ua.notify(request, 'text/plain')),
      );
      notifier = ua.notify(request, 'text/plain', {
        pending,
        allowEvents: 'dialog',
        extraHeaders: ['X-Mine: 1'],
        defaultExpires: 120,
      });
      seen(notifier, notifierEvents);
      notifier.on('subscribe', (isUnsubscribe) =>
        isUnsubscribe ? notifier.terminate('last') : notifier.notify('state'),
      );
      log.push(
        `state ${notifier.state}, id ${notifier.id}`,
        thrown(() => notifier.notify('too early')),
      );
      notifier.start();
      log.push(notifier.id.remote_tag);
      return undefined;
    });
    socket.react = (data) => {
      socket.tag ??= /;tag=(\w+)/.exec(header(data, 'To'))?.[1];
      if (data.startsWith('NOTIFY')) socket.ondata(answerTo(data, '200 OK'));
    };
    subscribe(1, '', 'Event: dialog;id=5\r\nContent-Type: text/x\r\n', 'which');
    await settle();
    if (pending) {
      notifier.setActiveState();
      log.push(`state ${notifier.state}`);
      notifier.notify('let in');
      await settle();
      notifier.terminate('bye', 'deactivated', 30);
    } else if (name === 'notifier') {
      subscribe(2, `;tag=${socket.tag}`, 'Event: dialog;id=5\r\nExpires: 60\r\n');
      await settle();
      subscribe(3, `;tag=${socket.tag}`, 'Event: dialog;id=5\r\nExpires: 0\r\n');
    }
    await settle();
    if (notifier) {
      log.push(`state ${notifier.state}, id ${notifier.id}`, JSON.stringify(notifier.C));
      log.push(
        thrown(() => notifier.start()),
        thrown(() => notifier.notify('')),
        thrown(() => notifier.setActiveState()),
        thrown(() => notifier.terminate()),
      );
    }
  }
  await settle();
  return { log, sent };
}

for (const name of ['subscriber', 'refusals', 'notifier', 'pending notifier', 'refused']) {
  test(`as JsSIP: ${name}`, async ({ page, files, jssip }) => {
    await page.goto(`${files.url}/tests/e2e/blank.html`);
    await page.addScriptTag({ content: jssip });
    const ours = await page.evaluate(scenario, { name, library: 'viasip' });
    const theirs = await page.evaluate(scenario, { name, library: 'jssip' });
    expect(ours).toEqual(theirs);
    expect(ours.sent.length).toBeGreaterThan(0);
  });
}
