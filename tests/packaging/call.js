// What each project does with viasip: two lines of its page register at the tests' service, and one calls the other.

/** Starts by `start`, calls, and leaves for the runner how that went: `confirmed`, or what the error says. */
export async function tell({ UA, WebSocketInterface }, start = () => {}) {
  globalThis.told = await Promise.resolve()
    .then(start)
    .then(() => call(UA, WebSocketInterface, new URLSearchParams(globalThis.location.search).get('service')))
    .catch((error) => `${error.message}${error.cause ? ` <- ${error.cause}` : ''}`);
}

/** `confirmed` once both ends of a call have said so. */
export async function call(UA, WebSocketInterface, service) {
  const once = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));
  const line = (user) =>
    new UA({ sockets: [new WebSocketInterface(service)], uri: `sip:${user}@viasip.local`, password: 'viasip' });
  const number = Math.random().toString(36).slice(2);
  const [alice, bob] = [line(`alice-${number}`), line(`bob-${number}`)];
  const registered = [alice, bob].map((ua) =>
    Promise.race([
      once(ua, 'registered'),
      once(ua, 'registrationFailed').then(({ cause }) => Promise.reject(new Error(`not registered: ${cause}`))),
    ]),
  );
  alice.start();
  bob.start();
  await Promise.all(registered);
  const answered = once(bob, 'newRTCSession').then(({ session }) => {
    session.answer();
    return once(session, 'confirmed');
  });
  const session = alice.call(`bob-${number}`, { mediaConstraints: { audio: true, video: false } });
  const ended = once(session, 'failed').then(({ cause }) => Promise.reject(new Error(`registered, then: ${cause}`)));
  await Promise.race([Promise.all([answered, once(session, 'confirmed')]), ended]);
  alice.stop();
  bob.stop();
  return 'confirmed';
}
