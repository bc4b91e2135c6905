// The keys of a call: mute, hold, camera, screen, end, and those of two calls.
import { activeCall, changed, hold, otherCalls, select } from './calls.js';
import * as devices from './devices.js';
import { $ } from './page.js';
import { phone } from './phone.js';
import { connectBoth } from './transfer.js';
import { join, part } from './together.js';

/** Runs what a key does; the key waits for it, and what goes wrong is said in the call. */
function key(id, run) {
  $(id).addEventListener('click', async () => {
    const call = activeCall();
    if (!call || $(id).getAttribute('aria-busy')) return;
    for (const state of ['aria-busy', 'aria-disabled']) $(id).setAttribute(state, 'true');
    try {
      await run(call);
    } catch (error) {
      const refused = error.response ? `the other end said ${error.response.status_code}` : error.message;
      call.say(error.name === 'NotAllowedError' ? 'The browser was not allowed to.' : `That did not work: ${refused}`);
    }
    for (const state of ['aria-busy', 'aria-disabled']) $(id).removeAttribute(state);
    changed();
  });
}

/** The other call comes to the surface, and this one waits. */
export async function swap(other) {
  const before = activeCall();
  select(other);
  try {
    if (before?.session.isEstablished()) await hold(before, true);
    if (other.session.isEstablished()) await hold(other, false);
  } catch (error) {
    other.say(`That did not work: ${error.message}`);
  }
}

const other = () => otherCalls().find(({ session }) => session.isEstablished());

const press = (id, on) => $(id).setAttribute('aria-pressed', String(on));

function show() {
  const call = activeCall();
  if (!call) return;
  const { session } = call;
  const up = session.isEstablished();
  for (const id of ['mute', 'hold', 'keys', 'camera', 'share', 'transfer', 'add']) $(id).disabled = !up;
  $('share').hidden = !navigator.mediaDevices?.getDisplayMedia;
  $('hold').disabled = !up || Boolean(call.together);
  press('mute', call.muted?.() ?? session.isMuted().audio);
  press('hold', session.isOnHold().local);
  $('hold-word').textContent = session.isOnHold().local ? 'Held' : 'Hold';
  press('share', Boolean(call.screen));
  press('camera', Boolean(call.sent('video')) && !call.screen);
  $('join').hidden = $('swap').hidden = Boolean(call.together);
  $('part').hidden = !call.together;
  $('end-word').textContent = call.phase === 'talking' || call.phase === 'recovering' ? 'End call' : 'Give up';
}

export function setUp() {
  key('mute', (call) => {
    if (call.mute) return call.mute();
    const { audio } = call.session.isMuted();
    if (audio) call.session.unmute({ audio: true });
    else call.session.mute({ audio: true });
  });
  key('hold', (call) => hold(call, !call.session.isOnHold().local));
  key('camera', async (call) => {
    if (call.sent('video') && !call.screen) await call.session.removeVideo();
    else await call.session.addVideo(devices.camera());
  });
  key('share', async (call) => {
    if (call.screen) {
      await call.session.stopScreen();
      call.screen = null;
      return;
    }
    call.screen = await call.session.shareScreen();
    // The browser's own button for the end of it.
    call.screen.addEventListener('ended', () => {
      call.screen = null;
      changed();
    });
  });
  key('swap', async () => {
    if (other()) await swap(other());
  });
  key('join', (call) => join(call, other()));
  key('part', part);
  key('connect-both', (call) => connectBoth(other(), call));
  $('end').addEventListener('click', () => activeCall()?.session.terminate());
  phone.on('calls', show);
}
