// The report of a call, fit for a ticket: where its time went, and the whole of it to copy or to save.
import { attachReport, reportText } from 'viasip/report';
import { el, save } from './page.js';

/** Calls of which a report can be had. */
const MOST = 10;

/** Copies or saves what `report` gives at that moment. */
export function reportButtons(report) {
  const said = el('span', { role: 'status', class: 'hint' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(reportText(report()));
      said.textContent = 'Copied. Secrets are masked.';
    } catch {
      said.textContent = 'The browser does not let the page copy. Download it instead.';
    }
  };
  const download = () => {
    const made = report();
    save(
      `call-${new Date(made.timing.began).toISOString().replaceAll(/[:.]/g, '-')}.json`,
      'application/json',
      JSON.stringify(made, null, 2),
    );
    said.textContent = 'Saved. “npx viasip report FILE” shows it.';
  };
  return el(
    'div',
    { class: 'row' },
    el('button', { type: 'button', onclick: copy }, 'Copy report'),
    el('button', { type: 'button', onclick: download }, 'Download JSON'),
    said,
  );
}

/** Offers in `element` the reports of the last calls of `phone`. */
export function mountReport(element, phone) {
  const calls = [];
  const choice = el('select', { id: 'report-call' });
  const hidden = el('input', { type: 'checkbox', id: 'report-anonymous' });
  const steps = el('ol', { class: 'steps', 'aria-label': 'Where the time of the call went' });
  const shown = el('pre', { tabindex: '0', role: 'region', 'aria-label': 'The report as text' });
  const text = el('details', {}, el('summary', {}, 'Show the report'), shown);
  const title = el('h2', { id: 'report-title' }, 'Report');
  element.setAttribute('aria-labelledby', title.id);
  element.removeAttribute('aria-label');
  const report = () => calls[choice.selectedIndex].session.report({ anonymous: hidden.checked });
  element.append(
    title,
    el('label', { for: 'report-call' }, 'Call'),
    choice,
    steps,
    el('label', { class: 'check' }, hidden, 'Without names, numbers and addresses'),
    reportButtons(report),
    text,
  );

  const show = () => {
    steps.replaceChildren(...waterfall(report()));
    if (text.open) shown.textContent = reportText(report());
  };
  choice.addEventListener('change', show);
  hidden.addEventListener('change', show);
  text.addEventListener('toggle', show);

  phone.on('line', ({ ua }) => attachReport(ua, { interval: 1 }));
  phone.on('session', ({ session, who }) => {
    const words = session.direction === 'incoming' ? `From ${who}` : `To ${who}`;
    calls.unshift({ session });
    choice.prepend(el('option', {}, `${words}, ${new Date().toLocaleTimeString()}`));
    choice.selectedIndex = 0;
    if (calls.length > MOST) {
      calls.pop();
      choice.lastChild.remove();
    }
    element.hidden = false;
    show();
    const look = () => calls[choice.selectedIndex]?.session === session && show();
    for (const name of ['sending', 'progress', 'accepted', 'confirmed', 'quality', 'ended', 'failed'])
      session.on(name, look);
  });
}

/** By direction, who did what. */
const STEPS = {
  outgoing: [
    ['sent', 'Microphone and candidates', 'until the INVITE left'],
    ['ringing', 'The server found the other end', 'until it rang'],
    ['answered', 'The other end decided', 'until the answer'],
  ],
  incoming: [
    ['ringing', 'This page took the INVITE', 'until it rang here'],
    ['answered', 'You decided', 'until the answer left'],
  ],
};
const MEDIA_STEPS = [
  ['connected', 'ICE and DTLS', 'until there were keys'],
  ['first_packet', 'Media', 'until the first packet'],
];

const lasted = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** Each step as a bar, from the one before to it. */
function waterfall({ call, timing }) {
  const reached = [...STEPS[call.direction], ...MEDIA_STEPS]
    .filter(([step]) => timing[step] !== null)
    .sort(([a], [b]) => timing[a] - timing[b]);
  const whole = Math.max(1, ...reached.map(([step]) => timing[step]));
  let before = 0;
  const rows = reached.map(([step, words, until]) => {
    const [from, to] = [before, timing[step]];
    before = to;
    const bar = el('span', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.setProperty('--from', `${(100 * from) / whole}%`);
    bar.style.setProperty('--length', `${(100 * (to - from)) / whole}%`);
    return el(
      'li',
      {},
      el('span', {}, words, el('span', { class: 'hint' }, ` ${until}`)),
      el('span', { class: 'took' }, lasted(to - from)),
      bar,
    );
  });
  if (timing.ended !== null)
    rows.push(el('li', {}, el('span', {}, 'Ended'), el('span', { class: 'took' }, `after ${lasted(timing.ended)}`)));
  return rows;
}
