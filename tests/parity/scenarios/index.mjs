// All scenarios, by the section of JsSIP's behaviour that they are about.
import { calls } from './calls.mjs';
import { configuration } from './configuration.mjs';
import { emitters } from './emitter.mjs';
import { fields } from './fields.mjs';
import { incoming } from './incoming.mjs';
import { inside } from './inside.mjs';
import { lifecycle } from './lifecycle.mjs';
import { messages } from './messages.mjs';
import { outgoing } from './outgoing.mjs';
import { registration } from './registration.mjs';
import { requests } from './requests.mjs';
import { subscription } from './subscription.mjs';
import { transport } from './transport.mjs';
import { values } from './values.mjs';
import { wire } from './wire.mjs';

export const scenarios = [
  ...configuration, ...registration, ...outgoing, ...incoming, ...inside, ...messages, ...subscription, ...values, ...transport,
  ...emitters, ...fields, ...lifecycle, ...calls, ...requests, ...wire,
];
