// The page keeps nobody out, in each of its states, at each width, in both themes.
import path from 'node:path';
import { answer, dial, expect, key, obstacles, open, state, test } from './site.mjs';

// Each width is a page of its own, so they need not wait for each other.
test.describe.configure({ mode: 'parallel' });

for (const width of [360, 768, 1280, 1920]) {
  test(`nothing keeps anybody out: ${width} px`, async ({ browser, site }, info) => {
    // Some thirty looks by axe, with pictures that move: two minutes where the machine has much else to do.
    test.setTimeout(300_000);
    const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width, height: 900 } });
    const page = await context.newPage();
    // Colours are the same at each width: one narrow and one wide page show the dark ones.
    const themes = [360, 1280].includes(width) ? ['light', 'dark'] : ['light'];
    const look = async (name) => {
      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme });
        // The same page in other colours: nothing else of it is another.
        const rules = colorScheme === 'dark' ? ['color-contrast'] : [];
        expect(await obstacles(page, rules), `${name}, ${colorScheme}`).toEqual([]);
        await page.screenshot({ path: path.join(info.outputDir, `${name}-${colorScheme}.png`), fullPage: true });
      }
    };
    const [self, second, third] = ['eve', 'sue', 'tom'].map((name) => `${name}${width}`);
    await open(page, site);
    await page.getByText('STUN and TURN').click();
    await look('start');
    await open(page, site, self);
    // Each lamp closes the one before it.
    for (const lamp of await page.locator('#lamps summary').all()) await lamp.click();
    await expect(page.locator('#lamps [open]')).toHaveCount(1);
    await page.locator('[data-lamp=registration] summary').click();
    await look('registered');
    await page.locator('[data-lamp=registration] summary').click();
    const others = [];
    for (const name of [second, third]) {
      const other = await (await browser.newContext()).newPage();
      await open(other, site, name);
      others.push(other);
    }
    await dial(page, 'nobody');
    await expect(page.locator('#dial-error')).toHaveText('The call with nobody failed: Not Found.');
    await look('failed');
    await dial(page, second, 'Shift+Enter');
    await expect(state(page)).toContainText('Ringing');
    await look('ringing');
    await answer(others[0], 'Answer with video');
    await page.bringToFront();
    await expect(page.locator('#remote')).toBeVisible();
    await expect(page.locator('#measures')).not.toBeEmpty();
    for (const name of ['Keypad', 'Devices', 'Transfer', 'Add call']) {
      await key(page, name).click();
      await look(name.toLowerCase().replace(' ', '-'));
    }
    await key(page, 'Back').click();
    await dial(others[1], self);
    await page.bringToFront();
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await look('incoming');
    await answer(page);
    await expect(state(page)).toHaveText(`Talking to ${third}.`);
    await look('two');
    if (width < 720) {
      for (const view of ['Calls', 'Chat', 'Inspect', 'Phone']) {
        await page.locator('#views').getByRole('button', { name: view }).click();
        await look(view.toLowerCase());
      }
    }
    for (const other of others) await other.context().close();
    await context.close();
  });
}

test('nothing moves where that is not wanted', async ({ browser, site }) => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await open(page, site);
  await dial(page, 'x');
  const moving = () => document.getAnimations().length;
  expect(await page.evaluate(moving)).toBe(0);
  await context.close();
});
