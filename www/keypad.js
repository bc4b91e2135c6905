// The keypad: it dials, and sends tones in a call.
import { activeCall } from './calls.js';
import { $, el } from './page.js';
import { openPanel } from './panels.js';
import { keyTone } from './sound.js';

const letters = { 2: 'ABC', 3: 'DEF', 4: 'GHI', 5: 'JKL', 6: 'MNO', 7: 'PQRS', 8: 'TUV', 9: 'WXYZ', 0: '+' };
let sent = '';

/** What a key does, wherever it was pressed. */
export function press(key) {
  const call = activeCall();
  keyTone(key);
  if (!call || openPanel() === 'dial') {
    $('target').value += key;
    return;
  }
  if (!call.session.isEstablished()) return;
  call.session.sendDTMF(key, { transportType: 'RFC2833' });
  sent = call.note.startsWith('Keys: ') ? sent + key : key;
  call.say(`Keys: ${sent}`);
}

export function setUp() {
  for (const key of '123456789*0#') {
    const word = el('small', { 'aria-hidden': 'true' }, letters[key] ?? '');
    $('keypad').append(
      el('button', { type: 'button', 'aria-label': key, onclick: () => press(key) }, el('span', {}, key), word),
    );
  }
}
