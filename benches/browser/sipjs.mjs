// The cases for SIP.js.
import { Inviter, Registerer, RegistererState, SessionState, UserAgent } from 'sip.js';
import { stubWebRTC } from './stub.mjs';

const line = (url, delegate) =>
  new UserAgent({
    uri: UserAgent.makeURI('sip:alice@example.com'),
    authorizationUsername: 'alice',
    authorizationPassword: 'secret',
    contactName: 'alice',
    viaHost: 'alice.invalid',
    transportOptions: { server: url },
    delegate,
    logLevel: 'error',
    logBuiltinEnabled: false,
  });
const state = (target, wanted) =>
  new Promise((resolve) => {
    const listener = (now) => {
      if (now !== wanted) return;
      target.stateChange.removeListener(listener);
      resolve();
    };
    target.stateChange.addListener(listener);
  });

let ua;
let registerer;
const idle = [];
window.bench = {
  contact: 'sip:alice@alice.invalid;transport=ws',
  async start(url) {
    stubWebRTC();
    ua = line(url, { onMessage: (message) => message.accept() });
    await ua.start();
    registerer = new Registerer(ua);
  },
  async register(count) {
    for (let at = 0; at < count; at += 1) {
      const registered = state(registerer, RegistererState.Registered);
      await registerer.register();
      await registered;
      const gone = state(registerer, RegistererState.Unregistered);
      await registerer.unregister();
      await gone;
    }
  },
  async calls(count) {
    for (let at = 0; at < count; at += 1) {
      const session = new Inviter(ua, UserAgent.makeURI('sip:bob@example.com'));
      const established = state(session, SessionState.Established);
      await session.invite();
      await established;
      await session.bye();
    }
  },
  async idle(count, url) {
    for (let at = 0; at < count; at += 1) {
      const waiting = line(url, {});
      idle.push(waiting);
      await waiting.start();
    }
  },
  async up(count) {
    for (let at = 0; at < count; at += 1) {
      const session = new Inviter(ua, UserAgent.makeURI('sip:bob@example.com'));
      idle.push(session);
      const established = state(session, SessionState.Established);
      await session.invite();
      await established;
    }
  },
};
