// The same listeners on viasip and on JsSIP, against the same scripted server: the same events in the same order.
import { expect, test } from './fixture.mjs';

/** In the page: runs one scenario with one package and returns what its listeners saw and what went out. */
async function scenario({ name, library }) {
  const api = library === 'jssip' ? window.JsSIP : (await import('/pkg/dist/inline.js')).default;
  const header = (text, field) => new RegExp(`^${field}: (.*)$`, 'mi').exec(text)?.[1]?.trim();
  const log = [];
  const sent = [];
  const far = new RTCPeerConnection();
  let invite;
  const answerTo = (request, status, body = '', lines = '') => {
    const to = header(request, 'To');
    const tagged = to.includes(';tag=') ? to : `${to};tag=far`;
    const copy = ['Via', 'From', 'Call-ID', 'CSeq'].map((field) => `${field}: ${header(request, field)}\r\n`).join('');
    const type = body ? 'Content-Type: application/sdp\r\n' : '';
    return `SIP/2.0 ${status}\r\n${copy}To: ${tagged}\r\nContact: <sip:far@far.invalid;transport=ws>\r\n${lines}${type}Content-Length: ${body.length}\r\n\r\n${body}`;
  };
  const ask = (method, branch, lines = '', body = '', tag = '') =>
    `${method} sip:alice@example.com SIP/2.0\r\nVia: SIP/2.0/WS far.invalid;branch=z9hG4bK${branch}\r\nMax-Forwards: 70\r\nTo: <sip:alice@example.com>${tag}\r\n` +
    `From: <sip:far@example.com>;tag=far\r\nCall-ID: far-${branch.slice(0, 3)}\r\nCSeq: 1 ${method}\r\nContact: <sip:far@far.invalid;transport=ws>\r\n${lines}` +
    `${body ? 'Content-Type: application/sdp\r\n' : ''}Content-Length: ${body.length}\r\n\r\n${body}`;
  const gathered = async () => {
    while (far.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20));
    return far.localDescription.sdp;
  };
  const socket = {
    url: 'ws://far',
    via_transport: 'WS',
    sip_uri: 'sip:far;transport=ws',
    connect() {
      setTimeout(() => this.onconnect());
    },
    disconnect() {},
    send(data) {
      const method = data.split(' ', 1)[0];
      sent.push(method === 'SIP/2.0' ? data.split(' ').slice(1, 2)[0] : method);
      setTimeout(() => this.react(method, data));
      return true;
    },
    async react(method, data) {
      if (method === 'INVITE') {
        invite = data;
        if (name === 'busy') return this.ondata(answerTo(data, '486 Busy Here'));
        this.ondata(answerTo(data, '180 Ringing'));
        if (name === 'cancel') return;
        await far.setRemoteDescription({ type: 'offer', sdp: data.slice(data.indexOf('\r\n\r\n') + 4) });
        await far.setLocalDescription(await far.createAnswer());
        this.ondata(answerTo(data, '200 OK', await gathered()));
      } else if (method === 'CANCEL') {
        this.ondata(answerTo(data, '200 OK'));
        this.ondata(answerTo(invite, '487 Request Terminated'));
      } else if (method === 'BYE' || method === 'INFO') {
        this.ondata(answerTo(data, '200 OK'));
      } else if (data.startsWith('SIP/2.0 200') && data.includes('INVITE')) {
        this.ondata(ask('ACK', 'inc2', '', '', `;tag=${/;tag=(\w+)/.exec(header(data, 'To'))[1]}`));
      }
    },
  };
  const ua = new api.UA({ sockets: [socket], uri: 'sip:alice@example.com', register: false });
  const names = [
    'peerconnection',
    'connecting',
    'sending',
    'progress',
    'accepted',
    'confirmed',
    'ended',
    'failed',
    'newDTMF',
    'muted',
  ];
  const handlers = Object.fromEntries(
    names.map((event) => [
      event,
      (e) => {
        log.push([event, e?.originator, e?.cause].filter(Boolean).join(' '));
        if (event === 'sending') e.request.setHeader('X-Mine', 'changed');
        if (event === 'progress' && name === 'throws') throw new Error('a listener that throws');
      },
    ]),
  );
  handlers.sdp = (e) => {
    log.push(`sdp ${e.originator} ${e.type}`);
    if (e.originator === 'local') e.sdp += 'a=x-mine:1\r\n';
  };
  const over = new Promise((resolve) => ['ended', 'failed'].forEach((event) => (handlers[`_${event}`] = resolve)));
  let session;
  ua.on('newRTCSession', (e) => {
    log.push(`newRTCSession ${e.originator}`);
    session = e.session;
    if (e.originator === 'remote')
      for (const [event, handler] of Object.entries(handlers)) e.session.on(event, handler);
    if (name === 'terminate inside') e.session.terminate();
  });
  ua.start();
  await new Promise((resolve) => ua.on('connected', resolve));
  const until = async (event) => {
    for (let n = 0; n < 200 && !log.some((entry) => entry.startsWith(event)); n += 1)
      await new Promise((resolve) => setTimeout(resolve, 25));
  };
  const mediaConstraints = { audio: true, video: false };
  if (name === 'incoming') {
    far.addTransceiver('audio');
    await far.setLocalDescription(await far.createOffer());
    socket.ondata(ask('INVITE', 'inc', '', await gathered()));
    await until('progress');
    session.answer({ mediaConstraints });
    await until('confirmed');
    session.terminate();
  } else {
    const call = ua.call('bob', { mediaConstraints, eventHandlers: handlers });
    log.push(`same ${call === session}, status ${call.status}`);
    if (name === 'cancel') {
      await until('progress');
      session.terminate({ status_code: 487, reason_phrase: 'Gone' });
    } else if (name === 'answered' || name === 'throws') {
      await until('confirmed');
      session.mute();
      session.sendDTMF('1');
      await new Promise((resolve) => setTimeout(resolve, 100));
      session.terminate();
    }
  }
  await until(name === 'incoming' || name === 'answered' || name === 'throws' ? 'ended' : 'failed');
  await new Promise((resolve) => setTimeout(resolve, 200));
  void over;
  far.close();
  const changed = invite ? [/X-Mine: changed/.test(invite), /a=x-mine:1/.test(invite)] : [];
  return { log, sent, changed };
}

for (const name of ['answered', 'incoming', 'busy', 'cancel', 'terminate inside', 'throws']) {
  test(`as JsSIP: ${name}`, async ({ page, files, jssip }) => {
    await page.goto(`${files.url}/tests/e2e/blank.html`);
    await page.addScriptTag({ content: jssip });
    // A listener that throws reaches JsSIP's own call stack; the page has to survive it.
    const ours = await page.evaluate(scenario, { name, library: 'viasip' });
    const theirs = name === 'throws' ? null : await page.evaluate(scenario, { name, library: 'jssip' });
    if (theirs) expect(ours).toEqual(theirs);
    else expect(ours.log.at(-1)).toBe('ended local Terminated');
  });
}
