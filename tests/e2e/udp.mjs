// A stretch of a bad network between two ends, in UDP: it drops, and it delays. The kernel's own way (netem) is not everywhere.
import { createSocket } from 'node:dgram';

const bound = () =>
  new Promise((resolve) => {
    const socket = createSocket('udp4').bind(0, '0.0.0.0', () => resolve(socket));
  });

/** Two sockets, each of which stands for the end behind it. `loss` is a share, `delay` in ms each way; nothing reaches the end `deaf`. */
export async function startUdp() {
  const sides = [await bound(), await bound()];
  /** Where each end really is. */
  const ends = [null, null];
  const network = { loss: 0, delay: 0, deaf: null };
  let open = true;
  // RTP by its first two bits, and no RTCP (RFC 5761): checks and reports go through.
  const isMedia = (data, side) => side === network.deaf && data[0] >> 6 === 2 && !(data[1] >= 192 && data[1] <= 223);
  sides.forEach((socket, side) => {
    // What comes for the end behind this side leaves by the other, so that it seems to come from there.
    socket.on('message', (data) => {
      const end = ends[side];
      if (!end || Math.random() < network.loss || isMedia(data, side)) return;
      const send = () => open && sides[1 - side].send(data, end.port, end.address, () => {});
      if (network.delay > 0) setTimeout(send, network.delay);
      else send();
    });
  });
  return {
    ports: sides.map((socket) => socket.address().port),
    is: (side, address, port) => (ends[side] = { address, port }),
    becomes: (how) => Object.assign(network, how),
    stop: () => {
      open = false;
      sides.forEach((socket) => socket.close());
    },
  };
}
