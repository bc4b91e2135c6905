// Keys of the keyboard, while the focus is on the phone but in no field.
import { activeCall } from './calls.js';
import { $, el } from './page.js';
import { press } from './keypad.js';

const keys = { m: 'mute', h: 'hold', k: 'keys', a: 'add', v: 'camera', s: 'share', t: 'transfer', d: 'choose-devices' };

export function setUp() {
  const rows = [
    ['Enter', 'Call who is in the field; answer'],
    ['Shift+Enter', 'Call with video'],
    ['Escape', 'Decline; close what is open'],
    ['0–9 * #', 'Dial; in a call, send as tones'],
  ];
  for (const [key, id] of Object.entries(keys)) {
    const letter = key.toUpperCase();
    $(id).setAttribute('aria-keyshortcuts', letter);
    $(id).title = `Key ${letter}`;
    rows.push([letter, $(id).textContent.trim()]);
  }
  for (const [key, what] of rows) $('shortcuts').append(el('dt', {}, el('kbd', {}, key)), el('dd', {}, what));
  $('phone').addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|SELECT)$/.test(event.target.tagName)) return;
    const key = event.key.toLowerCase();
    const digit = /^[0-9*#]$/.test(key);
    if (!digit && !(activeCall() && keys[key])) return;
    // What it opens may have the focus by now, and would get the letter as text.
    event.preventDefault();
    if (digit) press(key);
    else $(keys[key]).click();
  });
}
