// The softphone: it uses the package the way an application does.
import init, { UA, WebSocketInterface } from 'viasip';
import { attachQuality } from 'viasip/quality';
import { $ } from './page.js';
import { phone } from './phone.js';
import * as account from './account.js';
import { Call } from './call.js';
import * as calls from './calls.js';
import * as chat from './chat.js';
import * as controls from './controls.js';
import * as devices from './devices.js';
import * as dialler from './dialler.js';
import * as incoming from './incoming.js';
import * as keypad from './keypad.js';
import * as line from './line.js';
import * as log from './log.js';
import * as notice from './notice.js';
import * as panels from './panels.js';
import * as shortcuts from './shortcuts.js';
import * as surface from './surface.js';
import * as transfer from './transfer.js';
import * as views from './views.js';
import { mountLadder } from './ladder.js';
import { mountQuality } from './quality.js';
import { mountReport } from './report.js';
import { mountWhy } from './why.js';

let ua = null;

/** Makes the user agent of the account, or names the field that is wrong. */
function makeLine() {
  const { url, uri, password, displayName, pcConfig } = account.read();
  account.showError(null);
  try {
    if (typeof RTCPeerConnection !== 'undefined') new RTCPeerConnection(pcConfig).close();
  } catch {
    account.showError(
      'pcConfig',
      'A STUN server is stun:HOST:PORT, a TURN server turn:HOST:PORT with name and password.',
    );
    return null;
  }
  try {
    const sockets = [new WebSocketInterface(url)];
    return new UA({ sockets, uri, password, display_name: displayName, resume: { pcConfig } });
  } catch (error) {
    if (error.message.startsWith('Invalid argument'))
      account.showError('sockets', 'This is no WebSocket address. It starts with ws:// or wss://.');
    else if (error.parameter === 'uri')
      account.showError('uri', 'This is no SIP address. It looks like sip:name@server.');
    else account.showError(error.parameter, error.message);
    return null;
  }
}

function connect() {
  ua?.stop();
  ua = makeLine();
  if (!ua) return;
  account.keep();
  attachQuality(ua, { interval: 1 });
  line.follow(ua, account.read().url);
  phone.tell('line', { ua, url: account.read().url });
  const mine = ua;
  ua.on('registered', () => mine === ua && account.registered(ua.configuration.uri));
  ua.on('registrationFailed', ({ response }) => {
    if (mine === ua && [401, 403, 407].includes(response?.status_code))
      account.refused(`The server does not accept this name and password (${response.status_code}).`);
  });
  ua.on('newRTCSession', begun);
  ua.start();
  $('disconnect').disabled = false;
}

function begun({ originator, session, resumed }) {
  const { display_name, uri } = session.remote_identity;
  const who = display_name || uri.user || uri.host;
  phone.tell('session', { session, who });
  const call = new Call(session, who);
  call.over = ({ originator, cause }) => {
    const missed = originator === 'remote' && session.direction === 'incoming' && !call.answered;
    log.add(call, missed ? 'missed' : cause === 'Terminated' ? 'ended' : cause);
    const wanted = cause === 'Terminated' || cause === 'Canceled' || (originator === 'local' && cause === 'Rejected');
    if (!missed && !wanted) dialler.failed(call, cause);
  };
  if (resumed) call.recovers('The page was loaded anew.');
  else if (originator === 'remote') return incoming.received(call);
  calls.add(call);
  calls.select(call);
}

function disconnect() {
  ua?.stop();
  $('disconnect').disabled = true;
}

account.setUp(() => {
  notice.allow();
  connect();
}, disconnect);
for (const part of [dialler, keypad, panels, controls, surface, transfer, devices, shortcuts, views]) part.setUp();
mountWhy($('why'), phone);
mountQuality($('quality'), phone);
mountReport($('report'), phone);
mountLadder($('ladder'), phone);
log.setUp((who) => {
  views.show('phone');
  dialler.dial(who);
}, chat.write);
chat.setUp((who) => {
  views.show('phone');
  dialler.dial(who);
});

try {
  await init();
  $('phone-words').textContent = 'Ready. Connect an account to call.';
  // Who was connected before the page was loaded anew is again, and his calls go on.
  if (account.wasConnected()) connect();
} catch (error) {
  $('phone-words').textContent = `The phone could not be loaded: ${error.message}`;
}
