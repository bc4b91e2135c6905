// Who calls, and through which server: fields, kept accounts, lamps.
import { expect, intercept, key, open, test } from './site.mjs';

const connect = (page) => page.getByRole('button', { name: 'Connect', exact: true });
const password = (page) => page.getByRole('textbox', { name: 'Password', exact: true });

test('the wrong field is named, and a wrong password is said in words', async ({ page, site }) => {
  await open(page, site);
  await page.getByLabel('SIP address').fill('nonsense@');
  await connect(page).click();
  await expect(page.locator('#uri-error')).toContainText('no SIP address');
  await expect(page.getByLabel('SIP address')).toBeFocused();
  await page.getByLabel('WebSocket URL').fill('http://x');
  await connect(page).click();
  await expect(page.locator('#url-error')).toContainText('WebSocket address');
  await page.getByRole('radio', { name: 'own service' }).click();
  await page.getByText('STUN and TURN').click();
  await page.getByLabel('Servers, with spaces between').fill('stun.example.com');
  await connect(page).click();
  await expect(page.locator('#ice-error')).toContainText('stun:HOST:PORT');
  await page.getByLabel('Servers, with spaces between').fill('');
  await key(page, 'Call the echo').click();
  await expect(page.locator('#dial-error')).toContainText('Connect first');
  await password(page).fill('wrong');
  await connect(page).click();
  await expect(page.locator('#lamps')).toContainText('name or password is wrong');
  await expect(page.locator('#phone-words')).toContainText('did not let this account in');
  await expect(page.getByLabel('SIP address')).toBeVisible();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await expect(page.locator('#lamps')).toContainText('Registration: ○ Not registered.');
});

test('a preset fills the address of its kind of server in', async ({ page, site }) => {
  await open(page, site);
  await page.getByRole('radio', { name: 'Asterisk' }).click();
  await expect(page.getByLabel('WebSocket URL')).toHaveValue('wss://127.0.0.1:8089/ws');
  await page.getByRole('radio', { name: 'Asterisk' }).press('ArrowDown');
  await expect(page.getByLabel('WebSocket URL')).toHaveValue('wss://127.0.0.1:7443');
  await expect(password(page)).toHaveValue('');
});

test('the account folds away once the line is registered, and the dialler has the focus', async ({ page, site }) => {
  await open(page, site, 'ada');
  await expect(page.getByLabel('SIP address')).toBeHidden();
  await expect(page.getByLabel('Name, number or address')).toBeFocused();
  await page.getByRole('button', { name: 'ada', exact: true }).click();
  await expect(page.getByLabel('SIP address')).toBeVisible();
});

test('accounts are kept, and a password only where that is asked for', async ({ page, context, site }) => {
  await open(page, site, 'kept');
  await page.getByRole('button', { name: 'kept', exact: true }).click();
  await page.getByLabel('SIP address').fill('sip:other@viasip.local');
  await page.getByLabel('Keep the password').check();
  await connect(page).click();
  await expect(page.locator('#lamps')).toContainText('Registered as other.');
  const stored = JSON.parse(await page.evaluate(() => localStorage.getItem('viasip-accounts')));
  expect(stored.map(({ uri, password }) => [uri, password])).toEqual([
    ['sip:other@viasip.local', 'viasip'],
    ['sip:kept@viasip.local', undefined],
  ]);
  const second = await context.newPage();
  await open(second, site);
  await second.getByRole('button', { name: 'kept@viasip.local', exact: true }).click();
  await expect(second.getByLabel('SIP address')).toHaveValue('sip:kept@viasip.local');
  await second.getByRole('button', { name: 'Forget other@viasip.local' }).click();
  expect(await second.evaluate(() => localStorage.getItem('viasip-accounts'))).not.toContain('other');
});

test('a lamp opens its facts, and says why the line is down', async ({ page, site }) => {
  await open(page, site, 'lena');
  for (const lamp of await page.locator('#lamps summary').all()) await lamp.click();
  await expect(page.locator('#lamps')).toContainText('transport=ws');
  await expect(page.locator('#lamps')).toContainText(/Round trip: \d+ ms/);
  await expect(page.locator('#lamps')).toContainText(/Expires after \d+ s, refreshed at/);
  await page.getByRole('button', { name: 'lena', exact: true }).click();
  // Nobody listens there.
  await page.getByLabel('WebSocket URL').fill('ws://127.0.0.1:9');
  await connect(page).click();
  await expect(page.locator('[data-lamp=socket]')).toContainText('Trying again');
  await expect(page.locator('[data-lamp=socket]')).toContainText('Why: ');
});

test('what becomes of a line that was replaced is not said of the next', async ({ page, site, registrar }) => {
  const wire = await intercept(page, registrar.url);
  let kept = 0;
  wire.in = (text) => {
    if (!/CSeq: \d+ REGISTER/i.test(text)) return text;
    kept += 1;
    return null;
  };
  await open(page, site);
  const connect = async (name) => {
    await page.getByLabel('SIP address').fill(`sip:${name}@viasip.local`);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
  };
  await connect('first');
  await expect(page.locator('#phone-words')).toHaveText('Registering…');
  await expect.poll(() => kept).toBe(1);
  wire.in = (text) => text;
  await connect('second');
  await expect(page.locator('#phone-words')).toHaveText('Ready to call as second.');
  // The first one gives up waiting for its response by now.
  await page.waitForTimeout(3000);
  await expect(page.locator('#phone-words')).toHaveText('Ready to call as second.');
  await expect(page.locator('[data-lamp=socket]')).toContainText('● Connected.');
  await expect(page.locator('[data-lamp=registration]')).toContainText('● Registered as second.');
});
