// What an application in TypeScript does, by every entry, with listeners whose payload has no type of its own.
import init, { UA, WebSocketInterface, C, URI, diagnose } from 'viasip';
import type { CallOptions, UAConfiguration } from 'viasip';
import { UA as Started } from 'viasip/auto';
import JsSIP from 'viasip/inline';
import type { IncomingRTCSessionEvent } from 'viasip/inline/lib/UA';
import type { RTCSession } from 'viasip/inline/lib/RTCSession.js';
import wasm from 'viasip/wasm';

const configuration: UAConfiguration = { sockets: [new WebSocketInterface('wss://x')], uri: 'sip:a@b.c' };
const ua = new UA(configuration);
ua.on('newRTCSession', ({ session, originator, request }) => {
  if (originator === 'remote') session.answer();
  session.on('progress', ({ response }) => console.log(response?.status_code));
  session.on('confirmed', ({ ack }) => console.log(ack?.method));
  session.on('newDTMF', ({ dtmf }) => console.log(dtmf.tone, request.from.uri.user));
  // @ts-expect-error An event that is misspelt.
  session.on('confirmd', () => undefined);
});
// @ts-expect-error An event that is misspelt.
ua.on('registred', () => undefined);
// @ts-expect-error A payload that is another event's.
ua.on('newRTCSession', (event: CallOptions) => console.log(event));
const options: CallOptions = { mediaConstraints: { audio: true, video: false } };
const session: RTCSession = ua.call('bob', options);
const came = ({ session: other }: IncomingRTCSessionEvent): string => other.id;
console.log(session.id, came, C.causes.BUSY, URI.parse('sip:a@b')?.user, diagnose('', ''));
void init(wasm).then(() => new Started(configuration).start());
new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface('wss://x')], uri: 'sip:a@b.c' }).start();
