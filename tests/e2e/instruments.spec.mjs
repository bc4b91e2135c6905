// The instruments of the softphone page: what passes on the wire, how the call is, why it did not work, and the report.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from './fixture.mjs';
import { obstacles } from './page/site.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
let vite;
let url;

test.beforeAll(async ({ registrar }) => {
  process.env.VIASIP_SERVICE = registrar.url;
  const { createServer } = await import('vite');
  vite = await createServer({
    configFile: path.join(root, 'www', 'vite.config.js'),
    logLevel: 'error',
    server: { port: 0, hmr: false },
  });
  await vite.listen();
  url = `http://127.0.0.1:${vite.httpServer.address().port}/`;
});
test.afterAll(() => vite?.close());

/** Opens the page, registered. */
async function open(page, user) {
  page.on('pageerror', (error) => console.log('page error:', error.message));
  await page.goto(url);
  await expect(page.getByText('Ready.')).toBeVisible();
  await page.getByLabel('SIP address').fill(`sip:${user}@viasip.local`);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.locator('#lamps')).toContainText(`Registered as ${user}.`);
}

/** Another phone on the same service, which answers as `how` says. */
const register = (page, service, user, how) =>
  page.evaluate(
    async ([service, user, how]) => {
      const { name } = performance.getEntriesByType('resource').find((r) => r.name.includes('/pkg/dist/index.js'));
      const { UA, WebSocketInterface } = await import(new URL(name).pathname + new URL(name).search);
      const uri = `sip:${user}@viasip.local`;
      const ua = new UA({ sockets: [new WebSocketInterface(service)], uri, password: 'viasip' });
      ua.on('newRTCSession', ({ session }) => {
        session.on('sdp', (event) => {
          if (how === 'plain' && event.originator === 'local')
            event.sdp =
              'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n';
        });
        session.answer({ mediaConstraints: { audio: true, video: false } });
        window.far = session;
      });
      ua.start();
      await new Promise((resolve) => ua.on('registered', resolve));
    },
    [service, user, how],
  );

async function call(page, whom) {
  await page.getByLabel('Name, number or address').fill(whom);
  await page.getByLabel('Name, number or address').press('Enter');
}

const axe = async (page) => expect(await obstacles(page)).toEqual([]);

test('the ladder shows each message with its direction, opens it masked, filters, clears and saves', async ({
  page,
}) => {
  await open(page, 'lara');
  const ladder = page.locator('#ladder');
  const rows = ladder.locator('#messages > li:visible');
  await expect(rows.filter({ hasText: 'sent: REGISTER' }).first()).toBeVisible();
  await expect(rows.filter({ hasText: 'received, success: ✓ 200 OK (REGISTER)' })).toHaveCount(1);
  await call(page, 'nobody');
  await expect(rows.filter({ hasText: 'received, failure: ✗ 404' })).toHaveCount(1);
  const invite = rows.filter({ hasText: 'INVITE sip:nobody' }).first();
  await expect(invite).toContainText('SDP');
  // By keyboard: Enter opens, the arrows go from one to the next.
  await invite.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect(invite.locator('pre')).toContainText('a=ice-pwd:***');
  await expect(invite.locator('pre')).toContainText('a=fingerprint:');
  await page.keyboard.press('ArrowDown');
  await expect(invite.locator('summary')).not.toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(invite.locator('summary')).toBeFocused();
  const all = await rows.count();
  await invite.getByRole('button', { name: 'Only messages with this Call-ID' }).click();
  await expect(ladder.getByRole('searchbox')).toBeFocused();
  await expect(ladder.getByRole('status')).toHaveText(new RegExp(`^\\d of ${all} messages$`));
  expect(await rows.count()).toBeLessThan(all);
  await expect(rows.filter({ hasText: 'REGISTER' })).toHaveCount(0);
  await expect(rows.filter({ hasText: 'sent: ACK' })).toHaveCount(1);
  const saving = page.waitForEvent('download');
  await ladder.getByRole('button', { name: 'Download' }).click();
  const text = readFileSync(await (await saving).path(), 'utf8');
  expect(text).toMatch(/^--- \d{4}-.*Z out\nINVITE sip:nobody/);
  expect(text).not.toMatch(/REGISTER sip|ice-pwd:[^*]/);
  await ladder.getByRole('searchbox').fill('response=***');
  await expect(rows.first().locator('.label')).toHaveText(/REGISTER|INVITE/);
  await ladder.getByRole('searchbox').fill('');
  await expect(rows).toHaveCount(all);
  await ladder.getByRole('button', { name: 'Clear' }).click();
  await expect(rows).toHaveCount(0);
  await expect(ladder).toContainText('each SIP message shows here');
});

test('a call is drawn and told in words, and what is wrong with its sound', async ({ page, registrar }) => {
  await open(page, 'quentin');
  await register(page, registrar.url, 'far');
  await expect(page.locator('#quality')).toBeHidden();
  await call(page, 'far');
  const quality = page.locator('#quality');
  await expect(quality).toContainText(/Voice score \d\.\d of 4\.5/, { timeout: 15_000 });
  await expect(quality).toContainText('Sound comes as opus at');
  await expect(quality).toContainText('The way: a local address to a local address, udp.');
  await expect(
    quality.getByRole('img', { name: /^Round trip over the last minute: \d+ ms now, \d+ to \d+ ms$/ }),
  ).toBeVisible();
  await expect(quality.getByRole('img', { name: /^Loss over the last minute: 0.0 % now/ })).toBeVisible();
  await expect(quality.getByRole('img', { name: /^Voice score over the last minute: \d\.\d now/ })).toBeVisible();
  await expect.poll(() => quality.locator('.line').first().getAttribute('d')).toMatch(/^M.*L.*L/);
  // The far end stops sending.
  const track = await page.evaluateHandle(async () => {
    const [sender] = far.connection.getSenders();
    const { track } = sender;
    await sender.replaceTrack(null);
    return track;
  });
  await expect(quality.getByRole('status')).toContainText('Nothing comes from the far end');
  const why = page.locator('#why');
  await expect(why.getByRole('alert')).toContainText('no sound is heard here');
  await expect(why.getByRole('table')).toContainText('DTLS');
  await page.evaluate((track) => far.connection.getSenders()[0].replaceTrack(track), track);
  await expect(quality.getByRole('status')).toBeEmpty();
  await expect(why).toContainText('Nothing has failed.');
  await page.getByRole('button', { name: 'End call' }).click();
  await expect(quality).toContainText('The call is over.');
});

test('why it did not work: a sentence, the table of both ends, what to change, and the report', async ({
  page,
  context,
  registrar,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, 'wanda');
  await register(page, registrar.url, 'plain-phone', 'plain');
  await call(page, 'plain-phone');
  const why = page.locator('#why');
  await expect(why.getByRole('alert')).toContainText('plain RTP phone');
  await expect(why).toContainText('What to do: ');
  await expect(why).toContainText('rtpengine');
  const rows = why.getByRole('table').getByRole('row');
  for (const name of [
    'Profile',
    'DTLS',
    'ICE',
    'Candidates',
    'rtcp-mux',
    'BUNDLE',
    'Audio codec',
    'Video codec',
    'RTCP feedback',
  ])
    await expect(rows.filter({ has: page.getByRole('rowheader', { name, exact: true }) })).toHaveCount(1);
  const dtls = rows.filter({ has: page.getByRole('rowheader', { name: 'DTLS' }) });
  await expect(dtls).toContainText('missing');
  await expect(dtls).toContainText('Switch DTLS-SRTP on');
  await expect(rows.filter({ hasText: 'Audio codec' })).toContainText('fits');
  await why.getByRole('button', { name: 'Copy report' }).click();
  await expect(why.getByRole('status')).toContainText('Copied');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('error plain-rtp');
  expect(text).toContain('browser --> server  INVITE sip:plain-phone@viasip.local [SDP]');
  expect(text).not.toMatch(/ice-pwd:[^*]/);
});

test('the report of each of the last calls: where the time went, as text and to save, without names', async ({
  page,
  registrar,
}) => {
  await open(page, 'rita');
  await register(page, registrar.url, 'far');
  await call(page, 'nobody');
  await call(page, 'far');
  const report = page.locator('#report');
  await expect(report.getByRole('listitem').filter({ hasText: 'until the first packet' })).toContainText(/\d+ ms/);
  await page.getByRole('button', { name: 'End call' }).click();
  await expect(report.getByRole('listitem').filter({ hasText: 'Ended' })).toContainText(/after \d+\.\d s/);
  await expect(report.getByRole('listitem').filter({ hasText: 'The other end decided' })).toHaveCount(1);
  await report.getByText('Show the report').click();
  await expect(report.getByRole('region')).toContainText('sip:far@viasip.local');
  await report.getByLabel('Without names').check();
  await expect(report.getByRole('region')).not.toContainText('sip:far@');
  await expect(report.getByRole('region')).toContainText('@viasip.local');
  await report
    .getByLabel('Call', { exact: true })
    .selectOption({ label: await report.locator('option').last().textContent() });
  await expect(report.getByRole('region')).toContainText('404 Not Found');
  const saving = page.waitForEvent('download');
  await report.getByRole('button', { name: 'Download JSON' }).click();
  const saved = JSON.parse(readFileSync(await (await saving).path(), 'utf8'));
  expect(saved).toMatchObject({ report: 1, outcome: { response: '404 Not Found' } });
});

for (const width of [360, 1280]) {
  test(`the instruments keep nobody out: ${width} px`, async ({ browser, registrar }) => {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    await open(page, `eve${width}`);
    await register(page, registrar.url, `far${width}`);
    await register(page, registrar.url, `plain${width}`, 'plain');
    await call(page, `far${width}`);
    await expect(page.locator('#call-state')).toContainText('Talking to');
    const inspect = (on) => page.evaluate((view) => (document.body.dataset.view = view), on ? 'instruments' : 'phone');
    await inspect(true);
    await expect(page.locator('#quality')).toContainText(/Voice score \d\.\d of 4\.5/, { timeout: 15_000 });
    await page.waitForTimeout(6000);
    const look = async (name, examine) => {
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await examine?.(page);
        await page.screenshot({
          path: path.join(root, 'test-results', `${name}-${colorScheme}-${width}.png`),
          fullPage: true,
        });
      }
    };
    await look('instruments-call');
    await inspect(false);
    await page.getByRole('button', { name: 'End call' }).click();
    await call(page, `plain${width}`);
    await inspect(true);
    await expect(page.locator('#why').getByRole('alert')).toContainText('plain RTP phone');
    await page.locator('#messages summary').filter({ hasText: 'INVITE' }).last().click();
    await page.locator('#report summary').click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await look('instruments', axe);
    await context.close();
  });
}
