// More calls than one: call waiting, swap, both together, transfers.
import { answer, dial, expect, key, open, state, test } from './site.mjs';

/** Three phones, of which the first talks to the second. */
async function three(context, site, names) {
  const pages = [];
  for (const name of names) {
    const page = await context.newPage();
    await open(page, site, name);
    pages.push(page);
  }
  await dial(pages[0], names[1]);
  await answer(pages[1]);
  await expect(state(pages[0])).toHaveText(`Talking to ${names[1]}.`);
  return pages;
}

/** The first calls the third beside the call that it has. */
async function addCall(one, three, name) {
  await one.bringToFront();
  await key(one, 'Add call').click();
  await dial(one, name);
  await answer(three);
  await expect(state(one)).toHaveText(`Talking to ${name}.`);
}

test('a second call waits, is answered, and the two are swapped', async ({ context, site }) => {
  const [one, two, third] = await three(context, site, ['ann', 'bob', 'cy']);
  await dial(third, 'ann');
  await one.bringToFront();
  await expect(one.getByRole('alertdialog')).toContainText('Answering holds the call with bob.');
  await answer(one);
  await expect(state(one)).toHaveText('Talking to cy.');
  await expect(state(two)).toHaveText('ann holds the call.');
  await expect(one.locator('#others')).toContainText('You hold the call with bob.');
  await key(one, 'Swap').click();
  await expect(state(one)).toHaveText('Talking to bob.');
  await expect(state(two)).toHaveText('Talking to ann.');
  await expect(state(third)).toHaveText('ann holds the call.');
  await key(one, 'Switch to cy').click();
  await expect(state(third)).toHaveText('Talking to ann.');
  await key(one, 'End call').click();
  await expect(state(one)).toHaveText('You hold the call with bob.');
  await expect(two.locator('#call')).toBeVisible();
});

test('a call is passed on to somebody else', async ({ context, site }) => {
  const [one, two, third] = await three(context, site, ['dan', 'eva', 'fay']);
  await one.bringToFront();
  await key(one, 'Transfer').click();
  await one.getByLabel('Pass this call on to').fill('fay');
  await one.getByRole('button', { name: 'Pass on' }).click();
  await expect(one.locator('#note')).toContainText(/eva (to call|is calling) fay|rings at fay/);
  await answer(third);
  await expect(state(two)).toHaveText('Talking to fay.');
  await expect(one.locator('#call')).toBeHidden();
  await expect(state(third)).toHaveText('Talking to eva.');
});

test('a transfer to nobody is told, and the call stays', async ({ context, site }) => {
  const [one, two] = await three(context, site, ['gus', 'hal', 'ian']);
  await one.bringToFront();
  await key(one, 'Transfer').click();
  await one.getByRole('button', { name: 'Pass on' }).click();
  await expect(one.locator('#transfer-error')).toContainText('Type a name');
  await one.getByLabel('Pass this call on to').fill('nobody');
  await one.getByRole('button', { name: 'Pass on' }).click();
  await expect(one.locator('#note')).toContainText('nobody could not be reached (404');
  await expect(state(one)).toHaveText('Talking to hal.');
  await expect(state(two)).toHaveText('Talking to gus.');
});

test('the two are connected after asking, and one leaves', async ({ context, site }) => {
  const [one, two, third] = await three(context, site, ['jan', 'kim', 'lou']);
  await addCall(one, third, 'lou');
  await key(one, 'Connect the two').click();
  await expect(one.locator('#call')).toBeHidden();
  await expect(state(two)).toContainText('lou');
  await expect(state(third)).toHaveText('Talking to kim.');
  await expect(third.locator('#others li')).toHaveCount(0);
  await expect(two.locator('#measures')).toContainText('opus');
});

test('three talk together, and apart again', async ({ context, site }) => {
  const [one, two, third] = await three(context, site, ['mia', 'ned', 'ole']);
  await addCall(one, third, 'ole');
  // Who is muted is heard no more, so that what the others hear is each other.
  await key(one, 'Talk together').click();
  await expect(state(one)).toHaveText('ole, ned and you talk together.');
  await key(one, 'Mute').click();
  await expect(key(one, 'Mute')).toHaveAttribute('aria-pressed', 'true');
  for (const page of [two, third]) {
    const level = () => page.locator('#level').getAttribute('aria-valuenow').then(Number);
    await page.bringToFront();
    await expect.poll(level, { timeout: 15_000 }).toBeGreaterThan(0.01);
  }
  await one.bringToFront();
  await key(one, 'Talk apart').click();
  await expect(state(one)).toHaveText('Talking to ole.');
  await expect(state(two)).toHaveText('mia holds the call.');
});

test('another microphone while three talk leaves the mixture as it was', async ({ context, site }) => {
  const [one, two, third] = await three(context, site, ['pia', 'quin', 'ron']);
  await addCall(one, third, 'ron');
  await key(one, 'Talk together').click();
  await expect(state(one)).toHaveText('ron, quin and you talk together.');
  await key(one, 'Devices').click();
  const label = await one.locator('#microphone option').last().textContent();
  await one.getByLabel('Microphone').selectOption({ label });
  await expect(one.locator('#note')).toHaveText(`${label} is used now.`);
  await third.bringToFront();
  /** How loud it gets at the third in the time of some beeps. */
  const loudest = async () => {
    let most = 0;
    for (const until = Date.now() + 2500; Date.now() < until; await third.waitForTimeout(50))
      most = Math.max(most, Number(await third.locator('#level').getAttribute('aria-valuenow')));
    return most;
  };
  const press = async (page) => {
    await page.bringToFront();
    await key(page, 'Mute').click();
    await third.bringToFront();
  };
  // The new microphone is muted like the one before it, and the second is heard without it.
  await press(one);
  await expect.poll(loudest, { timeout: 15_000 }).toBeGreaterThan(0.01);
  await press(two);
  await expect.poll(loudest, { timeout: 15_000 }).toBeLessThan(0.01);
  await press(one);
  await expect.poll(loudest, { timeout: 15_000 }).toBeGreaterThan(0.01);
});
