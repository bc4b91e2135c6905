// Subscriptions of viasip in headless Chromium, served by Asterisk: a busy lamp and a message lamp.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { startAsterisk } from './servers.mjs';

let files;
let asterisk;

test.beforeAll(async () => {
  files = await serveFiles();
  asterisk = await startAsterisk();
});
test.afterAll(() => {
  asterisk?.stop();
  files?.stop();
});

test.beforeEach(async ({ page }) => {
  await page.goto(`${files.url}/tests/e2e/blank.html`);
  await page.evaluate(async (url) => {
    const viasip = await import('/pkg/dist/index.js');
    await viasip.default();
    window.line = (user) => {
      const ua = new viasip.UA({
        sockets: [new viasip.WebSocketInterface(url)],
        uri: `sip:${user}@127.0.0.1`,
        password: 'secret',
      });
      ua.frames = [];
      ua.on('sipMessage', ({ direction, message }) => ua.frames.push(`${direction} ${message}`));
      ua.start();
      return new Promise((resolve, reject) => {
        ua.once('registered', () => resolve(ua));
        ua.once('registrationFailed', ({ cause }) => reject(new Error(cause)));
      });
    };
    window.once = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));
    // What a subscriber told, and waiting for it.
    window.watch = (subscriber) => {
      const told = [];
      for (const name of ['accepted', 'pending', 'active', 'notify', 'terminated']) {
        subscriber.on(name, (...args) => told.push([name, ...args.filter((arg) => typeof arg !== 'object')]));
      }
      const until = async (check, ms = 10_000) => {
        const end = Date.now() + ms;
        while (Date.now() < end) {
          const found = told.find(check);
          if (found) return found;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`not told: ${check}\n${JSON.stringify(told)}\n${subscriber._ua.frames.join('\n')}`);
      };
      return { told, until };
    };
  }, asterisk.url);
});

test('a busy lamp follows a call', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const [watcher, desk] = [await line('a-md5'), await line('a-sha256')];
    const subscriber = watcher.subscribe('desk', 'dialog', 'application/dialog-info+xml', { expires: 300 });
    const { told, until } = watch(subscriber);
    subscriber.subscribe();
    const state = (word) => until(([name, , body]) => name === 'notify' && body.includes(`<state>${word}</state>`));
    const idle = await state('terminated');
    const states = [subscriber.state];
    const session = desk.call('echo', { mediaConstraints: { audio: true, video: false } });
    await once(session, 'confirmed');
    const busy = await state('confirmed');
    session.terminate();
    told.length = 0;
    await state('terminated');
    told.length = 0;
    subscriber.terminate();
    const last = await until(([name]) => name === 'terminated');
    states.push(subscriber.state);
    const expires = watcher.frames
      .filter((f) => f.startsWith('out SUBSCRIBE'))
      .map((f) => /^Expires: (\d+)/m.exec(f)[1]);
    const refused = watcher.frames.filter((f) => /^out SIP\/2.0 [4-6]/.test(f));
    watcher.stop();
    desk.stop();
    return { idle, busy, last, states, expires, refused };
  });
  expect(result.idle[3]).toBe('application/dialog-info+xml');
  expect(result.busy[2]).toContain('entity="sip:desk@');
  expect(result.last.slice(0, 2)).toEqual(['terminated', 6]);
  expect(result.states).toEqual([1, 2]);
  // Only the first is challenged.
  expect(result.expires).toEqual(['300', '300', '0']);
  expect(result.refused).toEqual([]);
});

test('a message lamp follows a mailbox', async ({ page }) => {
  asterisk.mailbox(0);
  const empty = await page.evaluate(async () => {
    window.ua = await line('a-md5');
    window.subscriber = ua.subscribe('a-md5', 'message-summary', 'application/simple-message-summary', {
      expires: 300,
    });
    window.seen = watch(subscriber);
    subscriber.subscribe();
    return seen.until(([name, , body]) => name === 'notify' && body.includes('Messages-Waiting: no'));
  });
  expect(empty[3]).toBe('application/simple-message-summary');
  asterisk.mailbox(2);
  const waiting = await page.evaluate(() =>
    seen.until(([name, , body]) => name === 'notify' && body.includes('Messages-Waiting: yes')),
  );
  expect(waiting[2]).toContain('Voice-Message: 2/0');
  const last = await page.evaluate(async () => {
    ua.stop();
    const end = await seen.until(([name]) => name === 'terminated');
    return end;
  });
  expect(last.slice(0, 2)).toEqual(['terminated', 6]);
});

test('a new connection asks for the state again', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const ua = await line('a-md5');
    const subscriber = ua.subscribe('desk', 'dialog', 'application/dialog-info+xml', { expires: 300 });
    const { told, until } = watch(subscriber);
    subscriber.subscribe();
    await until(([name]) => name === 'notify');
    told.length = 0;
    ua.transport.disconnect();
    const again = once(ua, 'registered');
    ua.transport.connect();
    await again;
    await until(([name]) => name === 'notify');
    subscriber.terminate();
    await until(([name]) => name === 'terminated');
    ua.stop();
    return told.map(([name]) => name);
  });
  expect(result.slice(0, 1)).toEqual(['notify']);
  expect(result.at(-1)).toBe('terminated');
});

test('what Asterisk does not have is refused with its code', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const ua = await line('a-md5');
    const outcome = async (target, event, accept) => {
      const subscriber = ua.subscribe(target, event, accept, { expires: 300 });
      const { until } = watch(subscriber);
      subscriber.subscribe();
      return until(([name]) => name === 'terminated');
    };
    const out = [
      await outcome('desk', 'no-such-package', 'text/plain'),
      await outcome('nobody', 'dialog', 'application/dialog-info+xml'),
    ];
    ua.stop();
    return out.map((entry) => entry.slice(0, 2));
  });
  expect(result).toEqual([
    ['terminated', 2],
    ['terminated', 2],
  ]);
});
