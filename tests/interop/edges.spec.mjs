// Edge proxies in front of a registrar, all of them Kamailio: the Path to us, the Service-Route of our calls, and two flows of which
// one dies with its edge. Each edge has an address of its own, as edges have.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startKamailio } from './servers.mjs';

let files;
let servers;

test.beforeAll(async () => {
  files = await serveFiles();
});
test.afterAll(() => files?.stop());
test.beforeEach(async ({ page }) => {
  servers = [];
  await open(page, files.url);
  await page.evaluate(() => {
    window.media = { mediaConstraints: { audio: true, video: false } };
  });
});
test.afterEach(() => servers.forEach((server) => server.stop()));

/** A registrar, and edges at addresses of their own. */
async function behind(hosts, settings = {}) {
  const home = await startKamailio({ config: 'registrar.cfg', ...settings });
  servers.push(home);
  const registrar = `127.0.0.1:${home.udp}`;
  const edges = await Promise.all(hosts.map((host) => startKamailio({ config: 'edge.cfg', host, registrar })));
  servers.push(...edges);
  return { home, edges };
}

test('the Path leads to us, and our requests go by the Service-Route', async ({ page }) => {
  const { home, edges } = await behind(['127.0.0.2'], { outbound: 0 });
  const route = `<sip:orig@127.0.0.1:${home.udp};lr>`;
  const seen = await page.evaluate(async (url) => {
    const [alice, bob] = [line(url, 'sip:alice@viasip.test'), line(url, 'sip:bob@viasip.test', 'secret')];
    const astray = line(url, 'sip:astray@viasip.test', 'secret', { service_route: false });
    await Promise.all([alice, bob, astray].map(registered));
    const { path, serviceRoute } = alice.registrator();
    const rung = once(bob, 'newRTCSession').then(({ session }) => (session.answer(media), session));
    const session = alice.call('bob', media);
    await once(session, 'confirmed');
    const sound = await flows([session, await rung], ['audio']);
    const [invite] = alice.frames.filter((frame) => frame.startsWith('out INVITE'));
    const over = ended(session);
    (await rung).terminate();
    const refused = await ended(astray.call('bob', media));
    for (const ua of [alice, bob, astray]) ua.stop();
    return { path, serviceRoute, sound, invite, over: await over, refused };
  }, edges[0].url);
  expect(seen.path).toEqual([expect.stringMatching(`^<sip:[^@]+@127.0.0.2:${edges[0].udp};lr;ob>$`)]);
  expect(seen.serviceRoute).toEqual([route]);
  expect(seen.invite.match(/^Route: .*$/gm)).toEqual([`Route: ${route}`]);
  expect(seen).toMatchObject({ sound: true, over: ['ended', 'remote', 'Terminated', []] });
  expect(seen.refused.slice(0, 3)).toEqual(['failed', 'remote', 'Rejected']);
});

test('an edge dies: the other flow rings, and the calls go on by it', async ({ page }) => {
  const { edges } = await behind(['127.0.0.2', '127.0.0.3']);
  const urls = edges.map((edge) => edge.url);
  await page.evaluate(async (urls) => {
    const sockets = urls.map((url, at) => ({ socket: new viasip.WebSocketInterface(url), weight: 10 - at }));
    window.bob = line(urls[0], 'sip:bob@viasip.test', 'secret', { sockets, flows: 2 });
    window.flow = [];
    bob.on('flow', ({ id, status, first }) => flow.push(`${id} ${status}${first ? ' first' : ''}`));
    window.alice = line(urls[1], 'sip:alice@viasip.test');
    await Promise.all([registered(alice), until(() => flow.includes('2 registered'))]);
    /** What has to come within 10 s, else what went over the wire. */
    window.soon = (promise, what) => {
      const late = new Promise((_, reject) => setTimeout(reject, 10_000)).catch(() => {
        const [hers, his] = [alice, bob].map(({ frames }) => frames.slice(-12).join('\n'));
        throw new Error(`no ${what}: ${flow}\nalice:\n${hers}\nbob:\n${his}`);
      });
      return Promise.race([promise, late]);
    };
    window.calls = [];
    bob.on('newRTCSession', ({ session }) => (calls.push(session), session.answer(media)));
    window.dial = async () => {
      const session = alice.call('bob', media);
      await soon(once(session, 'confirmed'), 'confirmed');
      await until(() => calls.at(-1)?.isEstablished());
      return session;
    };
    window.first = await dial();
  }, urls);
  const bindings = await page.evaluate(() => [bob.registrator().outbound, flow.at(-1), calls.length]);
  expect(bindings).toEqual([true, '2 registered', 1]);

  await edges[0].gone();
  const seen = await page.evaluate(async () => {
    await until(() => flow.includes('2 registered first'));
    const second = await dial();
    for (const [one, other] of [
      [calls[0], first],
      [first, calls[0]],
    ])
      for (const name of ['hold', 'unhold']) {
        const told = once(other, name);
        // The ACK of the last offer may still be on its way.
        await soon(new Promise((done) => until(() => one[name]({}, done))), name);
        await soon(told, `${name} told`);
      }
    const sound = await flows([first, calls[0], second, calls[1]], ['audio']);
    const over = [ended(calls[0]), ended(second)];
    first.terminate();
    calls[1].terminate();
    return { sound, calls: calls.length, over: await soon(Promise.all(over), 'end') };
  });
  expect(seen).toMatchObject({
    sound: true,
    calls: 2,
    over: [
      ['ended', 'remote', 'Terminated', []],
      ['ended', 'remote', 'Terminated', []],
    ],
  });

  // The edge is back, and preferred.
  await edges[0].start();
  const after = await page.evaluate(async () => {
    const back = await until(
      () => flow.at(-2) === '1 registered first' || flow.at(-1) === '1 registered first',
      40_000,
    );
    const third = await dial();
    const over = ended(third);
    calls.at(-1).terminate();
    const result = { back, over: await over, flow };
    for (const ua of [alice, bob]) ua.stop();
    return result;
  });
  expect(after, after.flow.join('\n')).toMatchObject({ back: true, over: ['ended', 'remote', 'Terminated', []] });
});
