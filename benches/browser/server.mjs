// The far end of the benchmark: a SIP server in Node that answers at once, so that what is measured is the page.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';

const field = (frame, name) => new RegExp(`^${name}: *(.*)\\r$`, 'mi').exec(frame)?.[1] ?? '';
const SDP = readFileSync(new URL('./answer.sdp', import.meta.url), 'utf8').replaceAll('\n', '\r\n');

function reply(frame, status, { lines = '', body = '' } = {}) {
  const to = field(frame, 'To');
  const vias = [...frame.matchAll(/^Via: .*\r$/gim)].map(([line]) => `${line}\n`).join('');
  return (
    `SIP/2.0 ${status}\r\n${vias}From: ${field(frame, 'From')}\r\nTo: ${to}${/;tag=/.test(to) ? '' : ';tag=far'}\r\n` +
    `Call-ID: ${field(frame, 'Call-ID')}\r\nCSeq: ${field(frame, 'CSeq')}\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** What the far end answers to a request of the page. */
function answers(frame) {
  const [method] = frame.split(' ', 1);
  const contact = field(frame, 'Contact');
  switch (method) {
    case 'REGISTER': {
      if (!/^Authorization:/im.test(frame)) {
        return [
          reply(frame, '401 Unauthorized', {
            lines: 'WWW-Authenticate: Digest realm="bench", nonce="n0nce", algorithm=MD5, qop="auth"\r\n',
          }),
        ];
      }
      const gone = /^Expires: 0/im.test(frame) || /;expires=0/i.test(contact);
      return [
        reply(frame, '200 OK', {
          lines: gone ? '' : `Contact: ${contact.replace(/;expires=\d+/, '')};expires=600\r\n`,
        }),
      ];
    }
    case 'INVITE': {
      const dialog = 'Contact: <sip:far@127.0.0.1;transport=ws>\r\n';
      return [
        reply(frame, '100 Trying'),
        reply(frame, '180 Ringing', { lines: dialog }),
        reply(frame, '200 OK', { lines: `${dialog}Content-Type: application/sdp\r\n`, body: SDP }),
      ];
    }
    case 'BYE':
    case 'OPTIONS':
    case 'MESSAGE':
      return [reply(frame, '200 OK')];
    default:
      return [];
  }
}

// Written text, as messages have it: who counts its bytes by percent-encoding it encodes its blanks and line ends too.
const LINE = 'The quick brown fox jumps over the lazy dog, and the dog does not mind it at all.\r\n';

/** A MESSAGE of about `bytes` bytes to the page's contact. */
function message(target, number, bytes) {
  const head =
    `MESSAGE ${target} SIP/2.0\r\nVia: SIP/2.0/WS 127.0.0.1:5060;branch=z9hG4bKb${number}\r\nVia: SIP/2.0/UDP 192.0.2.7:5060;rport=5060;received=192.0.2.7;branch=z9hG4bKu${number}\r\n` +
    `Max-Forwards: 69\r\nTo: <sip:alice@example.com>\r\nFrom: "Bob" <sip:bob@example.com>;tag=t${number}\r\nCall-ID: c${number}@example.com\r\n` +
    'CSeq: 1 MESSAGE\r\nUser-Agent: bench\r\nAllow: INVITE, ACK, CANCEL, BYE, MESSAGE, OPTIONS\r\nSupported: timer, replaces\r\nContent-Type: text/plain\r\n';
  const length = Math.max(0, bytes - head.length - 24);
  const body = LINE.repeat(Math.ceil(length / LINE.length)).slice(0, length);
  return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** Serves the pages of `files` (path -> [type, content]) and the WebSocket at the same port. */
export async function serve(files) {
  const http = createServer((request, response) => {
    const found = files[request.url.split('?')[0]];
    response
      .writeHead(found ? 200 : 404, { 'content-type': found?.[0] ?? 'text/plain', 'cache-control': 'no-store' })
      .end(found?.[1] ?? '');
  });
  await new Promise((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const lines = new Set();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'sip' });
  sockets.on('connection', (socket) => {
    const line = { socket, answered: null };
    lines.add(line);
    socket.on('close', () => lines.delete(line));
    socket.on('message', (data) => {
      const frame = String(data);
      if (frame.startsWith('SIP/2.0 ')) return void line.answered?.();
      for (const answer of answers(frame)) socket.send(answer);
    });
  });
  let number = 0;
  return {
    url: `http://127.0.0.1:${http.address().port}`,
    socketUrl: `ws://127.0.0.1:${http.address().port}`,
    /** Sends `count` requests by the one open line, up to `open` of them before they are answered, and waits for the answers. */
    async flood(target, count, bytes, open) {
      const [line] = lines;
      let sent = 0;
      let answered = 0;
      await new Promise((resolve) => {
        const send = () => {
          for (; sent < count && sent - answered < open; sent += 1) {
            number += 1;
            line.socket.send(message(target, number, bytes));
          }
        };
        line.answered = () => {
          answered += 1;
          if (answered === count) resolve();
          else send();
        };
        send();
      });
    },
    close() {
      sockets.close();
      for (const { socket } of lines) socket.terminate();
      http.close();
    },
  };
}
