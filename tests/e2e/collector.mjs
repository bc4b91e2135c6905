// A collector of reports (RFC 6035) between a page and the SIP service: PUBLISH ends there, all else goes through.
import { WebSocket, WebSocketServer } from 'ws';
import { answer } from './edges.mjs';

/** What was published is in `frames`; `reply(frame)` gives the status of its answer and further lines, null for none. */
export async function startCollector(service) {
  const collector = { frames: [], reply: () => ['200 OK'] };
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'sip' });
  server.on('connection', (socket) => {
    const beyond = new WebSocket(service, 'sip');
    const opened = new Promise((resolve) => beyond.on('open', resolve));
    beyond.on('message', (data) => socket.send(String(data)));
    beyond.on('close', () => socket.close());
    beyond.on('error', () => socket.close());
    socket.on('close', () => beyond.close());
    socket.on('message', (data) => {
      const frame = String(data);
      if (!frame.startsWith('PUBLISH ')) return opened.then(() => beyond.send(frame));
      collector.frames.push(frame);
      const reply = collector.reply(frame);
      if (reply) socket.send(answer(frame, ...reply));
    });
  });
  await new Promise((resolve) => server.on('listening', resolve));
  collector.url = `ws://127.0.0.1:${server.address().port}`;
  collector.stop = () => {
    server.clients.forEach((socket) => socket.terminate());
    server.close();
  };
  return collector;
}
