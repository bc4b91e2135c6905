// Why it did not work: one sentence, what to do, then the table of what both ends must share, and the report for a ticket.
import { el } from './page.js';
import { reportButtons } from './report.js';

const WORDS = {
  Busy: 'The other end is busy.',
  Rejected: 'The call was declined.',
  'Not Found': 'The server does not know this address. Check the spelling, and that the other end is registered.',
  Unavailable: 'The other end is not available.',
  'No Answer': 'Nobody answered in time.',
  'Connection Error': 'The connection to the server was lost before the call was answered.',
  'Request Timeout': 'The server did not answer.',
  'Authentication Error': 'The server did not accept the name or password.',
  'User Denied Media Access':
    'The browser may not use the microphone or camera. Allow it in the address bar and call again.',
  'Incompatible SDP': 'The two ends share no way to talk.',
  'Bad Media Description': 'The answer of the other end cannot be used by a browser.',
  'RTP Timeout': 'The two ends found no way for sound and picture to each other.',
};
const VERDICTS = {
  ok: ['✓', 'fits'],
  warning: ['!', 'may matter'],
  missing: ['✗', 'missing'],
  unknown: ['?', 'not known'],
};
/** Those by which a call is silent. */
const SILENT = ['no-packets-in', 'no-packets-out', 'one-way', 'silent-microphone', 'ice-failed', 'dtls-failed'];
const HEAD = ['Feature', 'Yours', 'Theirs', 'Verdict', 'What to change on the server'];

/** Tells in `element` why the last call of `phone` failed, or has no sound. */
export function mountWhy(element, phone) {
  const body = el(
    'div',
    { id: 'why-body' },
    el('p', { class: 'empty' }, 'Nothing has failed. If a call does, this says why and what to change.'),
  );
  const nothing = [...body.childNodes];
  element.append(body);
  /** Which trouble of a call that goes on is told. */
  let told = null;

  phone.on('session', ({ session, who }) => {
    body.replaceChildren(...nothing);
    told = null;
    const explain = (event) => {
      told = null;
      body.replaceChildren(...explanation(event, session, who));
    };
    session.on('ended', (event) => event.diagnosis.length > 0 && explain(event));
    session.on('failed', (event) => {
      // A caller who gives up, and a call that was declined here, are no failures.
      const ours = event.originator === 'local' && ['Rejected', 'Busy'].includes(event.cause);
      if (event.cause !== 'Canceled' && !ours) explain(event);
    });
    session.on('mediaproblem', ({ code, state, message, hint }) => {
      if (session.isEnded() || !SILENT.includes(code)) return;
      if (state === 'over' && told === code) {
        told = null;
        body.replaceChildren(...nothing);
      } else if (state === 'began') {
        told = code;
        const { findings, features } = session.diagnosis();
        const trouble = { code, severity: 'error', message, hint };
        body.replaceChildren(...explanation({ diagnosis: [trouble, ...findings], features }, session, who));
      }
    });
  });
}

function explanation({ cause, diagnosis, features, message }, session, who) {
  const worst = diagnosis.find(({ severity }) => severity === 'error') ?? diagnosis[0];
  const sentence = worst ? worst.message : (WORDS[cause] ?? `The call failed: ${cause}.`);
  const others = diagnosis.filter((finding) => finding !== worst);
  const answer = message?.status_code ? ` The answer was ${message.status_code} ${message.reason_phrase}.` : '';
  return [
    el('p', { role: 'alert', class: 'sentence' }, sentence),
    el('p', { class: 'hint' }, `Call with ${who}.${answer}`),
    worst?.hint ? el('p', { class: 'advice' }, el('strong', {}, 'What to do: '), worst.hint) : '',
    features.length > 0 && diagnosis.length > 0 ? table(features) : '',
    others.length > 0
      ? el(
          'details',
          {},
          el('summary', {}, `What else was found (${others.length})`),
          el(
            'ul',
            { class: 'findings' },
            ...others.map((one) => el('li', {}, el('strong', {}, `${one.severity}: `), one.message)),
          ),
        )
      : '',
    reportButtons(() => session.report()),
  ];
}

/** On a narrow screen the rows stand as cards: the roles say all the same what is a table. */
function table(features) {
  const cell = (name, role, ...children) =>
    el(
      role === 'rowheader' ? 'th' : 'td',
      { role, 'data-name': name, scope: role === 'rowheader' ? 'row' : null },
      ...children,
    );
  const rows = features.map(({ feature, yours, theirs, verdict, hint }) => {
    const [sign, words] = VERDICTS[verdict];
    const said = el('span', { class: 'verdict' }, el('span', { 'aria-hidden': 'true' }, `${sign} `), words);
    return el(
      'tr',
      { role: 'row', class: verdict },
      cell(HEAD[0], 'rowheader', feature),
      cell(HEAD[1], 'cell', yours),
      cell(HEAD[2], 'cell', theirs),
      cell(HEAD[3], 'cell', said),
      cell(HEAD[4], 'cell', hint),
    );
  });
  const head = HEAD.map((text) => el('th', { scope: 'col', role: 'columnheader' }, text));
  return el(
    'table',
    { role: 'table', class: 'features' },
    el('caption', {}, 'What both ends must share'),
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...head)),
    el('tbody', { role: 'rowgroup' }, ...rows),
  );
}
