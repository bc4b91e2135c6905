// Block 8: the calls, kept over a reload.
import { $, el, length } from './page.js';

const KEY = 'viasip-calls';
const MOST = 50;
let calls = JSON.parse(localStorage.getItem(KEY) ?? '[]');

export function add(call, redial) {
  calls = [call, ...calls].slice(0, MOST);
  localStorage.setItem(KEY, JSON.stringify(calls));
  show(redial);
}

export function show(redial) {
  $('no-calls').hidden = calls.length > 0;
  $('log').replaceChildren(
    ...calls.map(({ direction, who, at, ms, cause }) =>
      el(
        'li',
        {},
        el(
          'span',
          {},
          `${direction === 'incoming' ? 'From' : 'To'} ${who}, ${new Date(at).toLocaleString()}, ${ms ? length(ms) : 'not connected'} (${cause})`,
        ),
        el(
          'button',
          { type: 'button', class: 'quiet', 'aria-label': `Call ${who} again`, onclick: () => redial(who) },
          'Call again',
        ),
      ),
    ),
  );
}
