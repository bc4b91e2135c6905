// Block 6: one sentence, then the table of what both ends must share, and a report fit for a ticket.
import { $, el } from './page.js';
import { report as messages } from './messages.js';

const words = {
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

const nothing = [...$('why-body').childNodes];

/** A new call begins: what is said of an earlier one would be taken for it. */
export const forget = () => $('why-body').replaceChildren(...nothing);

export function explain(event, target) {
  const findings = event.diagnosis ?? [];
  const worst = findings.find((f) => f.severity === 'error') ?? findings[0];
  const sentence = worst ? worst.message : (words[event.cause] ?? `The call failed: ${event.cause}.`);
  const parts = [el('p', { role: 'alert' }, el('strong', {}, sentence))];
  if (worst?.hint) parts.push(el('p', {}, `What to do: ${worst.hint}`));
  if (event.features?.length > 0 && findings.length > 0) {
    const row = (f) =>
      el('tr', {}, ...[f.feature, f.yours, f.theirs, f.verdict, f.hint].map((text) => el('td', {}, text)));
    const head = ['Feature', 'Yours', 'Theirs', 'Verdict', 'What to change'].map((text) =>
      el('th', { scope: 'col' }, text),
    );
    parts.push(
      el(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'What both ends must share' },
        el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...event.features.map(row))),
      ),
    );
    parts.push(el('ul', {}, ...findings.map((f) => el('li', { class: 'hint' }, `${f.severity}: ${f.message}`))));
  }
  const text = () =>
    [
      sentence,
      '',
      `Called: ${target}`,
      `Cause: ${event.cause}`,
      '',
      ...findings.map((f) => `${f.severity} ${f.code}: ${f.message} ${f.hint}`),
      '',
      messages(),
    ].join('\n');
  const copy = el(
    'button',
    {
      type: 'button',
      class: 'quiet',
      onclick: async () => {
        await navigator.clipboard.writeText(text());
        copy.textContent = 'Copied';
      },
    },
    'Copy report',
  );
  parts.push(copy);
  $('why-body').replaceChildren(...parts);
}
