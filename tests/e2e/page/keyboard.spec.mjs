// Each block of the page, by keyboard alone.
import { expect, key, open, state, target, test } from './site.mjs';

/** Goes on by Tab until this has the focus. */
async function tabTo(page, locator) {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await locator.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${locator}`);
}

test('everything is reached, used and left by keyboard alone', async ({ page, site }) => {
  test.setTimeout(120_000);
  const { keyboard } = page;
  /** A key that still does what it was pressed for waits, and takes no other press. */
  const done = (name) => expect(key(page, name)).not.toHaveAttribute('aria-busy', 'true');
  await open(page, site);
  // Account: another preset and back, a name, Connect.
  await tabTo(page, page.getByRole('radio', { name: 'own service' }));
  await keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Kamailio' })).toBeChecked();
  await keyboard.press('ArrowUp');
  await tabTo(page, page.getByLabel('SIP address'));
  await keyboard.press('Control+a');
  await keyboard.type('sip:keys@viasip.local');
  await keyboard.press('Enter');
  await expect(page.locator('#phone-words')).toHaveText('Ready to call as keys.');
  await expect(target(page)).toBeFocused();
  // A lamp opens its facts, and Escape closes them.
  const lamp = page.locator('[data-lamp=registration]');
  await tabTo(page, lamp.locator('summary'));
  await keyboard.press('Enter');
  await expect(lamp).toHaveAttribute('open', '');
  await keyboard.press('Escape');
  await expect(lamp).not.toHaveAttribute('open', '');
  await expect(lamp.locator('summary')).toBeFocused();
  // A call: what had the focus is gone, and the keys of the call work at once.
  await tabTo(page, key(page, 'Call the echo'));
  await keyboard.press('Enter');
  await expect(state(page)).toContainText('Talking to');
  await expect(page.locator('#call')).toBeFocused();
  await keyboard.press('m');
  await expect(key(page, 'Mute')).toHaveAttribute('aria-pressed', 'true');
  await keyboard.press('m');
  await keyboard.press('h');
  await expect(state(page)).toContainText('You hold the call');
  await done('Held');
  await keyboard.press('h');
  await expect(state(page)).toContainText('Talking to');
  await done('Hold');
  await keyboard.press('5');
  await expect(page.locator('#note')).toHaveText('Keys: 5');
  // Each panel opens by its key and closes by Escape, which goes back to its button.
  for (const [letter, name, within] of [
    ['k', 'Keypad', '#keypad'],
    ['d', 'Devices', '#devices-panel'],
    ['t', 'Transfer', '#transfer-to'],
    ['a', 'Back', '#target'],
  ]) {
    await keyboard.press(letter);
    await expect(page.locator(within)).toBeVisible();
    if (letter === 't' || letter === 'a') {
      await expect(page.locator(within)).toBeFocused();
      await expect(page.locator(within)).toHaveValue('');
    }
    await keyboard.press('Escape');
    await expect(page.locator(within)).toBeHidden();
    await expect(key(page, name === 'Back' ? 'Add call' : name)).toBeFocused();
  }
  await keyboard.press('d');
  await tabTo(page, page.getByLabel('Microphone'));
  await keyboard.press('End');
  await expect(page.locator('#note')).toContainText('is used now.');
  await keyboard.press('Escape');
  await keyboard.press('v');
  await expect(key(page, 'Camera')).toHaveAttribute('aria-pressed', 'true');
  await done('Camera');
  await keyboard.press('v');
  await expect(key(page, 'Camera')).toHaveAttribute('aria-pressed', 'false');
  // The end of it leads back to the field.
  await tabTo(page, key(page, 'End call'));
  await keyboard.press('Enter');
  await expect(target(page)).toBeFocused();
  await keyboard.type('nobody');
  await keyboard.press('Enter');
  await expect(page.locator('#dial-error')).toHaveText('The call with nobody failed: Not Found.');
  await tabTo(page, key(page, 'See why'));
  await keyboard.press('Enter');
  await expect(page.locator('#why')).toBeFocused();
  // The log, and the texts.
  await tabTo(page, page.getByRole('button', { name: 'Write to nobody' }));
  await keyboard.press('Enter');
  await expect(page.getByLabel('Text', { exact: true })).toBeFocused();
  await keyboard.type('Anybody there?');
  await keyboard.press('Enter');
  await expect(page.locator('#texts')).toContainText('Not sent: 404');
  await tabTo(page, page.getByRole('button', { name: 'All conversations' }));
  await keyboard.press('Enter');
  await expect(page.getByLabel('Write to', { exact: true })).toBeFocused();
  // The ladder and the report.
  await tabTo(page, page.locator('#messages summary').first());
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(page.locator('#messages pre')).toContainText('401 Unauthorized');
  await tabTo(page, page.locator('#report summary'));
  await keyboard.press('Enter');
  await expect(page.locator('#report pre')).toContainText('Not Found');
});
