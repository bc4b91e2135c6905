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
