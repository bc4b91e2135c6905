// Real SIP servers on loopback: Kamailio, rtpengine, sipp and Asterisk, each on free ports in a folder of its own.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer, connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
export const chroot = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'viasip', 'asterisk');

const freeTcp = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const freeUdp = () => new Promise((resolve) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
    const { port } = socket.address();
    socket.close(() => resolve(port));
  });
});

/** Waits until something listens on a TCP port. */
async function listening(port, what, child) {
  for (let tries = 0; tries < 150; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}: ${child.output}`);
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what} does not listen: ${child.output}`);
}

function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => (child.output = (child.output + data).slice(-20_000)));
  }
  child.on('error', (error) => (child.output += error.message));
  return child;
}

const folder = (name) => mkdtempSync(path.join(os.tmpdir(), `viasip-${name}-`));

export async function startRtpengine() {
  const ng = await freeUdp();
  const args = ['--interface=127.0.0.1', `--listen-ng=127.0.0.1:${ng}`, '--table=-1', '--foreground', '--log-stderr', '--log-level=4',
    '--port-min=36000', '--port-max=36999', `--pidfile=${path.join(folder('rtpengine'), 'pid')}`];
  const child = run('rtpengine', args);
  await new Promise((resolve) => setTimeout(resolve, 700));
  if (child.exitCode !== null) throw new Error(`rtpengine ended: ${child.output}`);
  return { ng, stop: () => child.kill() };
}

/** A plain phone: RTP/AVP, no DTLS, no ICE; it returns what it hears. */
export async function startSipp() {
  const port = await freeUdp();
  const media = 37_000 + Math.floor(Math.random() * 400) * 4;
  const child = run('sipp', ['-sn', 'uas', '-rtp_echo', '-i', '127.0.0.1', '-mi', '127.0.0.1', '-p', String(port), '-mp', String(media), '-nostdin', '-bg'].slice(0, -1), { cwd: folder('sipp') });
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (child.exitCode !== null) throw new Error(`sipp ended: ${child.output}`);
  return { port, stop: () => child.kill() };
}

/** A phone that answers while it is being cancelled. `done` resolves with sipp's exit code: 0 if it saw ACK and BYE. */
export async function startLate() {
  const port = await freeUdp();
  const args = ['-sf', path.join(here, 'late.xml'), '-m', '1', '-i', '127.0.0.1', '-mi', '127.0.0.1', '-p', String(port), '-nostdin', '-timeout', '30', '-timeout_error'];
  const child = run('sipp', args, { cwd: folder('late') });
  const done = new Promise((resolve) => child.on('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (child.exitCode !== null) throw new Error(`sipp ended: ${child.output}`);
  return { port, done, log: () => child.output, stop: () => child.kill() };
}

export async function startKamailio({ algorithm = 'MD5', ng = 2223, sipp = 5999, late = 5998 } = {}) {
  const [ws, udp, where] = [await freeTcp(), await freeUdp(), folder('kamailio')];
  const values = { WS: ws, UDP: udp, ALGORITHM: algorithm, NG: ng, SIPP: sipp, LATE: late };
  const text = readFileSync(path.join(here, 'kamailio.cfg'), 'utf8').replace(/@(\w+)@/g, (_, name) => values[name]);
  const file = path.join(where, 'kamailio.cfg');
  writeFileSync(file, text);
  const child = run('kamailio', ['-f', file, '-DD', '-E', '-m', '32', '-M', '8', '-Y', where, '-P', path.join(where, 'pid')]);
  await listening(ws, 'kamailio', child);
  return { url: `ws://127.0.0.1:${ws}`, log: () => child.output, stop: () => child.kill() };
}

export async function startAsterisk() {
  if (!existsSync(path.join(chroot, 'usr', 'sbin', 'asterisk'))) throw new Error('Asterisk is not installed');
  const [http, rtp] = [await freeTcp(), 38_000];
  const etc = path.join(chroot, 'etc', 'viasip');
  mkdirSync(etc, { recursive: true });
  mkdirSync(path.join(chroot, 'run', 'viasip'), { recursive: true });
  for (const name of ['modules.conf', 'logger.conf']) {
    const source = path.join(chroot, 'etc', 'asterisk', name);
    if (existsSync(source)) cpSync(source, path.join(etc, name));
  }
  const write = (name, text) => writeFileSync(path.join(etc, name), text);
  write('asterisk.conf', '[directories]\nastetcdir => /etc/viasip\nastrundir => /run/viasip\nastspooldir => /run/viasip/spool\nastmoddir => /usr/lib/x86_64-linux-gnu/asterisk/modules\n[options]\nverbose = 3\n');
  write('http.conf', `[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=${http}\n`);
  write('rtp.conf', `[general]\nrtpstart=${rtp}\nrtpend=${rtp + 900}\nicesupport=yes\n`);
  const user = (name, algorithm, more = '') => `
[${name}]
type=endpoint
context=default
disallow=all
allow=opus,ulaw,alaw
aors=${name}
auth=${name}
webrtc=yes
dtls_auto_generate_cert=yes
${more}
[${name}]
type=auth
auth_type=digest
username=${name}
password=secret
supported_algorithms_uas=${algorithm}
[${name}]
type=aor
max_contacts=5
remove_existing=yes
mailboxes=100@default
`;
  write('pjsip.conf', `[ws]\ntype=transport\nprotocol=ws\nbind=127.0.0.1\n${user('a-md5', 'MD5')}${user('a-sha256', 'SHA-256')}${user('a-sha512', 'SHA-512-256')}${user('a-info', 'MD5', 'dtmf_mode=info')}`);
  write('extensions.conf', '[default]\nexten => echo,1,Answer()\n same => n,Echo()\nexten => read,1,Answer()\n same => n,Read(digits,,4,,1,15)\n same => n,Set(GLOBAL(heard)=${digits})\n same => n,Wait(30)\nexten => press,1,Answer()\n same => n,Wait(1)\n same => n,SendDTMF(28)\n same => n,Wait(30)\nexten => desk,hint,PJSIP/a-sha256\nexten => desk,1,Dial(PJSIP/a-sha256)\nexten => busy,1,Hangup(17)\nexten => reject,1,Hangup(21)\n');
  // A mailbox is a folder of messages that is looked at each second.
  write('voicemail.conf', '[general]\nformat=wav\npollmailboxes=yes\npollfreq=1\n[default]\n100 => 1234,Somebody\n');
  const inbox = path.join(chroot, 'run', 'viasip', 'spool', 'voicemail', 'default', '100', 'INBOX');
  const mailbox = (messages) => {
    rmSync(inbox, { recursive: true, force: true });
    mkdirSync(inbox, { recursive: true });
    for (let n = 0; n < messages; n += 1) writeFileSync(path.join(inbox, `msg000${n}.txt`), '[message]\norigmailbox=100\n');
  };
  mailbox(0);
  const child = run('chroot', [chroot, 'asterisk', '-f', '-C', '/etc/viasip/asterisk.conf', '-p'].slice(0, -1));
  await listening(http, 'asterisk', child);
  for (let tries = 0; tries < 60; tries += 1) {
    if (cli('core waitfullybooted')?.includes('fully booted')) break;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return { url: `ws://127.0.0.1:${http}/ws`, cli, mailbox, log: () => child.output, stop: () => (cli('core stop now'), child.kill()) };
}

function cli(command) {
  return spawnSync('chroot', [chroot, 'asterisk', '-C', '/etc/viasip/asterisk.conf', '-rx', command], { encoding: 'utf8' }).stdout;
}
