// Texts by MESSAGE.
import { dial, expect, key, open, test } from './site.mjs';

async function write(page, who, text) {
  await page.getByLabel('Write to', { exact: true }).fill(who);
  await page.getByLabel('Write to', { exact: true }).press('Enter');
  await page.getByLabel('Text', { exact: true }).fill(text);
  await page.getByLabel('Text', { exact: true }).press('Enter');
}

test('a text arrives, is answered, and outlives a reload', async ({ context, site }) => {
  const [one, two] = [await context.newPage(), await (await context.browser().newContext()).newPage()];
  await open(one, site, 'uma');
  await open(two, site, 'vic');
  await write(one, 'vic', 'Hello <b>Vic</b>, lunch at 12?');
  await expect(one.locator('#texts')).toContainText('Delivered');
  await expect(two.locator('#chat-news')).toHaveText('uma wrote: Hello <b>Vic</b>, lunch at 12?');
  await expect(two.locator('#conversations')).toContainText('1 new');
  await two.locator('#conversations button').click();
  await expect(two.locator('#texts')).toContainText('Hello <b>Vic</b>, lunch at 12?');
  await two.getByLabel('Text', { exact: true }).fill('Yes.');
  await two.getByLabel('Text', { exact: true }).press('Enter');
  await expect(one.locator('#texts')).toContainText('Yes.');
  await one.reload();
  await expect(one.locator('#conversations')).toContainText('Yes.');
  await expect(one.locator('#conversations')).not.toContainText('new');
  await two.context().close();
});

test('a text to nobody says so', async ({ page, site }) => {
  await open(page, site, 'wim');
  await write(page, 'nobody', 'Anybody there?');
  await expect(page.locator('#texts')).toContainText('Not sent: 404');
  await page.getByRole('button', { name: 'Forget', exact: true }).click();
  await expect(page.locator('#conversations')).toBeEmpty();
});

test('whoever was called is written to from the log, and called from the chat', async ({ page, site }) => {
  await open(page, site, 'xia');
  await dial(page, 'nobody');
  await page.getByRole('button', { name: 'Write to nobody' }).click();
  await expect(page.locator('#chat-with')).toHaveText('nobody');
  await expect(page.getByLabel('Text', { exact: true })).toBeFocused();
  await page.getByRole('button', { name: 'Call this person' }).click();
  await expect(page.locator('#log li')).toHaveCount(2);
  await page.getByRole('button', { name: 'Clear the log' }).click();
  await expect(page.locator('#log li')).toHaveCount(0);
  await expect(key(page, 'Call')).toBeVisible();
});
