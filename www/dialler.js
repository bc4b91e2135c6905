// Block 3: one field for a name, a number or an address; Enter calls, Shift+Enter with video.
import { all, holdOthers } from './calls.js';
import * as account from './account.js';
import * as devices from './devices.js';
import * as echo from './echo.js';
import { $, el } from './page.js';
import { known } from './log.js';
import { phone } from './phone.js';
import * as views from './views.js';

/** As many as a person can keep apart. */
const MOST = 4;
let ua = null;

const complain = (words) => {
  $('dial-error').textContent = words;
  $('see-why').hidden = true;
};

/** Says on the display what came of a call that failed; the whole of it is told beside the phone. */
export function failed({ who }, cause) {
  complain(`The call with ${who} failed: ${cause}.`);
  $('see-why').hidden = false;
}

export function dial(target, video = false) {
  complain('');
  if (!ua?.isRegistered()) return complain('Connect first: the line is not registered yet.');
  if (!target) {
    $('target').focus();
    return complain('Type a name, a number or an address to call.');
  }
  if (all().length >= MOST) return complain('End one of the calls that are up first.');
  const uri = ua.normalizeTarget(target);
  if (!uri) return complain('This is no address that can be called.');
  void holdOthers(null);
  try {
    const { pcConfig } = account.read();
    // `newRTCSession` makes the call of the page.
    ua.call(uri, { mediaConstraints: devices.constraints(video), pcConfig });
    $('target').value = '';
  } catch (error) {
    complain(error.message);
  }
}

async function dialEcho() {
  complain('');
  try {
    if (!ua?.isRegistered()) throw new Error('Connect first: the line is not registered yet.');
    dial(await echo.start(account.read()));
  } catch (error) {
    complain(error.message);
  }
}

export function setUp() {
  phone.on('line', (line) => {
    ua = line.ua;
    const say = (words) => ($('phone-words').textContent = words);
    // A line that was replaced has nothing to say.
    const on = (name, listener) => line.ua.on(name, (event) => ua === line.ua && listener(event));
    on('connecting', () => say('Connecting to the server…'));
    on('connected', () => say('Registering…'));
    on('registered', () => {
      say(`Ready to call as ${ua.configuration.uri.user}.`);
      complain('');
    });
    // Without a line there is no registration either, which that has said already.
    on('unregistered', () => ua.isConnected() && say('Not registered: connect to call.'));
    on('registrationFailed', ({ response }) =>
      say(`The server did not ${response ? 'let this account in' : 'answer'}: see Registration above.`),
    );
    on('disconnected', ({ willRecover }) =>
      say(willRecover ? 'No line to the server: see Server above.' : 'Disconnected. Connect an account to call.'),
    );
  });
  $('dial').addEventListener('submit', (event) => {
    event.preventDefault();
    dial($('target').value.trim());
  });
  $('target').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.shiftKey) return;
    event.preventDefault();
    dial($('target').value.trim(), true);
  });
  $('target').addEventListener('focus', () =>
    $('known').replaceChildren(...known().map((who) => el('option', { value: who }))),
  );
  $('erase').addEventListener('click', () => ($('target').value = $('target').value.slice(0, -1)));
  $('see-why').addEventListener('click', () => {
    views.show('instruments');
    $('why').scrollIntoView();
    $('why').focus({ preventScroll: true });
  });
  $('call-video').addEventListener('click', () => dial($('target').value.trim(), true));
  $('call-echo').addEventListener('click', () => void dialEcho());
}
