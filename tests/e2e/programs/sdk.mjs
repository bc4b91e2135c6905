// An SDK as telephony vendors ship them: it hides the UA, keeps calls by id, re-emits their events under its own names,
// and reaches for what JsSIP does not document.
import { EventEmitter } from 'events';
import * as JsSIP from 'jssip';

/** The vendor's user agent: it marks its calls and knows when it is idle. */
class VendorUA extends JsSIP.UA {
  constructor(configuration) {
    super(configuration);
    this.made = 0;
    this.told = {};
  }

  call(target, options) {
    this.made += 1;
    return super.call(target, { ...options, extraHeaders: [...(options.extraHeaders ?? []), `X-Line: ${this.made}`] });
  }

  emit(event, ...payload) {
    if (this.told && event !== 'newTransaction' && event !== 'transactionDestroyed') this.told[event] = (this.told[event] ?? 0) + 1;
    return super.emit(event, ...payload);
  }

  get idle() {
    return Object.keys(this._sessions).length === 0;
  }
}

class Call extends EventEmitter {
  constructor(client, session, request) {
    super();
    this.client = client;
    this.session = session;
    this.id = session.id;
    this.callId = session._request.call_id;
    this.name = (session.direction === 'incoming' ? request.from : request.to)._display_name;
    this.asserted = request.headers['P-Asserted-Identity']?.[0].raw;
    session.call = this;
    session.data.since = 'the start';
    const forward = { progress: 'ringing', accepted: 'accepted', confirmed: 'connected', hold: 'held', unhold: 'resumed', newDTMF: 'tone', newInfo: 'info', replaces: 'replaces' };
    for (const [theirs, ours] of Object.entries(forward)) session.on(theirs, (event) => this.tell(ours, event.originator));
    session.on('sdp', (event) => {
      // A vendor's codec settings: in what leaves, and in what is applied.
      if (event.originator === 'local') event.sdp = event.sdp.replace(/^(c=.*\r\n)/m, '$1b=AS:48\r\n');
      else event.sdp = event.sdp.replace(/useinbandfec=1/g, 'useinbandfec=1;maxaveragebitrate=20000');
    });
    session.on('icecandidate', (event) => {
      this.candidates = (this.candidates ?? 0) + 1;
      if (event.candidate.type === 'srflx') event.ready();
    });
    const over = (name) => ({ originator, cause }) => {
      client.calls.delete(this.id);
      this.tell(name, originator, cause, session.status === session.C.STATUS_TERMINATED);
    };
    session.on('ended', over('finished'));
    session.on('failed', over('failed'));
  }

  tell(event, ...words) {
    this.emit(event, ...words);
    this.client.emit('call', this, event, ...words);
  }

  /** The vendor's quality report asks the connection. */
  settings() {
    const { _connection, connection, _status, status } = this.session;
    return [_connection === connection, _status === status, /b=AS:48/.test(connection.localDescription.sdp), /maxaveragebitrate=20000/.test(connection.remoteDescription.sdp)];
  }

  transfer(target) {
    const eventHandlers = {};
    for (const name of ['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed']) {
      eventHandlers[name] = ({ status_line: line }) => {
        this.tell(`transfer ${name}`, line?.status_code, line?.reason_phrase);
        if (name === 'accepted') this.session.terminate();
      };
    }
    return this.session.refer(target, { eventHandlers, extraHeaders: ['X-Why: blind'] });
  }
}

export class Client extends EventEmitter {
  constructor({ service, account, secret }) {
    super();
    this.calls = new Map();
    const socket = new JsSIP.WebSocketInterface(service);
    socket.via_transport = 'wss';
    // Keys of the vendor's own among the configuration, one socket, and a uri without its scheme.
    this.ua = new VendorUA({ sockets: socket, uri: account, password: secret, display_name: 'An SDK', vendor: { key: 1 }, hack_via_tcp: true, ice_servers: [] });
    for (const event of ['connecting', 'connected', 'disconnected', 'registered', 'unregistered', 'registrationFailed']) {
      this.ua.on(event, (payload) => this.emit('line', event, payload));
    }
    this.ua.on('newRTCSession', ({ originator, session, request }) => {
      const call = new Call(this, session, request);
      this.calls.set(session.id, call);
      this.emit(originator === 'remote' ? 'incoming' : 'outgoing', call);
    });
    this.ua.on('newMessage', ({ originator, message, request }) => {
      if (originator === 'local') return this.emit('sent', request.body, message.direction, message._request.call_id === request.call_id);
      // To be answered in here, or it is answered 200.
      if (request.body.startsWith('spam')) message.reject({ status_code: 488, reason_phrase: 'No spam' });
      else message.accept({ extraHeaders: ['X-Read: yes'] });
      return this.emit('message', request.from._display_name, request.from._uri.toAor(), request.body, request.getHeader('Content-Type'));
    });
  }

  start() {
    this.ua.start();
  }

  call(target) {
    const session = this.ua.call(target, { mediaConstraints: { audio: true, video: false }, data: { via: 'the SDK' } });
    return this.calls.get(session.id);
  }

  write(target, body, options) {
    return new Promise((resolve) => {
      const eventHandlers = { succeeded: ({ response }) => resolve(['ok', response.status_code]), failed: ({ response, cause }) => resolve([cause, response?.status_code]) };
      this.ua.sendMessage(target, body, { ...options, eventHandlers });
    });
  }

  probe(target) {
    return new Promise((resolve) => {
      const eventHandlers = { succeeded: ({ response }) => resolve(response.getHeader('Allow').includes('INVITE')), failed: ({ cause }) => resolve(cause) };
      this.ua.sendOptions(target, null, { contentType: 'text/plain', eventHandlers });
    });
  }

  /** The network changed: a new line, at once. */
  reconnect() {
    this.ua.transport.disconnect();
    this.ua.transport.connect();
  }

  endAll() {
    for (const id of Object.keys(this.ua._sessions)) this.ua._sessions[id].terminate();
  }
}

// The page that uses the SDK.
document.body.innerHTML = '<input aria-label="Target"><div id="keys"></div><ol id="log"></ol>';
const log = (...words) => {
  const line = document.createElement('li');
  line.textContent = words.map(String).join(' ');
  document.getElementById('log').append(line);
};
const target = () => document.querySelector('input').value;
const client = new Client({ service: new URLSearchParams(window.location.search).get('service'), account: 'vendor@viasip.local', secret: 'viasip' });
client.on('line', (event, payload) => {
  const shown = { connecting: ({ attempts, socket }) => [attempts, socket.via_transport], connected: ({ socket }) => [typeof socket.connect, socket.url === socket.socket.url], disconnected: ({ error }) => [error], registered: ({ response }) => [response.status_code] };
  const words = shown[event]?.(payload) ?? [payload.cause];
  log(event, ...words, client.ua.isConnected(), client.ua.isRegistered(), client.ua.status);
});
client.on('outgoing', (call) => log('outgoing', call.id.startsWith(call.callId), call.id.length > call.callId.length, call.session.data.via, call.session.data.since, call.session.connection?.signalingState));
client.on('incoming', (call) => log('incoming', call.name, call.asserted, call.id.startsWith(call.callId), call.session.connection, client.ua.idle));
client.on('call', (call, event, ...words) => log(call.session.direction, event, ...words));
client.on('message', (...words) => log('message', ...words));
client.on('sent', (...words) => log('sent', ...words));
const first = () => [...client.calls.values()].at(-1);
/** Whether no call is on its way back over another line; JsSIP brings none back. */
window.isBack = () => !first()?.session.isRecovering?.();
const keys = {
  Call: () => log('called', client.call(target()).session === Object.values(client.ua._sessions)[0], client.ua.made),
  Answer: () => first().session.answer({ mediaConstraints: { audio: true, video: false } }),
  Settings: () => log('settings', ...first().settings(), first().candidates > 0),
  Transfer: () => log('transfers', typeof first().transfer(target()).id),
  Write: async () => log('answered', ...(await client.write(target(), 'a ticket', { contentType: 'text/x-ticket', extraHeaders: ['X-Ticket: 12'] }))),
  'Write badly': async () => log('answered', ...(await client.write(target(), 'refuse this'))),
  Probe: async () => log('can be called', await client.probe(target())),
  Reconnect: () => client.reconnect(),
  Tone: () => first().session.sendDTMF(5),
  'End all': () => client.endAll(),
  Stop: () => {
    client.ua.stop();
    log('stopped', client.ua.idle, client.calls.size);
  },
  Report: () => log('told', JSON.stringify(client.ua.told)),
};
for (const [name, press] of Object.entries(keys)) {
  const button = document.createElement('button');
  button.textContent = name;
  button.onclick = press;
  document.getElementById('keys').append(button);
}
log('unknown keys', 'vendor' in client.ua.configuration, client.ua.configuration.uri.toString());
client.start();
