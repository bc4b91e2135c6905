// Keys of the keyboard, while the focus is on the phone but in no field.
import { activeCall } from './calls.js';
import { $ } from './page.js';
import { press } from './keypad.js';

const keys = { m: 'mute', h: 'hold', k: 'keys', v: 'camera', s: 'share', d: 'choose-devices', t: 'transfer', a: 'add' };

export function setUp() {
  for (const [key, id] of Object.entries(keys)) $(id).setAttribute('aria-keyshortcuts', key.toUpperCase());
  $('phone').addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|SELECT)$/.test(event.target.tagName)) return;
    const key = event.key.toLowerCase();
    if (/^[0-9*#]$/.test(key)) press(key);
    else if (activeCall() && keys[key]) $(keys[key]).click();
  });
}
