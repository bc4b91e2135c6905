// What CommonJS may require: the entry that is there as such.
import JsSIP = require('viasip/inline');
import { UA, type UAConfiguration } from 'viasip/inline';
import type { RTCSession } from 'viasip/inline/lib/RTCSession';

const configuration: UAConfiguration = { sockets: [new JsSIP.WebSocketInterface('wss://x')], uri: 'sip:a@b.c' };
const session: RTCSession = new UA(configuration).call('bob');
// @ts-expect-error An event that is misspelt.
session.on('confirmd', () => undefined);
