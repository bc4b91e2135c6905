// The examples as their users build them: each calls another one, and a page that goes takes its call and its registration along.
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { expect, test } from './fixture.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');
const where = path.join(root, 'target', 'examples');

/** A copy with the package in it; the page's address below the project's folder. */
async function made(name) {
  const folder = path.join(where, name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(path.join(root, 'examples', name), folder, { recursive: true });
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules', 'viasip'));
  if (name === 'plain') return `target/examples/${name}/index.html`;
  // The settings are loaded where they are found: there the tools of this project are.
  await build({ root: folder, base: './', logLevel: 'error', build: { emptyOutDir: true } });
  return `target/examples/${name}/dist/index.html`;
}

const pages = {};
test.beforeAll(async () => {
  for (const name of ['react', 'vue', 'plain']) pages[name] = await made(name);
});

for (const [caller, callee] of [
  ['react', 'vue'],
  ['vue', 'plain'],
  ['plain', 'react'],
]) {
  test(`the example for ${caller} calls the one for ${callee}`, async ({ context, files, registrar }) => {
    const open = async (name, user) => {
      const page = await context.newPage();
      page.on('pageerror', (error) => expect(error).toBeUndefined());
      const query = new URLSearchParams({ server: registrar.url, uri: `sip:${user}@viasip.local`, password: 'viasip' });
      await page.goto(`${files.url}/${pages[name]}?${query}`);
      await expect(page.getByRole('status').first()).toHaveText('registered');
      return page;
    };
    const [alice, bob] = [await open(caller, 'alice'), await open(callee, 'bob')];
    await alice.getByLabel('Number').fill('bob');
    await alice.getByRole('button', { name: 'Call' }).click();
    await bob.getByRole('button', { name: 'Answer' }).click();
    for (const page of [alice, bob]) {
      await expect(page.locator('output')).toHaveText('talking');
      await expect
        .poll(() => page.locator('audio').evaluate((audio) => audio.srcObject?.getAudioTracks().length))
        .toBe(1);
    }
    await alice.getByRole('button', { name: 'Hang up' }).click();
    for (const page of [alice, bob]) await expect(page.getByRole('button', { name: 'Hang up' })).toHaveCount(0);

    // Nobody is there: it says so.
    await alice.getByLabel('Number').fill('nobody');
    await alice.getByRole('button', { name: 'Call' }).click();
    await expect(alice.getByRole('alert')).toContainText('Not Found');
  });
}
