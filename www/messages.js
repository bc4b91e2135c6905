// Block 7: a live ladder, one line a message, secrets masked by the package.
import { $, el, time } from './page.js';

const MOST = 500;
const all = [];

function show({ direction, message, at }) {
  const start = message.split('\r\n', 1)[0];
  const arrow = direction === 'out' ? 'you → server' : 'you ← server';
  const entry = el(
    'li',
    {},
    el('details', {}, el('summary', {}, `${time(at)}  ${arrow}  ${start}`), el('pre', {}, message)),
  );
  entry.hidden = !message.toLowerCase().includes($('filter').value.toLowerCase());
  const list = $('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 8;
  list.append(entry);
  while (list.children.length > MOST) list.firstChild.remove();
  // The newest stays in sight, unless an older one is being read.
  if (atEnd) list.scrollTop = list.scrollHeight;
}

export function follow(ua) {
  ua.on('sipMessage', (event) => {
    all.push(event);
    if (all.length > MOST) all.shift();
    $('no-messages').hidden = true;
    show(event);
  });
}

export const report = () =>
  all.map(({ direction, message, at }) => `--- ${new Date(at).toISOString()} ${direction}\n${message}`).join('\n');

$('filter').addEventListener('input', () => {
  $('messages').replaceChildren();
  all.forEach(show);
});
$('clear').addEventListener('click', () => {
  all.length = 0;
  $('messages').replaceChildren();
  $('no-messages').hidden = false;
});
$('download').addEventListener('click', () => {
  const url = URL.createObjectURL(new Blob([report()], { type: 'text/plain' }));
  el('a', { href: url, download: 'sip-messages.txt' }).click();
  URL.revokeObjectURL(url);
});
