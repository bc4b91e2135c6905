// A configuration has some fifty properties. An object of which one is defined anew is a dictionary to V8, of 1.5 kB for each
// user agent; one whose properties are each defined once shares its shape with all others.
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import test from 'node:test';
import { UA } from '../../pkg/dist/inline.js';

setFlagsFromString('--allow-natives-syntax');
const isDictionary = runInThisContext('(object) => !%HasFastProperties(object)');

const socket = {
  url: 'wss://example.com',
  via_transport: 'WSS',
  sip_uri: 'sip:example.com;transport=ws',
  connect() {},
  disconnect() {},
  send() {},
};
const userAgent = (more) => new UA({ sockets: socket, uri: 'sip:alice@example.com', ...more });

test('the configurations of many user agents share their shape', () => {
  const agents = Array.from({ length: 20 }, (_, at) => userAgent(at % 2 ? { password: 'secret' } : {}));
  assert.deepEqual(
    agents.map((ua) => isDictionary(ua.configuration)),
    agents.map(() => false),
  );
});

test('what may be assigned is each user agent’s own, the rest is read-only', () => {
  const [one, other] = [userAgent({ password: 'a' }), userAgent({ password: 'b' })];
  one.configuration.password = 'c';
  assert.deepEqual([one.configuration.password, other.configuration.password], ['c', 'b']);
  assert.throws(() => (one.configuration.register_expires = 1), TypeError);
  assert.ok(Object.keys(one.configuration).includes('password'));
  assert.deepEqual({ ...one.configuration }.password, 'c');
});
