// Four programs as people write and publish them, each run on JsSIP and on viasip by the same clicks: what they show, and what
// the phones at the far end see, has to be the same, and what is written here.
// The file is long because what each program has to show is written out, so that it is read in one place.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { bundle } from './programs/bundle.mjs';
import { serveFiles, startRegistrar } from './servers.mjs';

const programs = path.join(import.meta.dirname, 'programs');
let files;
let registrar;

test.beforeAll(async () => {
  [files, registrar] = await Promise.all([serveFiles(), startRegistrar()]);
});
test.afterAll(() => {
  files?.stop();
  registrar?.stop();
});

/** Opens the program, and far phones in another page; `play` clicks. What everybody saw is returned. */
async function run(browser, library, program, phones, play, query = '') {
  const context = await browser.newContext();
  // The program's page last: a click in one that is behind waits for seconds.
  const far = await context.newPage();
  const page = await context.newPage();
  const [errors, said] = [[], []];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => said.push(message.text()));
  await far.goto(`${files.url}/tests/e2e/blank.html`);
  await far.addScriptTag({ content: await bundle(path.join(programs, 'phone.mjs'), 'jssip') });
  const seen = (user, line, count = 1) =>
    far.waitForFunction(
      ([name, text, times]) => window.phones[name].log.filter((entry) => entry.startsWith(text)).length >= times,
      [user, line, count],
      { timeout: 15_000 },
    );
  for (const user of phones) {
    await far.evaluate(([service, name]) => window.phone(service, name), [registrar.url, user]);
    await seen(user, 'registered');
  }
  await page.goto(`${files.url}/tests/e2e/blank.html?service=${encodeURIComponent(registrar.url)}${query}`);
  await page.addScriptTag({ content: await bundle(path.join(programs, program), library) });
  const tools = {
    page,
    far,
    seen,
    press: (name) => page.getByRole('button', { name, exact: true }).click(),
    target: (value) => page.getByLabel('Target').fill(value),
    shows: (line) =>
      expect(page.getByRole('listitem').filter({ hasText: line }).last(), `${library}: ${line}`).toBeVisible(),
    state: (line, call) =>
      Promise.all([expect(page.locator('#line')).toHaveText(line), expect(page.locator('#call')).toHaveText(call)]),
    phone: (act, ...words) => far.evaluate(([name, given]) => window[name](...given), [act, words]),
    sound: () =>
      expect
        .poll(() =>
          page.evaluate(() =>
            document
              .querySelector('audio')
              .srcObject?.getAudioTracks()
              .map((track) => track.readyState)
              .join(),
          ),
        )
        .toBe('live'),
  };
  try {
    await play(tools);
    const shown = await page.getByRole('listitem').allTextContents();
    return {
      shown,
      far: await far.evaluate(() =>
        Object.fromEntries(Object.entries(window.phones).map(([name, { log }]) => [name, log])),
      ),
      errors,
      said,
    };
  } catch (error) {
    const shown = await page.getByRole('listitem').allTextContents();
    console.log(
      library,
      program,
      shown,
      errors,
      await far.evaluate(() => Object.values(window.phones).map(({ log }) => log)),
    );
    throw error;
  } finally {
    await context.close();
  }
}

const libraries = ['jssip', 'viasip'];

/** Both packages showed the same, and it is what stands here. */
function agree({ jssip, viasip }, shown, far) {
  expect(viasip.shown).toEqual(jssip.shown);
  expect(viasip.far).toEqual(jssip.far);
  expect(viasip.shown).toEqual(shown);
  expect(viasip.far).toEqual(far);
  expect(viasip.errors).toEqual([]);
}

test('a class component in CommonJS', async ({ browser }) => {
  const play = async ({ page, press, target, shows, state, phone, seen, sound }) => {
    await state('error Rejected 403 Forbidden', 'idle');
    await press('Right password');
    await state('registered', 'idle');

    await target('bob');
    await press('Call');
    await seen('bob', 'rings');
    await state('registered', 'calling outgoing <sip:bob@viasip.local>');
    await phone('phoneAnswers', 'bob');
    await shows('confirmed local true');
    await state('registered', 'active outgoing <sip:bob@viasip.local>');
    await sound();
    await press('Tones');
    await seen('bob', 'tone #');
    await press('Hold');
    await shows('hold is through');
    await seen('bob', 'hold remote');
    await press('Hold');
    await seen('bob', 'unhold remote');
    await expect(page.getByText('hold is through')).toHaveCount(2);
    await phone('phoneHangsUp', 'bob');
    await shows('call 1 ended');

    await target('nobody');
    await press('Call');
    await shows('call 2 failed');
    await target('');
    await press('Call');
    await shows('not called');

    await phone('phoneCalls', 'bob', 'classy');
    await state('registered', 'ringing incoming The phone of bob');
    await phone('phoneCalls', 'carol', 'classy');
    await seen('carol', 'failed');
    await press('Answer');
    await seen('bob', 'confirmed', 2);
    await state('registered', 'active incoming The phone of bob');
    await sound();
    await press('Unmount');
    await seen('bob', 'ended', 2);
    await phone('phoneCalls', 'carol', 'classy');
    await seen('carol', 'failed', 2);
  };
  const seen = {};
  for (const library of libraries)
    seen[library] = await run(browser, library, 'react-class.jsx', ['bob', 'carol'], play);
  agree(
    seen,
    [
      'sipStatus: disconnected -> connecting',
      'sipStatus: connecting -> connected',
      'sipStatus: connected -> error',
      'sipStatus: error -> connecting',
      'sipStatus: connecting -> connected',
      'sipStatus: connected -> registered',
      'registered 200',
      'peerconnection inside call(): stable',
      'called bob call 1 0',
      'callStatus: idle -> starting',
      'connecting INVITE',
      'sending class',
      'progress remote 180',
      'callStatus: starting -> calling',
      'addstream 1 1',
      'track audio',
      'call 1 accepted remote',
      'confirmed local true',
      'callStatus: calling -> active',
      'tone local 7 120',
      'tone local # 120',
      'hold local {"local":true,"remote":false}',
      'asked to hold: true',
      'hold is through',
      'unhold local {"local":false,"remote":false}',
      'asked to resume: true',
      'addstream 1 1',
      'track audio',
      'hold is through',
      'call 1 ended remote Terminated ',
      'callStatus: active -> idle',
      'peerconnection inside call(): stable',
      'called nobody call 2 0',
      'callStatus: idle -> starting',
      'connecting INVITE',
      'sending class',
      'call 2 failed remote Not Found 404',
      'callStatus: starting -> idle',
      'not called: TypeError Invalid target: ',
      'callStatus: idle -> ringing',
      'busy for "The phone of carol" <sip:carol@viasip.local>',
      'peerconnection',
      'addstream 1 1',
      'track audio',
      'call 3 accepted local',
      'callStatus: ringing -> active',
      'call 3 ended local Terminated ',
    ],
    {
      bob: [
        'registered',
        'rings: Class Component class',
        'confirmed',
        'tone 7 120',
        'tone # 120',
        'hold remote',
        'unhold remote',
        'ended local Terminated',
        'confirmed',
        'ended remote Terminated',
      ],
      carol: ['registered', 'failed remote Busy 486', 'failed remote Not Found 404'],
    },
  );
});

test('hooks with named imports', async ({ browser }) => {
  const play = async ({ page, press, target, shows, state, phone, seen, sound }) => {
    await state('registered', 'idle');
    await target('bob');
    await press('Call');
    await seen('bob', 'rings');
    await shows('progress remote 180');
    await state('registered', 'calling');
    await phone('phoneAnswers', 'bob');
    await state('registered', 'talking');
    await sound();
    await press('Mute');
    await state('registered', 'talking muted');
    await press('Unmute');
    await state('registered', 'talking');
    await press('Tones');
    await seen('bob', 'tone 1');
    await press('Info');
    await seen('bob', 'info');
    await press('Hold');
    await state('registered', 'talking held');
    await shows('the far end agreed');
    await press('Resume');
    await state('registered', 'talking');
    await expect(page.getByText('the far end agreed')).toHaveCount(2);
    await press('Hang up');
    await state('registered', 'idle');
    await seen('bob', 'ended');

    await phone('phoneCalls', 'bob', 'hooky');
    await state('registered', 'ringing');
    await press('Decline');
    await seen('bob', 'failed');
    await state('registered', 'idle');
    await phone('phoneCalls', 'bob', 'hooky');
    await state('registered', 'ringing');
    await phone('phoneHangsUp', 'bob');
    await state('registered', 'idle');
    await phone('phoneCalls', 'bob', 'hooky');
    await state('registered', 'ringing');
    await press('Answer');
    await seen('bob', 'confirmed', 2);
    await state('registered', 'talking');
    await sound();
    await press('End all');
    await seen('bob', 'ended', 2);
    await state('registered', 'idle');
  };
  const seen = {};
  for (const library of libraries)
    seen[library] = await run(browser, library, 'react-hooks.jsx', ['bob'], play, '&debug=1');
  agree(
    seen,
    [
      'registered',
      'local call with bob, outgoing, true',
      'progress remote 180',
      'track, audio live',
      'accepted, started true',
      'confirmed, receives audio live',
      'muted true',
      'microphone on: false, muted: {"audio":true,"video":false}',
      'unmuted true',
      'microphone on: true, muted: {"audio":false,"video":false}',
      'tone local 1',
      'info local application/x-app',
      'hold local',
      'holds: true',
      'the far end agreed',
      'unhold local',
      'resumes: true',
      'track, audio live',
      'the far end agreed',
      'ended local Terminated, established false, ended true',
      'remote call with The phone of bob, incoming, true',
      'failed local Rejected, established false, ended true',
      'remote call with The phone of bob, incoming, true',
      'failed remote Canceled, established false, ended true',
      'remote call with The phone of bob, incoming, true',
      'track, audio live',
      'accepted, started true',
      'confirmed, receives audio live',
      'ended local Terminated, established false, ended true',
    ],
    {
      bob: [
        'registered',
        'rings: hooky',
        'confirmed',
        'tone 1 100',
        'info application/x-app hello',
        'hold remote',
        'unhold remote',
        'ended remote Terminated',
        'failed remote Rejected 603',
        'failed local Canceled',
        'confirmed',
        'ended remote Terminated',
      ],
    },
  );
  // debug.enable('JsSIP:UA') speaks on both.
  expect(seen.jssip.said.join('\n')).toContain('JsSIP:UA');
  expect(seen.viasip.said.join('\n')).toContain('viasip:UA');
});

test('an SDK around UA', async ({ browser }) => {
  const play = async ({ page, press, target, shows, phone, seen }) => {
    await shows('registered 200');
    await target('bob');
    await press('Probe');
    await shows('can be called');
    await press('Write');
    await shows('answered ok 200');
    await press('Write badly');
    await shows('answered Rejected 603');
    await phone('phoneWrites', 'bob', 'vendor', 'hello');
    await seen('bob', 'message answered 200');
    await phone('phoneWrites', 'bob', 'vendor', 'spam, spam');
    await seen('bob', 'message answered 488');

    await press('Call');
    await seen('bob', 'rings');
    await phone('phoneAnswers', 'bob');
    await shows('outgoing connected local');
    await press('Settings');
    await press('Reconnect');
    await shows('disconnected false');
    await shows('connected function');
    await seen('bob', 'confirmed');
    // JsSIP at the far end refuses a REFER (403 Wrong Status) while it waits for the ACK of the offer that brings the call back.
    await page.waitForFunction(() => window.isBack());
    await press('Tone');
    await seen('bob', 'tone 5');
    await target('carol');
    await press('Transfer');
    await seen('carol', 'rings');
    await phone('phoneAnswers', 'carol');
    await shows('outgoing transfer accepted 200');
    await shows('outgoing finished local');
    await seen('bob', 'ended remote');
    await phone('phoneHangsUp', 'carol');

    await phone('phoneCalls', 'bob', 'vendor', ['P-Asserted-Identity: "Bob, for sure" <sip:bob@viasip.local>']);
    await shows('incoming The phone of bob');
    await press('Answer');
    await shows('incoming connected remote');
    await press('Settings');
    await press('End all');
    await seen('bob', 'ended remote', 2);
    await press('Call');
    await seen('carol', 'rings', 2);
    await press('Stop');
    await seen('carol', 'failed remote Canceled');
    await expect(page.getByText(/^disconnected/)).toHaveCount(2);
    await press('Report');
  };
  const seen = {};
  for (const library of libraries) seen[library] = await run(browser, library, 'sdk.mjs', ['bob', 'carol'], play);
  agree(
    seen,
    [
      'unknown keys false sip:vendor@viasip.local',
      'connecting 0 WSS false false 0',
      'connected function true true false 1',
      'registered 200 true true 1',
      'can be called true',
      'sent a ticket outgoing true',
      'answered ok 200',
      'sent refuse this outgoing true',
      'answered Rejected 603',
      'message The phone of bob sip:bob@viasip.local hello text/plain',
      'message The phone of bob sip:bob@viasip.local spam, spam text/plain',
      'outgoing true true the SDK the start stable',
      'called true 1',
      'outgoing ringing remote',
      'outgoing accepted remote',
      'outgoing connected local',
      'settings true true false true true',
      'disconnected false false true 1',
      'unregistered undefined false false 1',
      'connecting 0 WSS false false 3',
      'connected function true true false 1',
      'registered 200 true true 1',
      'outgoing tone local',
      'transfers number',
      'outgoing transfer requestSucceeded undefined undefined',
      'outgoing transfer trying 100 Trying',
      'outgoing transfer progress 180 Ringing',
      'outgoing transfer accepted 200 OK',
      'outgoing finished local Terminated true',
      'incoming The phone of bob "Bob, for sure" <sip:bob@viasip.local> true null false',
      'incoming ringing local',
      'incoming accepted local',
      'incoming connected remote',
      'settings true true false true true',
      'incoming finished local Terminated true',
      'outgoing true true the SDK the start stable',
      'called true 2',
      'outgoing ringing remote',
      'outgoing failed local Canceled true',
      'stopped true 0',
      'unregistered null true false 2',
      'disconnected false false false 2',
      'told {"connecting":2,"connected":2,"registered":2,"newOptions":1,"newMessage":4,"newRTCSession":3,"disconnected":2,"unregistered":2}',
    ],
    {
      bob: [
        'registered',
        'message text/x-ticket a ticket 12',
        'message text/plain refuse this',
        'message answered 200 OK yes',
        'message answered 488 No spam Incompatible SDP',
        'rings: An SDK 1 b=AS:48',
        'confirmed',
        'tone 5 100',
        'refer to carol',
        'confirmed',
        'ended remote Terminated',
        'ended remote Terminated',
        'confirmed',
        'ended remote Terminated',
      ],
      carol: [
        'registered',
        'rings: The phone of bob',
        'confirmed',
        'ended local Terminated',
        'rings: An SDK 2 b=AS:48',
        'failed remote Canceled',
      ],
    },
  );
});

test('a robot in Node with its own Socket, whose process ends by itself', () => {
  const root = path.resolve(import.meta.dirname, '..', '..');
  // JsSIP needs a `window` to find out that there is no WebRTC (its defect 18); viasip runs with and without.
  const start = (library, before = []) => {
    const began = Date.now();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...before, path.join(programs, 'node-app.cjs'), library],
      { cwd: root, encoding: 'utf8', timeout: 50_000 },
    );
    return { status, lines: stdout.trim().split('\n'), stderr, took: Date.now() - began };
  };
  const viasip = path.join(root, 'pkg', 'dist', 'inline.cjs');
  const window = ['--import', 'data:text/javascript,globalThis.window=globalThis'];
  const [theirs, ours, without] = [start('jssip', window), start(viasip, window), start(viasip)];
  expect(ours.status, ours.stderr).toBe(0);
  expect(ours.lines).toEqual(theirs.lines);
  expect(without.lines).toEqual(ours.lines);
  expect(ours.lines).toEqual([
    'connected',
    'server got robot request registers undefined 0 REGISTER',
    'registered true',
    'message local outgoing undefined boss null ready',
    'ours: NOT_SUPPORTED_ERROR "accept" not supported for outgoing Message',
    'server got robot request undefined text/plain 5 MESSAGE',
    'succeeded remote 200 OK mine undefined',
    'message local outgoing undefined boss null {"état":1}',
    'ours: NOT_SUPPORTED_ERROR "accept" not supported for outgoing Message',
    'server got robot request report application/json 11 MESSAGE',
    'succeeded remote 200 OK mine undefined',
    'message local outgoing undefined boss null refuse me',
    'ours: NOT_SUPPORTED_ERROR "accept" not supported for outgoing Message',
    'server got robot request undefined text/plain 9 MESSAGE',
    'failed remote 403 Not You mine Rejected',
    'server got robot request undefined application/sdp 0 OPTIONS',
    'options answered',
    'message remote incoming high server The Boss accept this',
    'message remote incoming high server The Boss refuse this',
    'message remote incoming high server The Boss twice',
    'twice: incoming Message already replied',
    'message remote incoming high server The Boss naïve',
    'no call: NOT_SUPPORTED_ERROR',
    'answered SIP/2.0 200 OK X-Every: request X-Robot: will do ',
    'answered SIP/2.0 406 Not in the mood X-Every: request X-Robot: will not ',
    'answered SIP/2.0 200 OK X-Every: request ',
    'answered SIP/2.0 200 OK X-Every: request ',
    'answered SIP/2.0 200 OK X-Every: request X-Robot: can do Allow: INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,REFER,INFO,NOTIFY,SUBSCRIBE Accept: application/sdp, application/dtmf-relay ',
    'answered SIP/2.0 100 Trying X-Every: request ',
    'answered SIP/2.0 488 Not Acceptable Here X-Every: request ',
    'server got robot request registers undefined 0 REGISTER',
    'unregistered',
    'disconnect',
    'disconnected false',
  ]);
  // stop() leaves no timer: one that waits for an ACK would keep the process for 32 s.
  expect(Math.max(ours.took, without.took)).toBeLessThan(10_000);
});
