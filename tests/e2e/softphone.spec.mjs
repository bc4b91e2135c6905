// The softphone page, block by block, as a person uses it.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRegistrar } from './servers.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
let registrar;
let vite;
let url;

test.beforeAll(async () => {
  registrar = await startRegistrar();
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
test.afterAll(async () => {
  await vite?.close();
  registrar?.stop();
});

async function open(page, user) {
  page.on('pageerror', (error) => console.log('page error:', error.message));
  await page.goto(url);
  await expect(page.getByText('Ready.')).toBeVisible();
  if (user) {
    await page.getByLabel('SIP address').fill(`sip:${user}@viasip.local`);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(page.locator('#lamps')).toContainText(`Registered as ${user}.`);
  }
}

test('the wrong field is named, and a wrong password is said in words', async ({ page }) => {
  await open(page);
  await page.getByLabel('SIP address').fill('nonsense@');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.locator('#uri-error')).toContainText('no SIP address');
  await page.getByLabel('WebSocket URL').fill('http://x');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.locator('#url-error')).toContainText('WebSocket address');
  await page.getByRole('radio', { name: 'own service' }).check();
  await page.getByRole('button', { name: 'Call the echo' }).click();
  await expect(page.locator('#dial-error')).toContainText('Connect first');
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.locator('#lamps')).toContainText('name or password is wrong');
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await expect(page.locator('#lamps')).toContainText('Registration: ○ Not registered.');
});

test('the echo answers, and sound comes back', async ({ page }) => {
  await open(page, 'alice');
  await page.getByLabel('Name, number or address').fill('nobody');
  await page.getByLabel('Name, number or address').press('Enter');
  await expect(page.locator('#why')).toContainText('The server does not know this address.');
  await page.getByRole('button', { name: 'Call the echo' }).click();
  await expect(page.locator('#why')).toContainText('Nothing has failed.');
  await expect(page.locator('#call-state')).toContainText('Talking to');
  // The facts change each second; who reads them is not thrown out.
  const media = page.locator('[data-lamp=media] summary');
  await media.focus();
  await expect(page.locator('#clock')).toHaveText('0:02');
  await expect(media).toBeFocused();
  await expect(page.getByRole('button', { name: 'Camera off' })).toBeHidden();
  await expect
    .poll(async () => Number(/(\d+) packets/.exec(await page.locator('#measures').textContent())?.[1] ?? 0))
    .toBeGreaterThan(50);
  await expect
    .poll(() => page.locator('#level').evaluate((meter) => meter.value), { timeout: 15_000 })
    .toBeGreaterThan(0.01);
  await page.getByRole('button', { name: 'Mute' }).click();
  await expect(page.getByRole('button', { name: 'Mute' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Hold' }).click();
  await expect(page.locator('#call-state')).toContainText('You hold the call');
  await page.getByRole('button', { name: 'Hold' }).click();
  await expect(page.locator('#call-state')).toContainText('Talking to');
  await page.getByRole('button', { name: 'Keypad' }).click();
  await page.getByRole('button', { name: '5', exact: true }).click();
  await page.getByRole('button', { name: 'End call' }).click();
  await expect(page.locator('#call')).toBeHidden();
  await expect(page.locator('#log')).toContainText('ended');
  await page.locator('#messages summary').filter({ hasText: 'sent: REGISTER' }).nth(1).click();
  const text = await page.locator('#messages').textContent();
  expect(text).toContain('INVITE sip:echo-');
  expect(text).toContain('response=***');
  expect(text).not.toContain('response="');
  await page.reload();
  await expect(page.locator('#log')).toContainText('ended');
});

test('the echo returns the picture', async ({ page }) => {
  await open(page, 'flora');
  await page.getByRole('button', { name: 'Call the echo' }).click();
  await expect(page.locator('#call-state')).toContainText('Talking to');
  await page.getByRole('button', { name: 'End call' }).click();
  await page.getByLabel('Name, number or address').fill(/echo-\d+/.exec(await page.locator('#log').textContent())[0]);
  await page.getByLabel('Name, number or address').press('Shift+Enter');
  // The canvas that stands in is 300 wide.
  await expect
    .poll(() => page.locator('#remote').evaluate((video) => video.videoWidth), { timeout: 15_000 })
    .toBeGreaterThan(300);
  await expect(page.getByRole('button', { name: 'Camera off' })).toBeVisible();
  await page.getByRole('button', { name: 'End call' }).click();
});

test('two tabs call each other, with video, by keyboard', async ({ context }) => {
  const [one, two] = [await context.newPage(), await context.newPage()];
  await open(one, 'anna');
  await open(two, 'ben');
  await one.bringToFront();
  await one.getByLabel('Name, number or address').fill('ben');
  await one.getByLabel('Name, number or address').press('Shift+Enter');
  await two.bringToFront();
  await expect(two.getByRole('alertdialog')).toContainText('anna is calling');
  await expect(two.getByRole('button', { name: 'Answer', exact: true })).toBeFocused();
  await two.getByRole('button', { name: 'Answer with video' }).press('Enter');
  await expect(one.locator('#call-state')).toContainText('Talking to ben.');
  await expect.poll(() => two.locator('#remote').evaluate((video) => video.videoWidth)).toBeGreaterThan(0);
  await two.getByRole('button', { name: 'End call' }).click();
  await expect(one.locator('#call')).toBeHidden();
  await one.bringToFront();
  await one.getByRole('button', { name: 'Call ben again' }).first().click();
  await two.bringToFront();
  await two.getByRole('button', { name: 'Answer', exact: true }).press('Escape');
  await expect(one.locator('#why')).toContainText('The call was declined.');
  await expect(two.locator('#log')).toContainText('not connected (Rejected)');
  await expect(two.locator('#why')).toContainText('Nothing has failed.');
});

test('a plain phone is explained', async ({ page }) => {
  await open(page, 'dora');
  // A far end with no DTLS and no ICE, registered on the same service.
  await page.evaluate(async (service) => {
    const { UA, WebSocketInterface } = await import(
      '/@fs' +
        new URL(
          performance.getEntriesByType('resource').find((r) => r.name.includes('/pkg/dist/index.js')).name,
        ).pathname.replace('/@fs', '')
    );
    const ua = new UA({
      sockets: [new WebSocketInterface(service)],
      uri: 'sip:plain@viasip.local',
      password: 'viasip',
    });
    ua.on('newRTCSession', ({ session }) => {
      session.on('sdp', (event) => {
        if (event.originator === 'local') {
          event.sdp =
            'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n';
        }
      });
      session.answer({ mediaConstraints: { audio: true, video: false } });
    });
    ua.start();
    await new Promise((resolve) => ua.on('registered', resolve));
  }, registrar.url);
  await page.getByLabel('Name, number or address').fill('plain');
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.locator('#why')).toContainText('plain RTP phone');
  await expect(page.locator('#why')).toContainText('rtpengine');
  await expect(page.getByRole('table')).toContainText('DTLS');
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 768, 1280]) {
    test(`nothing keeps anybody out: ${colorScheme}, ${width} px`, async ({ browser }) => {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      await open(page, `eve${width}${colorScheme}`);
      for (const lamp of await page.locator('#lamps summary').all()) await lamp.click();
      await expect(page.locator('#lamps')).toContainText('transport=ws');
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await page.screenshot({
        path: path.join(root, 'test-results', `softphone-${colorScheme}-${width}.png`),
        fullPage: true,
      });
      await context.close();
    });
  }
}
