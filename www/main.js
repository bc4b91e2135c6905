// The softphone: it uses the package the way an application does.
import init, { UA, WebSocketInterface } from 'viasip';
import { $ } from './page.js';
import { attachQuality } from 'viasip/quality';
import { phone } from './phone.js';
import * as account from './account.js';
import * as line from './line.js';
import * as call from './call.js';
import * as echo from './echo.js';
import * as incoming from './incoming.js';
import * as log from './log.js';
import { mountLadder } from './ladder.js';
import { mountQuality } from './quality.js';
import { mountReport } from './report.js';
import { mountWhy } from './why.js';

let ua = null;

function connect() {
  ua?.stop();
  const { url, uri, password, displayName } = account.read();
  account.showError(null);
  try {
    const socket = new WebSocketInterface(url);
    ua = new UA({ sockets: [socket], uri, password, display_name: displayName });
  } catch (error) {
    if (error.message.startsWith('Invalid argument'))
      account.showError('sockets', 'This is no WebSocket address. It starts with ws:// or wss://.');
    else
      account.showError(
        error.parameter,
        error.parameter === 'uri' ? 'This is no SIP address. It looks like sip:name@server.' : error.message,
      );
    return;
  }
  account.keep();
  line.follow(ua, url);
  attachQuality(ua, { interval: 1 });
  ua.on('registered', () => account.fold(true));
  phone.tell('line', { ua, url });
  const own = ua;
  own.on('newRTCSession', ({ originator, session }) => {
    const who = session.remote_identity.display_name || session.remote_identity.uri.user;
    phone.tell('session', { session, who });
    if (originator !== 'remote') return;
    if (call.isBusy()) {
      session.terminate({ status_code: 486 });
      return;
    }
    phone.tell('active', { session });
    call.follow(session, who, dial);
    incoming.ask(session, who);
  });
  ua.start();
  $('disconnect').disabled = false;
  if (typeof Notification !== 'undefined' && Notification.permission === 'default')
    Notification.requestPermission().catch(() => {});
}

function disconnect() {
  ua?.stop();
  $('disconnect').disabled = true;
}

function dial(target, video = false) {
  $('dial-error').textContent = '';
  if (!ua?.isRegistered()) {
    $('dial-error').textContent = 'Connect first: the line is not registered yet.';
    return;
  }
  if (!target) {
    $('dial-error').textContent = 'Type a name, a number or an address to call.';
    $('target').focus();
    return;
  }
  if (call.isBusy()) {
    $('dial-error').textContent = 'End the call that is up first.';
    return;
  }
  try {
    const eventHandlers = {};
    const session = ua.call(target, {
      mediaConstraints: { audio: true, video },
      eventHandlers,
      pcConfig: account.read().pcConfig,
    });
    call.follow(session, target, dial);
  } catch (error) {
    $('dial-error').textContent = error instanceof TypeError ? 'This is no address that can be called.' : error.message;
  }
}

async function dialEcho() {
  $('dial-error').textContent = '';
  try {
    if (!ua?.isRegistered()) throw new Error('Connect first: the line is not registered yet.');
    dial(await echo.start(account.read()));
  } catch (error) {
    $('dial-error').textContent = error.message;
  }
}

account.setUp(connect, disconnect);
log.show(dial);
mountWhy($('why'), phone);
mountQuality($('quality'), phone);
mountReport($('report'), phone);
mountLadder($('ladder'), phone);
$('dial').addEventListener('submit', (event) => {
  event.preventDefault();
  dial($('target').value.trim());
});
$('target').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.shiftKey) {
    event.preventDefault();
    dial($('target').value.trim(), true);
  }
});
$('call-video').addEventListener('click', () => dial($('target').value.trim(), true));
$('call-echo').addEventListener('click', dialEcho);

try {
  await init();
  $('loading').textContent = 'Ready.';
} catch (error) {
  $('loading').textContent = `The phone could not be loaded: ${error.message}`;
}
