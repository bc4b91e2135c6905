// The call on the surface: its state in words, clock, pictures, level, and the calls beside it.
import { activeCall, all, otherCalls } from './calls.js';
import { $, clock, el } from './page.js';
import { phone } from './phone.js';
import { lamp } from './line.js';
import { meter } from './sound.js';
import { swap } from './controls.js';

const title = document.title;
let heard = null;
let stopMeter = () => {};

const marks = [
  [4, 'Good'],
  [3.6, 'Fair'],
  [3.1, 'Poor'],
  [0, 'Bad'],
];
/** A jitter buffer that holds more is what makes a call bad whose other figures are good. */
const LATE_MS = 150;
const percent = (ratio) => `${(100 * (ratio ?? 0)).toFixed(1)}\u00a0%`;
const ms = (value) => (value === null || value === undefined ? 'not known' : `${Math.round(value)}\u00a0ms`);

/** How the call is, as one line. */
function measures({ quality }) {
  const sound = quality?.audio.in;
  // Where no sound comes, as on hold, there is nothing to be good or bad.
  if (!sound || (quality.mos ?? null) === null) return '';
  const [, mark] = marks.find(([least]) => quality.mos >= least);
  const late = sound.buffered > LATE_MS ? `, held back ${ms(sound.buffered)} in the jitter buffer` : '';
  return `${mark}: loss ${percent(sound.loss)}, jitter ${ms(sound.jitter)}, round trip ${ms(quality.rtt)}, ${sound.codec ?? 'codec not known'}${late}`;
}

/** Text that is read out is touched only when it is another. */
function put(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

function play(video, track) {
  if (video.srcObject?.getTracks()[0] === track) return;
  video.srcObject = track ? new MediaStream([track]) : null;
}

function tick() {
  const call = activeCall();
  if (call) put('clock', clock(Date.now() - (call.answered || call.begun)));
}

function show() {
  const call = activeCall();
  // Who looks at another tab sees it there.
  put('phone-view', call ? 'In call' : 'Phone');
  $('phone-view').classList.toggle('good', Boolean(call));
  document.title = (all().find(({ phase }) => phase === 'incoming') ?? call)?.words() ?? title;
  if (!call) {
    document.body.classList.remove('with-picture');
    stopMeter();
    heard = null;
    play($('remote'), null);
    play($('local'), null);
    lamp('media', 'No call.', null, []);
    return;
  }
  put('call-state', call.words());
  put('measures', measures(call));
  const problem = [...call.problems.values()].at(-1);
  put('note', problem ?? call.note);
  $('note').classList.toggle('error', Boolean(problem));
  const early = call.phase === 'ringing' && call.early;
  $('call').dataset.phase = early ? 'early' : call.phase;
  tick();
  const [picture, own] = [call.picture(), call.sent('video')];
  play($('remote'), picture);
  play($('local'), own);
  $('remote').hidden = !picture;
  $('local').hidden = !own;
  $('pictures').hidden = !picture && !own;
  $('pictures').classList.toggle('alone', !picture);
  document.body.classList.toggle('with-picture', Boolean(picture));
  const sound = call.remote.getAudioTracks()[0] ?? null;
  if (sound !== heard) {
    stopMeter();
    stopMeter = sound ? meter(new MediaStream([sound]), level) : () => {};
    heard = sound;
  }
  showOthers();
  showMedia(call);
}

function level(value) {
  $('level').style.setProperty('--level', value.toFixed(2));
  $('level').setAttribute('aria-valuenow', value.toFixed(2));
}

function showOthers() {
  const others = otherCalls().filter(({ phase }) => phase !== 'incoming');
  const key = others.map((call) => call.words() + call.who).join();
  if ($('others').dataset.key === key) return;
  $('others').dataset.key = key;
  $('others').replaceChildren(
    ...others.map((call) =>
      el(
        'li',
        {},
        el('span', {}, call.together ? call.who : call.words()),
        call.together
          ? el('button', { type: 'button', onclick: () => call.session.terminate() }, `End ${call.who}’s call`)
          : el(
              'button',
              { type: 'button', onclick: () => void swap(call), 'aria-label': `Switch to ${call.who}` },
              'Switch',
            ),
      ),
    ),
  );
}

function showMedia(call) {
  const flows = Boolean(call.quality?.audio.in?.packets || call.quality?.video.in?.packets);
  const path = call.quality?.pair;
  const facts = call.quality ? ['Encrypted with DTLS-SRTP.', measures(call)].filter(Boolean) : [];
  if (path) facts.push(`Path: ${path.local} to ${path.remote} over ${path.protocol}${path.relayed ? ', relayed' : ''}`);
  const { local, remote } = call.session.isOnHold();
  facts.push(...call.problems.values());
  if (call.phase === 'recovering') lamp('media', 'No sound for the moment.', false, facts);
  else if (call.phase === 'ringing' && call.early) lamp('media', 'Before the answer.', null, facts);
  else if (call.phase !== 'talking') lamp('media', 'Not yet.', null, facts);
  else if (local || remote) lamp('media', 'On hold.', null, facts);
  else lamp('media', flows ? 'Media is flowing.' : 'Waiting for media.', flows, facts);
}

export function setUp() {
  phone.on('calls', show);
  setInterval(tick, 250);
  $('whole').addEventListener('click', () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void $('pictures').requestFullscreen();
  });
}
