// Block 2: three lamps with words. Each opens its facts.
import { $, el, time } from './page.js';

const lamps = {
  socket: { title: 'Server', words: 'Not connected.' },
  registration: { title: 'Registration', words: 'Not registered.' },
  media: { title: 'Media', words: 'No call.' },
};
for (const [key, { title, words }] of Object.entries(lamps)) {
  Object.assign(lamps[key], { state: el('span'), list: el('ul', { 'aria-live': 'off' }), facts: [] });
  $('lamps').append(
    el(
      'details',
      // One at a time: they open over the same place.
      { 'data-lamp': key, name: 'lamps' },
      el('summary', {}, el('strong', {}, `${title}: `), lamps[key].state),
      lamps[key].list,
    ),
  );
  lamp(key, words, null);
}

// They lie over the page: a click beside them, or Escape, closes them.
const shut = () => $('lamps').querySelector('[open]')?.removeAttribute('open');
addEventListener('click', ({ target }) => $('lamps').contains(target) || shut());
$('lamps').addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape') return;
  $('lamps').querySelector('[open] summary')?.focus();
  shut();
});

/** `good`: true, false, or null where there is nothing to be good or bad about. */
export function lamp(name, words, good, facts = lamps[name].facts) {
  const { state, list } = lamps[name];
  lamps[name].facts = facts;
  // Facts change each second of a call: what did not change stays, with its focus, and is not read out again.
  const text = `${good ? '●' : '○'} ${words}`;
  state.className = good ? 'good' : good === null ? 'idle' : 'bad';
  if (state.textContent !== text) state.textContent = text;
  list.replaceChildren(
    ...(facts.length > 0 ? facts : ['Nothing to tell yet.']).map((fact) => el('li', { class: 'hint' }, fact)),
  );
}

let followed = null;

/** Follows a user agent; what becomes of the one before it is not said any more. */
export function follow(ua, url) {
  followed = ua;
  const on = (name, listener) => ua.on(name, (event) => followed === ua && listener(event));
  let [asked, trip, stood, lost] = [0, null, false, null];
  on('sipMessage', ({ direction, message, at }) => {
    if (direction === 'out' && message.startsWith('REGISTER')) asked = at;
    else if (direction === 'in' && /^CSeq: *\d+ +REGISTER/im.test(message)) trip = at - asked;
  });
  lamp('socket', 'Connecting…', false, [`Address: ${url}`]);
  lamp('registration', 'Waiting for the server.', false, []);
  on('connecting', ({ attempts }) =>
    lamp('socket', attempts ? `Trying again (attempt ${attempts + 1})…` : 'Connecting…', false),
  );
  on('connected', () => {
    [stood, lost] = [true, null];
    lamp('socket', 'Connected.', true, [`Address: ${url}`, `Since ${time()}`]);
    lamp('registration', 'Registering…', false);
  });
  on('disconnected', ({ code, reason, retryIn, willRecover }) => {
    const why = `${reason || (code ? `code ${code}` : 'closed')}`;
    if (!willRecover) {
      lamp('socket', 'Not connected.', null, [`Address: ${url}`, `Until ${time()}`]);
      lamp('registration', 'Not registered.', null, []);
      return;
    }
    lamp('socket', `Not connected. Trying again ${retryIn ? `in ${Math.round(retryIn)} s` : 'now'}.`, false, [
      `Address: ${url}`,
      `Why: ${why}`,
      stood
        ? `The line was lost at ${(lost ??= time())}. A call that is up keeps its sound meanwhile.`
        : 'Check the address, the certificate and that the server listens for WebSocket.',
    ]);
  });
  on('registered', ({ response }) => {
    const registrator = ua.registrator();
    const server = response.getHeader('Server') || response.getHeader('User-Agent') || 'not named';
    const facts = [
      `Address: ${ua.configuration.uri.toAor()}`,
      `Server: ${server}`,
      `Contact: ${ua.contact.toString()}`,
    ];
    if (trip !== null) facts.push(`Round trip: ${trip} ms`);
    if (registrator.expires)
      facts.push(`Expires after ${registrator.expires} s, refreshed at ${time(registrator.refreshAt)}`);
    lamp('registration', `Registered as ${ua.configuration.uri.user}.`, true, facts);
  });
  on('unregistered', () => lamp('registration', 'Not registered.', false));
  on('registrationFailed', ({ cause, response }) => {
    const wrong = response && [401, 403, 407].includes(response.status_code);
    const words = wrong ? 'Refused: the name or password is wrong.' : `Failed: ${cause}.`;
    const again = ua.registrator().refreshAt;
    const facts = [
      response ? `The server said: ${response.status_code} ${response.reason_phrase}` : 'The server did not answer.',
    ];
    if (again) facts.push(`Asked again at ${time(again)}`);
    lamp('registration', words, false, facts);
  });
}
