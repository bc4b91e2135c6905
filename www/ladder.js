// The messages on the wire as a ladder: browser and server as columns, an arrow for each message. A message opens; its secrets are
// masked.
import { maskSecrets, messageLine } from 'viasip/report';
import { el, save } from './page.js';

const MOST = 500;
/** ms of silence that are worth a line. */
const SILENCE_MS = 3000;

/** What stands beside the colour, for who does not see it. */
const KINDS = {
  request: { sign: '', words: '' },
  provisional: { sign: '…', words: 'provisional' },
  success: { sign: '✓', words: 'success' },
  redirection: { sign: '↷', words: 'redirection' },
  // The server asks who this is, as it does of everybody.
  challenge: { sign: '?', words: 'asks for the password' },
  failure: { sign: '✗', words: 'failure' },
};

const two = (number) => String(number).padStart(2, '0');
function time(ms) {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(ms % 1000).padStart(3, '0')}`;
}

/** Fills `element` with the ladder of what each line of `phone` sends and gets. */
export function mountLadder(element, phone) {
  const all = [];
  const filter = el('input', {
    ...{ id: 'filter', type: 'search', autocomplete: 'off', spellcheck: 'false' },
    placeholder: 'Filter…',
  });
  const count = el('p', { class: 'hint', role: 'status' });
  const list = el('ol', { id: 'messages', 'aria-label': 'SIP messages, the newest last' });
  const empty = el(
    'p',
    { class: 'empty', id: 'no-messages' },
    'Connect, and each SIP message shows here with its secrets masked.',
  );
  const clear = el('button', { type: 'button', id: 'clear' }, 'Clear');
  const download = el('button', { type: 'button', id: 'download' }, 'Download');
  const ends = el('div', { class: 'ends', 'aria-hidden': 'true' }, el('span', {}, 'Browser'), el('span', {}, 'Server'));
  element.append(
    el(
      'div',
      { class: 'row tools' },
      el('label', { for: 'filter', class: 'unseen' }, 'Show only what has'),
      filter,
      clear,
      download,
    ),
    count,
    el('div', { class: 'wire' }, ends, list),
    empty,
  );

  const matches = ({ message }) => message.toLowerCase().includes(filter.value.trim().toLowerCase());
  const tell = () => {
    const shown = [...list.children].filter((entry) => !entry.hidden).length;
    empty.hidden = all.length > 0;
    ends.hidden = clear.disabled = download.disabled = all.length === 0;
    count.hidden = filter.value.trim() === '';
    // Words that did not change are not read out again.
    const words = `${shown} of ${all.length} messages`;
    if (!count.hidden && count.textContent !== words) count.textContent = words;
  };
  const show = (event, before) => {
    const entry = row(event, before, (id) => {
      filter.value = id;
      filter.dispatchEvent(new Event('input'));
      filter.focus();
    });
    entry.hidden = !matches(event);
    list.append(entry);
  };

  phone.on('line', ({ ua }) =>
    ua.on('sipMessage', ({ direction, message, at }) => {
      const event = { direction, message: maskSecrets(message), at };
      const before = all.at(-1);
      all.push(event);
      const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 16;
      show(event, before);
      if (all.length > MOST) {
        all.shift();
        list.firstChild.remove();
      }
      // The newest stays in sight, unless an older one is being read.
      if (atEnd && !list.querySelector('[open]')) list.scrollTop = list.scrollHeight;
      tell();
    }),
  );
  filter.addEventListener('input', () => {
    [...list.children].forEach((entry, at) => (entry.hidden = !matches(all[at])));
    tell();
  });
  clear.addEventListener('click', () => {
    all.length = 0;
    list.replaceChildren();
    tell();
    filter.focus();
  });
  download.addEventListener('click', () => {
    const text = all
      .filter(matches)
      .map(({ direction, message, at }) => `--- ${new Date(at).toISOString()} ${direction}\n${message}`);
    save('sip-messages.txt', 'text/plain', text.join('\n'));
  });
  list.addEventListener('keydown', (event) => {
    const shown = [...list.querySelectorAll('li:not([hidden]) summary')];
    const at = shown.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    shown[to]?.focus();
  });
  tell();
}

/** One message; what it opens is made when it is opened. */
function row({ direction, message, at }, before, only) {
  const line = messageLine(message);
  const { label, description } = line;
  const kind = /^40[17] /.test(label) ? 'challenge' : line.kind;
  const { sign, words } = KINDS[kind];
  // Where it goes, without what only a machine wants to know.
  const short = label.replace(/^(\w+ [^;>?]+)[;?].*$/, '$1');
  const silence = before ? at - before.at : 0;
  const said = [direction === 'out' ? 'sent' : 'received', words].filter(Boolean).join(', ');
  const details = el(
    'details',
    { class: `${direction} ${kind}` },
    el(
      'summary',
      {},
      el('span', { class: 'time' }, time(at)),
      el(
        'span',
        { class: 'arrow' },
        el('span', { class: 'unseen' }, `${said}: `),
        el(
          'span',
          { class: 'label' },
          sign ? el('span', { class: 'sign', 'aria-hidden': 'true' }, `${sign} `) : '',
          short,
        ),
        description ? el('span', { class: 'badge' }, 'SDP') : '',
      ),
    ),
  );
  details.addEventListener(
    'toggle',
    () => {
      const id = /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im.exec(message)?.[1];
      const one = el('button', { type: 'button', onclick: () => only(id) }, 'Only messages with this Call-ID');
      details.append(el('div', { class: 'whole' }, el('pre', {}, message.trimEnd()), id ? one : ''));
    },
    { once: true },
  );
  const pause =
    silence > SILENCE_MS ? el('p', { class: 'silence' }, `${Math.round(silence / 1000)} s without a message`) : '';
  return el('li', {}, pause, details);
}
