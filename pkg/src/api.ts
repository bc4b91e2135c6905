import * as Rules from './Grammar.js';
import * as Errors from './Exceptions.js';
import { VERSION } from './version.js';
import { diagnosisOf, featuresOf } from './core/Core.js';
import type { Diagnosis, Feature } from './diagnosis.js';

export { UA } from './UA.js';
export { RTCSession } from './RTCSession.js';
export { URI } from './URI.js';
export { NameAddrHeader } from './NameAddrHeader.js';
export { WebSocketInterface } from './WebSocketInterface.js';
export { Message } from './Message.js';
export { Options } from './Options.js';
export { Subscriber } from './Subscriber.js';
export { Notifier } from './Notifier.js';
export { Publication } from './Publication.js';
export { Registrator } from './Registrator.js';
export { Transport } from './Transport.js';
export { EventEmitter } from './EventEmitter.js';
export { C } from './Constants.js';
export { Utils } from './Utils.js';
export { debug } from './debug.js';

export const Exceptions = {
  ConfigurationError: Errors.ConfigurationError,
  InvalidStateError: Errors.InvalidStateError,
  NotSupportedError: Errors.NotSupportedError,
  NotReadyError: Errors.NotReadyError,
  RefusedError: Errors.RefusedError,
};
export const Grammar = { parse: Rules.parse, toSource: Rules.toSource, SyntaxError: Rules.SyntaxError };
export const name = 'viasip';
export const version = VERSION;

const text = (sdp: string | null) => (sdp === null || sdp === undefined ? undefined : String(sdp));

/** Why two session descriptions cannot meet, in words. */
export const diagnose = (offer: string | null, answer: string | null): Diagnosis[] =>
  diagnosisOf(text(offer), text(answer));

/** What two ends must share, row by row. */
export const features = (local: string | null, remote: string | null): Feature[] =>
  featuresOf(text(local), text(remote));

export type { UAConfiguration } from './Config.js';
export type { AuthChallenge, Credentials, CredentialsProvider } from './credentials.js';
export type * from './RTCSession/options.js';
export type { InfoValue, Reason, Redirection } from './RTCSession/caller.js';
export type { DeviceChangedEvent, EndEvent, IdentityEvent, RTCSessionEventMap } from './RTCSession/events.js';
export type { RTCSessionEvent, UAEventMap } from './events.js';
export type { SubscriberEventMap, SubscriberOptions } from './Subscriber.js';
export type { PublicationEventMap, PublishOptions } from './Publication.js';
export type { NotifierEventMap, NotifierOptions } from './Notifier.js';
export type { IncomingRequest, IncomingResponse, OutgoingRequest } from './SIPMessage.js';
export type { Socket, WeightedSocket } from './Socket.js';
export type { Diagnosis, Feature } from './diagnosis.js';
