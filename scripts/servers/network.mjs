// A network of its own for a command: the ports and the network namespaces of others are not in it, and its are seen by nobody
// else. Linux namespaces make it, which only root may do.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { output, step } from '../toolchain.mjs';

const unshare = ['--net', '--mount', '--propagation', 'private'];

// A browser makes no candidates of a loopback address: it gets a line, which leads nowhere. Names are asked for on loopback,
// where nobody answers, and a program hears that at once. `ip netns` keeps its names in /run/netns.
const inside = `
ip link set lo up
ip link add line type veth peer name nowhere
ip address add 10.98.0.2/24 dev line
ip link set nowhere up
ip link set line up
ip route add default via 10.98.0.1 dev line
mount --bind "$1" /etc/resolv.conf
mount -t tmpfs networks /run/netns
shift
exec "$@"`;

/** Whether this machine lets a network be made. */
export const canMakeNetworks = () => process.getuid?.() === 0 && output('unshare', [...unshare, 'true']) !== null;

/** Runs a step in a network of its own. */
export async function stepInNetwork(title, command, args, options) {
  mkdirSync('/run/netns', { recursive: true });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-network-'));
  const resolver = path.join(folder, 'resolv.conf');
  writeFileSync(resolver, 'nameserver 127.0.0.1\n');
  try {
    const words = [...unshare, 'sh', '-ec', inside, 'sh', resolver, command, ...args];
    return await step(title, 'unshare', words, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
