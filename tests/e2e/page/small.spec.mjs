// A phone of 360 x 640 in portrait: what connects, calls, answers and ends is in sight without a scroll.
import { answer, dial, expect, key, open, state, test } from './site.mjs';

const small = { viewport: { width: 360, height: 640 }, reducedMotion: 'reduce' };

/** Not before the page, and above the views at its bottom. */
async function inSight(page, ...buttons) {
  await page.evaluate(() => scrollTo(0, 0));
  const views = await page.locator('#views').boundingBox();
  for (const button of buttons) {
    const box = await button.boundingBox();
    expect(box.y, String(button)).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height, String(button)).toBeLessThanOrEqual(views.y);
  }
}

test('a small page shows the keys of each moment', async ({ browser, site }) => {
  const context = await browser.newContext(small);
  const page = await context.newPage();
  await open(page, site);
  await inSight(page, page.getByRole('button', { name: 'Connect', exact: true }));
  await open(page, site, 'kim');
  await inSight(page, ...['Call', 'Call with video', '1', '0', 'Devices'].map((name) => key(page, name)));
  const other = await (await browser.newContext()).newPage();
  await open(other, site, 'lee');
  await dial(other, 'kim', 'Shift+Enter');
  await page.bringToFront();
  const ringing = page.getByRole('alertdialog');
  await inSight(
    page,
    ...['Answer', 'Answer with video', 'Decline'].map((name) => ringing.getByRole('button', { name, exact: true })),
  );
  await answer(page, 'Answer with video');
  await expect(state(page)).toHaveText('Talking to lee.');
  await expect(page.locator('#remote')).toBeVisible();
  await inSight(page, ...['Mute', 'Hold', 'Keypad', 'Transfer', 'End call'].map((name) => key(page, name)));
  await other.context().close();
  await context.close();
});
