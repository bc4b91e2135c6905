// Watches and publications of viasip in headless Chromium, on the presence server of Kamailio and on Asterisk.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startAsterisk, startKamailio } from './servers.mjs';

/** The lists of bob (RFC 4826), as an XCAP server keeps them. */
const services =
  '<rls-services xmlns="urn:ietf:params:xml:ns:rls-services"><service uri="sip:team@viasip.test"><list><entry uri="sip:alice@viasip.test"/>' +
  '<entry uri="sip:carol@viasip.test"/></list><packages><package>presence</package></packages></service></rls-services>';

let files;
let kamailio;
let asterisk;

test.beforeAll(async () => {
  files = await serveFiles();
});
test.afterAll(() => {
  kamailio?.stop();
  asterisk?.stop();
  files?.stop();
});

test.beforeEach(async ({ page }) => {
  await open(page, files.url);
  await page.evaluate(async (lamps) => {
    await import('/pkg/dist/presence.js');
    window.lamps = (0, eval)(`(${lamps})`);
    /** A watch with what it told, and waiting for it. */
    window.seen = (watch) => {
      const told = [];
      watch.on('state', ({ state }) => told.push(state));
      watch.on('status', (event) => told.push(event));
      const find = async (check, ms = 10_000) => {
        await until(() => told.some(check), ms);
        const found = told.find(check);
        if (!found) throw new Error(`not told: ${check}\n${JSON.stringify(told)}\n${watch._ua.frames.join('\n')}`);
        told.length = 0;
        return found;
      };
      return { told, find };
    };
    window.ended = (watch) => new Promise((resolve) => watch.on('status', (e) => e.status === 'ended' && resolve(e)));
  }, `${lamps}`);
});

test.describe('Kamailio', () => {
  test.beforeAll(async () => {
    const row = `1:bob:viasip.test:${services.replaceAll(':', '\\:')}:8:etag:0:index:0\n`;
    const tables = { xcap: (text) => text + row };
    kamailio = await startKamailio({ config: 'presence.cfg', more: '#!define LISTS', tables });
  });
  const evaluate = (page, run) =>
    page.evaluate(run, kamailio.url).catch((error) => {
      throw new Error(`${error.message}\n${kamailio.log()}`);
    });

  test('what one publishes another sees', async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const [alice, bob] = [line(url, 'sip:alice@viasip.test'), line(url, 'sip:bob@viasip.test')];
      await Promise.all([registered(alice), registered(bob)]);
      const pidf = (basic, note) =>
        `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:alice@viasip.test"><tuple id="t1"><status><basic>${basic}</basic></status></tuple><dm:person id="p1"><rpid:activities><rpid:meeting/></rpid:activities><dm:note>${note}</dm:note></dm:person></presence>`;
      const watch = bob.watch('sip:alice@viasip.test', 'presence', { expires: 300 });
      const { find } = seen(watch);
      const before = await find((state) => state.tuples);
      const mine = alice.publish('sip:alice@viasip.test', 'presence', pidf('open', 'here'), { expires: 300 });
      const failures = [];
      mine.on('failed', ({ cause }) => failures.push(cause));
      const open = await find((state) => state.status === 'open');
      mine.update(pidf('open', 'there'));
      const changed = await find((state) => state.notes?.includes('there'));
      const gone = once(mine, 'terminated');
      mine.terminate();
      const closed = await find((state) => state.status === 'closed');
      await gone;
      const etags = alice.frames.filter((f) => f.startsWith('out PUBLISH') && /^SIP-If-Match/m.test(f)).length;
      const over = ended(watch);
      watch.close();
      await over;
      alice.stop();
      bob.stop();
      return { before, open, changed, closed, failures, etags };
    });
    expect(result.before).toMatchObject({ status: 'closed' });
    expect(result.open).toMatchObject({ status: 'open', activities: ['meeting'], notes: ['here'] });
    expect(result.changed).toMatchObject({ status: 'open', notes: ['there'] });
    expect(result.closed.tuples.every(({ basic }) => basic !== 'open')).toBe(true);
    expect(result.failures).toEqual([]);
    expect(result.etags).toBeGreaterThanOrEqual(2);
  });

  test('a list of the one who asks', async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const [alice, bob] = [line(url, 'sip:alice@viasip.test'), line(url, 'sip:bob@viasip.test')];
      await Promise.all([registered(alice), registered(bob)]);
      const list = bob.watch('sip:team@viasip.test', 'presence', { list: true, expires: 300 });
      await until(() => list.resources.size === 2);
      const pidf =
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@viasip.test"><tuple id="t"><status><basic>open</basic></status></tuple></presence>';
      const told = new Promise((resolve) =>
        list.on('state', ({ resource, state }) => state.status === 'open' && resolve(resource)),
      );
      const mine = alice.publish('sip:alice@viasip.test', 'presence', pidf, { expires: 300 });
      const resource = await told;
      const members = [...list.resources.keys()].sort();
      const gone = once(mine, 'terminated');
      list.close();
      mine.terminate();
      await gone;
      for (const ua of [alice, bob]) ua.stop();
      return { members, resource };
    });
    expect(result).toEqual({
      members: ['sip:alice@viasip.test', 'sip:carol@viasip.test'],
      resource: 'sip:alice@viasip.test',
    });
  });

  test('who is in a conference', async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const [room, bob] = [line(url, 'sip:room@viasip.test'), line(url, 'sip:bob@viasip.test')];
      await Promise.all([registered(room), registered(bob)]);
      const watch = bob.watch('sip:room@viasip.test', 'conference', { expires: 300 });
      const { find } = seen(watch);
      await find(({ status }) => status === 'active');
      const user = (name) =>
        `<user entity="sip:${name}@viasip.test" state="full"><endpoint entity="sip:${name}@viasip.test;gr=1"><status>connected</status></endpoint></user>`;
      const body = (names, version) =>
        `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:room@viasip.test" state="full" version="${version}"><conference-state><user-count>${names.length}</user-count></conference-state><users>${names.map(user).join('')}</users></conference-info>`;
      const contentType = 'application/conference-info+xml';
      const mine = room.publish('sip:room@viasip.test', 'conference', body(['a', 'b'], 1), {
        contentType,
        expires: 300,
      });
      const both = await find((state) => state.user_count === 2);
      mine.update(body(['b'], 2));
      const one = await find((state) => state.user_count === 1);
      for (const ua of [room, bob]) ua.stop();
      const names = ({ users }) => users.map(({ entity, endpoints }) => [entity, endpoints[0].status]);
      return [names(both), names(one)];
    });
    const [a, b] = ['a', 'b'].map((name) => [`sip:${name}@viasip.test`, 'connected']);
    expect(result).toEqual([[a, b], [b]]);
  });

  test('a server that is busy is asked again when it says', async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const bob = line(url, 'sip:bob@viasip.test');
      await registered(bob);
      const watch = bob.watch('sip:later@viasip.test', 'presence', { expires: 300 });
      const { find } = seen(watch);
      const { status_code, retryIn } = await find(({ status }) => status === 'waiting');
      const since = performance.now();
      await find(({ status }) => status === 'active');
      const waited = performance.now() - since;
      bob.stop();
      return { status_code, retryIn, waited };
    });
    expect(result).toMatchObject({ status_code: 480, retryIn: 1 });
    expect(result.waited).toBeGreaterThan(900);
  });

  test('a mailbox', async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const [box, carol] = [line(url, 'sip:box@viasip.test'), line(url, 'sip:carol@viasip.test')];
      await Promise.all([registered(box), registered(carol)]);
      const watch = carol.watch('sip:carol@viasip.test', 'message-summary', { expires: 300 });
      const { find } = seen(watch);
      await find(({ status }) => status === 'active');
      const contentType = 'application/simple-message-summary';
      const body = (fresh) =>
        `Messages-Waiting: ${fresh ? 'yes' : 'no'}\r\nMessage-Account: sip:carol@viasip.test\r\nVoice-Message: ${fresh}/1 (0/0)\r\n`;
      const mine = box.publish('sip:carol@viasip.test', 'message-summary', body(2), { contentType, expires: 300 });
      const waiting = await find((state) => state.waiting === true);
      mine.update(body(0));
      const none = await find((state) => state.waiting === false && state.account);
      box.stop();
      carol.stop();
      return { waiting, none };
    });
    expect(result.waiting).toMatchObject({
      account: 'sip:carol@viasip.test',
      messages: { 'voice-message': { new: 2, old: 1 } },
    });
    expect(result.none.messages['voice-message'].new).toBe(0);
  });

  test('the lamp of a phone that is called', async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const names = ['watcher', 'caller', 'callee'].map((name) => `sip:${name}@viasip.test`);
      const [watcher, caller, callee] = names.map((uri) => line(url, uri));
      await Promise.all([watcher, caller, callee].map(registered));
      const [rings, calls] = [
        watcher.watch(names[2], 'dialog', { expires: 300 }),
        watcher.watch(names[1], 'dialog', { expires: 300 }),
      ];
      const [one, other] = [seen(rings), seen(calls)];
      await one.find(({ status }) => status === 'active');
      const incoming = once(callee, 'newRTCSession');
      const media = { mediaConstraints: { audio: true, video: false } };
      const outgoing = caller.call(names[2], media);
      const { session } = await incoming;
      const ringing = await one.find(({ status }) => status === 'ringing');
      const up = once(outgoing, 'confirmed');
      session.answer(media);
      await up;
      const busy = await one.find(({ status }) => status === 'busy');
      const far = await other.find(({ status }) => status === 'busy');
      outgoing.terminate();
      const idle = await one.find(({ status }) => status === 'idle');
      for (const ua of [watcher, caller, callee]) ua.stop();
      return { ringing, busy, far, idle };
    });
    expect(result.ringing.dialogs[0]).toMatchObject({ direction: 'recipient' });
    expect(result.busy.dialogs[0]).toMatchObject({
      state: 'confirmed',
      remote: { identity: 'sip:caller@viasip.test' },
    });
    expect(result.far.dialogs[0]).toMatchObject({ direction: 'initiator', state: 'confirmed' });
    expect(result.idle.dialogs).toEqual([]);
  });

  test("one's own other devices", async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const first = line(url, 'sip:devices@viasip.test');
      await registered(first);
      const watch = first.watch('sip:devices@viasip.test', 'reg', { expires: 300 });
      const { find } = seen(watch);
      await find(({ status }) => status === 'active');
      const second = line(url, 'sip:devices@viasip.test');
      await registered(second);
      const contacts = (state) => (state.registrations ?? []).flatMap((registration) => registration.contacts);
      const both = await find((state) => contacts(state).length === 2);
      second.stop();
      const one = await find((state) => contacts(state).length === 1);
      const [mine, theirs] = [first.contact.uri.user, second.contact.uri.user];
      first.stop();
      return { both: contacts(both).map(({ uri }) => uri), one: contacts(one).map(({ uri }) => uri), mine, theirs };
    });
    expect(result.both.some((uri) => uri.includes(result.theirs))).toBe(true);
    expect(result.one.length).toBe(1);
    expect(result.one[0]).toContain(result.mine);
  });

  test('two hundred lamps, and a new connection', { tag: '@slow' }, async ({ page }) => {
    test.setTimeout(120_000);
    const result = await evaluate(page, (url) =>
      lamps(line(url, 'sip:desk@viasip.test'), (n) => `sip:lamp${n}@viasip.test`),
    );
    console.log('Kamailio:', JSON.stringify(result));
    checkLamps(result);
  });
});

test.describe('Asterisk', () => {
  test.beforeAll(async () => {
    asterisk = await startAsterisk();
  });
  const evaluate = (page, run) => page.evaluate(run, asterisk.url);

  test('the lamp and the mailbox of a phone', async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const [watcher, desk] = [line(url, 'sip:a-md5@127.0.0.1'), line(url, 'sip:a-sha256@127.0.0.1')];
      await Promise.all([registered(watcher), registered(desk)]);
      const [lamp, box] = [
        watcher.watch('desk', 'dialog', { expires: 300 }),
        watcher.watch('a-md5', 'message-summary', { expires: 300 }),
      ];
      window.box = seen(box);
      const { find } = seen(lamp);
      const idle = await find(({ status }) => status === 'idle');
      const none = await window.box.find(({ waiting }) => waiting === false);
      const session = desk.call('echo', { mediaConstraints: { audio: true, video: false } });
      await once(session, 'confirmed');
      const busy = await find(({ status }) => status === 'busy');
      session.terminate();
      await find(({ status }) => status === 'idle');
      desk.stop();
      return { idle, none, busy };
    });
    expect(result.idle.dialogs).toEqual([]);
    expect(result.none.messages['voice-message']).toMatchObject({ new: 0, old: 0 });
    expect(result.busy.dialogs[0]).toMatchObject({ state: 'confirmed' });
    asterisk.mailbox(2);
    const waiting = await page.evaluate(() => window.box.find((state) => state.waiting === true));
    expect(waiting.messages['voice-message'].new).toBe(2);
    asterisk.mailbox(0);
  });

  test('a list tells of each member, and then of who has changed', async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const [watcher, desk] = [line(url, 'sip:a-md5@127.0.0.1'), line(url, 'sip:a-sha256@127.0.0.1')];
      await Promise.all([registered(watcher), registered(desk)]);
      const list = watcher.watch('team', 'presence', { list: true, expires: 300 });
      const told = [];
      list.on('state', ({ resource, state }) =>
        told.push({ resource, activities: state.activities, status: state.status }),
      );
      const ended = [];
      list.on('status', (event) => ended.push(event));
      const until = async (check) => {
        for (let tries = 0; tries < 100 && !check(); tries += 1)
          await new Promise((resolve) => setTimeout(resolve, 100));
      };
      // Asterisk tells of a phone that has just registered as it was before, for a moment.
      await until(() => told.at(-1)?.status === 'open');
      const members = [...list.resources].map(([uri, { status }]) => `${uri} ${status}`);
      const before = told.length;
      const session = desk.call('echo', { mediaConstraints: { audio: true, video: false } });
      await until(() => told.length > before);
      const [idle, busy] = told.slice(before - 1);
      const notifies = watcher.frames.filter((frame) => frame.startsWith('in NOTIFY'));
      session.terminate();
      list.close();
      [watcher, desk].forEach((ua) => ua.stop());
      return { idle, busy, members, ended, notifies };
    });
    // What Asterisk does not have is no member.
    expect(result.members).toEqual(['sip:desk@127.0.0.1 active']);
    expect(result.ended.map(({ status }) => status)).toEqual(['active']);
    expect(result.notifies[0]).toMatch(/fullState="true"/);
    expect(result.notifies.at(-1)).toMatch(/fullState="false"/);
    expect(result.idle).toMatchObject({ resource: 'sip:desk@127.0.0.1', status: 'open', activities: [] });
    expect(result.busy.activities).toContain('on-the-phone');
  });

  test('what is not there ends with its code', async ({ page }) => {
    const result = await evaluate(page, async (url) => {
      const ua = line(url, 'sip:a-md5@127.0.0.1');
      await registered(ua);
      const told = await ended(ua.watch('nobody', 'dialog'));
      ua.stop();
      return told;
    });
    expect(result).toMatchObject({ status: 'ended', status_code: 404 });
  });

  test('two hundred lamps, and a new connection', { tag: '@slow' }, async ({ page }) => {
    test.setTimeout(120_000);
    const result = await evaluate(page, async (url) => {
      const three = (n) => String(n).padStart(3, '0');
      return lamps(line(url, 'sip:a-md5@127.0.0.1'), (n) => `lamp${three(n)}`);
    });
    console.log('Asterisk:', JSON.stringify(result));
    checkLamps(result);
  });
});

/** In the page: 200 lamps of one line, and how many frames they cost, before and after another connection. */
async function lamps(ua, target) {
  await registered(ua);
  const count = () => {
    const frames = ua.frames.splice(0);
    const of = (start) => frames.filter((frame) => frame.startsWith(start)).length;
    return {
      asked: of('out SUBSCRIBE'),
      challenged: frames.filter((frame) => /^in SIP\/2.0 401[^]*^CSeq: \d+ SUBSCRIBE/m.test(frame)).length,
      told: of('in NOTIFY'),
      refused: of('out SIP/2.0 4'),
    };
  };
  const all = Array.from({ length: 200 }, (_, n) => ua.watch(target(n), 'dialog', { expires: 600 }));
  const each = (check) => until(() => all.every(check), 40_000);
  const started = performance.now();
  const up = await each(({ status }) => status === 'active');
  const took = Math.round(performance.now() - started);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = count();
  ua.transport.disconnect();
  const again = once(ua, 'registered');
  const dark = all.every(({ status }) => status === 'waiting');
  ua.transport.connect();
  await again;
  const back = await each(({ status }) => status === 'active');
  await new Promise((resolve) => setTimeout(resolve, 500));
  const after = count();
  for (const watch of all) watch.close();
  const gone = await each(({ status }) => status === 'ended');
  ua.stop();
  return { up, took, before, dark, back, after, gone };
}

function checkLamps({ up, before, dark, back, after, gone }) {
  // A server that forgot them with the connection is asked twice: within the dialog, and anew.
  expect({ up, dark, back, gone }).toEqual({ up: true, dark: true, back: true, gone: true });
  expect(before.asked - before.challenged).toBe(200);
  for (const { asked, challenged, told, refused } of [before, after]) {
    expect(asked - challenged).toBeGreaterThanOrEqual(200);
    expect(asked - challenged).toBeLessThanOrEqual(400);
    expect(told).toBeGreaterThanOrEqual(200);
    expect(told).toBeLessThanOrEqual(400);
    expect(refused).toBe(0);
  }
}
