// Microphone, loudspeaker and camera: chosen before a call or in it, and kept.
import { activeCall } from './calls.js';
import { $, el } from './page.js';

const KEY = 'viasip-devices';
const kinds = {
  audioinput: { id: 'microphone', title: 'Microphone', usual: 'Default microphone' },
  audiooutput: { id: 'loudspeaker', title: 'Loudspeaker', usual: 'Default loudspeaker' },
  videoinput: { id: 'webcam', title: 'Camera', usual: 'Default camera' },
};
const chosen = JSON.parse(localStorage.getItem(KEY) ?? '{}');

const exactly = (kind) => (chosen[kind] ? { deviceId: { ideal: chosen[kind] } } : true);

/** What a call captures. */
export const constraints = (video) => ({ audio: exactly('audioinput'), video: video && exactly('videoinput') });
export const camera = () => exactly('videoinput');
export const microphone = () => exactly('audioinput');

/** Plays on the loudspeaker that was chosen. */
export async function playOn(player) {
  if (chosen.audiooutput && player.setSinkId) await player.setSinkId(chosen.audiooutput).catch(() => {});
}

/** Lists what there is; names are known once a device was allowed. */
export async function list() {
  const known = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  for (const [kind, { id, usual }] of Object.entries(kinds)) {
    const found = known.filter((device) => device.kind === kind && device.deviceId && device.label);
    const options = found.map(({ deviceId, label }) => el('option', { value: deviceId }, label));
    $(id).replaceChildren(el('option', { value: '' }, usual), ...options);
    $(id).value = found.some(({ deviceId }) => deviceId === chosen[kind]) ? chosen[kind] : '';
    $(id).closest('.field').hidden = kind === 'audiooutput' && !('setSinkId' in HTMLMediaElement.prototype);
  }
  $('allow').hidden = known.some(({ label }) => label);
}

async function choose(kind) {
  const call = activeCall();
  chosen[kind] = $(kinds[kind].id).value;
  localStorage.setItem(KEY, JSON.stringify(chosen));
  $('devices-error').textContent = '';
  try {
    if (!call?.session.isEstablished()) return;
    if (kind === 'audiooutput') await call.player.setSinkId(chosen[kind]);
    else if (kind === 'audioinput' && call.takeMicrophone) await call.takeMicrophone();
    else if (kind === 'audioinput') await call.session.replaceTrack('audio', microphone());
    else if (call.sent('video')) await call.session.replaceTrack('video', camera());
    call.say(`${$(kinds[kind].id).selectedOptions[0].textContent} is used now.`);
  } catch (error) {
    $('devices-error').textContent = `This device cannot be used: ${error.message}`;
  }
}

export function setUp() {
  for (const [kind, { id, title }] of Object.entries(kinds)) {
    const select = el('select', { id, onchange: () => void choose(kind) });
    $('devices-fields').append(el('div', { class: 'field' }, el('label', { for: id }, title), select));
  }
  $('allow').addEventListener('click', async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      for (const track of stream.getTracks()) track.stop();
    } catch (error) {
      $('devices-error').textContent = `The browser gave no device: ${error.message}`;
    }
    await list();
  });
  navigator.mediaDevices?.addEventListener?.('devicechange', () => void list());
  void list();
}
