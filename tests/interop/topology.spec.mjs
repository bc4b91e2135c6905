// Proxies that hide who is behind them: Kamailio writes Via, Contact, Record-Route, and, where it shall, the Call-ID anew, so that each
// end knows of the other only what the proxy made up. No GRUU, as with most registrars.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startKamailio } from './servers.mjs';

let files;
let kamailio;

test.beforeAll(async () => {
  files = await serveFiles();
});
test.afterAll(() => files?.stop());
test.afterEach(() => kamailio?.stop());
test.beforeEach(async ({ page }) => {
  await open(page, files.url);
});

const plain = 'modparam("registrar", "gruu_enabled", 0)\n';
const hidden = 'modparam("topoh", "mask_key", "any")\nmodparam("topoh", "mask_ip", "192.0.2.1")\n';
// Kamailio 5.6 keeps no empty value in a table of texts.
const loose = (text) => text.replaceAll('(string)', '(string,null)').replaceAll('(int)', '(int,null)');
for (const [what, tag, more, tables] of [
  [
    'topos',
    [],
    'loadmodule "db_text.so"\nloadmodule "topos.so"\nmodparam("topos", "storage", "db")\nmodparam("topos", "db_url", "text://@WHERE@/db")\n',
    { topos_d: loose, topos_t: loose },
  ],
  ['topoh, Call-IDs too', ['@slow'], `loadmodule "topoh.so"\n${hidden}modparam("topoh", "mask_callid", 1)\n`, {}],
]) {
  test(`${what}: a call, holds, a text, and an attended transfer`, { tag }, async ({ page }) => {
    kamailio = await startKamailio({ more: plain + more, tables });
    const seen = await page.evaluate(async (url) => {
      const media = { mediaConstraints: { audio: true, video: false } };
      const people = ['alice', 'bob', 'carol'].map((name) => line(url, `sip:${name}@viasip.test`));
      const [alice, bob, carol] = people;
      await Promise.all(people.map(registered));
      /** The next call that comes in, answered. */
      const taken = (ua) =>
        new Promise((resolve) =>
          ua.once('newRTCSession', ({ session }) => {
            session.on('confirmed', () => resolve(session));
            session.answer(media);
          }),
        );
      const call = async (target, one) => {
        const came = taken(one);
        const session = alice.call(target, media);
        await Promise.all([once(session, 'confirmed'), came]);
        return [session, await came];
      };
      const [ours, theirs] = await call('bob', bob);
      const sound = await flows([ours, theirs], ['audio']);
      for (const [one, other] of [
        [ours, theirs],
        [theirs, ours],
      ])
        for (const what of ['hold', 'unhold']) {
          const told = once(other, what);
          await new Promise((done) => until(() => one[what]({}, done)));
          await told;
        }
      theirs.on('newMessage', () => {});
      const { response } = await once(ours.sendMessage('hello'), 'succeeded');
      const [consult, asked] = await call('carol', carol);
      asked.on('replaces', ({ accept }) => accept());
      const last = taken(carol);
      const made = new Promise((resolve) => theirs.on('refer', ({ accept }) => accept(resolve, media)));
      const consulted = ended(consult);
      const transfer = ours.refer('carol', { replaces: consult });
      await once(transfer, 'accepted');
      const [one, other] = [await made, await last];
      const over = ended(one);
      other.terminate();
      const contact = /^Contact: *(.*)$/m.exec(bob.frames.find((frame) => frame.startsWith('in INVITE')))[1];
      const result = { sound, text: response.status_code, over: await over, contact, consulted: await consulted };
      for (const ua of people) ua.stop();
      return result;
    }, kamailio.url);
    const gone = ['ended', 'remote', 'Terminated', []];
    expect(seen).toMatchObject({ sound: true, text: 200, over: gone, consulted: gone });
    expect(seen.contact).not.toContain('.invalid');
  });
}

test('a proxy that writes both names anew: they stay so inside the call', async ({ page }) => {
  const uac = 'loadmodule "uac.so"\nmodparam("uac", "restore_mode", "auto")\n';
  kamailio = await startKamailio({ more: `#!define NAMES\n${uac}` });
  const seen = await page.evaluate(async (url) => {
    const media = { mediaConstraints: { audio: true, video: false } };
    const [alice, bob] = ['alice', 'bob'].map((name) => line(url, `sip:${name}@viasip.test`));
    await Promise.all([alice, bob].map(registered));
    const taken = new Promise((resolve) =>
      bob.once('newRTCSession', ({ session }) => {
        session.on('confirmed', () => resolve(session));
        session.answer(media);
      }),
    );
    const ours = alice.call('bob', media);
    await Promise.all([once(ours, 'confirmed'), taken]);
    const theirs = await taken;
    const sound = await flows([ours, theirs], ['audio']);
    for (const [one, other] of [
      [ours, theirs],
      [theirs, ours],
    ]) {
      for (const what of ['hold', 'unhold']) {
        const told = once(other, what);
        await new Promise((done) => until(() => one[what]({}, done)));
        await told;
      }
      other.on('newMessage', () => {});
      await once(one.sendMessage('hello'), 'succeeded');
    }
    const over = ended(ours);
    theirs.terminate();
    const result = { sound, over: await over, name: theirs.remote_identity.toString() };
    /** From and To of what came inside the call, each once. */
    const inside = (ua) => [
      ...new Set(
        ua.frames
          .filter((frame) => /^in (INVITE|MESSAGE|BYE) [^]*^To: .*;tag=/m.test(frame))
          .map((frame) =>
            ['From', 'To'].map((name) => new RegExp(`^${name}: .*<(.*?)>`, 'm').exec(frame)[1]).join(' '),
          ),
      ),
    ];
    Object.assign(result, { toBob: inside(bob), toAlice: inside(alice) });
    for (const ua of [alice, bob]) ua.stop();
    return result;
  }, kamailio.url);
  expect(seen.sound).toBe(true);
  expect(seen.over).toEqual(['ended', 'remote', 'Terminated', []]);
  expect(seen.name).toMatch(/^"Reception" <sip:reception@viasip\.test>/);
  expect(seen.toBob).toEqual(['sip:reception@viasip.test sip:team@viasip.test']);
  expect(seen.toAlice).toEqual(['sip:bob@viasip.test sip:alice@viasip.test']);
});
