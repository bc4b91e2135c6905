// The cases for JsSIP, and for viasip, whose names are the same.
import JsSIP from 'jssip';
import { stubWebRTC } from './stub.mjs';

const once = (emitter, name) =>
  new Promise((resolve) => {
    emitter.once(name, resolve);
  });
const line = (url, options = {}) =>
  new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(url)],
    uri: 'sip:alice@example.com',
    password: 'secret',
    register: false,
    contact_uri: 'sip:alice@alice.invalid;transport=ws',
    ...options,
  });

let ua;
const idle = [];
window.bench = {
  contact: 'sip:alice@alice.invalid;transport=ws',
  async start(url) {
    stubWebRTC();
    ua = line(url);
    ua.on('newMessage', () => {});
    ua.start();
    await once(ua, 'connected');
  },
  async register(count) {
    for (let at = 0; at < count; at += 1) {
      ua.register();
      await once(ua, 'registered');
      ua.unregister();
      await once(ua, 'unregistered');
    }
  },
  async calls(count) {
    for (let at = 0; at < count; at += 1) {
      const session = ua.call('sip:bob@example.com', { mediaConstraints: { audio: true, video: false } });
      await once(session, 'confirmed');
      session.terminate();
    }
  },
  /** User agents that are connected and wait. */
  async idle(count, url) {
    for (let at = 0; at < count; at += 1) {
      const waiting = line(url);
      idle.push(waiting);
      waiting.start();
      await once(waiting, 'connected');
    }
  },
  /** Calls that stay up. */
  async up(count) {
    for (let at = 0; at < count; at += 1) {
      const session = ua.call('sip:bob@example.com', { mediaConstraints: { audio: true, video: false } });
      idle.push(session);
      await once(session, 'confirmed');
    }
  },
};
