// What a scenario meets: a scripted far end behind a WebSocket, a real RTCPeerConnection beside it, and a record of what
// the application was told and what went over the wire.

const NAMES = {
  ua: ['connecting', 'connected', 'disconnected', 'registered', 'unregistered', 'registrationFailed', 'newRTCSession', 'newMessage', 'newOptions', 'sipEvent', 'newSubscribe'],
  session: [
    'peerconnection', 'connecting', 'sending', 'progress', 'accepted', 'confirmed', 'ended', 'failed', 'newDTMF', 'newInfo', 'hold', 'unhold', 'muted', 'unmuted',
    'reinvite', 'update', 'refer', 'replaces', 'sdp', 'getusermediafailed',
  ],
};

export const header = (frame, name) => new RegExp(`^${name}: (.*)$`, 'mi').exec(frame.split('\r\n\r\n', 1)[0])?.[1]?.trim();
export const body = (frame) => frame.slice(frame.indexOf('\r\n\r\n') + 4);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A payload in words: classes by what identifies them, the rest by value. */
function describe(value, depth = 0) {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number') return value ?? null;
  if (typeof value === 'function') return 'function';
  if (typeof value === 'string') return value.includes('\nm=') ? '<sdp>' : value;
  if (value instanceof Error) return value.name;
  if (value instanceof RTCPeerConnection) return '<connection>';
  if (typeof value.status_code === 'number' && value.reason_phrase !== undefined && value.getHeader) return `<response ${value.status_code} ${value.reason_phrase}>`;
  if (typeof value.method === 'string' && value.getHeader) return `<request ${value.method}>`;
  if (typeof value.isEstablished === 'function') return `<session ${value.direction} ${value.status}>`;
  if (typeof value.tone === 'string') return `<tone ${value.tone} ${value.duration}>`;
  if (typeof value.contentType === 'string') return `<info ${value.contentType} ${value.body ?? ''}>`;
  if (typeof value.accept === 'function' && typeof value.reject === 'function' && value.direction) return `<message ${value.direction}>`;
  if (typeof value.sip_uri === 'string' || typeof value.connect === 'function') return '<socket>';
  if (typeof value.toAor === 'function' || value.uri?.toAor) return value.toString();
  if (depth > 2) return '<deep>';
  if (Array.isArray(value)) return value.map((entry) => describe(entry, depth + 1));
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, describe(value[key], depth + 1)]));
}

export class World {
  constructor(JsSIP) {
    this.JsSIP = JsSIP;
    this.events = [];
    this.frames = [];
    this.raw = [];
    this.far = new RTCPeerConnection();
    this.media = { mediaConstraints: { audio: true, video: false } };
    this.reactions = {};
    this.branch = 0;
    const world = this;
    this.socket = {
      url: 'ws://far', via_transport: 'WS', sip_uri: 'sip:far;transport=ws', up: false,
      connect() {
        setTimeout(() => {
          if (world.refuses) return this.ondisconnect(true, 1006, 'refused');
          this.up = true;
          return this.onconnect();
        });
      },
      disconnect() {
        this.up = false;
      },
      send(data) {
        if (!this.up) return false;
        world.frames.push(data);
        const method = data.split(' ', 1)[0];
        const react = world.reactions[method === 'SIP/2.0' ? data.split(' ', 2)[1] : method];
        if (react) setTimeout(() => void react.call(world, data));
        return true;
      },
    };
  }

  /** What was told, and a note of the scenario's own. */
  note(name, value) {
    this.events.push(value === undefined ? name : [name, describe(value)]);
  }

  /** A user agent whose events are recorded. */
  async line(options = {}, listen = NAMES.ua) {
    this.ua = new this.JsSIP.UA({ sockets: [this.socket], uri: 'sip:alice@example.com', register: false, ...options });
    for (const name of listen) this.ua.on(name, (event) => this.note(name, event));
    this.ua.on('newRTCSession', ({ session, originator }) => {
      this.session = session;
      if (originator === 'remote') this.watch(session);
    });
    this.ua.start();
    await this.until(() => this.ua.isConnected());
    return this.ua;
  }

  watch(session, names = NAMES.session) {
    for (const name of names) session.on(name, (event) => this.note(name, event));
    return session;
  }

  handlers(names = NAMES.session) {
    return Object.fromEntries(names.map((name) => [name, (event) => this.note(name, event)]));
  }

  call(target = 'bob', options = {}) {
    this.session = this.ua.call(target, { ...this.media, eventHandlers: this.handlers(), ...options });
    return this.session;
  }

  async until(check, ms = 3000) {
    for (const end = Date.now() + ms; Date.now() < end; await pause(5)) if (check()) return true;
    // A bundler numbers names that meet.
    this.note('waited in vain', String(check).replace(/([a-z])\d+\b/gi, '$1').slice(0, 80));
    return false;
  }

  /** Waits for an event of the record. */
  told(name, count = 1) {
    return this.until(() => this.events.filter((entry) => (Array.isArray(entry) ? entry[0] : entry) === name).length >= count);
  }

  /** The nth frame that starts so. */
  async sent(start, count = 1) {
    await this.until(() => this.frames.filter((frame) => frame.startsWith(start)).length >= count);
    return this.frames.filter((frame) => frame.startsWith(start))[count - 1] ?? '';
  }

  pause(ms = 30) {
    return pause(ms);
  }

  /** Answers a request of ours. */
  answer(request, status, { lines = '', sdp = '', tag = 'far', contact = true } = {}) {
    const to = header(request, 'To');
    const tagged = to.includes(';tag=') || !tag ? to : `${to};tag=${tag}`;
    const copy = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(request, name)}\r\n`).join('');
    const where = contact ? 'Contact: <sip:far@far.invalid;transport=ws>\r\n' : '';
    const type = sdp ? 'Content-Type: application/sdp\r\n' : '';
    this.socket.ondata(`SIP/2.0 ${status}\r\n${copy}To: ${tagged}\r\n${where}${lines}${type}Content-Length: ${sdp.length}\r\n\r\n${sdp}`);
  }

  /** A request of the far end; `inside` a dialog takes its names from a frame of ours. */
  ask(method, { lines = '', text = '', type = 'application/sdp', cseq = 1, call = 'far-call', inside, uri = 'sip:alice@example.com', from = 'far', contact = true, length } = {}) {
    this.branch += 1;
    let [to, remote, id] = ['<sip:alice@example.com>', `<sip:far@example.com>;tag=${from}`, call];
    if (inside) {
      const ours = inside.startsWith('SIP/2.0');
      to = header(inside, ours ? 'To' : 'From');
      remote = header(inside, ours ? 'From' : 'To');
      if (!remote.includes('tag=')) remote += ';tag=far';
      id = header(inside, 'Call-ID');
    }
    const where = contact ? 'Contact: <sip:far@far.invalid;transport=ws>\r\n' : '';
    const typed = text ? `Content-Type: ${type}\r\n` : '';
    this.socket.ondata(
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bKfar${this.branch}\r\nMax-Forwards: 70\r\nTo: ${to}\r\nFrom: ${remote}\r\n` +
      `Call-ID: ${id}\r\nCSeq: ${cseq} ${method}\r\n${where}${lines}${typed}Content-Length: ${length ?? new TextEncoder().encode(text).length}\r\n\r\n${text}`,
    );
  }

  async farAnswer(invite) {
    await this.far.setRemoteDescription({ type: 'offer', sdp: body(invite) });
    await this.far.setLocalDescription(await this.far.createAnswer());
    return this.gathered();
  }

  async farOffer(kind = 'audio') {
    if (this.far.getTransceivers().length === 0) this.far.addTransceiver(kind);
    await this.far.setLocalDescription(await this.far.createOffer());
    return this.gathered();
  }

  async gathered() {
    await this.until(() => this.far.iceGatheringState === 'complete');
    return this.far.localDescription.sdp;
  }

  /** A call of ours that was answered. */
  async talking(options = {}, lines = '') {
    this.call('bob', options);
    this.invite = await this.sent('INVITE');
    this.answer(this.invite, '200 OK', { sdp: await this.farAnswer(this.invite), lines });
    await this.told('confirmed');
    this.reactions.BYE ??= (bye) => this.answer(bye, '200 OK', { contact: false });
    return this.session;
  }

  /** A call of theirs that we answered; `this.ok` is our 200. */
  async called(answer = {}, lines = '') {
    this.ask('INVITE', { text: await this.farOffer(), lines });
    await this.told('progress');
    this.session.answer({ ...this.media, ...answer });
    this.ok = await this.sent('SIP/2.0 200');
    await this.far.setRemoteDescription({ type: 'answer', sdp: body(this.ok) });
    this.ask('ACK', { inside: this.ok, contact: false });
    await this.told('confirmed');
    this.reactions.BYE ??= (bye) => this.answer(bye, '200 OK', { contact: false });
    return this.session;
  }

  finish() {
    this.far.close();
    const live = this.session && !this.session.isEnded();
    if (live) this.session.connection?.close();
    return { events: [...this.events], frames: normalise(this.frames) };
  }
}

/** Frames without what is random: tokens are named by the order in which they appear. */
export function normalise(frames) {
  const seen = new Map();
  const bases = new Map();
  const token = (kind, value) => {
    const key = `${kind} ${value}`;
    if (!seen.has(key)) seen.set(key, `<${kind}${[...seen.keys()].filter((other) => other.startsWith(`${kind} `)).length + 1}>`);
    return seen.get(key);
  };
  const ours = (value) => /^(far(-\w+)?|other|x\d)$|^z9hG4bKfar[\dA-Z]*$/.test(value);
  return frames.map((frame) => {
    const id = header(frame, 'Call-ID');
    let head = frame.split('\r\n\r\n', 1)[0];
    const text = body(frame);
    const number = Number(/^CSeq: (\d+)/m.exec(head)?.[1]);
    if (!frame.startsWith('SIP/2.0') && !ours(id)) {
      if (!bases.has(id)) bases.set(id, number);
      head = head.replace(/^CSeq: \d+/m, `CSeq: <first+${number - bases.get(id)}>`);
    } else if (ours(id) && !frame.startsWith('SIP/2.0')) {
      if (!bases.has(id)) bases.set(id, number);
      head = head.replace(/^CSeq: \d+/m, `CSeq: <first+${number - bases.get(id)}>`);
    }
    head = head
      .replace(/^(Call-ID: )(.*)$/m, (all, name, value) => (ours(value) ? all : name + token('call', value)))
      .replace(/;branch=(z9hG4bK[\w]+)/g, (all, value) => (ours(value) ? all : `;branch=${token('branch', value)}`))
      .replace(/tag=([\w-]+)/g, (all, value) => (ours(value) ? all : `tag=${token('tag', value)}`))
      .replace(/(Replaces[:=] ?)([\w%;=-]+)/g, (all, name) => `${name}<replaces>`)
      .replace(/[\w]{8,}\.invalid/g, (value) => token('host', value))
      .replace(/sip:([a-z0-9]{8})@<host/g, (all, value) => `sip:${token('user', value)}@<host`)
      .replace(/urn:uuid:[\w-]+/g, (value) => token('uuid', value))
      .replace(/cnonce="[^"]+"/g, 'cnonce="<cnonce>"')
      .replace(/response="[^"]+"/g, 'response="<response>"')
      .replace(/^User-Agent: .*$/m, 'User-Agent: <agent>')
      .replace(/;id=(\d+)/g, ';id=<id>')
      // JsSIP rounds down what is left: a millisecond makes a second of difference.
      .replace(/(Subscription-State: \w+;expires=)(1|\d*9)$/m, (all, name, seconds) => name + (Number(seconds) + 1))
      .replace(/^Retry-After: \d+/m, 'Retry-After: <seconds>');
    const sdp = text.includes('\nm=');
    if (sdp) head = head.replace(/^Content-Length: \d+/m, 'Content-Length: <length>');
    const shown = sdp ? `<sdp ${[...text.matchAll(/^a=(sendrecv|sendonly|recvonly|inactive)/gm)].map((match) => match[1]).join(' ')}>` : text;
    return [...head.split('\r\n'), ...(shown ? ['', shown] : [])];
  });
}
