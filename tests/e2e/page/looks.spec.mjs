// The page keeps nobody out, in each of its states, at each width, in both themes; and a picture of each, to be looked at.
import path from 'node:path';
import { answer, dial, expect, intercept, key, obstacles, open, state, test } from './site.mjs';

// Each test walks through states of its own, so they need not wait for each other.
test.describe.configure({ mode: 'parallel' });
test.use({ actionTimeout: 30_000 });

const pictures = process.env.VIASIP_PICTURES;
const all = process.env.VIASIP_WIDTHS === 'all';
/**
 * A narrow and a wide page show all there is, one of them each theme: one state is looked at in the one, the next in the other.
 * Every state in every pair is asked for by VIASIP_WIDTHS=all.
 */
const LOOKS = all
  ? [360, 768, 1280, 1920].flatMap((width) => ['light', 'dark'].map((colorScheme) => [width, colorScheme]))
  : [
      [360, 'light'],
      [1280, 'dark'],
    ];
const AXE = !process.env.VIASIP_NO_AXE;

/** Looks at the page at each width; `view` is what a narrow one shows. */
function looker(page) {
  let turn = 0;
  return async (name, view = 'phone') => {
    turn += 1;
    for (const [width, colorScheme] of all ? LOOKS : [LOOKS[turn % LOOKS.length]]) {
      await page.setViewportSize({ width, height: 900 });
      const shown = page.locator(`#views [data-view=${view}]`);
      // A click beside it would close what is open.
      if (width < 720 && (await shown.getAttribute('aria-current')) === null) await shown.click();
      await page.emulateMedia({ colorScheme });
      // The page of a moment ago in other colours: nothing else of it is another.
      const rules = all && colorScheme === 'dark' ? ['color-contrast'] : [];
      if (AXE) expect.soft(await obstacles(page, rules), `${name}, ${width} px, ${colorScheme}`).toEqual([]);
      const file = `${name}-${width}-${colorScheme}.png`;
      if (pictures) await page.screenshot({ path: path.join(pictures, file), fullPage: true });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  };
}

/** What a session of the page tells, in the place of a network that is as bad: `window.looked.session` is the one on the surface. */
const watch = (page) =>
  page.addInitScript(() =>
    addEventListener('load', async () => {
      const { phone } = await import('/phone.js');
      phone.on('active', (active) => (window.looked = active));
    }),
  );

const still = { reducedMotion: 'reduce', viewport: { width: 1280, height: 900 } };

async function phones(browser, site, names) {
  const others = [];
  for (const name of names) {
    const other = await (await browser.newContext()).newPage();
    await open(other, site, name);
    others.push(other);
  }
  return others;
}

test('the account and the line', async ({ browser, site, registrar }) => {
  test.setTimeout(300_000);
  const context = await browser.newContext(still);
  const page = await context.newPage();
  const look = looker(page);
  const wire = await intercept(page, registrar.url);
  await open(page, site);
  await look('account-first');
  await page.getByRole('radio', { name: 'Asterisk' }).click();
  await look('account-preset');
  await page.getByText('STUN and TURN').click();
  await page.getByLabel('WebSocket URL').fill('http://pbx.example.com');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await look('account-wrong-field');
  await page.getByRole('radio', { name: 'own service' }).click();
  wire.in = (text) => (/CSeq: \d+ REGISTER/i.test(text) ? null : text);
  await page.getByLabel('SIP address').fill('sip:eve@viasip.local');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.locator('#lamps')).toContainText('Registering…');
  await look('line-registering');
  wire.in = (text) => text;
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.locator('#lamps')).toContainText('name or password is wrong');
  await page.locator('[data-lamp=registration] summary').click();
  await look('line-wrong-password');
  await page.locator('[data-lamp=registration] summary').click();
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('viasip');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.locator('#phone-words')).toHaveText('Ready to call as eve.');
  await look('line-registered');
  for (const lamp of await page.locator('#lamps summary').all()) await lamp.click();
  await expect(page.locator('#lamps [open]')).toHaveCount(1);
  await page.locator('[data-lamp=registration] summary').click();
  await look('line-facts');
  await page.locator('[data-lamp=registration] summary').click();
  await page.getByRole('button', { name: 'eve', exact: true }).click();
  await look('account-filled');
  await page.getByRole('button', { name: 'eve', exact: true }).click();
  await key(page, 'Devices').click();
  await look('idle-devices');
  await key(page, 'Devices').click();
  wire.cut();
  await expect(page.locator('#lamps')).toContainText('Trying again');
  await page.locator('[data-lamp=socket] summary').click();
  await look('line-lost');
  wire.mend();
  await expect(page.locator('#phone-words')).toHaveText('Ready to call as eve.', { timeout: 40_000 });
  await look('line-back');
  await context.close();
});

test('a call, from dialling to its end', async ({ browser, site, registrar }) => {
  test.setTimeout(400_000);
  const context = await browser.newContext(still);
  const page = await context.newPage();
  const look = looker(page);
  const wire = await intercept(page, registrar.url);
  await watch(page);
  await open(page, site, 'sam');
  const [other] = await phones(browser, site, ['ada']);
  wire.in = (text) => (/CSeq: \d+ INVITE/i.test(text) && !/^SIP\/2.0 40[17]/.test(text) ? null : text);
  await dial(page, 'ada');
  await expect(state(page)).toContainText('Calling');
  await look('call-dialling');
  await key(page, 'Give up').click();
  wire.in = (text) => text;
  await other.getByRole('alertdialog').getByRole('button', { name: 'Decline' }).click();
  await expect(page.locator('#call')).toBeHidden({ timeout: 40_000 });
  await dial(page, 'ada');
  await expect(state(page)).toContainText('Ringing');
  await look('call-ringing');
  // The answer comes as a provisional response, as from a gateway that plays an announcement.
  let held = null;
  wire.in = (text) => {
    if (!/^SIP\/2.0 200[^]*CSeq: \d+ INVITE/i.test(text)) return text;
    held ??= text;
    return text.replace(/^SIP\/2.0 200 OK/, 'SIP/2.0 183 Session Progress');
  };
  await answer(other);
  await page.bringToFront();
  await expect(page.locator('#level')).toBeVisible();
  await page.waitForTimeout(1500);
  await look('call-early');
  wire.in = (text) => text;
  wire.toPage(held);
  await expect(state(page)).toContainText('Talking');
  await page.waitForTimeout(4000);
  await look('call-audio');
  await look('quality-good', 'instruments');
  for (const name of ['Keypad', 'Devices', 'Transfer', 'Add call']) {
    await key(page, name).click();
    await look(`call-${name.toLowerCase().replace(' ', '-')}`);
  }
  await key(page, 'Back').click();
  await key(page, 'Hold').click();
  await expect(state(page)).toContainText('You hold');
  await look('hold-ours');
  await other.bringToFront();
  await key(other, 'Hold').click();
  await expect(state(other)).toHaveText('You and sam hold the call.');
  await page.bringToFront();
  await look('hold-both');
  await key(page, 'Held').click();
  await expect(state(page)).toContainText('holds the call');
  await look('hold-theirs');
  await other.bringToFront();
  await key(other, 'Held').click();
  await expect(state(other)).toContainText('Talking');
  await key(other, 'Camera').click();
  await page.bringToFront();
  await key(page, 'Camera').click();
  await expect(page.locator('#remote')).toBeVisible({ timeout: 20_000 });
  await page.waitForTimeout(2000);
  await look('call-video');
  await page.evaluate(() => {
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [1024, 640];
      const paint = canvas.getContext('2d');
      setInterval(() => {
        paint.fillStyle = `hsl(${Math.random() * 360} 50% 50%)`;
        paint.fillRect(Math.random() * 1000, Math.random() * 600, 80, 60);
      }, 50);
      return canvas.captureStream(20);
    };
  });
  await key(page, 'Screen').click();
  await page.waitForTimeout(2000);
  await look('call-screen');
  await key(page, 'Screen').click();
  await page.evaluate(() =>
    window.looked.session.emit('devicechanged', {
      lost: 'USB Headset (046d:0a44)',
      used: 'Default microphone',
      kind: 'audio',
    }),
  );
  await look('device-pulled');
  await key(page, 'Devices').click();
  const label = await page.locator('#microphone option').last().textContent();
  await page.getByLabel('Microphone').selectOption({ label });
  await expect(page.locator('#note')).toHaveText(`${label} is used now.`);
  await look('device-chosen');
  await key(page, 'Devices').click();
  await page.evaluate(() => {
    window.looked.session.emit('mediaproblem', {
      code: 'high-loss',
      state: 'began',
      message: '18 % of the packets of the other end are lost on the way.',
      hint: 'Somebody uses the line to its limit, or a wireless network is weak: try a cable.',
    });
  });
  await look('media-problem');
  await look('media-problem-inspect', 'instruments');
  await page.evaluate(() => {
    window.looked.session.emit('mediaproblem', {
      code: 'high-loss',
      state: 'over',
      message: '',
      hint: '',
    });
  });
  await page.locator('#messages summary').last().scrollIntoViewIfNeeded();
  await page.locator('#messages summary', { hasText: 'INVITE' }).first().click();
  await look('ladder-open', 'instruments');
  await page.locator('#report summary').click();
  await look('report-open', 'instruments');
  await page.locator('#report summary').click();
  wire.cut();
  await expect(page.locator('#lamps')).toContainText('Trying again');
  await look('call-line-lost');
  wire.mend();
  await expect(page.locator('#lamps')).toContainText('Registered', { timeout: 40_000 });
  await look('call-line-back');
  await page.waitForTimeout(1000);
  // What comes of the call is kept back, so that there is time to look.
  const kept = [];
  wire.in = (text) => (/CSeq: \d+ INVITE/i.test(text) ? void kept.push(text) : text) ?? null;
  await page.reload();
  await expect(state(page)).toContainText('loaded anew');
  await look('call-resuming');
  wire.in = (text) => text;
  for (const text of kept) wire.toPage(text);
  await expect(state(page)).toHaveText('Talking to ada.', { timeout: 60_000 });
  await look('call-resumed');
  await key(page, 'End call').click();
  await look('call-over');
  await look('call-over-inspect', 'instruments');
  await look('call-over-calls', 'calls');
  await other.context().close();
  await context.close();
});

test('more calls than one', async ({ browser, site }) => {
  test.setTimeout(300_000);
  const context = await browser.newContext(still);
  const page = await context.newPage();
  const look = looker(page);
  await open(page, site, 'eve');
  const [two, three, four] = await phones(browser, site, ['sue', 'tom', 'max']);
  await dial(two, 'eve', 'Shift+Enter');
  await page.bringToFront();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await look('incoming-video');
  await answer(page);
  await expect(state(page)).toHaveText('Talking to sue.');
  await dial(three, 'eve');
  await page.bringToFront();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await look('incoming-waiting');
  await answer(page);
  await expect(state(page)).toHaveText('Talking to tom.');
  await expect(page.locator('#others')).toContainText('You hold the call with sue.');
  await look('two-calls');
  await key(page, 'Talk together').click();
  await expect(state(page)).toContainText('talk together');
  await page.waitForTimeout(1500);
  await look('two-merged');
  await key(page, 'Talk apart').click();
  await expect(state(page)).toHaveText('Talking to tom.');
  await key(page, 'Swap').click();
  await expect(state(page)).toHaveText('Talking to sue.');
  await key(page, 'Add call').click();
  await dial(page, 'max');
  await expect(state(page)).toContainText('Ringing');
  await look('three-ringing');
  await key(page, 'Give up').click();
  await expect(key(page, 'Give up')).toBeHidden();
  await key(page, 'End call').click();
  await expect(page.locator('#others li')).toHaveCount(0);
  if ((await key(page, 'Held').count()) > 0) await key(page, 'Held').click();
  await expect(state(page)).toContainText('Talking');
  await key(page, 'Transfer').click();
  await page.getByLabel('Pass this call on to').fill('max');
  await page.getByRole('button', { name: 'Pass on' }).click();
  await expect(four.getByRole('alertdialog')).toBeVisible();
  await page.bringToFront();
  await look('transfer-blind');
  for (const other of [two, three, four]) await other.context().close();
  await context.close();
});

test('what goes wrong, and texts', async ({ browser, site, registrar }) => {
  test.setTimeout(300_000);
  const context = await browser.newContext(still);
  const page = await context.newPage();
  const look = looker(page);
  const wire = await intercept(page, registrar.url);
  await open(page, site, 'eve');
  const [other] = await phones(browser, site, ['annabelle-of-the-very-long-name-that-does-not-fit']);
  await dial(page, 'nobody');
  await expect(page.locator('#dial-error')).toHaveText('The call with nobody failed: Not Found.');
  await look('failed-not-found');
  await look('failed-not-found-inspect', 'instruments');
  wire.in = (text) => {
    if (!/^SIP\/2.0 200[^]*CSeq: \d+ INVITE/i.test(text)) return text;
    const head = text.split('\r\n\r\n')[0];
    const sdp = [
      'v=0',
      'o=- 1 1 IN IP4 192.0.2.7',
      's=-',
      'c=IN IP4 192.0.2.7',
      't=0 0',
      'm=audio 4000 RTP/AVP 18',
      'a=rtpmap:18 G729/8000',
      '',
    ].join('\r\n');
    return `${head.replace(/Content-Length: \d+/i, `Content-Length: ${sdp.length}`)}\r\n\r\n${sdp}`;
  };
  await dial(page, 'annabelle-of-the-very-long-name-that-does-not-fit');
  await answer(other);
  await page.bringToFront();
  await expect(page.locator('#dial-error')).toContainText('failed');
  await look('failed-diagnosis');
  await look('failed-diagnosis-inspect', 'instruments');
  wire.in = (text) => text;
  await other.bringToFront();
  await dial(other, 'eve');
  await page.bringToFront();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await look('incoming-audio', 'instruments');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Decline' }).click();
  await look('calls', 'calls');
  await page.locator('#log button[aria-label^="Write"]').first().click();
  await page
    .getByLabel('Text', { exact: true })
    .fill(
      'Lunch at twelve? The usual place: https://example.com/a-very-long-address-that-does-not-fit-in-a-line/menu.html',
    );
  await page.getByLabel('Text', { exact: true }).press('Enter');
  await expect(page.locator('#texts')).toContainText('Delivered');
  await other.locator('#conversations button').click();
  await other.getByLabel('Text', { exact: true }).fill('Yes.');
  await other.getByLabel('Text', { exact: true }).press('Enter');
  await expect(page.locator('#texts')).toContainText('Yes.');
  await look('chat-conversation', 'chat');
  await page.getByRole('button', { name: 'All conversations' }).click();
  await page.getByLabel('Write to', { exact: true }).fill('nobody');
  await page.getByLabel('Write to', { exact: true }).press('Enter');
  await page.getByLabel('Text', { exact: true }).fill('Anybody?');
  await page.getByLabel('Text', { exact: true }).press('Enter');
  await expect(page.locator('#texts')).toContainText('Not sent');
  await look('chat-failed', 'chat');
  await page.getByRole('button', { name: 'All conversations' }).click();
  await look('chat-list', 'chat');
  await look('ladder-failed', 'instruments');
  await other.context().close();
  await context.close();
});

test('nothing moves where that is not wanted', async ({ browser, site }) => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await open(page, site);
  await dial(page, 'x');
  const moving = () => document.getAnimations().length;
  expect(await page.evaluate(moving)).toBe(0);
  await context.close();
});
