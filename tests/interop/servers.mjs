// Real SIP servers and phones on loopback: Kamailio, rtpengine, sipp, baresip, coturn and Asterisk, each on free ports in a folder of its own.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer, connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
export const chroot = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'viasip', 'asterisk');

const freeTcp = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const freeUdp = () =>
  new Promise((resolve) => {
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
  const args = [
    '--interface=127.0.0.1',
    `--listen-ng=127.0.0.1:${ng}`,
    '--table=-1',
    '--foreground',
    '--log-stderr',
    '--log-level=4',
    '--port-min=36000',
    '--port-max=36999',
    `--pidfile=${path.join(folder('rtpengine'), 'pid')}`,
  ];
  const child = run('rtpengine', args);
  await new Promise((resolve) => setTimeout(resolve, 700));
  if (child.exitCode !== null) throw new Error(`rtpengine ended: ${child.output}`);
  return { ng, stop: () => child.kill() };
}

/** A phone that speaks WebRTC by itself, registered at Kamailio by UDP; it returns what it hears. */
export async function startBaresip(user, kamailio, account = 'mediaenc=dtls_srtp;medianat=ice;answermode=auto') {
  const [port, control, where] = [await freeUdp(), await freeTcp(), folder('baresip')];
  // `account` reads the account, whose parts have to be there by then.
  const modules = [
    'aubridge',
    'ausine',
    'contact',
    'ctrl_tcp',
    'dtls_srtp',
    'g711',
    'ice',
    'menu',
    'opus',
    'srtp',
    'account',
  ];
  const low = 39_000 + Math.floor(Math.random() * 40) * 20;
  writeFileSync(
    path.join(where, 'config'),
    `sip_listen 127.0.0.1:${port}
net_interface 127.0.0.1
rtcp_mux yes
rtp_ports ${low}-${low + 19}
call_max_calls 4
audio_source ausine,440
audio_player aubridge,nil
audio_alert ausine,400
ctrl_tcp_listen 127.0.0.1:${control}
module_path /usr/lib/baresip/modules
${modules.map((name) => `module ${name}.so`).join('\n')}
`,
  );
  writeFileSync(
    path.join(where, 'accounts'),
    `<sip:${user}@viasip.test>;auth_user=${user};auth_pass=secret;outbound="sip:127.0.0.1:${kamailio.udp}";regint=600;audio_codecs=opus/48000/2,PCMU/8000/1;${account}\n`,
  );
  writeFileSync(path.join(where, 'contacts'), '');
  const child = run('baresip', ['-f', where]);
  await listening(control, 'baresip', child);
  const line = connect(control, '127.0.0.1');
  const heard = [];
  let rest = Buffer.alloc(0);
  line.on('data', (data) => {
    // Netstrings of JSON: "<length>:<text>,".
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const colon = rest.indexOf(':');
      const length = Number(rest.subarray(0, Math.max(colon, 0)));
      if (colon < 1 || rest.length < colon + length + 2) return;
      heard.push(JSON.parse(rest.subarray(colon + 1, colon + 1 + length)));
      rest = rest.subarray(colon + length + 2);
    }
  });
  const until = async (what, check) => {
    for (let tries = 0; tries < 200; tries += 1) {
      const found = heard.find(check);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`baresip: no ${what}\n${JSON.stringify(heard)}\n${child.output}`);
  };
  const event = (type) => until(type, (message) => message.event && message.type === type);
  let token = 0;
  const command = (name, params) => {
    const text = JSON.stringify({ command: name, params, token: String((token += 1)) });
    line.write(`${Buffer.byteLength(text)}:${text},`);
    const mine = String(token);
    return until(name, (message) => message.response && message.token === mine);
  };
  for (let tries = 0; !(await command('reginfo')).data.includes('OK'); tries += 1) {
    if (tries === 50) throw new Error(`baresip: not registered\n${child.output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    event,
    command,
    heard,
    forget: () => heard.splice(0),
    log: () => child.output,
    stop: () => (line.destroy(), child.kill()),
  };
}

/** A TURN server, for `user` with the password `secret`. */
export async function startTurn() {
  const [port, where] = [await freeTcp(), folder('turn')];
  const args = [
    '-n',
    '--no-tls',
    '--no-dtls',
    '--no-cli',
    '--lt-cred-mech',
    '--realm=viasip.test',
    '--user=user:secret',
    '--allow-loopback-peers',
    '--listening-ip=127.0.0.1',
    '--relay-ip=127.0.0.1',
    `--listening-port=${port}`,
    '--min-port=40000',
    '--max-port=40999',
    '--log-file=stdout',
    `--pidfile=${path.join(where, 'pid')}`,
    `--userdb=${path.join(where, 'db')}`,
  ];
  const child = run('turnserver', args, { cwd: where });
  await listening(port, 'turnserver', child);
  return { url: `turn:127.0.0.1:${port}`, log: () => child.output, stop: () => child.kill() };
}

/** A plain phone: RTP/AVP, no DTLS, no ICE; it returns what it hears. */
export async function startSipp() {
  const port = await freeUdp();
  const media = 37_000 + Math.floor(Math.random() * 400) * 4;
  const child = run(
    'sipp',
    [
      '-sn',
      'uas',
      '-rtp_echo',
      '-i',
      '127.0.0.1',
      '-mi',
      '127.0.0.1',
      '-p',
      String(port),
      '-mp',
      String(media),
      '-nostdin',
      '-bg',
    ].slice(0, -1),
    { cwd: folder('sipp') },
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (child.exitCode !== null) throw new Error(`sipp ended: ${child.output}`);
  return { port, stop: () => child.kill() };
}

/** A phone that answers while it is being cancelled. `done` resolves with sipp's exit code: 0 if it saw ACK and BYE. */
export async function startLate() {
  const port = await freeUdp();
  const args = [
    '-sf',
    path.join(here, 'late.xml'),
    '-m',
    '1',
    '-i',
    '127.0.0.1',
    '-mi',
    '127.0.0.1',
    '-p',
    String(port),
    '-nostdin',
    '-timeout',
    '30',
    '-timeout_error',
  ];
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
  let child;
  const start = async () => {
    child = run('kamailio', [
      '-f',
      file,
      '-DD',
      '-E',
      '-m',
      '32',
      '-M',
      '8',
      '-Y',
      where,
      '-P',
      path.join(where, 'pid'),
    ]);
    await listening(ws, 'kamailio', child);
  };
  const restart = async () => {
    const over = new Promise((resolve) => child.on('exit', resolve));
    child.kill();
    await over;
    await start();
  };
  await start();
  return { url: `ws://127.0.0.1:${ws}`, udp, restart, log: () => child.output, stop: () => child.kill() };
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
  write(
    'asterisk.conf',
    '[directories]\nastetcdir => /etc/viasip\nastrundir => /run/viasip\nastspooldir => /run/viasip/spool\nastmoddir => /usr/lib/x86_64-linux-gnu/asterisk/modules\n[options]\nverbose = 3\n',
  );
  write('http.conf', `[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=${http}\n`);
  write('rtp.conf', `[general]\nrtpstart=${rtp}\nrtpend=${rtp + 900}\nicesupport=yes\n`);
  const user = (name, algorithm, more = '', aor = '') => `
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
${aor}
`;
  const users = [
    user('a-md5', 'MD5'),
    user('a-sha256', 'SHA-256'),
    user('a-sha512', 'SHA-512-256'),
    user('a-info', 'MD5', 'dtmf_mode=info'),
    // Calls that are up tell of a new name, some registrations last 8 s, and a contact is asked each second whether it lives.
    user(
      'b-one',
      'MD5',
      'send_pai=yes\ntrust_id_outbound=yes\nconnected_line_method=update\nmessage_context=texts\nallow=vp8,h264\nmax_video_streams=1',
    ),
    user('b-two', 'MD5', 'message_context=texts\nallow=vp8,h264\nmax_video_streams=1', 'qualify_frequency=1'),
    user('b-short', 'MD5', '', 'minimum_expiration=8\nmaximum_expiration=10'),
  ];
  write('pjsip.conf', `[ws]\ntype=transport\nprotocol=ws\nbind=127.0.0.1\n${users.join('')}`);
  write('confbridge.conf', '[general]\n[default_bridge]\ntype=bridge\n[default_user]\ntype=user\nquiet=yes\n');
  write('extensions.conf', readFileSync(path.join(here, 'extensions.conf')));
  // A mailbox is a folder of messages that is looked at each second.
  write('voicemail.conf', '[general]\nformat=wav\npollmailboxes=yes\npollfreq=1\n[default]\n100 => 1234,Somebody\n');
  const inbox = path.join(chroot, 'run', 'viasip', 'spool', 'voicemail', 'default', '100', 'INBOX');
  const mailbox = (messages) => {
    rmSync(inbox, { recursive: true, force: true });
    mkdirSync(inbox, { recursive: true });
    for (let n = 0; n < messages; n += 1)
      writeFileSync(path.join(inbox, `msg000${n}.txt`), '[message]\norigmailbox=100\n');
  };
  mailbox(0);
  let child;
  const start = async () => {
    child = run('chroot', [chroot, 'asterisk', '-f', '-C', '/etc/viasip/asterisk.conf']);
    await listening(http, 'asterisk', child);
    for (let tries = 0; tries < 60; tries += 1) {
      if (cli('core waitfullybooted')?.includes('fully booted')) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  };
  const stop = () => (cli('core stop now'), child.kill());
  const restart = async () => {
    const over = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await over;
    await start();
  };
  await start();
  return { url: `ws://127.0.0.1:${http}/ws`, cli, mailbox, restart, log: () => child.output, stop };
}

function cli(command) {
  return spawnSync('chroot', [chroot, 'asterisk', '-C', '/etc/viasip/asterisk.conf', '-rx', command], {
    encoding: 'utf8',
  }).stdout;
}
