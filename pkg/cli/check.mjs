// The steps, each of which needs the one before.
import { callOut } from './call.mjs';
import { Line } from './line.mjs';
import { nameAndCertificate } from './certificate.mjs';
import { idle, pings } from './keep-alive.mjs';
import { answersSip, register } from './registration.mjs';

const UNWANTED =
  'Perhaps it takes certain pages only (try --origin), or certain addresses, or a proxy before it does not reach it: its log says.';

/** Checks one server and account; what it finds goes into `report`. */
export async function check(asked, report) {
  if (!(await nameAndCertificate(asked, report))) return;
  const line = new Line(asked);
  if (!(await line.open(report))) return;
  const { default: viasip } = await import('../dist/inline.js');
  const ua = new viasip.UA({
    sockets: [line],
    uri: asked.address,
    password: asked.password,
    authorization_user: asked.user ?? undefined,
    register: false,
    keep_alive_interval: 0,
    user_agent: `viasip check ${viasip.version}`,
  });
  try {
    if (!(await started(ua)))
      return report.fault('sip', `the server closed the line at once${line.closedBy()}`, UNWANTED);
    if (!(await answersSip(ua, asked, report))) return;
    if (!(await register(ua, asked, report, viasip.Grammar))) return;
    await pings(line, asked, report);
    if (asked.call) await callOut(ua, asked, report);
    if (asked.idleMs) await idle(line, asked, report);
  } finally {
    await stopped(ua);
    line.close();
  }
}

/** Whether the line still stood. */
const started = (ua) =>
  new Promise((resolve) => {
    ua.once('connected', () => resolve(true));
    ua.once('disconnected', () => resolve(false));
    ua.start();
  });

/** Unregistered and hung up; a server that does not answer is not waited for. */
const stopped = (ua) =>
  new Promise((resolve) => {
    const late = setTimeout(resolve, 1500);
    ua.once('disconnected', () => {
      clearTimeout(late);
      resolve();
    });
    ua.stop();
  });
