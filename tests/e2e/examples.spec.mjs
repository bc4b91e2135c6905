// The examples as their users build them: each calls another one, and a page that goes takes its call and its registration along.
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { expect, test } from './fixture.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');
const where = path.join(root, 'target', 'examples');

/** The same program, which leaves what it shows where a test can take it away. */
function shown(program) {
  const made = /(create(?:Root|App)\(.*\))(?=\.(?:render|mount)\()/;
  expect(program).toMatch(made);
  return program.replace(made, '(globalThis.shown = $1)');
}

/** A copy with the package in it; the page's address below the project's folder. */
async function made(name) {
  const folder = path.join(where, name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(path.join(root, 'examples', name), folder, { recursive: true });
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules', 'viasip'));
  if (name === 'plain') return `target/examples/${name}/index.html`;
  const main = path.join(folder, 'src', name === 'react' ? 'main.tsx' : 'main.ts');
  writeFileSync(main, shown(readFileSync(main, 'utf8')));
  // The settings are loaded where they are found: there the tools of this project are.
  await build({ root: folder, base: './', logLevel: 'error', build: { emptyOutDir: true } });
  return `target/examples/${name}/dist/index.html`;
}

const pages = {};
test.beforeAll(async () => {
  for (const name of ['react', 'vue', 'plain']) pages[name] = await made(name);
});

/** Opens the page of an example as somebody's, registered. */
const opener = (context, files, registrar) => async (name, user) => {
  const page = await context.newPage();
  page.on('pageerror', (error) => expect(error).toBeUndefined());
  const query = new URLSearchParams({ server: registrar.url, uri: `sip:${user}@viasip.local`, password: 'viasip' });
  await page.goto(`${files.url}/${pages[name]}?${query}`);
  await expect(page.getByRole('status').first()).toHaveText('registered');
  return page;
};

async function dial(page, number) {
  await page.getByLabel('Number').fill(number);
  await page.getByRole('button', { name: 'Call' }).click();
}

for (const [caller, callee] of [
  ['react', 'vue'],
  ['vue', 'plain'],
  ['plain', 'react'],
]) {
  test(`the example for ${caller} calls the one for ${callee}`, async ({ context, files, registrar }) => {
    const open = opener(context, files, registrar);
    const [alice, bob] = [await open(caller, 'alice'), await open(callee, 'bob')];
    await dial(alice, 'bob');
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
    await dial(alice, 'nobody');
    await expect(alice.getByRole('alert')).toContainText('Not Found');
  });
}

for (const name of ['react', 'vue']) {
  // The page stays: the component alone goes, as when an application shows another view.
  test(`a component of ${name} that goes ends its call, and is registered no more`, async ({
    context,
    files,
    registrar,
  }) => {
    const open = opener(context, files, registrar);
    const bob = await open('plain', `bob-${name}`);
    const hangUp = bob.getByRole('button', { name: 'Hang up' });
    const answer = bob.getByRole('button', { name: 'Answer' });

    const talking = await open(name, `alice-${name}`);
    await dial(talking, `bob-${name}`);
    await answer.click();
    await expect(bob.locator('output')).toHaveText('talking');
    await talking.evaluate(() => globalThis.shown.unmount());
    await expect(hangUp).toHaveCount(0);

    const ringing = await open(name, `carol-${name}`);
    await dial(ringing, `bob-${name}`);
    await expect(answer).toBeVisible();
    await ringing.evaluate(() => globalThis.shown.unmount());
    await expect(answer).toHaveCount(0);

    for (const gone of ['alice', 'carol']) {
      await dial(bob, `${gone}-${name}`);
      await expect(bob.getByRole('alert')).toContainText('Not Found');
    }
  });
}
