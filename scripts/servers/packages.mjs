// Packages of the operating system (Debian's): browsers and SIP servers for the tests. It says what it will do, and asks first
// on a person's machine.
import readline from 'node:readline/promises';
import { fetching, output } from '../toolchain.mjs';

const isRoot = () => process.getuid?.() === 0;
let updated = false;

/** Whether this command is there. */
export const has = (command) => output('sh', ['-c', `command -v ${command}`]) !== null;

/** Installs Debian packages: unasked as root or in CI, after a question on a person's machine. */
export async function packages(why, names) {
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (!has('apt-get')) throw new Error(`${why}: please install ${names.join(', ')} with this system's package manager`);
  if (!isRoot() && !process.env.CI) await ask(`${why} needs: sudo ${command}`);
  const run = (title, words) => {
    const [program, ...args] = isRoot() ? words : ['sudo', ...words];
    return fetching(title, program, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  if (!updated) await run('apt-get update', ['apt-get', 'update', '-q']);
  updated = true;
  await run(`${why} (${command})`, command.split(' '));
}

/** Goes on only if the person at the terminal agrees. */
export async function ask(what) {
  console.log(what);
  if (!process.stdin.isTTY) throw new Error('not done, since nobody is there to agree: run it by hand, then try again');
  const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Do it now? [y/N] ');
  terminal.close();
  if (!/^y/i.test(answer)) throw new Error('not done');
}

/** Firefox, for calls between browsers: the tests drive the one of the system. */
export async function firefox() {
  if (!has('firefox-esr')) await packages('Firefox', ['firefox-esr']);
}

/** WebKitGTK and a screen that nobody sees, for what a browser without WebRTC does. */
export async function webkit() {
  if (!has('WebKitWebDriver') || !has('xvfb-run')) await packages('WebKitGTK', ['webkit2gtk-driver', 'xvfb', 'xauth']);
}

/** Chromium and its driver, for the tests in a browser. */
export async function chromium() {
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some((file) => has(file));
  if (!found || !has('chromedriver')) await packages('Chromium', ['chromium', 'chromium-driver']);
}
