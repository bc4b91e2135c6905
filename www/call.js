// Block 4: the call that is up: pictures, level, state in words, controls.
import { $, clock, el } from './page.js';
import { lamp } from './line.js';
import { meter } from './sound.js';
import { add } from './log.js';

let current = null;

export const isBusy = () => current !== null;

const state = (words) => ($('call-state').textContent = words);

/** Follows a call until it ends. `who` is shown, `redial` calls again. */
export function follow(session, who, redial) {
  current = session;
  $('call').hidden = $('controls').hidden = false;
  $('dial').hidden = $('keypad').hidden = $('dial-keys').hidden = true;
  $('clock').textContent = $('measures').textContent = '';
  $('camera').hidden = true;
  $('keys').setAttribute('aria-expanded', 'false');
  $('keypad').hidden = true;
  $('pictures').hidden = true;
  for (const id of ['mute', 'camera', 'hold']) $(id).setAttribute('aria-pressed', 'false');
  $('hold').disabled = false;
  const begun = Date.now();
  let answered = 0;
  let stopMeter = () => {};
  const media = (stream) => {
    $('remote').srcObject = stream;
    if (stream.getVideoTracks().length > 0) $('pictures').hidden = false;
    if (stream.getAudioTracks().length > 0) {
      stopMeter();
      stopMeter = meter(stream, (value) => ($('level').value = value));
    }
  };
  const connected = () =>
    session.connection?.addEventListener('track', (event) => media(event.streams[0] ?? new MediaStream([event.track])));
  session.on('peerconnection', connected);
  if (session.connection) connected();
  session.on('connecting', () => {
    state(`Preparing the call with ${who}…`);
    const tracks = session.connection
      .getSenders()
      .map((sender) => sender.track)
      .filter(Boolean);
    const pictures = tracks.filter((track) => track.kind === 'video');
    $('local').srcObject = new MediaStream(pictures);
    if (pictures.length > 0) $('pictures').hidden = $('camera').hidden = false;
  });
  session.on('sending', () => state(`Calling ${who}…`));
  session.on('progress', ({ originator }) =>
    state(originator === 'remote' ? `Ringing at the other end (${who}).` : `${who} is calling.`),
  );
  session.on('confirmed', () => {
    answered = Date.now();
    state(`Talking to ${who}.`);
    lamp('media', 'Media is flowing.', true, ['Encrypted with DTLS-SRTP.']);
  });
  session.on('hold', ({ originator }) =>
    state(originator === 'local' ? `You hold the call with ${who}.` : `${who} holds the call.`),
  );
  session.on('unhold', () => state(`Talking to ${who}.`));
  session.on('recovering', () => {
    state('The network changed. Getting the sound back…');
    lamp('media', 'No sound for the moment.', false, []);
  });
  session.on('recovered', ({ took }) => {
    state(`Talking to ${who}.`);
    lamp('media', 'Media is flowing.', true, [`It was away for ${(took / 1000).toFixed(1)} s.`]);
  });
  const quality = setInterval(() => {
    if (answered) $('clock').textContent = clock(Date.now() - answered);
    void measure(session);
  }, 1000);
  const over = (event) => {
    clearInterval(quality);
    stopMeter();
    if (current === session) {
      current = null;
      $('call').hidden = $('controls').hidden = true;
      $('dial').hidden = $('keypad').hidden = $('dial-keys').hidden = false;
      $('remote').srcObject = $('local').srcObject = null;
    }
    lamp('media', 'No call.', null, []);
    add(
      {
        direction: session.direction,
        who,
        at: begun,
        ms: answered ? Date.now() - answered : 0,
        cause: event.cause === 'Terminated' ? 'ended' : event.cause,
      },
      redial,
    );
  };
  session.on('ended', over);
  session.on('failed', over);
}

async function measure(session) {
  if (!session.connection || session.isEnded()) return;
  const reports = [...(await session.connection.getStats()).values()];
  const inbound = reports.find((r) => r.type === 'inbound-rtp' && r.kind === 'audio');
  const pair = reports.find((r) => r.type === 'candidate-pair' && r.nominated);
  if (!inbound) return;
  const codec = reports.find((r) => r.id === inbound.codecId)?.mimeType?.split('/')[1] ?? 'not known';
  const loss = (100 * inbound.packetsLost) / Math.max(1, inbound.packetsReceived + inbound.packetsLost);
  const trip =
    pair?.currentRoundTripTime === undefined ? 'not known' : `${Math.round(pair.currentRoundTripTime * 1000)} ms`;
  $('measures').textContent =
    `Loss ${loss.toFixed(1)} %, jitter ${Math.round((inbound.jitter ?? 0) * 1000)} ms, round trip ${trip}, codec ${codec}, ${inbound.packetsReceived} packets received`;
  lamp('media', inbound.packetsReceived > 0 ? 'Media is flowing.' : 'Waiting for media.', inbound.packetsReceived > 0, [
    $('measures').textContent,
  ]);
}

function toggle(id, on, off) {
  $(id).addEventListener('click', () => {
    if (!current) return;
    const pressed = $(id).getAttribute('aria-pressed') !== 'true';
    if ((pressed ? on : off)(current) === false) return;
    $(id).setAttribute('aria-pressed', String(pressed));
  });
}

toggle(
  'mute',
  (s) => void s.mute({ audio: true }),
  (s) => void s.unmute({ audio: true }),
);
toggle(
  'camera',
  (s) => void s.mute({ video: true }),
  (s) => void s.unmute({ video: true }),
);

/** Holding is an offer, and one is made at a time: the button waits for the answer, and shows what came of it. */
$('hold').addEventListener('click', () => {
  const session = current;
  if (!session) return;
  const done = () => {
    $('hold').disabled = false;
    if (session === current) $('hold').setAttribute('aria-pressed', String(session.isOnHold().local));
  };
  $('hold').disabled = true;
  if (!(session.isOnHold().local ? session.unhold({}, done) : session.hold({}, done))) done();
});
$('end').addEventListener('click', () => current?.terminate());
$('keys').addEventListener('click', () => {
  $('keypad').hidden = !$('keypad').hidden;
  $('keys').setAttribute('aria-expanded', String(!$('keypad').hidden));
});
for (const key of '123456789*0#') {
  $('keypad').append(
    el(
      'button',
      {
        type: 'button',
        class: 'quiet',
        onclick: () => {
          if (current?.isEstablished()) current.sendDTMF(key, { transportType: 'RFC2833' });
          else if (!current) $('target').value += key;
        },
      },
      key,
    ),
  );
}
