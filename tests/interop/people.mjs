// People with a page each, on hosts with two lines: they register, call, hear each other, and tell what happened to them.
import { test as base, expect } from '@playwright/test';
import { SERVER, startNetwork } from './lines.mjs';
import { equip, open } from './page.mjs';
import { startAsterisk, startKamailio } from './servers.mjs';

/** A test with the hosts `laptop` and `desk`, both with their first line only, and with servers that both lines reach. */
export const test = base.extend({
  /** The browsers of the hosts, `Chromium` or `Firefox`. */
  browsers: [
    { laptop: 'Chromium', desk: 'Chromium' },
    { option: true, scope: 'worker' },
  ],
  network: [
    async ({ playwright }, use) => {
      const network = startNetwork(playwright.chromium);
      await use(network);
      await network.stop();
    },
    { scope: 'worker' },
  ],
  // One that no other test has registered at, and lost its registrations.
  kamailio: async ({ network }, use) => {
    const server = await startKamailio({ host: SERVER, within: network.within });
    await use({ ...server, of: (name) => ({ url: server.url, uri: `sip:${name}@viasip.test` }) });
    server.stop();
  },
  asterisk: async ({ oneAsterisk }, use) => {
    const channels = () => oneAsterisk.cli('core show channels count');
    oneAsterisk.cli('channel request hangup all');
    await expect.poll(channels, { timeout: 10_000 }).toContain('0 active channels');
    await use(oneAsterisk);
  },
  oneAsterisk: [
    async ({ network }, use) => {
      const server = await startAsterisk({ host: SERVER, within: network.within });
      await use({ ...server, of: (name) => ({ url: server.url, uri: `sip:${name}@${SERVER}` }) });
      server.stop();
    },
    { scope: 'worker' },
  ],
  laptop: [
    async ({ network, browsers }, use) => use(await network.host('laptop', browsers.laptop)),
    { scope: 'worker' },
  ],
  desk: [async ({ network, browsers }, use) => use(await network.host('desk', browsers.desk)), { scope: 'worker' }],
  /** Makes somebody; when a test has failed, what they were told and sent is printed. */
  person: async ({ network, laptop, desk }, use, info) => {
    network.clear();
    for (const host of [laptop, desk]) host.only(0);
    const people = [];
    await use(async (host, name, setting) => {
      people.push(await person(host, name, setting));
      return people.at(-1);
    });
    if (info.status !== info.expectedStatus) console.log(await ladder(people));
    for (const { page } of people) await page.context().close();
  },
  /** Alice on the laptop and Bob on the desk, registered at Kamailio. `options` are the user agents'. */
  pair: async ({ person: make, kamailio, laptop, desk }, use) => {
    await use(async (options) => [
      await make(laptop, 'alice', { ...kamailio.of('alice'), ...options }),
      await make(desk, 'bob', { ...kamailio.of('bob'), ...options }),
    ]);
  },
});

/** Opens a page on a host and registers there. `options` are the user agent's. */
async function person(host, name, { url, uri, ...options }) {
  const context = await host.browser.newContext();
  const page = await context.newPage();
  await open(page, host.url);
  await begin(page, { url, uri, options });
  await page.evaluate(() => settled);
  /** What the app does in a page that was loaded anew, or in another one. */
  const again = async (where = page) => {
    await equip(where);
    await begin(where, { url, uri, options });
  };
  return { name, page, site: page.url(), again };
}

/** What an app does that only listens: it answers to nothing by itself, and remembers what it was told, with the time. */
async function begin(page, setting) {
  await page.evaluate(({ url, uri, options }) => {
    window.told = [];
    window.tell = (what, e) => {
      const details = [
        e?.originator,
        e?.cause,
        e?.took,
        e?.resumed && 'resumed',
        e?.willRecover,
        e?.response?.status_code,
      ];
      told.push([Date.now(), [what, ...details.filter((detail) => detail !== undefined && detail !== null)].join(' ')]);
    };
    let rings;
    window.rung = new Promise((resolve) => (rings = resolve));
    window.ua = userAgent(url, uri, 'secret', options);
    ua.on('sipMessage', ({ direction, message }) => {
      const [first] = message.split('\r\n');
      const [cseq, id] = [/^CSeq: *(.*)$/im.exec(message)?.[1], /^Call-ID: *(\S{1,6})/im.exec(message)?.[1]];
      const ice = [
        ...new Set([...message.matchAll(/^a=(ice-ufrag:\S+|candidate:.*? (\S+ \d+) typ)/gm)].map((m) => m[2] ?? m[1])),
      ];
      tell(`${direction === 'out' ? '->' : '<-'} ${first} [${cseq} ${id}] ${ice.join(' ')}`);
    });
    for (const name of ['connected', 'disconnected', 'registered', 'unregistered', 'registrationFailed'])
      ua.on(name, (e) => tell(name, e));
    ua.on('newRTCSession', (e) => {
      window.session = e.session;
      tell('newRTCSession', e);
      const names = [
        'progress',
        'accepted',
        'confirmed',
        'hold',
        'unhold',
        'recovering',
        'recovered',
        'ended',
        'failed',
      ];
      for (const name of names) session.on(name, (event) => tell(`session ${name}`, event));
      for (const step of ['createoffer', 'createanswer', 'setlocaldescription', 'setremotedescription'])
        session.on(`peerconnection:${step}failed`, (error) => tell(`${step} failed: ${error.message}`));
      rings();
    });
    window.settled = registered(ua);
    ua.start();
    // A failure is in the log; whoever waits hears of it as well.
    settled.catch(() => {});
    addEventListener('online', () => tell('page online'));
    addEventListener('offline', () => tell('page offline'));
    navigator.connection?.addEventListener('change', () => tell(`page connection ${navigator.connection.type}`));
    // How many packets came more than at the first look, of each kind, on all streams that there were.
    window.growth = () => {
      const counts = new Map();
      let first = true;
      return async () => {
        const more = { audio: 0, video: 0 };
        (await session.connection?.getStats())?.forEach((report) => {
          if (report.type !== 'inbound-rtp') return;
          if (!counts.has(report.id)) counts.set(report.id, first ? report.packetsReceived : 0);
          more[report.kind] += report.packetsReceived - counts.get(report.id);
        });
        first = false;
        return more;
      };
    };
  }, setting);
}

/** One calls another, who answers; both hear. */
export async function talk(caller, called, kinds = ['audio']) {
  await ring(caller, called, kinds);
  await answer(called, kinds);
  for (const { page } of [caller, called])
    await page.evaluate(async (wanted) => {
      if (!session.isEstablished()) await once(session, 'confirmed');
      const flowing = await flows([session], wanted, 8000);
      if (flowing !== true) throw new Error(flowing);
    }, kinds);
}

/** One calls another, whose phone rings. */
export async function ring(caller, called, kinds = ['audio']) {
  await dial(caller, called.name, kinds);
  await called.page.evaluate(() => rung);
}

export const dial = ({ page }, target, kinds = ['audio']) =>
  page.evaluate(
    ([whom, video]) => void ua.call(whom, { mediaConstraints: { audio: true, video } }),
    [target, kinds.includes('video')],
  );

export const answer = ({ page }, kinds = ['audio']) =>
  page.evaluate((video) => session.answer({ mediaConstraints: { audio: true, video } }), kinds.includes('video'));

/** Milliseconds from `since` (ms since 1970) until each has received 50 more packets of each kind. */
export async function heardAgain(people, since, kinds = ['audio'], patience = 15_000) {
  const times = await Promise.all(
    people.map(({ page }) =>
      page.evaluate(
        async ([wanted, ms]) => {
          const more = growth();
          const enough = async () => {
            const count = await more();
            return wanted.every((kind) => count[kind] >= 50);
          };
          return (await until(enough, ms)) ? Date.now() : Infinity;
        },
        [kinds, patience],
      ),
    ),
  );
  return Math.max(...times) - since;
}

/** Notes a figure of a test, to be quoted, and holds it to a limit in ms. */
export function within(limit, what, ms) {
  base.info().annotations.push({ type: what, description: `${ms} ms` });
  console.log(`  ${base.info().title}: ${what} ${ms} ms`);
  expect(ms, what).toBeLessThan(limit);
}

/** Waits until a person was told something, since a time; it gives when. */
export async function told({ page, name }, pattern, since = 0, patience = 15_000) {
  const deadline = Date.now() + patience;
  for (;;) {
    const log = await page.evaluate(() => window.told);
    const found = log.find(([at, what]) => at >= since && pattern.test(what));
    if (found) return found[0];
    if (Date.now() > deadline) throw new Error(`${name} was not told ${pattern}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const state = ({ page }) =>
  page.evaluate(() => ({
    established: session.isEstablished(),
    hold: session.isOnHold().local,
    endings: told.filter(([, what]) => /^session (ended|failed)/.test(what)).map(([, what]) => what.slice(8)),
  }));

/** Nobody's call is over. One hangs up, and it is over for both, once. */
export async function hangUp(first, second) {
  for (const someone of [first, second]) expect(await state(someone)).toMatchObject({ established: true, endings: [] });
  await first.page.evaluate(() => session.terminate());
  await expect.poll(async () => (await state(second)).endings, { timeout: 5000 }).toEqual(['ended remote Terminated']);
  expect((await state(first)).endings).toEqual(['ended local Terminated']);
}

/** What everybody was told and sent, in the order of time. */
async function ladder(people) {
  const logs = await Promise.all(
    people.map(async ({ page, name }) => {
      const log = await page.evaluate(async () => [
        ...told,
        [Date.now(), window.session?.connection ? JSON.stringify(await silence(session)) : 'no session'],
      ]);
      return log.map(([at, what]) => [at, `${name.padEnd(6)} ${what}`]);
    }),
  );
  const all = logs.flat().sort(([a], [b]) => a - b);
  return all.map(([at, what]) => `${String(at - all[0][0]).padStart(6)} ${what}`).join('\n');
}
