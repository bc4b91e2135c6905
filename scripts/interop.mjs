// viasip against real servers: installs Kamailio, rtpengine, sipp, baresip, coturn and Asterisk 22 if they are absent, then calls.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chroot } from '../tests/interop/servers.mjs';
import { buildAll } from './build.mjs';
import { has, packages, prepare } from './setup.mjs';
import { output, root, step } from './toolchain.mjs';

const debian = ['kamailio', 'kamailio-websocket-modules', 'kamailio-tls-modules', 'kamailio-outbound-modules', 'kamailio-presence-modules',
  'rtpengine-daemon', 'sip-tester', 'baresip-core', 'coturn', 'debootstrap'];

async function servers() {
  if (!['kamailio', 'rtpengine', 'sipp', 'baresip', 'turnserver', 'debootstrap'].every(has)) await packages('SIP servers', debian);
  if (existsSync(path.join(chroot, 'usr', 'sbin', 'asterisk'))) return;
  // Asterisk 22 is in a newer Debian than this one may be: it gets a root of its own.
  const sources = output('sh', ['-c', 'cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null']) ?? '';
  const mirror = /https?:\/\/\S+\/debian(?=[\s/]|$)/m.exec(sources)?.[0] ?? 'http://deb.debian.org/debian';
  rmSync(chroot, { recursive: true, force: true });
  mkdirSync(chroot, { recursive: true });
  await step('a root for Asterisk', 'debootstrap', ['--variant=minbase', '--no-check-gpg', 'forky', chroot, mirror, 'sid']);
  for (const file of ['resolv.conf', 'hosts']) if (existsSync(`/etc/${file}`)) copyFileSync(`/etc/${file}`, path.join(chroot, 'etc', file));
  if (existsSync('/etc/apt/apt.conf.d')) cpSync('/etc/apt/apt.conf.d', path.join(chroot, 'etc', 'apt', 'apt.conf.d'), { recursive: true });
  const inside = (title, words) => step(title, 'chroot', [chroot, 'env', 'DEBIAN_FRONTEND=noninteractive', ...words]);
  await inside('its package lists', ['apt-get', '-o', 'Acquire::Check-Valid-Until=false', 'update']);
  await inside('Asterisk', ['apt-get', 'install', '-y', '--no-install-recommends', 'asterisk', 'asterisk-modules']);
}

const total = { passed: 0, failed: 0 };
try {
  await prepare('test');
  await servers();
} catch (error) {
  // A server that cannot be installed counts as failed; the tests that need it say which.
  console.log(error.message);
  total.failed += 1;
}
await buildAll();
const file = path.join(root, 'target', 'interop.json');
rmSync(file, { force: true });
await step('interop', 'playwright', ['test', '-c', 'tests/interop/playwright.config.mjs'], { show: true }).catch((error) => console.log(error.message));
if (existsSync(file)) {
  const { expected, unexpected, flaky, skipped } = JSON.parse(readFileSync(file, 'utf8')).stats;
  total.passed += expected + flaky;
  total.failed += unexpected + skipped;
} else {
  total.failed += 1;
}
writeFileSync(path.join(root, 'target', 'summary-interop.json'), JSON.stringify(total));
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
