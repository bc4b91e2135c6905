// A program for Node as people write it: its own Socket, no WebRTC. The package is the first argument.
const JsSIP = require(process.argv[2]);

const log = (...words) => console.log(...words);
const field = (frame, name) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1].trim();

/** A server in the same process: it registers anybody, takes messages, and asks a few things itself. */
class OwnSocket {
  constructor() {
    this.url = 'own://server';
    this.via_transport = 'WSS';
    this.sip_uri = 'sip:server;transport=ws';
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
    if (frame.startsWith('SIP/2.0')) return log('answered', first);
    log('server got', frame.split(' ', 1)[0]);
    const copy = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${field(frame, name)}\r\n`).join('');
    const contact = frame.startsWith('REGISTER') ? `Contact: ${field(frame, 'Contact')}\r\n` : '';
    return this.ondata(`SIP/2.0 200 OK\r\n${copy}To: ${field(frame, 'To')};tag=server\r\n${contact}Content-Length: 0\r\n\r\n`);
  }
  ask(method, body = '', type = 'text/plain') {
    const typed = body ? `Content-Type: ${type}\r\n` : '';
    this.ondata(
      `${method} sip:robot@example.com SIP/2.0\r\nVia: SIP/2.0/WSS server;branch=z9hG4bK${method}\r\nMax-Forwards: 70\r\nTo: <sip:robot@example.com>\r\n` +
      `From: <sip:server@example.com>;tag=s\r\nCall-ID: ${method}-call\r\nCSeq: 1 ${method}\r\nContact: <sip:server@server>\r\n${typed}Content-Length: ${body.length}\r\n\r\n${body}`,
    );
  }
}

const socket = new OwnSocket();
const ua = new JsSIP.UA({ sockets: [socket], uri: 'sip:robot@example.com', password: 'x', user_agent: 'robot' });
ua.on('connected', () => log('connected'));
ua.on('newMessage', ({ originator, request }) => originator === 'remote' && log('message', request.body));
ua.on('newOptions', ({ originator }) => originator === 'remote' && log('options'));
ua.on('newRTCSession', () => log('a call, which cannot be'));
ua.on('unregistered', () => log('unregistered'));
ua.on('registered', () => {
  log('registered', ua.isRegistered());
  ua.sendMessage('boss', 'ready', {
    eventHandlers: {
      succeeded: () => {
        log('message sent');
        ua.sendOptions('boss', '', { eventHandlers: { succeeded: () => next() } });
      },
    },
  });
});
function next() {
  log('options answered');
  socket.ask('MESSAGE', 'go');
  socket.ask('OPTIONS');
  socket.ask('INVITE', 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n', 'application/sdp');
  try {
    ua.call('boss');
  } catch (error) {
    log('no call:', error.name);
  }
  setTimeout(() => ua.stop(), 100);
}
ua.start();
