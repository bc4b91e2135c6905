// Two connections to two servers, through the classes, in Chromium.
import { expect, test } from '@playwright/test';
import { answer, startEdge, until } from './edges.mjs';
import { open } from './page.mjs';
import { serveFiles } from './servers.mjs';

const SDP_LINES = 'Contact: <sip:far@far.invalid;transport=ws>\r\n';
let files;
let edges;

test.beforeAll(async () => {
  files = await serveFiles();
});
test.afterAll(() => files.stop());
test.afterEach(() => Promise.all(edges.map((edge) => edge.stop())));

async function start(page, options = {}, granted = 'Require: outbound\r\n') {
  const grant = () => granted;
  const reply = (frame) => (frame.startsWith('ACK') ? null : answer(frame, '200 OK', SDP_LINES));
  const first = await startEdge({ grant, reply });
  // Whichever opens first is the first; here it is always the one that is preferred.
  edges = [first, await startEdge({ grant, reply, opens: until(() => first.of('REGISTER').length) })];
  await open(page, files.url, edges[0].url);
  await page.evaluate(
    async ({ urls, more }) => {
      const sockets = urls.map((url, at) => ({ socket: new viasip.WebSocketInterface(url), weight: 10 - at }));
      window.ua = window.line('alice', { sockets, flows: 2, ...more });
      ua.flows = [];
      ua.on('flow', ({ id, socket, status, first }) =>
        ua.flows.push(`${id} ${urls.indexOf(socket.url)} ${status}${first ? ' first' : ''}`),
      );
      ua.start();
      await once(ua, 'registered');
    },
    { urls: edges.map((edge) => edge.url), more: options },
  );
}

const send = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) =>
        ua.sendMessage('bob', 'hello', {
          eventHandlers: { succeeded: () => resolve('sent'), failed: ({ cause }) => resolve(cause) },
        }),
      ),
  );

test('each of two servers has a connection and a binding, and one stands in for the other', async ({ page }) => {
  await start(page);
  await until(() => edges[1].of('REGISTER').length === 1);
  const ids = edges.map((edge) => /;reg-id=(\d)/.exec(edge.of('REGISTER')[0])[1]);
  expect(ids).toEqual(['1', '2']);
  expect(await page.evaluate(() => ua.registrator().outbound)).toBe(true);
  expect(await send(page)).toBe('sent');
  expect(edges.map((edge) => edge.of('MESSAGE').length)).toEqual([1, 0]);

  const { port } = edges[0];
  await edges[0].stop();
  await page.evaluate(() => until(() => ua.flows.includes('2 1 registered first')));
  expect(await send(page)).toBe('sent');
  expect(edges[1].of('MESSAGE').length).toBe(1);
  const after = await page.evaluate(() => [ua.isConnected(), ua.isRegistered(), ua.transport.url, ua.seen]);
  expect(after).toEqual([true, true, edges[1].url, ['connecting', 'connected', 'registered']]);

  // The one that is preferred comes back, and goes first again.
  edges[0] = await startEdge({ port, grant: () => 'Require: outbound\r\n', reply: (frame) => answer(frame, '200 OK') });
  expect(await until(() => edges[0].of('REGISTER').length > 0, 20_000)).toBe(true);
  expect(await page.evaluate(() => until(() => ua.flows.at(-2) === '1 0 registered first'))).toBe(true);
  expect(await send(page)).toBe('sent');
  expect(edges[0].of('MESSAGE').length).toBe(1);
  expect(await page.evaluate(() => ua.transport.url)).toBe(edges[0].url);
  await page.evaluate(() => ua.stop());
  await until(() => edges.every((edge) => edge.sockets.size === 0));
  expect(edges.map((edge) => edge.of('REGISTER').filter((frame) => /^Expires: 0/m.test(frame)).length)).toEqual([1, 1]);
});

test('a silent server is found dead, and nothing else', async ({ page }) => {
  await start(page, { keep_alive_interval: 1, keep_alive_timeout: 1, keep_alive_method: 'crlf' });
  await until(() => edges.every((edge) => edge.pings > 0));
  edges[0].silent = true;
  expect(await page.evaluate(() => until(() => ua.flows.includes('2 1 registered first'), 10_000))).toBe(true);
  expect(await send(page)).toBe('sent');
  expect(edges[1].of('MESSAGE').length).toBe(1);
  expect(await page.evaluate(() => ua.seen)).toEqual(['connecting', 'connected', 'registered']);
});

test('a registrar without outbound has one binding, and the other connection stands by', async ({ page }) => {
  await start(page, {}, '');
  await until(() => edges[1].opened === 1);
  expect(await send(page)).toBe('sent');
  expect(edges[1].of('REGISTER').length).toBe(0);
  await edges[0].stop();
  await until(() => edges[1].of('REGISTER').length === 1);
  expect(await send(page)).toBe('sent');
  expect(await page.evaluate(() => [ua.isRegistered(), ua.registrator().outbound])).toEqual([true, false]);
});

test('with one flow nothing but one connection is made', async ({ page }) => {
  await start(page, { flows: 1 });
  expect(await send(page)).toBe('sent');
  await page.waitForTimeout(300);
  expect(edges.map((edge) => edge.opened)).toEqual([1, 0]);
  expect(await page.evaluate(() => ua.flows)).toEqual([]);
  const refused = await page.evaluate(() => {
    try {
      window.line('alice', { flows: 3 });
    } catch (error) {
      return error.message;
    }
  });
  expect(refused).toContain('flows');
});
