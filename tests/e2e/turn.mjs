// A TURN server that lets nobody in: it answers Binding, and 401 to every Allocate, with credentials or without (RFC 8489, RFC 8656 7.2).
import { createSocket } from 'node:dgram';

/** A STUN attribute: type, length, value, padded to four bytes. */
function attribute(type, value) {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}

const refusal = Buffer.concat([
  attribute(0x0009, Buffer.concat([Buffer.from([0, 0, 4, 1]), Buffer.from('Unauthorized')])),
  attribute(0x0014, Buffer.from('viasip.test')),
  attribute(0x0015, Buffer.from('a-nonce')),
]);

/** XOR-MAPPED-ADDRESS (RFC 8489 14.2) of an IPv4 address. */
function mapped(address, port) {
  const value = Buffer.from([0, 1, 0, 0, ...address.split('.').map(Number)]);
  value.writeUInt16BE(port ^ 0x2112, 2);
  value.writeUInt32BE((value.readUInt32BE(4) ^ 0x2112a442) >>> 0, 4);
  return attribute(0x0020, value);
}

/** Listens on a free port; `answers: false` only listens. */
export async function startTurn({ answers = true } = {}) {
  const socket = createSocket('udp4');
  socket.on('message', (request, { port, address }) => {
    if (!answers) return;
    const binding = request.readUInt16BE(0) === 0x0001;
    const body = binding ? mapped(address, port) : refusal;
    const head = Buffer.from(request.subarray(0, 20));
    head.writeUInt16BE(binding ? 0x0101 : 0x0113, 0);
    head.writeUInt16BE(body.length, 2);
    socket.send(Buffer.concat([head, body]), port, address);
  });
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { url: `turn:127.0.0.1:${socket.address().port}`, stop: () => socket.close() };
}
