// The SIP servers and phones of the interop tests, and what makes networks for them. Asterisk 22 is in a newer Debian than this one may be: it gets a root of its
// own, made by debootstrap.
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { chroot } from '../../tests/interop/servers.mjs';
import { fetching, output, step } from '../toolchain.mjs';
import { ask, has, packages } from './packages.mjs';

const commands = ['kamailio', 'rtpengine', 'sipp', 'baresip', 'turnserver', 'debootstrap', 'ip', 'iptables'];
const names = [
  'kamailio',
  'kamailio-websocket-modules',
  'kamailio-tls-modules',
  'kamailio-outbound-modules',
  'kamailio-presence-modules',
  'rtpengine-daemon',
  'sip-tester',
  'baresip-core',
  'coturn',
  'debootstrap',
  'iproute2',
  'iptables',
];

/** Installs what is missing of them. */
export async function servers() {
  if (!commands.every(has)) await packages('SIP servers', names);
  if (existsSync(path.join(chroot, 'usr', 'sbin', 'asterisk'))) return;
  if (process.getuid?.() !== 0)
    await ask(`Asterisk 22 gets a root of its own in ${chroot}, made by debootstrap (as root).`);
  const sources = output('sh', ['-c', 'cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null']) ?? '';
  const mirror = /https?:\/\/\S+\/debian(?=[\s/]|$)/m.exec(sources)?.[0] ?? 'http://deb.debian.org/debian';
  rmSync(chroot, { recursive: true, force: true });
  mkdirSync(chroot, { recursive: true });
  await step('a root for Asterisk', 'debootstrap', [
    '--variant=minbase',
    '--no-check-gpg',
    'forky',
    chroot,
    mirror,
    'sid',
  ]);
  for (const file of ['resolv.conf', 'hosts'])
    if (existsSync(`/etc/${file}`)) copyFileSync(`/etc/${file}`, path.join(chroot, 'etc', file));
  if (existsSync('/etc/apt/apt.conf.d'))
    cpSync('/etc/apt/apt.conf.d', path.join(chroot, 'etc', 'apt', 'apt.conf.d'), { recursive: true });
  const inside = (title, words) =>
    fetching(title, 'chroot', [chroot, 'env', 'DEBIAN_FRONTEND=noninteractive', ...words]);
  await inside('its package lists', ['apt-get', '-o', 'Acquire::Check-Valid-Until=false', 'update']);
  await inside('Asterisk', ['apt-get', 'install', '-y', '--no-install-recommends', 'asterisk', 'asterisk-modules']);
}
