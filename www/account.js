// Block 1: who calls, and through which server. The password stays in the tab.
import { $ } from './page.js';

const service =
  typeof __VIASIP_SERVICE__ === 'undefined' ? `ws://${location.hostname || '127.0.0.1'}:5066` : __VIASIP_SERVICE__;
const host = location.hostname || 'example.com';

const presets = {
  own: {
    url: service,
    domain: 'viasip.local',
    help: 'The service that came with this page: any name, password “viasip”. Open a second tab to call yourself.',
  },
  kamailio: {
    url: `wss://${host}/ws`,
    domain: host,
    help: 'Kamailio with the websocket module: usually wss://HOST/ws or wss://HOST:8443.',
  },
  asterisk: {
    url: `wss://${host}:8089/ws`,
    domain: host,
    help: 'Asterisk http.conf and a pjsip endpoint with webrtc=yes: wss://HOST:8089/ws.',
  },
  freeswitch: {
    url: `wss://${host}:7443`,
    domain: host,
    help: 'FreeSWITCH sofia profile with wss-binding: wss://HOST:7443.',
  },
};
const fields = { sockets: 'url', uri: 'uri', password: 'password', display_name: 'display-name' };
const kept = { url: localStorage, uri: localStorage, 'display-name': localStorage, password: sessionStorage };

/** Names the wrong field beside the field. */
export function showError(parameter, text) {
  for (const id of Object.values(fields)) {
    $(`${id}-error`).textContent = '';
    $(id).removeAttribute('aria-invalid');
  }
  const id = fields[parameter];
  if (!id) return;
  $(`${id}-error`).textContent = text;
  $(id).setAttribute('aria-invalid', 'true');
  $(id).focus();
}

export const read = () => ({
  url: $('url').value.trim(),
  uri: $('uri').value.trim(),
  password: $('password').value,
  displayName: $('display-name').value.trim(),
});

export function setUp(connect, disconnect) {
  const fill = (name) => {
    const preset = presets[name];
    $('preset-help').textContent = preset.help;
    $('url').value = preset.url;
    const user = name === 'own' ? `user${Math.floor(Math.random() * 9000 + 1000)}` : 'alice';
    $('uri').value = `sip:${user}@${preset.domain}`;
    $('password').value = name === 'own' ? 'viasip' : '';
  };
  $('preset').addEventListener('change', () => fill($('preset').value));
  fill('own');
  for (const [id, storage] of Object.entries(kept)) {
    const value = storage.getItem(`viasip-${id}`);
    if (value && id !== 'uri') $(id).value = value;
  }
  if (sessionStorage.getItem('viasip-uri')) $('uri').value = sessionStorage.getItem('viasip-uri');
  $('account').addEventListener('submit', (event) => {
    event.preventDefault();
    for (const [id, storage] of Object.entries(kept)) storage.setItem(`viasip-${id}`, $(id).value);
    sessionStorage.setItem('viasip-uri', $('uri').value);
    connect();
  });
  $('disconnect').addEventListener('click', disconnect);
}
