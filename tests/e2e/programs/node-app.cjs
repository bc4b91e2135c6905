// A robot for Node as people write it: its own Socket, no WebRTC. The package is the first argument.
const JsSIP = require(process.argv[2]);

const log = (...words) => console.log(words.map(String).join(' '));
const field = (frame, name) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1].trim();

/** A server in the same process: it registers anybody, takes messages, and asks a few things itself. */
class OwnSocket {
  constructor() {
    this.url = 'own://server';
    this.via_transport = 'WSS';
    this.sip_uri = 'sip:server;transport=ws';
    this.asked = 0;
  }
  connect() {
    setImmediate(() => this.onconnect());
  }
  disconnect() {
    log('disconnect');
  }
  send(data) {
    setImmediate(() => this.react(String(data)));
    return true;
  }
  react(frame) {
    const first = frame.split('\r\n', 1)[0];
    if (frame.startsWith('SIP/2.0')) {
      const own = ['X-Every', 'X-Robot', 'Allow', 'Accept', 'Content-Type'].map((name) => field(frame, name) && `${name}: ${field(frame, name)}`).filter(Boolean);
      return log('answered', first, ...own, frame.split('\r\n\r\n')[1]);
    }
    log('server got', ...['User-Agent', 'X-Every', 'X-Robot', 'Content-Type', 'Content-Length'].map((name) => field(frame, name)), frame.split(' ', 1)[0]);
    const copy = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${field(frame, name)}\r\n`).join('');
    const contact = frame.startsWith('REGISTER') ? `Contact: ${field(frame, 'Contact')}\r\n` : '';
    const status = frame.endsWith('refuse me') ? '403 Not You' : '200 OK';
    return this.ondata(`SIP/2.0 ${status}\r\n${copy}To: ${field(frame, 'To')};tag=server\r\n${contact}X-Server: mine\r\nContent-Length: 0\r\n\r\n`);
  }
  ask(method, body = '', type = 'text/plain') {
    this.asked += 1;
    const typed = body ? `Content-Type: ${type}\r\n` : '';
    this.ondata(
      `${method} sip:robot@example.com SIP/2.0\r\nVia: SIP/2.0/WSS server;branch=z9hG4bK${method}${this.asked}\r\nMax-Forwards: 70\r\nTo: <sip:robot@example.com>\r\n` +
      `From: "The Boss" <sip:server@example.com>;tag=s\r\nCall-ID: ${method}-${this.asked}\r\nCSeq: 1 ${method}\r\nContact: <sip:server@server>\r\nX-Priority: high\r\n${typed}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
}

const socket = new OwnSocket();
const ua = new JsSIP.UA({ sockets: [socket], uri: 'sip:robot@example.com', password: 'x', user_agent: 'robot', extra_headers: ['X-Every: request'] });
ua.registrator().setExtraHeaders(['X-Robot: registers']);
ua.on('connected', () => log('connected'));
ua.on('disconnected', ({ error }) => log('disconnected', error));
ua.on('unregistered', () => log('unregistered'));
ua.on('newRTCSession', () => log('a call, which cannot be'));
ua.on('newOptions', ({ originator, message }) => {
  if (originator === 'remote') message.accept({ extraHeaders: ['X-Robot: can do'] });
});

/** What the robot is told; answered in the handler, or 200 by itself. */
const orders = {
  accept: (message) => message.accept({ extraHeaders: ['X-Robot: will do'] }),
  refuse: (message) => message.reject({ status_code: 406, reason_phrase: 'Not in the mood', extraHeaders: ['X-Robot: will not'] }),
  twice: (message) => {
    message.accept();
    try {
      message.accept();
    } catch (error) {
      log('twice:', error.message);
    }
  },
};
ua.on('newMessage', ({ originator, message, request }) => {
  log('message', originator, message.direction, request.getHeader('X-Priority'), message.remote_identity.uri.user, message.remote_identity.display_name, request.body);
  if (originator === 'local') {
    try {
      message.accept();
    } catch (error) {
      log('ours:', error.name, error.message);
    }
  } else orders[request.body.split(' ')[0]]?.(message);
});

const say = (body, options) => new Promise((resolve) => {
  const told = (name) => ({ originator, response, cause }) => resolve(log(name, originator, response.status_code, response.reason_phrase, response.getHeader('X-Server'), cause));
  ua.sendMessage('boss', body, { ...options, eventHandlers: { succeeded: told('succeeded'), failed: told('failed') } });
});
ua.once('registered', async () => {
  log('registered', ua.isRegistered());
  await say('ready');
  await say('{"état":1}', { contentType: 'application/json', extraHeaders: ['X-Robot: report'] });
  await say('refuse me');
  await new Promise((resolve) => ua.sendOptions('boss', '', { eventHandlers: { succeeded: resolve } }));
  log('options answered');
  for (const order of ['accept this', 'refuse this', 'twice', 'naïve']) socket.ask('MESSAGE', order);
  socket.ask('OPTIONS');
  socket.ask('INVITE', 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n', 'application/sdp');
  try {
    ua.call('boss');
  } catch (error) {
    log('no call:', error.name);
  }
  setTimeout(() => ua.stop(), 100);
});
ua.start();
