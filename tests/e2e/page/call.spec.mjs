// One call: by the dialler, by keyboard, with its keys, devices and pictures.
import { answer, dial, expect, key, open, state, target, test } from './site.mjs';

test('the echo answers, and sound comes back', async ({ page, site }) => {
  await open(page, site, 'alice');
  await dial(page, 'nobody');
  await expect(page.locator('#why')).toContainText('The server does not know this address.');
  await expect(page.locator('#dial-error')).toHaveText('The call with nobody failed: Not Found.');
  await key(page, 'See why').click();
  await expect(page.locator('#why')).toBeFocused();
  await key(page, 'Call the echo').click();
  await expect(page.locator('#why')).toBeHidden();
  await expect(state(page)).toContainText('Talking to');
  await expect(target(page)).toBeHidden();
  // The facts change each second; who reads them is not thrown out.
  const media = page.locator('[data-lamp=media] summary');
  await media.focus();
  await expect(page.locator('#clock')).toHaveText('0:02');
  await expect(media).toBeFocused();
  await expect(page.locator('#measures')).toContainText(/loss 0\.0.%, jitter \d+.ms, round trip \d+.ms, opus/);
  const level = () => page.locator('#level').getAttribute('aria-valuenow').then(Number);
  await expect.poll(level, { timeout: 15_000 }).toBeGreaterThan(0.01);
  await key(page, 'Mute').click();
  await expect(key(page, 'Mute')).toHaveAttribute('aria-pressed', 'true');
  await key(page, 'Mute').click();
  await key(page, 'Hold').click();
  await expect(state(page)).toContainText('You hold the call');
  await key(page, 'Held').click();
  await expect(state(page)).toContainText('Talking to');
  await key(page, 'Keypad').click();
  await key(page, '5').click();
  await page.keyboard.press('7');
  await expect(page.locator('#note')).toHaveText('Keys: 57');
  await key(page, 'End call').click();
  await expect(page.locator('#call')).toBeHidden();
  await expect(page.locator('#log')).toContainText('ended');
  await page.reload();
  await expect(page.locator('#log')).toContainText('ended');
});

test('the keypad dials, and what was typed is erased', async ({ page, site }) => {
  await open(page, site, 'kai');
  for (const digit of ['1', '2', '#']) await key(page, digit).click();
  await expect(target(page)).toHaveValue('12#');
  await key(page, 'Erase the last character').click();
  await expect(target(page)).toHaveValue('12');
});

test('the echo returns the picture, also of a camera that comes later', async ({ page, site }) => {
  await open(page, site, 'flora');
  await key(page, 'Call the echo').click();
  await expect(state(page)).toContainText('Talking to');
  await key(page, 'Camera').click();
  const width = () => page.locator('#remote').evaluate((video) => video.videoWidth);
  await expect.poll(width, { timeout: 15_000 }).toBeGreaterThan(300);
  await expect(key(page, 'Camera')).toHaveAttribute('aria-pressed', 'true');
  await key(page, 'Camera').click();
  await expect(page.locator('#local')).toBeHidden();
  await expect(key(page, 'Camera')).toHaveAttribute('aria-pressed', 'false');
  await key(page, 'End call').click();
  const [echo] = /echo-\d+/.exec(await page.locator('#log button').first().getAttribute('aria-label'));
  await dial(page, echo, 'Shift+Enter');
  // The canvas that stands in is 300 wide.
  await expect.poll(width, { timeout: 15_000 }).toBeGreaterThan(300);
  await key(page, 'End call').click();
});

test('a screen is shared and taken back', async ({ page, site }) => {
  await open(page, site, 'sina');
  // Chromium asks the person for a screen; a canvas stands in for it.
  await page.evaluate(() => {
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 1024;
      const paint = canvas.getContext('2d');
      setInterval(() => paint.fillRect(Math.random() * 1000, 0, 10, 100), 50);
      return canvas.captureStream(20);
    };
  });
  await key(page, 'Call the echo').click();
  await expect(state(page)).toContainText('Talking to');
  await key(page, 'Screen').click();
  await expect(key(page, 'Screen')).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => page.locator('#local').evaluate((video) => video.videoWidth), { timeout: 15_000 }).toBe(1024);
  await key(page, 'Screen').click();
  await expect(key(page, 'Screen')).toHaveAttribute('aria-pressed', 'false');
  await expect(page.locator('#local')).toBeHidden();
});

test('a device is changed in the call, and kept for the next', async ({ page, site }) => {
  await open(page, site, 'mika');
  await key(page, 'Call the echo').click();
  await expect(state(page)).toContainText('Talking to');
  await key(page, 'Devices').click();
  const label = await page.locator('#microphone option').last().textContent();
  await page.getByLabel('Microphone').selectOption({ label });
  await expect(page.locator('#note')).toHaveText(`${label} is used now.`);
  await key(page, 'End call').click();
  await page.reload();
  await key(page, 'Devices').click();
  await expect(page.locator('#microphone option:checked')).toHaveText(label);
});

test('two tabs call each other, with video, by keyboard', async ({ context, site }) => {
  const [one, two] = [await context.newPage(), await context.newPage()];
  await open(one, site, 'anna');
  await open(two, site, 'ben');
  await dial(one, 'ben', 'Shift+Enter');
  await two.bringToFront();
  await expect(two.getByRole('alertdialog')).toContainText('anna is calling');
  await expect(two.getByRole('alertdialog')).toContainText('anna@viasip.local');
  await expect(two.getByRole('button', { name: 'Answer', exact: true })).toBeFocused();
  await two.getByRole('button', { name: 'Answer with video' }).press('Enter');
  await expect(state(one)).toHaveText('Talking to ben.');
  await expect.poll(() => two.locator('#remote').evaluate((video) => video.videoWidth)).toBeGreaterThan(0);
  await two.keyboard.press('m');
  await expect(key(two, 'Mute')).toHaveAttribute('aria-pressed', 'true');
  await two.keyboard.press('h');
  await expect(state(one)).toHaveText('ben holds the call.');
  await key(two, 'End call').press('Enter');
  await expect(one.locator('#call')).toBeHidden();
  await one.bringToFront();
  await one.getByRole('button', { name: 'Call ben again' }).first().click();
  await two.bringToFront();
  await two.getByRole('button', { name: 'Answer', exact: true }).press('Escape');
  await expect(one.locator('#why')).toContainText('The call was declined.');
  await expect(two.locator('#log')).toContainText(', Rejected');
  await expect(two.locator('#why')).not.toContainText('declined');
});

test('a call that nobody took is missed', async ({ context, site }) => {
  const [one, two] = [await context.newPage(), await context.newPage()];
  await open(one, site, 'nora');
  await open(two, site, 'otto');
  await dial(one, 'otto');
  await expect(state(one)).toHaveText('Ringing at the other end (otto).');
  await key(one, 'Give up').click();
  await expect(two.locator('#log')).toContainText('Missed nora');
  await expect(two.getByRole('alertdialog')).toBeHidden();
});

test('the page is loaded anew, and the call goes on', async ({ context, site }) => {
  const [one, two] = [await context.newPage(), await context.newPage()];
  await open(one, site, 'rita');
  await open(two, site, 'sven');
  await dial(one, 'sven');
  await answer(two);
  await expect(state(one)).toHaveText('Talking to sven.');
  await one.waitForTimeout(1500);
  await one.reload();
  await expect(state(one)).toHaveText('The page was loaded anew. Getting the sound back…');
  await expect(state(one)).toHaveText('Talking to sven.', { timeout: 20_000 });
  await expect(one.locator('#measures')).toContainText('opus');
  await key(one, 'End call').click();
  await expect(two.locator('#call')).toBeHidden();
});
