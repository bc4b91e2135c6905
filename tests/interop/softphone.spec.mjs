// The softphone page in stock Firefox, driven over WebDriver BiDi: its main blocks. Chromium walks all of it in tests/e2e/page.
// Where there is no sound device Firefox's WebAudio stands still, so that sound is counted here and not listened to.
import puppeteer from 'puppeteer-core';
import { expect, test as base } from '../e2e/page/site.mjs';
import { preferences } from './firefox.mjs';

const test = base.extend({
  firefox: [
    // eslint-disable-next-line no-empty-pattern -- Playwright wants the pattern
    async ({}, use) => {
      const browser = await puppeteer.launch({
        browser: 'firefox',
        executablePath: '/usr/bin/firefox-esr',
        extraPrefsFirefox: { ...preferences, 'media.peerconnection.ice.loopback': true },
      });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  /** Somebody with the page open, registered by that name. */
  person: async ({ firefox, site }, use) => {
    const contexts = [];
    await use(async (name) => {
      const context = await firefox.createBrowserContext();
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => console.log('page error:', error.message));
      await page.setViewport({ width: 1280, height: 900 });
      await page.goto(site);
      await says(page, '#phone-words', 'Ready.');
      await type(page, '#uri', `sip:${name}@viasip.local`);
      await press(page, 'Connect');
      await says(page, '#phone-words', `Ready to call as ${name}.`);
      return page;
    });
    for (const context of contexts) await context.close();
  },
});

const text = (page, selector) => page.$eval(selector, (element) => element.textContent);
const says = (page, selector, what, timeout = 15_000) =>
  expect.poll(() => text(page, selector), { timeout })[what instanceof RegExp ? 'toMatch' : 'toContain'](what);
const shown = (page, selector) => page.$eval(selector, (element) => element.checkVisibility());

async function press(page, name) {
  await page.bringToFront();
  await page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
}

/** Types in a field, and confirms it where `confirm` is a key. */
async function type(page, selector, what, confirm) {
  await page.bringToFront();
  await page.locator(selector).fill(what);
  if (!confirm) return;
  await page.focus(selector);
  await page.keyboard.press(confirm);
}

const call = (page, whom) => type(page, '#target', whom, 'Enter');

test('the echo: sound, hold, keys, and what the instruments tell of it', async ({ person }) => {
  const page = await person('fox');
  await call(page, 'nobody');
  await says(page, '#dial-error', 'The call with nobody failed: Not Found.');
  await says(page, '#why', 'The server does not know this address.');
  await press(page, 'Call the echo');
  await says(page, '#call-state', 'Talking to');
  await says(page, '#measures', /loss \d.*round trip \d.*opus/);
  await says(page, '#quality', /Voice score \d\.\d of 4\.5/);
  await press(page, 'Hold');
  await says(page, '#call-state', 'You hold the call');
  await press(page, 'Held');
  await says(page, '#call-state', 'Talking to');
  await press(page, 'Keypad');
  await press(page, '5');
  await says(page, '#note', 'Keys: 5');
  await press(page, 'End call');
  await expect.poll(() => shown(page, '#call')).toBe(false);
  await says(page, '#log', 'ended');
  await says(page, '#messages', 'sent: BYE');
  // The second REGISTER, with credentials.
  await page.evaluate(() => document.querySelectorAll('#messages summary')[2].click());
  await says(page, '#messages', 'response=***');
  await says(page, '#report', 'until the first packet');
  await page.evaluate(() => [...document.querySelectorAll('#report summary')].at(-1).click());
  await says(page, '#report pre', 'Firefox');
});

test('a call with a picture, texts, and passed on to a third', async ({ person }) => {
  const [one, two, third] = [await person('fay'), await person('gil'), await person('hua')];
  await type(one, '#target', 'gil');
  await press(one, 'Call with video');
  await says(two, '#incoming', 'fay is calling.');
  await press(two, 'Answer with video');
  await says(one, '#call-state', 'Talking to gil.');
  const width = () => one.$eval('#remote', (video) => video.videoWidth);
  await one.bringToFront();
  await expect.poll(width, { timeout: 15_000 }).toBeGreaterThan(0);
  await type(one, '#chat-to', 'gil', 'Enter');
  await type(one, '#text', 'I pass you on.', 'Enter');
  await says(one, '#texts', 'Delivered');
  await says(two, '#conversations', 'I pass you on.');
  await press(one, 'Transfer');
  await type(one, '#transfer-to', 'hua', 'Enter');
  await says(third, '#incoming', 'gil is calling.');
  await press(third, 'Answer');
  await says(two, '#call-state', 'Talking to hua.');
  await expect.poll(() => shown(one, '#call')).toBe(false);
  await says(third, '#measures', 'opus');
});
