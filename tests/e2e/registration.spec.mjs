// What a registration tells beside that it holds, through the classes, against scripted servers.
import { expect, test } from '@playwright/test';
import { answer, startEdge, until } from './edges.mjs';
import { open } from './page.mjs';
import { serveFiles } from './servers.mjs';

let files;
let edge;

test.beforeAll(async () => {
  files = await serveFiles();
});
test.afterAll(() => files.stop());
test.afterEach(() => edge?.stop());

const routes = (frame) => [...frame.matchAll(/^Route: (.*)$/gm)].map(([, route]) => route.trim());

test('the route of a registration is told, and used', async ({ page }) => {
  const route =
    'Path: <sip:edge.example.com;lr;ob>\r\nService-Route: <sip:one.example.com;lr>, <sip:two.example.com;lr>\r\n';
  edge = await startEdge({ grant: () => route, reply: (frame) => answer(frame, '200 OK') });
  await open(page, files.url, edge.url);
  const told = await page.evaluate(async () => {
    const ua = (window.ua = window.line('alice'));
    const before = ua.registrator().serviceRoute.length;
    ua.start();
    await once(ua, 'registered');
    const { path, serviceRoute } = ua.registrator();
    await new Promise((resolve) => ua.sendMessage('bob', 'hello', { eventHandlers: { succeeded: resolve } }));
    ua.unregister();
    await once(ua, 'unregistered');
    await new Promise((resolve) => ua.sendMessage('bob', 'again', { eventHandlers: { succeeded: resolve } }));
    return { before, path, serviceRoute, after: ua.registrator().serviceRoute };
  });
  const both = ['<sip:one.example.com;lr>', '<sip:two.example.com;lr>'];
  expect(told).toEqual({ before: 0, path: ['<sip:edge.example.com;lr;ob>'], serviceRoute: both, after: [] });
  await until(() => edge.of('MESSAGE').length === 2);
  expect(edge.of('MESSAGE').map(routes)).toEqual([both, []]);
  expect(edge.of('REGISTER').map(routes)).toEqual([[], []]);
});

test('an application may do without the Service-Route', async ({ page }) => {
  edge = await startEdge({
    grant: () => 'Service-Route: <sip:one.example.com;lr>\r\n',
    reply: (frame) => answer(frame, '200 OK'),
  });
  await open(page, files.url, edge.url);
  const refused = await page.evaluate(async () => {
    const ua = window.line('alice', { service_route: false });
    ua.start();
    await once(ua, 'registered');
    await new Promise((resolve) => ua.sendMessage('bob', 'hello', { eventHandlers: { succeeded: resolve } }));
    try {
      window.line('alice', { service_route: 'yes' });
    } catch (error) {
      return error.message;
    }
  });
  expect(refused).toContain('service_route');
  expect(edge.of('MESSAGE').map(routes)).toEqual([[]]);
});

test('a push service is named to the registrar, and a push refreshes the registration', async ({ page }) => {
  edge = await startEdge({ grant: () => 'Feature-Caps: *;+sip.pns="webpush";+sip.pnsreg="121"\r\n' });
  await open(page, files.url, edge.url);
  const told = await page.evaluate(async () => {
    const ua = (window.ua = window.line('alice', {
      push: { provider: 'webpush', prid: 'https://push.example.com/?id=1' },
    }));
    ua.start();
    await once(ua, 'registered');
    ua.registrator().wake();
    const wrong = [{ provider: 'webpush' }, { provider: 'a', prid: 'b\r\nX: y' }, 'webpush'].map((push) => {
      try {
        return window.line('alice', { push });
      } catch (error) {
        return error.message.includes('push');
      }
    });
    return { push: ua.registrator().push, wrong };
  });
  expect(told).toEqual({ push: { pns: 'webpush', pnsreg: 121, pnspurr: null }, wrong: [true, true, true] });
  expect(await until(() => edge.of('REGISTER').length === 2)).toBe(true);
  for (const register of edge.of('REGISTER')) {
    expect(register).toContain(';pn-provider=webpush;pn-prid=https://push.example.com/%3Fid%3D1>');
  }
});

test('what a registrar calls a push is in the dialogs that it can wake', async ({ page }) => {
  edge = await startEdge({
    grant: () => 'Feature-Caps: *;+sip.pns="webpush";+sip.pnspurr="a1;b"\r\n',
    reply: (frame) => (frame.startsWith('ACK ') ? null : answer(frame, '486 Busy Here')),
  });
  await open(page, files.url, edge.url);
  const told = await page.evaluate(async () => {
    const ua = window.line('alice', { push: { provider: 'webpush', prid: 'id' } });
    ua.start();
    await once(ua, 'registered');
    for (const anonymous of [false, true])
      await once(ua.call('bob', { mediaConstraints: { audio: true, video: false }, anonymous }), 'failed');
    return ua.registrator().push;
  });
  expect(told).toEqual({ pns: 'webpush', pnsreg: null, pnspurr: 'a1;b' });
  const [named, hidden] = edge.of('INVITE').map((frame) => edge.field(frame, 'Contact'));
  expect(named).toContain(';pn-purr=a1%3Bb');
  expect(hidden).not.toContain('pn-');
  expect(edge.field(edge.of('REGISTER')[0], 'Contact')).not.toContain('purr');
});

// A line that carries nothing takes frames until its buffer is full: the next one shows it, long before the keep-alive is due.
test('a line that holds frames back is asked whether it lives', async ({ page }) => {
  await open(page, files.url, 'ws://unused.invalid');
  const asked = await page.evaluate(async () => {
    const sent = [];
    const socket = {
      url: 'ws://far.invalid',
      via_transport: 'WS',
      sip_uri: 'sip:far.invalid;transport=ws',
      bufferedAmount: 0,
      connect: () => setTimeout(() => socket.onconnect()),
      disconnect: () => {},
      send: (text) => sent.push(text) > 0,
    };
    const options = { register: false, keep_alive_method: 'crlf' };
    const ua = new viasip.UA({ sockets: [socket], uri: 'sip:alice@viasip.local', ...options });
    ua.start();
    await once(ua, 'connected');
    const pings = () => sent.filter((text) => text === '\r\n\r\n').length;
    const counts = [];
    for (const bytes of [0, 400]) {
      await new Promise((resolve) => setTimeout(resolve, 600));
      socket.bufferedAmount = bytes;
      const before = pings();
      ua.sendMessage('bob', 'hello');
      await new Promise((resolve) => setTimeout(resolve, 100));
      counts.push(pings() - before);
    }
    ua.stop();
    return counts;
  });
  expect(asked).toEqual([0, 1]);
});
