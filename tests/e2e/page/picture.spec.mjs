// The picture in the README, made again by
//   VIASIP_PICTURE=docs/page.png npx playwright test -c tests/e2e/playwright.config.mjs picture --project together
// What it is to show is looked for at each run; with the variable the calls last as long as plots need.
import path from 'node:path';
import { answer, dial, expect, key, open, state, test } from './site.mjs';

const file = process.env.VIASIP_PICTURE;
const root = path.resolve(import.meta.dirname, '..', '..', '..');
/** ms that somebody talks. */
const [SHORT, LONG] = file ? [5_000, 35_000] : [500, 3_000];

const text = (page) => page.getByLabel('Text', { exact: true });

test('a second call beside one on hold, with quality, texts and messages in one view', async ({ browser, site }) => {
  test.setTimeout(180_000);
  const view = { width: 1280, height: 920 };
  const context = await browser.newContext({ viewport: view, reducedMotion: 'reduce', colorScheme: 'light' });
  const page = await context.newPage();
  await open(page, site);
  await page.getByLabel('SIP address').fill('sip:ada@viasip.local');
  await page.getByLabel('Display name').fill('Ada');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.locator('#phone-words')).toHaveText('Ready to call as ada.');
  const others = {};
  for (const name of ['benjamin', 'carla']) {
    others[name] = await (await browser.newContext()).newPage();
    await open(others[name], site, name);
  }
  const talk = async (name, ms) => {
    await dial(page, name);
    await answer(others[name]);
    await page.bringToFront();
    await expect(state(page)).toHaveText(`Talking to ${name}.`);
    await page.waitForTimeout(ms);
  };
  await dial(page, 'reception');
  await expect(page.locator('#dial-error')).toContainText('Not Found');
  await talk('carla', SHORT);
  await key(page, 'End call').click();
  await expect(page.locator('#call')).toBeHidden();
  await talk('benjamin', SHORT);
  await others.benjamin.getByLabel('Write to', { exact: true }).fill('ada');
  await others.benjamin.getByLabel('Write to', { exact: true }).press('Enter');
  await text(others.benjamin).fill('Carla knows the trunk. Shall we ask her?');
  await text(others.benjamin).press('Enter');
  await page.locator('#conversations button').first().click();
  await text(page).fill('Good idea, I add her.');
  await text(page).press('Enter');
  await expect(page.locator('#texts')).toContainText('Delivered');
  await key(page, 'Add call').click();
  await talk('carla', LONG);
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    document.activeElement.blur();
    scrollTo(0, 0);
  });

  await expect(page.locator('#others')).toContainText('You hold the call with benjamin.');
  await expect(page.locator('#quality')).toContainText('Voice score');
  for (const seen of ['#phone', '#calls', '#chat', '#quality', '#end'])
    await expect(page.locator(seen)).toBeInViewport({ ratio: 1 });
  await expect(page.locator('#messages li').last()).toBeAttached();
  await expect(page.locator('#messages')).toBeInViewport({ ratio: 0.3 });
  if (file) await page.screenshot({ path: path.resolve(root, file) });
  for (const other of Object.values(others)) await other.context().close();
  await context.close();
});
