// Hosts with two network lines each, and a network that both lines reach, where the servers are: Linux network namespaces, so that
// a line can be left, joined or fall silent while a browser is in a call. Nothing outside of them is touched.
//
//   laptop: line0 10.99.1.2 --+                    +-- line0 10.99.3.2 :desk
//           line1 10.99.2.2 --+- world 10.99.0.1 --+-- line1 10.99.4.2
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startFirefox } from './firefox.mjs';
import base from './playwright.config.mjs';

/** Where the servers are, as seen from each line. */
export const SERVER = '10.99.0.1';

const files = path.join(import.meta.dirname, '..', 'e2e', 'servers.mjs');
const ip = (...words) => execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const within = (name) => ['ip', 'netns', 'exec', name];
const run = (name, ...words) => ip('netns', 'exec', name, ...words);

/** Makes the network; `stop()` removes it with all that runs in it. `chromium` is Playwright's, for hosts whose browser is not Firefox. */
export function startNetwork(chromium) {
  if (process.getuid?.() !== 0)
    throw new Error('a host with two lines is made of network namespaces, which only root may make: run this as root');
  removeLeftovers();
  const world = namespace('world');
  ip('-n', world, 'addr', 'add', `${SERVER}/32`, 'dev', 'lo');
  run(world, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  const hosts = [];
  const remove = () => [world, ...hosts.map((host) => host.name)].forEach(removeNamespace);
  process.once('exit', remove);
  return {
    within: within(world),
    /** A host with `Chromium` or `Firefox`. */
    host: async (name, kind) => {
      const launch = kind === 'Firefox' ? startFirefox : launcher(chromium);
      const host = { kind, ...(await startHost(launch, name, world, hosts.length)) };
      hosts.push(host);
      return host;
    },
    /** Lets packets through again, all of them. */
    clear: () => run(world, 'iptables', '-w', '-F'),
    stop: async () => {
      for (const host of hosts) await host.stop();
      remove();
      process.off('exit', remove);
    },
  };
}

async function startHost(launch, label, world, index) {
  const name = namespace(label);
  const lines = [0, 1].map((n) => {
    const net = `10.99.${index * 2 + n + 1}`;
    const [inner, outer] = [`line${n}`, `${label.slice(0, 10)}${n}`];
    ip('link', 'add', outer, 'netns', world, 'type', 'veth', 'peer', 'name', inner, 'netns', name);
    ip('-n', world, 'addr', 'add', `${net}.1/24`, 'dev', outer);
    ip('-n', world, 'link', 'set', outer, 'up');
    return { inner, outer, address: `${net}.2`, gateway: `${net}.1`, metric: String(100 + n), joined: false };
  });
  const join = (n) => {
    const { inner, address, gateway, metric, joined } = lines[n];
    if (joined) return;
    ip('-n', name, 'link', 'set', inner, 'up');
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', inner);
    ip('-n', name, 'route', 'add', 'default', 'via', gateway, 'dev', inner, 'metric', metric);
    lines[n].joined = true;
  };
  const leave = (n) => {
    if (!lines[n].joined) return;
    ip('-n', name, 'addr', 'flush', 'dev', lines[n].inner);
    ip('-n', name, 'link', 'set', lines[n].inner, 'down');
    lines[n].joined = false;
  };
  const drop = (...rule) => run(world, 'iptables', '-w', '-A', ...rule, '-j', 'DROP');
  const site = await serveFiles(name);
  const browser = await launch(within(name));
  return {
    name,
    url: site.url,
    browser,
    /** Comes into a network: link, address, default route (the first line's before the second's). */
    join,
    /** Leaves a network: neither address nor link. */
    leave,
    /** Has these lines only. */
    only: (...wanted) => [0, 1].forEach((n) => (wanted.includes(n) ? join(n) : leave(n))),
    /** A line carries nothing any more, and nothing says so. */
    silence: (n) => {
      const { outer } = lines[n];
      for (const chain of ['INPUT', 'FORWARD']) drop(chain, '-i', outer);
      for (const chain of ['OUTPUT', 'FORWARD']) drop(chain, '-o', outer);
    },
    /** The connections that are open to a port of the servers carry nothing any more, and nothing says so; new ones do. */
    halfOpen: (port) => {
      for (const { peer, from } of connections(world, port)) {
        if (!lines.some(({ address }) => address === peer)) continue;
        drop('INPUT', '-p', 'tcp', '-s', peer, '--sport', from, '--dport', String(port));
        drop('OUTPUT', '-p', 'tcp', '-d', peer, '--dport', from, '--sport', String(port));
      }
    },
    /** Does something while the browser stands still: it sees what has become of its lines, and nothing of the way there. */
    unseen: (work) => {
      const pids = pidsIn(name).filter((pid) => pid !== site.pid);
      try {
        signal(pids, 'SIGSTOP');
        work();
      } finally {
        signal(pids, 'SIGCONT');
      }
    },
    stop: async () => {
      await browser.close();
      site.stop();
    },
  };
}

/** Starts Chromium in a host: Playwright is given a program that does. */
const launcher = (chromium) => async (within) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-host-'));
  const program = path.join(folder, 'chromium');
  const { executablePath = chromium.executablePath(), args } = base.use.launchOptions;
  writeFileSync(program, `#!/bin/sh\nexec ${within.join(' ')} "${executablePath}" "$@"\n`);
  chmodSync(program, 0o755);
  const browser = await chromium.launch({ executablePath: program, args });
  browser.on('disconnected', () => rmSync(folder, { recursive: true, force: true }));
  return browser;
};

/** The established connections to a port, by the other end's address and port. */
function connections(world, port) {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = run(world, 'cat', '/proc/net/tcp').split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, here, , state]) => here?.endsWith(local) && state === '01')
    .map(([, , there]) => {
      const [address, from] = there.split(':');
      const bytes = address.match(/../g).reverse();
      return { peer: bytes.map((byte) => parseInt(byte, 16)).join('.'), from: String(parseInt(from, 16)) };
    });
}

/** The project's files, served on the host's own loopback: they are there whatever happens to its lines. */
function serveFiles(name) {
  const program = `import { serveFiles } from '${files}'; console.log((await serveFiles()).url);`;
  const [command, ...words] = [...within(name), process.execPath, '--input-type=module', '-e', program];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the files are not served (ended with ${code})`)));
    child.stdout.once('data', (data) =>
      resolve({ url: String(data).trim(), pid: child.pid, stop: () => child.kill() }),
    );
  });
}

function namespace(label) {
  const name = `viasip-${process.pid}-${label}`;
  ip('netns', 'add', name);
  ip('-n', name, 'link', 'set', 'lo', 'up');
  run(name, 'sh', '-c', 'for f in all default; do echo 1 > /proc/sys/net/ipv6/conf/$f/disable_ipv6; done');
  return name;
}

const pidsIn = (name) => ip('netns', 'pids', name).split('\n').filter(Boolean).map(Number);

function signal(pids, kind) {
  for (const pid of pids) {
    try {
      process.kill(pid, kind);
    } catch {
      // It has ended by itself.
    }
  }
}

function removeNamespace(name) {
  signal(pidsIn(name), 'SIGKILL');
  ip('netns', 'del', name);
}

/** What a run left that was killed. */
function removeLeftovers() {
  for (const [name, pid] of ip('netns', 'list').matchAll(/^viasip-(\d+)-\w+/gm))
    if (!existsSync(`/proc/${pid}`)) removeNamespace(name);
}
