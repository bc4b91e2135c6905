// Passing a call on: to somebody else (blind), or to one's other call (attended).
import { activeCall, all } from './calls.js';
import { $ } from './page.js';
import { open } from './panels.js';

/** Asks the other end of `call` to call `target`, and says how that goes; resolves once they talk. */
function refer(call, target, name, options = {}) {
  return new Promise((resolve, reject) => {
    const refused = (words) => reject(new Error(words));
    const eventHandlers = {
      requestFailed: ({ cause, response }) =>
        refused(`${call.who} does not take it (${response?.status_code ?? cause}). You are still connected.`),
      trying: () => call.say(`${call.who} is calling ${name}…`),
      progress: () => call.say(`It rings at ${name}.`),
      accepted: resolve,
      failed: ({ status_line }) =>
        refused(`${name} could not be reached (${status_line.status_code} ${status_line.reason_phrase}).`),
    };
    if (!call.session.refer(target, { ...options, eventHandlers })) return refused('The call is not up yet.');
    call.say(`Asking ${call.who} to call ${name}…`);
  });
}

/** Ends what has been passed on, if the other end has not done so. */
const end = (call) => !call.session.isEnded() && call.session.terminate();

/** Connects the other ends of two calls with each other. */
export async function connectBoth(first, second) {
  await refer(first, second.session.remote_identity.uri, second.who, { replaces: second.session });
  end(first);
  end(second);
}

export function setUp() {
  $('transfer-panel').addEventListener('submit', async (event) => {
    event.preventDefault();
    const [call, target] = [activeCall(), $('transfer-to').value.trim()];
    $('transfer-error').textContent = '';
    if (!target) {
      $('transfer-error').textContent = 'Type a name, a number or an address.';
      $('transfer-to').focus();
      return;
    }
    try {
      const passing = refer(call, target, target);
      open(null);
      await passing;
      end(call);
    } catch (error) {
      const words = error instanceof TypeError ? 'This is no address that can be called.' : error.message;
      $('transfer-error').textContent = words;
      if (all().includes(call)) call.say(words);
    }
  });
}
