// What of the phone is open: the dialler where there is no call, and one panel beside the keys of a call.
import { activeCall, all } from './calls.js';
import { $ } from './page.js';
import { phone } from './phone.js';

const doors = { keypad: 'keys', devices: 'choose-devices', transfer: 'transfer', dial: 'add' };
/** The field of a panel that one types into. */
const firsts = { dial: 'target', transfer: 'transfer-to' };
const touched = matchMedia('(pointer: coarse)');
let panel = null;

export const openPanel = () => panel;

/** Opens a panel, null for none. */
export function open(name) {
  panel = name;
  show();
}

/** Where one goes on by keyboard: the call, which no key that is pressed once too often ends, or the field. */
export const goOn = () => (activeCall() && panel !== 'dial' ? $('call') : $('target')).focus();

function show() {
  const call = activeCall();
  const within = $('phone').contains(document.activeElement);
  const dialling = !call || panel === 'dial';
  $('call').hidden = !call;
  $('dial').hidden = $('dial-keys').hidden = !dialling;
  $('keypad').hidden = !dialling && panel !== 'keypad';
  $('controls').hidden = !call;
  $('controls').classList.toggle('few', dialling);
  $('transfer-panel').hidden = panel !== 'transfer' || !call;
  $('devices-panel').hidden = panel !== 'devices';
  $('together').hidden = all().filter((other) => other.session.isEstablished()).length < 2;
  for (const [name, id] of Object.entries(doors)) $(id).setAttribute('aria-expanded', String(panel === name));
  $('add-word').textContent = panel === 'dial' ? 'Back' : 'Add call';
  $('idle-devices').setAttribute('aria-expanded', String(panel === 'devices'));
  // What had the focus is gone: a phone that is touched would open its keyboard over the page for the field.
  if (within && !document.activeElement.checkVisibility() && (call || !touched.matches)) goOn();
}

export function setUp() {
  for (const [name, id] of [...Object.entries(doors), ['devices', 'idle-devices']]) {
    $(id).addEventListener('click', () => {
      open(panel === name ? null : name);
      if (panel in firsts) $(firsts[panel]).focus();
      if (panel) $($(id).getAttribute('aria-controls')).scrollIntoView({ block: 'nearest' });
    });
  }
  $('phone').addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !panel) return;
    const id = activeCall() ? doors[panel] : 'idle-devices';
    open(null);
    $(id).focus();
  });
  phone.on('active', () => open(null));
  phone.on('calls', show);
  show();
}
