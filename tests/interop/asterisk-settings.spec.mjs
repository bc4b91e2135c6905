// Calls at Asterisk under settings that phones meet in the field, beside `webrtc=yes`: what an endpoint insists on, names that it tells
// at once, callers that hide, media that goes past it or is shaped otherwise, transfers and pick-ups of its own, an edge in front.
import { expect, test } from '@playwright/test';
import { serveFiles } from '../e2e/servers.mjs';
import { open } from './page.mjs';
import { startAsterisk, startKamailio } from './servers.mjs';

const video = 'allow=vp8,h264\nmax_video_streams=1';
const direct = 'direct_media=yes\nrewrite_contact=yes\nforce_rport=yes\nrtp_symmetric=yes';
const room = 'max_audio_streams=1\nmax_video_streams=4\nallow=vp8';
const phones = {
  'c-plain': {},
  'c-other': {},
  'c-third': {},
  'c-strict': { endpoint: 'timers=required\ntimers_min_se=90\ntimers_sess_expires=90\n100rel=required' },
  'c-always': { endpoint: 'timers=always\ntimers_min_se=100\ntimers_sess_expires=120' },
  'c-direct': { endpoint: direct },
  'c-near': { endpoint: direct },
  'c-names': {
    endpoint: 'send_rpid=yes\nsend_pai=yes\nrpid_immediate=yes\ntrust_id_outbound=yes\ntrust_id_inbound=yes',
  },
  // A caller without a name is known by the user of its digest.
  'c-hidden': { endpoint: 'identify_by=auth_username,username\ntrust_id_inbound=yes' },
  'c-avp': { endpoint: `force_avp=yes\n${video}` },
  'c-apart': { endpoint: `bundle=no\n${video}` },
  'c-active': { endpoint: `dtls_setup=active\ndtls_fingerprint=SHA-1\n${video}` },
  'c-passive': { endpoint: `dtls_setup=passive\nmedia_use_received_transport=no\n${video}` },
  'c-passed': { endpoint: 'moh_passthrough=yes' },
  'c-edge': { aor: 'support_path=yes' },
  'c-one': { endpoint: room },
  'c-two': { endpoint: room },
};
const numbers = Object.keys(phones).map((name) => `exten => ${name},1,Dial(PJSIP/${name})`);
const dialplan = `
[default]
${numbers.join('\n')}
exten => ring,1,Dial(PJSIP/c-other)
exten => pickup,1,Pickup(ring)
exten => away,1,Answer()
 same => n,Wait(1)
 same => n,Transfer(PJSIP/sip:echo@127.0.0.1)
exten => 700,1,Park(default)
exten => _70X,1,ParkedCall(default,\${EXTEN})
exten => sfu,1,Answer()
 same => n,ConfBridge(sfu,sfu,told)
`;
const files = {
  'confbridge.conf':
    '[general]\n[default_bridge]\ntype=bridge\n[sfu]\ntype=bridge\nvideo_mode=sfu\nenable_events=yes\n[told]\ntype=user\nquiet=yes\nsend_events=yes\n',
  'res_parking.conf': '[general]\n[default]\nparkext => 700\nparkpos => 701-709\ncontext => parked\nfindslot => next\n',
};

let site;
let asterisk;

test.beforeAll(async () => {
  site = await serveFiles();
  asterisk = await startAsterisk({ phones, dialplan, files });
});
test.afterAll(() => {
  asterisk?.stop();
  site?.stop();
});
test.beforeEach(async ({ page }) => {
  await open(page, site.url);
  await page.evaluate((url) => {
    window.media = { mediaConstraints: { audio: true, video: false } };
    window.picture = { mediaConstraints: { audio: true, video: true } };
    window.lines = [];
    window.person = async (name, more = {}, by = url) => {
      const ua = line(by, `sip:${name}@127.0.0.1`, 'secret', more);
      lines.push(ua);
      await registered(ua);
      return ua;
    };
    window.up = async (session) => {
      const over = session.isEstablished() ? null : once(session, 'confirmed').then(() => null);
      const end = await Promise.race([over, ended(session)]);
      if (end) throw new Error(JSON.stringify(end));
      return session;
    };
    window.call = (ua, target, options = media) => up(ua.call(target, options));
    // The next call that comes in, answered.
    window.taken = (ua, options = media) =>
      new Promise((resolve, reject) =>
        ua.once('newRTCSession', ({ session }) => {
          session.answer(options);
          up(session).then(resolve, reject);
        }),
      );
    window.incoming = (ua) => new Promise((resolve) => ua.once('newRTCSession', resolve));
    window.told = (emitter, names) => {
      const log = [];
      for (const name of names) emitter.on(name, () => log.push(name));
      return log;
    };
  }, asterisk.url);
});
test.afterEach(async ({ page }, info) => {
  if (info.status !== info.expectedStatus) {
    console.log(await page.evaluate(() => lines.map((ua) => ua.frames.join('\n')).join('\n=====\n')));
    console.log(asterisk.log().slice(-3000));
  }
  await page.evaluate(() =>
    Promise.all(lines.map((ua) => new Promise((resolve) => (ua.once('disconnected', resolve), ua.stop())))),
  );
});

test('an endpoint insists on PRACK and session timers', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [able, other] = [await person('c-strict', { reliable_provisional: true }), await person('c-plain')];
    const out = await call(able, 'echo');
    out.terminate();
    const came = taken(able);
    const into = other.call('c-strict', media);
    const over = ended(await came);
    await up(into);
    into.terminate();
    await over;
    const without = await person('c-strict');
    return { refused: await ended(without.call('echo', media)), over: await over };
  });
  expect(seen).toEqual({
    refused: ['failed', 'remote', 'SIP Failure Code', ['extension-required']],
    over: ['ended', 'remote', 'Terminated', []],
  });
});

test('an endpoint asks for longer session timers, and keeps them itself', async ({ page }) => {
  const intervals = await page.evaluate(async () => {
    const [ua, other] = [await person('c-always'), await person('c-plain')];
    (await call(ua, 'echo')).terminate();
    const came = taken(ua);
    const into = other.call('c-always', media);
    const over = ended(await came);
    await up(into);
    into.terminate();
    await over;
    const of = (start) =>
      ua.frames.filter((f) => f.startsWith(start)).map((f) => /^Session-Expires: *(.*)$/m.exec(f)?.[1]);
    return {
      asked: of('out INVITE').slice(-1),
      given: of('in SIP/2.0 200').filter(Boolean),
      answered: of('out SIP/2.0 200 OK'),
    };
  });
  expect(intervals).toMatchObject({ asked: ['100'], given: ['100;refresher=uac'] });
  expect(intervals.answered).toContain('120;refresher=uas');
});

test('direct_media=yes, rewrite_contact=yes: sound before and after a hold', { tag: '@slow' }, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [one, two] = [await person('c-direct'), await person('c-near')];
    const came = taken(two);
    const ours = one.call('c-near', media);
    const theirs = await came;
    await up(ours);
    const sound = await flows([ours, theirs], ['audio']);
    for (const what of ['hold', 'unhold']) await new Promise((done) => until(() => ours[what]({}, done)));
    const again = await flows([ours, theirs], ['audio']);
    const over = ended(theirs);
    ours.terminate();
    return { sound, again, over: await over };
  });
  expect(seen).toEqual({ sound: true, again: true, over: ['ended', 'remote', 'Terminated', []] });
});

test('names are told while it rings, and a caller may hide', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [named, hidden] = [await person('c-names', { trust_identity: true }), await person('c-hidden')];
    const [desk] = [await person('c-other')];
    let came = incoming(desk);
    const out = named.call('c-other', media);
    const told = once(out, 'identity');
    await came;
    const { identity, asserted } = await told;
    const ringing = [identity.uri.user, asserted, out.remote_identity.uri.user];
    out.terminate();
    came = incoming(named);
    const secret = hidden.call('c-names', { ...media, anonymous: true });
    const { session, request } = await came;
    const over = ended(session);
    secret.terminate();
    await over;
    return { ringing, remote: session.remote_identity.uri.user, invite: String(request) };
  });
  expect(seen).toMatchObject({ ringing: ['c-other', true, 'c-other'], remote: 'anonymous' });
  expect(seen.invite).not.toContain('c-hidden');
});

for (const name of ['c-avp', 'c-apart', 'c-active', 'c-passive']) {
  const settings = phones[name].endpoint.replace(`\n${video}`, '').replaceAll('\n', ', ');
  test(`${settings}: sound and picture, both ways`, { tag: '@slow' }, async ({ page }) => {
    const seen = await page.evaluate(async (name) => {
      const [ua, other] = [await person(name), await person('c-plain')];
      const out = await call(ua, 'echo', picture);
      const both = await flows([out], ['audio', 'video'], 5000);
      out.terminate();
      const came = taken(ua);
      const into = other.call(name, media);
      const theirs = await came;
      await up(into);
      const sound = await flows([into, theirs], ['audio']);
      into.terminate();
      return { both, sound };
    }, name);
    expect(seen).toEqual({ both: true, sound: true });
  });
}

test('who is put on hold by somebody behind Asterisk is told so', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [passed, other] = [await person('c-passed'), await person('c-other')];
    const came = taken(passed);
    const theirs = other.call('c-passed', media);
    const ours = await came;
    await up(theirs);
    // Until it has joined the two, a hold is its own affair.
    await flows([ours, theirs], ['audio']);
    for (const what of ['hold', 'unhold']) {
      const told = once(ours, what);
      await new Promise((done) => until(() => theirs[what]({}, done)));
      await told;
    }
    const states = [ours.isOnHold(), theirs.isOnHold()];
    theirs.terminate();
    return states;
  });
  expect(seen).toEqual(Array(2).fill({ local: false, remote: false }));
});

test('a call that rings is picked up, and who rang is told why', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [caller, rings, picks] = [await person('c-plain'), await person('c-other'), await person('c-third')];
    const came = incoming(rings);
    const out = caller.call('ring', media);
    const over = once((await came).session, 'failed');
    const picked = await call(picks, 'pickup');
    await up(out);
    const { originator, cause, reason } = await over;
    picked.terminate();
    return { originator, cause, reason: reason.map(({ protocol, cause }) => [protocol, cause]) };
  });
  expect(seen).toMatchObject({ originator: 'remote', cause: 'Canceled' });
  expect(seen.reason).toContainEqual(['Q.850', 26]);
});

test('Asterisk asks a call that is up to go elsewhere', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const ua = await person('c-plain');
    const ours = await call(ua, 'away');
    const over = ended(ours);
    const made = new Promise((resolve) =>
      ours.once('refer', ({ request, accept }) => {
        ua.once('newRTCSession', ({ session }) => resolve([session, request.getHeader('Refer-To')]));
        accept(null, media);
      }),
    );
    const [next, to] = await made;
    await up(next);
    const end = await over;
    next.terminate();
    return { to, end };
  });
  expect(seen.to).toContain('sip:echo@127.0.0.1');
  expect(seen.end).toEqual(['ended', 'remote', 'Terminated', []]);
});

test('a call is parked, and taken at another phone', { tag: '@slow' }, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const [caller, parks, takes] = [await person('c-plain'), await person('c-other'), await person('c-third')];
    const came = taken(parks);
    const out = caller.call('c-other', media);
    const theirs = await came;
    await up(out);
    await flows([out], ['audio']);
    const transfer = theirs.refer('700');
    const log = told(transfer, ['accepted', 'failed', 'requestFailed']);
    await until(() => log.length > 0);
    theirs.terminate();
    const got = await call(takes, '701');
    const sound = await flows([got, out], ['audio']);
    out.terminate();
    return { log, sound };
  });
  expect(seen).toEqual({ log: ['accepted'], sound: true });
});

test('both phones of an address have its mailbox', async ({ page }) => {
  await page.evaluate(async () => {
    await import('/pkg/dist/presence.js');
    const pair = [await person('c-plain'), await person('c-plain')];
    window.boxes = pair.map((ua) => ua.watch('c-plain', 'message-summary', { expires: 300 }));
    await until(() => boxes.every(({ state }) => state !== null));
  });
  asterisk.mailbox(3);
  const seen = await page.evaluate(async () => {
    await until(() => boxes.every(({ state }) => state.waiting));
    return boxes.map(({ status, state }) => [status, state.messages['voice-message'].new]);
  });
  asterisk.mailbox(0);
  expect(seen).toEqual(Array(2).fill(['active', 3]));
});

test('an edge in front of Asterisk: the Path leads to us', async ({ page }) => {
  const registrar = `127.0.0.1:${asterisk.udp}`;
  const edge = await startKamailio({ config: 'edge.cfg', more: '#!define RECORDS', registrar });
  try {
    const seen = await page.evaluate(async (url) => {
      const [ua, other] = [await person('c-edge', {}, url), await person('c-other')];
      const { path } = ua.registrator();
      const came = taken(ua);
      const into = other.call('c-edge', media);
      const theirs = await came;
      await up(into);
      const sound = await flows([into, theirs], ['audio']);
      let over = ended(theirs);
      into.terminate();
      const ends = [await over];
      const back = taken(other);
      const out = ua.call('c-other', media);
      const there = await back;
      await up(out);
      over = ended(out);
      there.terminate();
      return { path, sound, ends: [...ends, await over] };
    }, edge.url);
    expect(seen.path).toEqual([expect.stringMatching(`^<sip:[^@]+@127.0.0.1:${edge.udp};lr;ob>$`)]);
    expect(seen).toMatchObject({ sound: true, ends: Array(2).fill(['ended', 'remote', 'Terminated', []]) });
  } finally {
    await page.evaluate(() => lines[0].unregister());
    edge.stop();
  }
});

test('a conference sends each the pictures of all, and says who comes', { tag: '@slow' }, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const people = [await person('c-one'), await person('c-two')];
    const sessions = [];
    const events = [];
    for (const ua of people) {
      const session = await call(ua, 'sfu', picture);
      session.on('newMessage', ({ originator, request }) => {
        if (originator === 'remote') events.push([request.getHeader('Content-Type'), JSON.parse(request.body).type]);
      });
      sessions.push(session);
    }
    const pictures = async ({ connection }) => {
      const decoded = [];
      (await connection.getStats()).forEach(
        (r) => r.type === 'inbound-rtp' && r.kind === 'video' && r.framesDecoded > 5 && decoded.push(r.mid),
      );
      return decoded.length;
    };
    const all = await until(
      async () => (await Promise.all(sessions.map(pictures))).every((count) => count > 0),
      10_000,
    );
    const over = ended(sessions[1]);
    sessions[1].terminate();
    await over;
    await until(() => events.some(([, type]) => type === 'ConfbridgeLeave'));
    const stays = !sessions[0].isEnded();
    sessions[0].terminate();
    return { all, stays, events };
  });
  expect(seen).toMatchObject({ all: true, stays: true });
  const type = 'application/x-asterisk-confbridge-event+json';
  expect(seen.events).toContainEqual([type, 'ConfbridgeJoin']);
  expect(seen.events).toContainEqual([type, 'ConfbridgeLeave']);
});

// The last one: nothing that was registered is known to the next Asterisk.
test('Asterisk dies in a call: the call is over, and the line is back', { tag: '@slow' }, async ({ page }) => {
  await page.evaluate(async () => {
    const ua = await person('c-plain', { connection_recovery_min_interval: 1, connection_recovery_max_interval: 2 });
    window.ours = await call(ua, 'echo');
    window.over = ended(ours);
    window.again = once(ua, 'registered');
  });
  await asterisk.restart();
  const seen = await page.evaluate(async () => [await over, (await again) !== undefined]);
  // What asks for the call back is told that nobody knows it.
  expect(seen).toEqual([['ended', 'local', 'Dialog Error', []], true]);
});
