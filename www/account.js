// Block 1: who calls, and through which server. Accounts are kept in this browser, a password only where that is asked for.
import { $, el, icon } from './page.js';
import { presets } from './presets.js';
import * as views from './views.js';

const KEY = 'viasip-accounts';
const MOST = 8;
/** The field that each option of `UA` is in. */
const fields = { sockets: 'url', uri: 'uri', password: 'password', display_name: 'display-name', pcConfig: 'ice' };
const kept = ['url', 'uri', 'display-name', 'ice', 'ice-user'];
const secrets = ['password', 'ice-password'];

let accounts = JSON.parse(localStorage.getItem(KEY) ?? '[]');

/** What the server did not accept, beside its field; who is somewhere else by now is left there. */
export function refused(text) {
  if ($('account-panel').contains(document.activeElement)) showError('password', text);
}

/** Names the wrong field beside the field. */
export function showError(parameter, text) {
  for (const id of Object.values(fields)) {
    $(`${id}-error`).textContent = '';
    $(id).removeAttribute('aria-invalid');
  }
  const id = fields[parameter];
  if (!id) return;
  fold(false);
  if (id === 'ice') $('ice').closest('details').open = true;
  $(`${id}-error`).textContent = text;
  $(id).setAttribute('aria-invalid', 'true');
  $(id).focus();
}

export function read() {
  const urls = $('ice').value.split(/\s+/).filter(Boolean);
  const account = { username: $('ice-user').value, credential: $('ice-password').value };
  return {
    url: $('url').value.trim(),
    uri: $('uri').value.trim(),
    password: $('password').value,
    displayName: $('display-name').value.trim(),
    pcConfig: { iceServers: urls.map((url) => (/^turns?:/i.test(url) ? { urls: url, ...account } : { urls: url })) },
  };
}

/** Folds the account away, or shows it. */
export function fold(folded) {
  const panel = $('account-panel');
  // Who has just connected goes on in the dialler.
  if (folded && panel.contains(document.activeElement)) $('target').focus();
  panel.classList.toggle('folded', folded);
  if (!folded) views.show('phone');
  $('account-fold').setAttribute('aria-expanded', String(!folded));
}

/** The line stands: its name is in the bar, and the account out of the way. */
export function registered(uri) {
  $('account-name').textContent = $('display-name').value.trim() || uri.user;
  fold(true);
}

/** Whether this tab was connected before it was loaded anew. */
export const wasConnected = () => sessionStorage.getItem('viasip-connected') === 'yes';

export function setUp(connect, disconnect) {
  for (const [name, { title, url, help }] of Object.entries(presets)) {
    $('presets').append(
      el(
        'label',
        { class: 'preset' },
        el('input', { type: 'radio', name: 'preset', value: name, onclick: () => preset(name) }),
        el('strong', {}, title),
        el('span', {}, help),
        el('code', {}, url),
      ),
    );
  }
  const before = sessionStorage.getItem('viasip-account');
  const last = before ? JSON.parse(before) : accounts[0];
  // A new tab of this page's own service is somebody else, so that two tabs can call each other.
  if (last && (before || !presets.own.password || last.url !== presets.own.url)) fill(last);
  else preset('own');
  list();
  $('account').addEventListener('submit', (event) => {
    event.preventDefault();
    connect();
  });
  $('disconnect').addEventListener('click', () => {
    sessionStorage.removeItem('viasip-connected');
    $('account-name').textContent = 'Account';
    disconnect();
  });
  $('account-fold').addEventListener('click', () => fold(!$('account-panel').classList.contains('folded')));
}

function preset(name) {
  const { url, domain, password = '' } = presets[name];
  choose(name);
  const user = password ? `user${Math.floor(Math.random() * 9000 + 1000)}` : 'alice';
  fill({ url, uri: `sip:${user}@${domain}`, password });
}

function choose(name) {
  for (const radio of document.querySelectorAll('[name=preset]')) radio.checked = radio.value === name;
}

function fill(account) {
  for (const id of [...kept, ...secrets]) $(id).value = account[id] ?? '';
  $('remember').checked = Boolean(account.remember);
  const [name] = Object.entries(presets).find(([, { url }]) => url === account.url) ?? [];
  choose(name);
  if (!account.password) $('password').value = presets[name]?.password ?? '';
}

/** Keeps the account that is connected: its passwords in this tab, and in this browser where that is asked for. */
export function keep() {
  const account = Object.fromEntries(kept.map((id) => [id, $(id).value.trim()]));
  const secret = Object.fromEntries(secrets.map((id) => [id, $(id).value]));
  const remember = $('remember').checked;
  sessionStorage.setItem('viasip-account', JSON.stringify({ ...account, ...secret, remember }));
  sessionStorage.setItem('viasip-connected', 'yes');
  const others = accounts.filter(({ uri, url }) => uri !== account.uri || url !== account.url);
  accounts = [remember ? { ...account, ...secret, remember } : account, ...others].slice(0, MOST);
  save();
}

function save() {
  localStorage.setItem(KEY, JSON.stringify(accounts));
  list();
}

function list() {
  $('kept').hidden = accounts.length === 0;
  const entry = (account) => {
    const name = account.uri.replace(/^sips?:/i, '');
    const use = () => {
      fill(account);
      showError(null);
      $(account.password ? 'connect' : 'password').focus();
    };
    const forget = () => {
      accounts = accounts.filter((other) => other !== account);
      save();
      $('url').focus();
    };
    return el(
      'div',
      { class: 'kept' },
      el('button', { type: 'button', onclick: use, title: account.url }, name),
      el('button', { type: 'button', class: 'bare', onclick: forget, 'aria-label': `Forget ${name}` }, icon('close')),
    );
  };
  $('kept').replaceChildren(...accounts.map(entry));
}
