// Two edges of one registrar, scripted: WebSocket servers that answer by themselves what a test does not answer.
import { WebSocketServer } from 'ws';

const field = (frame, name) => new RegExp(`^${name}: (.*)$`, 'mi').exec(frame)?.[1]?.trim();

/** An answer of a far end to that request. */
export function answer(request, status, lines = '', body = '') {
  const copied = [...request.matchAll(/^(?:Via|From|Call-ID|CSeq): .*\r\n/gim)].map(([line]) => line).join('');
  const to = field(request, 'To');
  return `SIP/2.0 ${status}\r\n${copied}To: ${to.includes(';tag=') ? to : `${to};tag=far`}\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/**
 * Starts an edge: what it was sent is in `frames`. `grant(register)` gives the lines of a 2xx to REGISTER, or a whole answer; `reply(frame)`
 * answers anything else. It takes connections once `opens` resolves.
 */
export async function startEdge({ grant = () => '', reply = () => null, port = 0, opens = Promise.resolve() } = {}) {
  const edge = { frames: [], pings: 0, opened: 0, silent: false, sockets: new Set() };
  const receive = (socket, frame) => {
    if (edge.silent) return;
    if (frame === '\r\n\r\n') {
      edge.pings += 1;
      socket.send('\r\n');
      return;
    }
    edge.frames.push(frame);
    if (frame.startsWith('REGISTER ')) {
      const granted = grant(frame);
      const contact = field(frame, 'Contact');
      const lines = `Contact: ${contact}\r\n${granted}`;
      socket.send(granted.startsWith('SIP/2.0') ? granted : answer(frame, '200 OK', lines));
      return;
    }
    const replied = reply(frame);
    if (replied) socket.send(replied);
  };
  const verifyClient = (_, take) => opens.then(() => take(true));
  const server = new WebSocketServer({ host: '127.0.0.1', port, handleProtocols: () => 'sip', verifyClient });
  server.on('connection', (socket) => {
    edge.opened += 1;
    edge.sockets.add(socket);
    socket.on('close', () => edge.sockets.delete(socket));
    socket.on('message', (data) => receive(socket, String(data)));
  });
  await new Promise((resolve) => server.on('listening', resolve));
  edge.port = server.address().port;
  edge.url = `ws://127.0.0.1:${edge.port}`;
  edge.sends = (frame) => edge.sockets.forEach((socket) => socket.send(frame));
  edge.of = (start) => edge.frames.filter((frame) => frame.startsWith(start));
  edge.field = field;
  /** Nobody listens any more, and what was open breaks. */
  edge.stop = () =>
    new Promise((resolve) => {
      edge.sockets.forEach((socket) => socket.terminate());
      server.close(resolve);
    });
  return edge;
}

/** Waits until `test` says so. */
export async function until(test, ms = 10_000) {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    const value = await test();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}
