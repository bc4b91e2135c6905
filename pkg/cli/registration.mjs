// Whether a SIP server is there, and whether it lets the account in.

const said = ({ status_code, reason_phrase }) => `${status_code} ${reason_phrase}`;

/** What the peer calls itself. */
const named = (response) => {
  const name = response.getHeader('Server') ?? response.getHeader('User-Agent');
  return name ? ` (${name})` : '';
};

/** The event that comes first, or null when none does in time. */
function first(emitter, events, waitMs) {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), waitMs);
    for (const name of events) {
      emitter.on(name, (event) => {
        clearTimeout(late);
        resolve({ ...event, name, response: event?.response });
      });
    }
  });
}

/** Any final answer to OPTIONS shows a SIP server. */
export async function answersSip(ua, { address, waitMs }, report) {
  const domain = address.replace(/^(sips?:).*@/i, '$1');
  const told = await first(ua.sendOptions(domain), ['succeeded', 'failed'], waitMs);
  if (told?.response) {
    report.right(
      'sip',
      `a SIP server answers${named(told.response)}: ${said(told.response)} to OPTIONS, any answer will do`,
    );
    return true;
  }
  report.fault(
    'sip',
    ua.isConnected() ? 'OPTIONS has no answer' : 'the server closed the line on OPTIONS',
    'The WebSocket stands, but nobody behind it speaks SIP for this domain: look at the domain of the address.',
  );
  return ua.isConnected();
}

const REFUSED = {
  403: 'Wrong password, or another name for it (--user), or this account may not register from here.',
  404: 'The server does not know this user, or not this domain.',
  405: 'This server registers nobody: it is a proxy, or registration is off.',
  406: 'The server wants another path to it: look at its outbound and Path settings.',
  423: 'The server wants a longer registration.',
  480: 'The registrar is not there for now.',
  501: 'This server registers nobody.',
  503: 'The registrar is too busy, or not reached by the proxy.',
};

/** Whether the account is let in, and what the registrar can do. */
export async function register(ua, { waitMs }, report, grammar) {
  const challenges = [];
  const trace = ({ direction, message }) => {
    if (direction === 'in' && /^SIP\/2\.0 40[17]/.test(message)) challenges.push(...asked(message, grammar));
  };
  ua.on('sipMessage', trace);
  const waiting = first(ua, ['registered', 'registrationFailed'], waitMs);
  ua.register();
  const told = await waiting;
  ua.off('sipMessage', trace);
  if (!told) {
    report.fault('registration', 'REGISTER has no answer', 'Look at the log of the server: a script may drop it.');
    return false;
  }
  if (challenges.length > 0) challenged(challenges, report);
  const { name, response, cause } = told;
  if (name === 'registrationFailed') {
    const refused = response ? `refused with ${said(response)}${named(response)}` : `failed: ${cause}`;
    const wrong = response && [401, 407].includes(response.status_code);
    const hint = wrong
      ? 'The password is wrong, or the name for authentication (--user), or the realm.'
      : REFUSED[response?.status_code];
    report.fault('registration', refused, hint);
    return false;
  }
  report.right('registration', `registered for ${ua.registrator().expires} s`);
  capabilities(response, report);
  return true;
}

/** The challenges of one answer. */
const asked = (message, grammar) =>
  [...message.matchAll(/^(?:WWW|Proxy)-Authenticate\s*:\s*(.*)$/gim)].map(([, value]) => {
    const { realm = '', algorithm = 'MD5' } = grammar.parse(value.trim(), 'challenge') || {};
    const scheme = value.trim().split(' ')[0];
    return { realm, hash: scheme === 'Digest' ? algorithm : scheme };
  });

/** By what the registrar makes sure of the account. */
function challenged(challenges, report) {
  const hashes = [...new Set(challenges.map(({ hash }) => hash))].join(', ');
  const what = `the challenge is ${hashes} for the realm "${challenges[0].realm}"`;
  if (challenges.every(({ hash }) => /^MD5/i.test(hash)))
    report.note('registration', what, 'An old hash: over wss: it does, SHA-256 would be better.');
  else report.right('registration', what);
}

/** What of outbound, GRUU and the rest the registrar has, as its answer says. */
function capabilities(response, report) {
  const contacts = response.getHeaders('Contact');
  if (contacts.length > 1)
    report.note('registration', `${contacts.length} contacts are registered: a call rings on each of them`);
  const all = [...response.getHeaders('Require'), ...response.getHeaders('Supported')].join(',');
  const has = [
    [/(^|,)\s*outbound\s*(,|$)/i.test(all), 'outbound'],
    [contacts.some((contact) => /;\s*pub-gruu=/i.test(contact)), 'GRUU'],
    [response.hasHeader('Path'), 'Path'],
    [response.hasHeader('Service-Route'), 'Service-Route'],
    [response.hasHeader('Flow-Timer'), `Flow-Timer of ${response.getHeader('Flow-Timer')} s`],
  ];
  const there = has.filter(([is]) => is).map(([, what]) => what);
  report.note(
    'registration',
    there.length > 0
      ? `the registrar has ${there.join(', ')}`
      : 'plain: no outbound, GRUU, Path or Service-Route, and calls need none of them',
  );
}
