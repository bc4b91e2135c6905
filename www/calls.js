// The calls that are up, and the one on the surface.
import { phone } from './phone.js';

const up = [];
let active = null;

export const all = () => up;
export const activeCall = () => active;
export const otherCalls = () => up.filter((call) => call !== active);

/** Something of a call is another: whoever shows it looks again. */
export const changed = () => phone.tell('calls');

/** Puts a call on the surface, null for the dialler. */
export function select(call) {
  active = call;
  phone.tell('active', { session: call?.session ?? null });
  changed();
}

export function add(call) {
  up.push(call);
  changed();
}

export function drop(call) {
  const at = up.indexOf(call);
  if (at >= 0) up.splice(at, 1);
  if (call === active) select(up.find((other) => other.phase !== 'incoming') ?? null);
  else changed();
}

/** ms between looks whether an offer can be made, and for how long. */
const [AGAIN, LONGEST] = [200, 5000];

/** Resolves when the call is held, or not any more; rejects with what the far end said. */
export function hold(call, on) {
  const until = Date.now() + LONGEST;
  return new Promise((resolve, reject) => {
    const done = (error) => (error ? reject(error) : resolve());
    const attempt = () => {
      if (call.session.isOnHold().local === on || call.session.isEnded()) return resolve();
      const started = on ? call.session.hold({}, done) : call.session.unhold({}, done);
      if (started) return;
      if (Date.now() > until) reject(new Error('The call cannot be changed at this moment.'));
      else setTimeout(attempt, AGAIN);
    };
    attempt();
  });
}

/** Holds each other call that talks. */
export const holdOthers = (call) =>
  Promise.allSettled(
    up.filter((other) => other !== call && other.session.isEstablished()).map((other) => hold(other, true)),
  );
