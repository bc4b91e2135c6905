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

/** The TCP sockets of a process's network; none of one that has just ended. */
function tcpSockets(pid) {
  const of = (family) => {
    try {
      return readFileSync(`/proc/${pid}/net/${family}`, 'utf8');
    } catch {
      return '';
    }
  };
  return of('tcp') + of('tcp6');
}

/** Waits until a process listens on a TCP port, in whatever network it runs. */
async function listening(port, what, child) {
  const row = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} 0+:0000 0A `);
  for (let tries = 0; tries < 150; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}: ${child.output}`);
    if (row.test(tcpSockets(child.pid))) return;
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

/** A plain phone that does what `scenario` says. `done` resolves with sipp's exit code: 0 if all of it came to pass. */
export async function startScenario(scenario) {
  const port = await freeUdp();
  const media = 37_000 + Math.floor(Math.random() * 400) * 4;
  const args = [
    '-sf',
    path.join(here, scenario),
    '-rtp_echo',
    '-mp',
    String(media),
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
  const child = run('sipp', args, { cwd: folder('scenario') });
  const done = new Promise((resolve) => child.on('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (child.exitCode !== null) throw new Error(`sipp ended: ${child.output}`);
  return { port, done, log: () => child.output, stop: () => child.kill() };
}

/**
 * `config` is the file that says what it is, `more` are lines for its modules, `tables` rewrites tables of its database.
 * `within` is what its command starts with (`ip netns exec ...`), for a server at `host` in a network of its own.
 */
export async function startKamailio({
  config = 'kamailio.cfg',
  algorithm = 'MD5',
  auth = {},
  ng = 2223,
  sipp = 5999,
  late = 5998,
  host = '127.0.0.1',
  within = [],
  registrar = '',
  outbound = 1,
  more = '',
  tables = {},
} = {}) {
  const [ws, udp, where] = [await freeTcp(), await freeUdp(), folder('kamailio')];
  const AUTH = Object.entries(auth)
    .map(([name, value]) => `modparam("auth", "${name}", ${value})`)
    .join('\n');
  const values = {
    AUTH,
    WS: ws,
    UDP: udp,
    ALGORITHM: algorithm,
    NG: ng,
    SIPP: sipp,
    LATE: late,
    HOST: host,
    WHERE: where,
    REGISTRAR: registrar,
    OUTBOUND: outbound,
  };
  values.MORE = more.replace(/@(\w+)@/g, (_, name) => values[name]);
  if (config === 'presence.cfg' || Object.keys(tables).length > 0)
    cpSync('/usr/share/kamailio/dbtext/kamailio', path.join(where, 'db'), { recursive: true });
  for (const [table, rewritten] of Object.entries(tables)) {
    const file = path.join(where, 'db', table);
    writeFileSync(file, rewritten(readFileSync(file, 'utf8')));
  }
  const text = readFileSync(path.join(here, config), 'utf8').replace(/@(\w+)@/g, (_, name) => values[name]);
  const file = path.join(where, 'kamailio.cfg');
  writeFileSync(file, text);
  const pid = path.join(where, 'pid');
  const words = [...within, 'kamailio', '-f', file, '-DD', '-E', '-m', '32', '-M', '8', '-Y', where, '-P', pid];
  let child;
  const start = async () => {
    child = run(words[0], words.slice(1));
    await listening(ws, 'kamailio', child);
  };
  const gone = async () => {
    const over = new Promise((resolve) => child.on('exit', resolve));
    child.kill();
    await over;
  };
  const restart = async () => {
    await gone();
    await start();
  };
  await start();
  const url = `ws://${host}:${ws}`;
  return { url, port: ws, udp, gone, start, restart, log: () => child.output, stop: () => child.kill() };
}

/**
 * `within` and `host` as for Kamailio. `phones` are further ones by their names, with lines for the endpoint and the aor of each;
 * `dialplan` is more of it, `files` are further files of settings.
 */
export async function startAsterisk({ host = '127.0.0.1', within = [], phones = {}, dialplan = '', files = {} } = {}) {
  if (!existsSync(path.join(chroot, 'usr', 'sbin', 'asterisk'))) throw new Error('Asterisk is not installed');
  const [http, udp, rtp] = [await freeTcp(), await freeUdp(), 38_000];
  // Suites that run at once have an Asterisk each.
  const name = `viasip-${process.pid}`;
  const [etc, runs] = [path.join(chroot, 'etc', name), path.join(chroot, 'run', name)];
  mkdirSync(etc, { recursive: true });
  mkdirSync(runs, { recursive: true });
  for (const conf of ['modules.conf', 'logger.conf']) {
    const source = path.join(chroot, 'etc', 'asterisk', conf);
    if (existsSync(source)) cpSync(source, path.join(etc, conf));
  }
  const write = (conf, text) => writeFileSync(path.join(etc, conf), text);
  write(
    'asterisk.conf',
    `[directories]\nastetcdir => /etc/${name}\nastrundir => /run/${name}\nastspooldir => /run/${name}/spool\nastdbdir => /run/${name}\nastmoddir => /usr/lib/x86_64-linux-gnu/asterisk/modules\n[options]\nverbose = 3\n`,
  );
  write('http.conf', `[general]\nenabled=yes\nbindaddr=${host}\nbindport=${http}\n`);
  write('rtp.conf', `[general]\nrtpstart=${rtp}\nrtpend=${rtp + 900}\nicesupport=yes\n`);
  const user = (phone, algorithm, more = '', aor = '') => `
[${phone}]
type=endpoint
context=default
disallow=all
allow=opus,ulaw,alaw
aors=${phone}
auth=${phone}
webrtc=yes
dtls_auto_generate_cert=yes
${more}
[${phone}]
type=auth
auth_type=digest
username=${phone}
password=secret
supported_algorithms_uas=${algorithm}
[${phone}]
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
    // Its newest contact is its only one: to Asterisk each connection is another contact.
    user('b-roams', 'MD5', '', 'max_contacts=1'),
    user('b-short', 'MD5', '', 'minimum_expiration=8\nmaximum_expiration=10'),
    // Its calls ring reliably (RFC 3262): always, or where the phone takes that.
    user('b-required', 'MD5', '100rel=required'),
    user('b-reliable', 'MD5', '100rel=peer_supported'),
    // As a phone on a desk is set up: registered, and no call of a browser's connects.
    user('b-plain', 'MD5').replace('webrtc=yes\ndtls_auto_generate_cert=yes\n', ''),
    ...Object.entries(phones).map(([phone, { endpoint, aor }]) => user(phone, 'MD5', endpoint, aor)),
  ];
  // A list (RFC 4662): the whole of it first, then what has changed.
  const list =
    '[team]\ntype=resource_list\nevent=presence\nlist_item=desk\nlist_item=nobody-there\nfull_state=no\nnotification_batch_interval=0\n';
  const transports = `[ws]\ntype=transport\nprotocol=ws\nbind=${host}\n[udp]\ntype=transport\nprotocol=udp\nbind=${host}:${udp}\n`;
  write('pjsip.conf', `${transports}${users.join('')}${list}`);
  write('confbridge.conf', '[general]\n[default_bridge]\ntype=bridge\n[default_user]\ntype=user\nquiet=yes\n');
  write('extensions.conf', readFileSync(path.join(here, 'extensions.conf'), 'utf8') + dialplan);
  for (const [conf, text] of Object.entries(files)) write(conf, text);
  // A mailbox is a folder of messages that is looked at each second.
  write('voicemail.conf', '[general]\nformat=wav\npollmailboxes=yes\npollfreq=1\n[default]\n100 => 1234,Somebody\n');
  const inbox = path.join(runs, 'spool', 'voicemail', 'default', '100', 'INBOX');
  const mailbox = (messages) => {
    rmSync(inbox, { recursive: true, force: true });
    mkdirSync(inbox, { recursive: true });
    for (let n = 0; n < messages; n += 1)
      writeFileSync(path.join(inbox, `msg000${n}.txt`), '[message]\norigmailbox=100\n');
  };
  mailbox(0);
  const conf = `/etc/${name}/asterisk.conf`;
  const cli = (command) =>
    spawnSync('chroot', [chroot, 'asterisk', '-C', conf, '-rx', command], { encoding: 'utf8' }).stdout;
  const words = [...within, 'chroot', chroot, 'asterisk', '-f', '-C', conf];
  let child;
  const start = async () => {
    child = run(words[0], words.slice(1));
    await listening(http, 'asterisk', child);
    for (let tries = 0; tries < 60; tries += 1) {
      if (cli('core waitfullybooted')?.includes('fully booted')) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  };
  const stop = () => {
    cli('core stop now');
    child.kill();
    rmSync(etc, { recursive: true, force: true });
    rmSync(runs, { recursive: true, force: true });
  };
  const restart = async () => {
    const over = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await over;
    await start();
  };
  await start();
  return { url: `ws://${host}:${http}/ws`, port: http, udp, cli, mailbox, restart, log: () => child.output, stop };
}
