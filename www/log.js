// Block 8: the calls, kept over a reload.
import { $, el, icon, length, when } from './page.js';

const KEY = 'viasip-calls';
const MOST = 50;
let calls = JSON.parse(localStorage.getItem(KEY) ?? '[]');
let act = {};

/** Whom was talked to, the last first. */
export const known = () => [...new Set(calls.map(({ who }) => who))];

/** Writes down a call that is over, for this cause. */
export function add({ session, who, begun: at, answered }, cause) {
  const ms = answered ? Date.now() - answered : 0;
  calls = [{ direction: session.direction, who, at, ms, cause }, ...calls].slice(0, MOST);
  save();
}

function save() {
  localStorage.setItem(KEY, JSON.stringify(calls));
  show();
}

function entry({ direction, who, at, ms, cause }) {
  const missed = cause === 'missed';
  const way = missed ? 'Missed' : direction === 'incoming' ? 'From' : 'To';
  return el(
    'li',
    { class: missed ? 'missed' : '' },
    icon(missed ? 'missed' : direction === 'incoming' ? 'in' : 'out'),
    el(
      'div',
      {},
      el('p', {}, el('span', { class: 'unseen' }, `${way} `), who),
      el('p', { class: 'hint' }, [when(at), ms ? length(ms) : '', cause].filter(Boolean).join(', ')),
    ),
    el(
      'button',
      { type: 'button', class: 'plain bare', 'aria-label': `Write to ${who}`, onclick: () => act.write(who) },
      icon('message'),
    ),
    el(
      'button',
      { type: 'button', class: 'plain bare', 'aria-label': `Call ${who} again`, onclick: () => act.redial(who) },
      icon('call'),
    ),
  );
}

function show() {
  $('no-calls').hidden = calls.length > 0;
  $('forget-calls').hidden = calls.length === 0;
  $('log').replaceChildren(...calls.map(entry));
}

/** `redial` and `write` are what the keys of a row do. */
export function setUp(redial, write) {
  act = { redial, write };
  $('forget-calls').addEventListener('click', () => {
    calls = [];
    save();
  });
  show();
}
