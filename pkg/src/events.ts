import type { Message } from './Message.js';
import type { Options } from './Options.js';
import type { RTCSession } from './RTCSession.js';
import type { IncomingRequest, IncomingResponse, OutgoingRequest } from './SIPMessage.js';
import type { Socket } from './Socket.js';
import type { Transport } from './Transport.js';

export interface RTCSessionEvent {
  originator: 'local' | 'remote';
  session: RTCSession;
  request: IncomingRequest | OutgoingRequest;
}

export interface UAEventMap {
  connecting: (event: { socket: Socket; attempts: number }) => void;
  connected: (event: { socket: Transport }) => void;
  disconnected: (event: { socket: Transport; error: boolean; code?: number; reason?: string; retryIn: number | null }) => void;
  registered: (event: { response: IncomingResponse }) => void;
  unregistered: (event: { response?: IncomingResponse | null; cause?: string | null }) => void;
  registrationFailed: (event: { response: IncomingResponse | null; cause?: string }) => void;
  registrationExpiring: () => void;
  newRTCSession: (event: RTCSessionEvent) => void;
  newMessage: (event: { originator: 'local' | 'remote'; message: Message; request: IncomingRequest | OutgoingRequest }) => void;
  newOptions: (event: { originator: 'local' | 'remote'; message: Options; request: IncomingRequest | OutgoingRequest }) => void;
  /** A SUBSCRIBE outside a dialog: make a `Notifier` of it with `ua.notify()`, or `request.reply(489)`. */
  newSubscribe: (event: { event: { event: string; params: Record<string, string> }; request: IncomingRequest }) => void;
  sipEvent: (event: { event?: { event: string; params: Record<string, string> }; request: IncomingRequest }) => void;
  /** Each SIP message as it passes, credentials masked. `at` is ms as `Date.now()` counts. */
  sipMessage: (event: { direction: 'in' | 'out'; message: string; at: number }) => void;
}
