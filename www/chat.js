// Texts by MESSAGE: one conversation a person, kept in this browser.
import { $, el, icon, when } from './page.js';
import { notify } from './notice.js';
import { phone } from './phone.js';
import { show as showView } from './views.js';

const KEY = 'viasip-chat';
const MOST = 200;
let texts = JSON.parse(localStorage.getItem(KEY) ?? '[]');
/** Whose conversation is open. */
let peer = null;
let ua = null;

function save() {
  texts = texts.slice(-MOST);
  localStorage.setItem(KEY, JSON.stringify(texts));
  show();
}

/** Opens the conversation with somebody. */
export function write(who) {
  openWith(who);
  showView('chat');
  $('text').focus();
}

function openWith(who) {
  peer = who;
  for (const text of texts) if (text.peer === who) text.seen = true;
  save();
}

function send(body) {
  const text = { peer, body, own: true, at: Date.now(), seen: true, state: 'Sending…' };
  texts.push(text);
  const done = (state) => {
    text.state = state;
    save();
  };
  if (!ua?.isRegistered()) return done('Not sent: the line is not registered.');
  try {
    const eventHandlers = {
      succeeded: () => done('Delivered'),
      failed: ({ cause, response }) =>
        done(`Not sent: ${response ? `${response.status_code} ${response.reason_phrase}` : cause}`),
    };
    ua.sendMessage(peer, body, { eventHandlers });
    save();
  } catch (error) {
    done(`Not sent: ${error instanceof TypeError ? 'this is no address' : error.message}`);
  }
}

function received({ request }) {
  const type = request.getHeader('Content-Type') ?? 'text/plain';
  if (!/^text\//i.test(type)) return;
  const { uri } = request.from;
  const ours = uri.host === ua.configuration.uri.host;
  const who = ours ? uri.user : uri.toAor().replace(/^sips?:/i, '');
  const seen = who === peer && !document.hidden && $('chat').checkVisibility();
  texts.push({ peer: who, body: request.body, own: false, at: Date.now(), seen });
  save();
  if (!seen) $('chat-news').textContent = `${who} wrote: ${request.body}`;
  notify(`Text from ${who}`, request.body);
}

function bubble({ own, body, at, state }) {
  return el(
    'div',
    { class: own ? 'own' : '' },
    el('p', {}, body),
    el('p', { class: 'hint' }, own ? `${when(at)}, ${state}` : when(at)),
  );
}

function conversation(who) {
  const theirs = texts.filter((text) => text.peer === who);
  const last = theirs.at(-1);
  const unread = theirs.filter(({ seen }) => !seen).length;
  return el(
    'li',
    {},
    el(
      'button',
      { type: 'button', class: 'plain', onclick: () => openWith(who) },
      el('strong', {}, who),
      el('span', { class: 'hint' }, last.body),
      ...(unread ? [el('span', { class: 'count' }, `${unread} new`)] : []),
    ),
  );
}

function show() {
  const unread = texts.filter(({ seen }) => !seen).length;
  $('unread').textContent = unread ? String(unread) : '';
  $('unread').hidden = unread === 0;
  $('conversations').hidden = $('write-to').hidden = peer !== null;
  $('conversation').hidden = peer === null;
  $('no-texts').hidden = peer !== null || texts.length > 0;
  if (peer === null) {
    const peers = [...new Set(texts.toReversed().map((text) => text.peer))];
    $('conversations').replaceChildren(...peers.map(conversation));
    return;
  }
  $('chat-with').textContent = $('chat-with').title = peer;
  $('texts').replaceChildren(...texts.filter((text) => text.peer === peer).map(bubble));
  $('texts').scrollTop = $('texts').scrollHeight;
}

/** `redial` calls who is written to. */
export function setUp(redial) {
  phone.on('line', (line) => {
    ua = line.ua;
    ua.on('newMessage', (event) => event.originator === 'remote' && received(event));
  });
  $('write-to').addEventListener('submit', (event) => {
    event.preventDefault();
    const who = $('chat-to').value.trim();
    if (!who) return $('chat-to').focus();
    $('chat-to').value = '';
    write(who);
  });
  $('compose').addEventListener('submit', (event) => {
    event.preventDefault();
    const body = $('text').value.trim();
    if (!body) return;
    $('text').value = '';
    send(body);
  });
  $('chat-back').append(icon('back'));
  $('chat-back').addEventListener('click', () => {
    openWith(null);
    $('chat-to').focus();
  });
  $('chat-forget').addEventListener('click', () => {
    texts = texts.filter((text) => text.peer !== peer);
    openWith(null);
    $('chat-to').focus();
  });
  $('chat-call').append(icon('call'));
  $('chat-call').addEventListener('click', () => redial(peer));
  show();
}
