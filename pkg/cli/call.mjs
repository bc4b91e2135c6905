// A call with a browser's offer: what its answer lacks, or why it was refused.
import { standIn } from './browser.mjs';

const RINGS_MS = 20_000;

const NO_WEBRTC =
  'The endpoint is not set up for WebRTC: webrtc=yes for Asterisk, rtpengine for Kamailio, a wss profile for FreeSWITCH.';
const REFUSED = {
  403: 'This account may not call there.',
  404: 'Nobody is registered by that name or number, or the dial plan of the server does not have it.',
  408: 'Whoever is called was not reached.',
  415: NO_WEBRTC,
  480: 'Whoever is called is not registered now, or does not want to be disturbed.',
  484: 'The number is too short.',
  486: 'Whoever is called is busy: try a test number, such as an echo.',
  488: NO_WEBRTC,
  500: 'The server failed: look at its log.',
  503: 'Whoever is called is not registered, or a gateway behind the server is not there.',
  603: 'Whoever is called declined.',
  606: NO_WEBRTC,
};

/** Calls, looks at the answer, hangs up. */
export async function callOut(ua, { call, waitMs }, report) {
  const mediaStream = standIn();
  let session;
  let progress = null;
  const told = await new Promise((resolve) => {
    let late = setTimeout(() => resolve({ name: 'silence' }), waitMs);
    const once = (name) => (event) => {
      clearTimeout(late);
      resolve({ ...event, name });
    };
    const eventHandlers = {
      progress: ({ response }) => {
        progress ??= response;
        clearTimeout(late);
        late = setTimeout(() => resolve({ name: 'ringing' }), RINGS_MS);
      },
      accepted: once('accepted'),
      failed: once('failed'),
    };
    session = ua.call(call, { mediaStream, eventHandlers, trickle_ice: false });
  });
  // The description of an answer is looked at in the turns that follow.
  if (told.name === 'accepted') await new Promise((resolve) => setTimeout(resolve, 200));
  const { findings, features } = told.diagnosis
    ? { findings: told.diagnosis, features: told.features }
    : session.diagnosis();
  const described = told.name === 'accepted' || Boolean(session.connection?.remoteDescription);
  outcome(told, progress, call, report);
  const apart = findings.some(({ severity }) => severity === 'error');
  if (described) for (const row of features) compared(row, apart, report);
  const hints = new Set();
  for (const { severity, message, hint } of findings) {
    const once = hints.has(hint) ? '' : hint;
    hints.add(hint);
    if (severity === 'error') report.fault('media', message, once);
    else report.note('media', message, once);
  }
  if (!session.isEnded()) session.terminate();
}

function outcome({ name, message, cause }, progress, target, report) {
  if (name === 'accepted') return report.right('call', `${target} answers`);
  const rang = progress ? `${progress.status_code} ${progress.reason_phrase}` : '';
  if (name === 'ringing')
    return report.note('call', `${target} rings (${rang}) and does not answer`, 'Try a number that answers by itself.');
  if (name === 'silence')
    return report.fault('call', `INVITE to ${target} has no answer`, 'Look at the log of the server.');
  const status = message?.status_code;
  const warning = message?.getHeader?.('Warning');
  const words = status ? `${status} ${message.reason_phrase}${warning ? ` (${warning})` : ''}` : cause;
  report.fault('call', `${target}: ${words}`, REFUSED[status]);
}

/** What only a call with a picture needs, and this one has none. */
const OF_PICTURES = ['BUNDLE', 'RTCP feedback'];

/** One row of what both ends must share; where they do not, the findings say it better, if there are any. */
function compared({ feature, yours, theirs, verdict, hint }, apart, report) {
  const row = `${feature}: the browser ${yours}, the answer ${theirs}`;
  if (OF_PICTURES.includes(feature) && verdict !== 'ok') {
    if (!apart)
      report.note('media', `${feature}: ${theirs} in the answer, which a call of sound alone does not need`, hint);
  } else if (verdict === 'ok' && theirs !== 'none') report.right('media', row);
  else if (verdict !== 'ok' && !apart) report.note('media', row, hint);
}
