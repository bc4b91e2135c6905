// The WebSocket, as the package's `Socket`, and what is wrong with it in words.
import WebSocket from 'ws';

const PATH = 'Look at the path: /ws for Asterisk, what the script says for Kamailio, / for FreeSWITCH.';
const STATUS = {
  200: 'That is a web page: look at the path.',
  400: `${PATH} Or a proxy before it does not pass Upgrade and Connection on.`,
  401: 'The path is behind a password, which a browser cannot give.',
  403: 'Perhaps the server takes certain pages only: try --origin.',
  404: PATH,
  426: 'The server took it for no WebSocket: does a proxy before it pass Upgrade and Connection on?',
};
const CODES = {
  ECONNREFUSED: ['nobody listens there', 'Look at the port, and whether the server runs.'],
  ECONNRESET: ['the server hangs up', 'Perhaps this port is for wss: and the one for ws: is another.'],
  ETIMEDOUT: ['nothing comes back', 'Look at the firewall.'],
  EHOSTUNREACH: ['there is no way there', 'Look at the network of this machine, and at the firewall.'],
};

/** One line to the server. It is opened once, and handed to the user agent open. */
export class Line {
  via_transport;
  url;
  sip_uri;
  _waiting = null;
  /** What it was closed with, once it was. */
  closed = null;

  constructor({ server, origin, insecure, waitMs }) {
    this._waitMs = waitMs;
    this.url = server.href;
    this.via_transport = server.protocol === 'wss:' ? 'WSS' : 'WS';
    this.sip_uri = `sip:${server.host};transport=ws`;
    this._options = { handshakeTimeout: waitMs, rejectUnauthorized: !insecure, ...(origin && { origin }) };
  }

  /** Whether it is open. */
  open(report) {
    const socket = new WebSocket(this.url, 'sip', this._options);
    this._socket = socket;
    return new Promise((resolve) => {
      const refused = (said, hint) => {
        report.fault('websocket', said, hint);
        // It ends with an error of its own, which is no other thing that is wrong.
        socket.removeAllListeners('error');
        socket.on('error', () => {});
        socket.terminate();
        resolve(false);
      };
      socket.once('unexpected-response', (_, { statusCode, headers }) => {
        const by = headers.server ? ` (${headers.server})` : '';
        const proxy =
          statusCode >= 502 && statusCode <= 504 ? 'The proxy before it does not reach the SIP server.' : '';
        const moved =
          statusCode >= 300 && statusCode < 400 ? `Browsers do not follow it: use ${headers.location}.` : '';
        refused(`no WebSocket: HTTP ${statusCode}${by}`, STATUS[statusCode] ?? (proxy || moved));
      });
      socket.once('error', ({ code, message }) => {
        const subprotocol = /subprotocol/i.test(message);
        if (/handshake has timed out/i.test(message))
          return refused(
            `no answer in ${this._waitMs / 1000} s`,
            'Something else may listen there: look at port and firewall.',
          );
        if (subprotocol)
          return refused(
            'the server does not take the subprotocol "sip"',
            'A WebSocket is there, and none for SIP (RFC 7118): look at the path and the port.',
          );
        const [said, hint] = CODES[code] ?? [message];
        refused(`no WebSocket: ${said}${code ? ` (${code})` : ''}`, hint);
      });
      socket.once('open', () => {
        report.right('websocket', 'open, with the subprotocol "sip"');
        socket.removeAllListeners('error');
        socket.on('error', () => {});
        resolve(true);
      });
      socket.once('close', (code, reason) => {
        this.closed = { code, reason: reason.toString() };
        this._waiting?.(false);
        this.ondisconnect?.(true, code, this.closed.reason);
      });
      socket.on('message', (data) => this._heard(data.toString()));
    });
  }

  _heard(text) {
    if (text.trim() === '') this._waiting?.(true);
    else this.ondata?.(text);
  }

  connect() {
    queueMicrotask(() => (this.isConnected() ? this.onconnect?.() : this.ondisconnect?.(true)));
  }

  disconnect() {
    this.close();
    this.ondisconnect?.(false, 1000, '');
  }

  close() {
    this.ondata = undefined;
    this._socket.close();
  }

  send(message) {
    if (!this.isConnected()) return false;
    this._socket.send(message);
    return true;
  }

  isConnected() {
    return this._socket.readyState === WebSocket.OPEN;
  }

  /** With what it was closed, in brackets; nothing where that is not known. */
  closedBy() {
    if (!this.closed) return '';
    const { code, reason } = this.closed;
    return ` (code ${code}${reason && `, "${reason}"`})`;
  }

  isConnecting() {
    return false;
  }

  /** Whether the server answers a ping of RFC 5626. */
  ping(waitMs) {
    return new Promise((resolve) => {
      const late = setTimeout(() => this._waiting(false), waitMs);
      this._waiting = (answered) => {
        clearTimeout(late);
        this._waiting = null;
        resolve(answered);
      };
      this.send('\r\n\r\n');
    });
  }
}
