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

/** The errors that methods throw. */
export const Exceptions = {
  ConfigurationError: Errors.ConfigurationError,
  InvalidStateError: Errors.InvalidStateError,
  NotSupportedError: Errors.NotSupportedError,
  NotReadyError: Errors.NotReadyError,
  RefusedError: Errors.RefusedError,
};
/** Reads values of header fields by the rules of RFC 3261. */
export const Grammar = { parse: Rules.parse, toSource: Rules.toSource, SyntaxError: Rules.SyntaxError };
/** `viasip`. */
export const name = 'viasip';
/** That of the package. */
export const version = VERSION;

const text = (sdp: string | null) => (sdp === null || sdp === undefined ? undefined : String(sdp));

/** Why two session descriptions cannot meet, in words. */
export const diagnose = (offer: string | null, answer: string | null): Diagnosis[] =>
  diagnosisOf(text(offer), text(answer));

/** What two ends must share, row by row. */
export const features = (local: string | null, remote: string | null): Feature[] =>
  featuresOf(text(local), text(remote));

export type { PushTarget, TrickleIce, UAConfiguration } from './UAConfiguration.js';
export type { Source } from './core/compile.js';
export type { Debug } from './debug.js';
export type { Listener } from './EventEmitter.js';
export type {
  ConfigurationError,
  InvalidStateError,
  NotReadyError,
  NotSupportedError,
  RefusedError,
} from './Exceptions.js';
export type { MessageContent, SendMessageOptions } from './Message.js';
export type {
  MessageEventMap,
  MessageFailedEvent,
  MessageFailedListener,
  ReceiptEvent,
  ReceiptListener,
  ReplyOptions,
  RequestOptions,
} from './OutOfDialog.js';
export type { ExtraContactParams } from './Registrator.js';
export type { ResumeOptions } from './resume.js';
export type { MediaKind } from './RTCSession/devices.js';
export type { ReferSubscriber } from './RTCSession/ReferSubscriber.js';
export type { Header } from './SIPMessage.js';
export type { DialogIdentity } from './Subscriber.js';
export type { Server } from './Transport.js';
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
