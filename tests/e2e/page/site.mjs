// The softphone page and its SIP service, and what each of its tests does first.
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base } from '../fixture.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export const test = base.extend({
  /** The page over HTTP, which knows the SIP service as its own. */
  site: [
    async ({ registrar }, use) => {
      process.env.VIASIP_SERVICE = registrar.url;
      const { createServer } = await import('vite');
      const vite = await createServer({
        configFile: path.join(root, 'www', 'vite.config.js'),
        logLevel: 'error',
        server: { port: 0, hmr: false },
      });
      await vite.listen();
      await use(`http://127.0.0.1:${vite.httpServer.address().port}/`);
      await vite.close();
    },
    { scope: 'worker' },
  ],
});
export { expect };

/** Opens the page, and registers as `user` if there is one. */
export async function open(page, site, user) {
  page.on('pageerror', (error) => console.log('page error:', error.message));
  await page.goto(site);
  await expect(page.locator('#phone-words')).toContainText('Ready.');
  if (!user) return;
  await page.getByLabel('SIP address').fill(`sip:${user}@viasip.local`);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.locator('#phone-words')).toHaveText(`Ready to call as ${user}.`);
}

export const target = (page) => page.getByLabel('Name, number or address');
export const state = (page) => page.locator('#call-state');
export const key = (page, name) => page.locator('#phone').getByRole('button', { name, exact: true });

/** Calls somebody from the dialler. */
export async function dial(page, who, press = 'Enter') {
  await page.bringToFront();
  await target(page).fill(who);
  await target(page).press(press);
}

/** Answers what rings. */
export async function answer(page, name = 'Answer') {
  await page.bringToFront();
  await page.getByRole('button', { name, exact: true }).click();
}

/** Waits until nothing moves that comes to an end: on the way from one colour to another a contrast is neither's. */
const stillness = (page) =>
  page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map(({ finished }) => finished)).then(() => {});
  });

/** What keeps somebody out, by axe, of all its rules or of these; and whether the page scrolls sideways. */
export async function obstacles(page, rules = []) {
  await stillness(page);
  // What passes is not asked for: listing it takes most of the time.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
  const { violations } = await (rules.length > 0 ? axe.withRules(rules) : axe).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`);
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) found.push('scrolls sideways');
  return found;
}

/** Stands between a page and its service: what `in` makes of each message reaches the page, null does not; the line can be cut. */
export async function intercept(page, url) {
  const wire = { in: (text) => text };
  const why = { code: 4000, reason: 'the server is being restarted' };
  let [line, up] = [null, true];
  await page.routeWebSocket(url, (ours) => {
    if (!up) return ours.close(why);
    line = ours;
    const service = ours.connectToServer();
    ours.onMessage((text) => service.send(text));
    service.onMessage((text) => {
      const passed = wire.in(String(text));
      if (passed !== null) ours.send(passed);
    });
  });
  return Object.assign(wire, {
    toPage: (text) => line.send(text),
    cut: () => {
      up = false;
      return line.close(why);
    },
    mend: () => (up = true),
  });
}
