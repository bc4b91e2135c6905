// An application that uses every event and method that JsSIP declares. It is compiled against both packages' types:
// `jssip` and its deep paths mean one or the other.
import * as JsSIP from 'jssip';
import { C, Exceptions, NameAddrHeader, UA, URI, Utils, WebSocketInterface, debug } from 'jssip';
import type { Message } from 'jssip/lib/Message';
import type { Registrator } from 'jssip/lib/Registrator';
import type {
  AnswerOptions,
  DTMFOptions,
  EndEvent,
  HoldOptions,
  IncomingAckEvent,
  IncomingDTMFEvent,
  IncomingEvent,
  IncomingInfoEvent,
  MediaStreamTypes,
  OutgoingAckEvent,
  OutgoingEvent,
  Originator,
  PeerConnectionEvent,
  ReInviteEvent,
  ReferEvent,
  RTCSession,
  RTCSessionEventMap,
  SDPEvent,
  SendingEvent,
  SessionDirection,
  TerminateOptions,
  IceCandidateEvent,
  ConnectingEvent,
  HoldEvent,
  RenegotiateOptions,
  ReferOptions,
} from 'jssip/lib/RTCSession';
import type { IncomingRequest, IncomingResponse, OutgoingRequest } from 'jssip/lib/SIPMessage';
import type { Socket } from 'jssip/lib/Socket';
import type {
  CallOptions,
  ConnectedEvent,
  DisconnectEvent,
  IncomingMessageEvent,
  IncomingOptionsEvent,
  IncomingRTCSessionEvent,
  OutgoingRTCSessionEvent,
  RegisteredEvent,
  RTCSessionEvent,
  UAConfiguration,
  UAEventMap,
  UnRegisteredEvent,
} from 'jssip/lib/UA';

const socket: Socket = new WebSocketInterface('wss://sip.example.com');
const configuration: UAConfiguration = {
  sockets: [{ socket, weight: 2 }],
  uri: 'sip:alice@example.com',
  password: 'secret',
  realm: 'example.com',
  ha1: 'x',
  display_name: 'Alice',
  authorization_user: 'alice',
  authorization_jwt: 'Bearer x',
  connection_recovery_max_interval: 30,
  connection_recovery_min_interval: 2,
  contact_uri: 'sip:a@b.c',
  instance_id: '8f1fa16a-1165-4a96-8341-785b1ef24f12',
  no_answer_timeout: 60,
  session_timers: true,
  session_timers_refresh_method: 'UPDATE',
  session_timers_force_refresher: false,
  register: true,
  register_expires: 600,
  register_from_tag_trail: () => 'x',
  registrar_server: 'sip:example.com',
  use_preloaded_route: false,
  user_agent: 'app',
  extra_headers: ['X: y'],
};
const ua: UA = new JsSIP.UA(configuration);

ua.on('connecting', ({ socket: line, attempts }) => console.log(line.url, attempts + 1));
ua.on('connected', (event: ConnectedEvent) => console.log(event.socket));
ua.on('disconnected', (event: DisconnectEvent) => console.log(event.error, event.code, event.reason));
ua.on('registered', ({ response }: RegisteredEvent) => console.log(response.getHeader('Contact').length));
ua.on('unregistered', ({ response, cause }: UnRegisteredEvent) => console.log(response.status_code, cause?.toString()));
ua.on('registrationFailed', ({ response, cause }) => console.log(response.reason_phrase, cause));
ua.on('registrationExpiring', () => ua.register());
ua.on('newRTCSession', ({ session, originator, request }: IncomingRTCSessionEvent) =>
  console.log(session.id, originator, request.ruri.user),
);
ua.on('newRTCSession', ({ session, request }: OutgoingRTCSessionEvent) => console.log(session.id, request.call_id));
ua.on('newMessage', ({ message, request }: IncomingMessageEvent) => {
  console.log(request.body, message.direction);
  message.accept({ extraHeaders: [], body: '' });
});
ua.on('newOptions', ({ request }: IncomingOptionsEvent) => console.log(request.method));
ua.on('sipEvent', ({ event, request }) => console.log(event, request.method));
ua.on('newSubscribe', ({ event, request }) => {
  console.log(event);
  const notifier = ua.notify(request, 'text/plain', { pending: true, allowEvents: 'x', extraHeaders: [] });
  notifier.on('subscribe', (isUnsubscribe, subscribe, body, contentType) =>
    console.log(isUnsubscribe, subscribe.method, body?.length, contentType),
  );
  notifier.on('expired', () => notifier.terminate('bye', 'timeout', 10));
  notifier.on('terminated', (code) => console.log(code === notifier.C.FINAL_NOTIFY_SENT));
  notifier.start();
  notifier.setActiveState();
  notifier.notify('state');
  notifier.data = { any: 1 };
  console.log(notifier.data.any, notifier.id, notifier.state);
});
const both = (event: RTCSessionEvent): RTCSession => event.session;
console.log(both);

ua.start();
ua.register();
ua.unregister({ all: true });
console.log(
  ua.isRegistered(),
  ua.isConnected(),
  ua.status,
  ua.C.STATUS_READY,
  UA.C.STATUS_INIT,
  ua.contact.toString({ anonymous: true, outbound: true }),
);
console.log(
  ua.contact.pub_gruu?.length,
  ua.contact.temp_gruu?.length,
  ua.get('realm')?.length,
  ua.set('password', 'new'),
  ua.set('display_name', 'A'),
);
const registrator: Registrator = ua.registrator();
registrator.setExtraHeaders(['X: y']);
registrator.setExtraContactParams({ a: 1, b: 'x', c: true });

const eventHandlers: Partial<RTCSessionEventMap> = {
  progress: (event: OutgoingEvent) => console.log(event.response.status_code),
  failed: (event: EndEvent) => console.log(event.cause, event.message.method),
};
const calling: CallOptions = {
  eventHandlers,
  anonymous: false,
  fromUserName: 'x',
  fromDisplayName: 'y',
  mediaConstraints: { audio: true, video: false },
  extraHeaders: [],
  pcConfig: { iceServers: [] },
  rtcConstraints: {},
  rtcOfferConstraints: { offerToReceiveAudio: true },
  sessionTimersExpires: 120,
};
const session: RTCSession = ua.call('bob', calling);

session.on('peerconnection', ({ peerconnection }: PeerConnectionEvent) => peerconnection.getRemoteStreams().length);
session.on('connecting', ({ request }: ConnectingEvent) => request.method);
session.on('sending', ({ request }: SendingEvent) => request.setHeader('X', 'y'));
session.on('progress', (event: IncomingEvent) => event.originator);
session.on('accepted', ({ response, originator }: OutgoingEvent) => console.log(response.to.toString(), originator));
session.on('confirmed', ({ originator }: OutgoingAckEvent) => console.log(originator));
session.on('confirmed', ({ ack }: IncomingAckEvent) => console.log(ack.ruri.host));
session.on('ended', ({ originator, message, cause }) =>
  console.log(originator, message.getHeader('Reason'), cause.length),
);
session.on('failed', (event) => console.log(event.cause === C.causes.BUSY));
session.on('newDTMF', ({ dtmf, request }: IncomingDTMFEvent) =>
  console.log(dtmf.tone, dtmf.duration + 1, request.method),
);
session.on('newInfo', ({ info }: IncomingInfoEvent) => console.log(info.contentType, info.body));
session.on('hold', ({ originator }: HoldEvent) => console.log(originator));
session.on('unhold', ({ originator }) => console.log(originator));
session.on('muted', ({ audio, video }: MediaStreamTypes) => console.log(audio, video));
session.on('unmuted', ({ audio }) => console.log(audio));
session.on('reinvite', (event: ReInviteEvent) => {
  event.callback = () => undefined;
  event.reject({ status_code: 488, reason_phrase: 'no', extraHeaders: [] });
});
session.on('update', ({ request, reject }) => (console.log(request.hasHeader('X')), reject()));
session.on(
  'refer',
  ({ request, accept, reject }: ReferEvent) => (
    accept(() => undefined, {}),
    reject(),
    console.log(request.getHeaders('Refer-To'))
  ),
);
session.on('replaces', ({ accept }) => accept());
session.on('sdp', (event: SDPEvent) => {
  event.sdp = event.sdp.replace('a', 'b') + event.type + event.originator;
});
session.on('icecandidate', ({ candidate, ready }: IceCandidateEvent) =>
  candidate.candidate.length > 0 ? ready() : undefined,
);
session.on('getusermediafailed', (error) => console.log(error.name));
session.on('peerconnection:createofferfailed', (error) => console.log(error.name));
session.on('peerconnection:createanswerfailed', (error) => console.log(error.name));
session.on('peerconnection:setlocaldescriptionfailed', (error) => console.log(error.name));
session.on('peerconnection:setremotedescriptionfailed', (error) => console.log(error.name));
session.once('ended', () => undefined).removeAllListeners('ended');

const answering: AnswerOptions = {
  mediaConstraints: { audio: true },
  mediaStream: new MediaStream(),
  rtcAnswerConstraints: {},
};
const ending: TerminateOptions = {
  status_code: 486,
  reason_phrase: 'Busy Here',
  cause: C.causes.BUSY,
  body: '',
  extraHeaders: [],
};
const pressing: DTMFOptions = { duration: 100, interToneGap: 500, extraHeaders: [] };
const holding: HoldOptions = { useUpdate: true, extraHeaders: [] };
const renewing: RenegotiateOptions = { useUpdate: false, rtcOfferConstraints: { iceRestart: true } };
const referring: ReferOptions = { replaces: session, extraHeaders: [], eventHandlers: { accepted: () => undefined } };
session.answer(answering);
session.sendDTMF('1#', pressing);
session.sendDTMF(5);
session.sendInfo('text/plain', 'hello', { extraHeaders: [] });
const changed: boolean[] = [session.hold(holding, () => undefined), session.unhold(), session.renegotiate(renewing)];
session.mute({ audio: true });
session.unmute();
session.refer('carol', referring);
session.refer(new URI('sip', 'carol', 'example.com'));
session.data = { own: true };
const states: boolean[] = [
  session.isInProgress(),
  session.isEstablished(),
  session.isEnded(),
  session.isReadyToReOffer(),
  session.isOnHold().local,
  Boolean(session.isMuted().audio),
];
const facts: [string, RTCPeerConnection, string, Date, Date, NameAddrHeader, NameAddrHeader, number] = [
  session.id,
  session.connection,
  session.contact,
  session.start_time,
  session.end_time,
  session.local_identity,
  session.remote_identity,
  session.status,
];
const direction: SessionDirection = session.direction;
console.log(changed, states, facts, direction, session.data.own, session.causes.BYE, session.C.STATUS_CONFIRMED);
session.terminate(ending);

const message: Message = ua.sendMessage('bob', 'hi', {
  contentType: 'text/plain',
  extraHeaders: [],
  eventHandlers: { succeeded: ({ response }) => response.status_code },
});
message.on('failed', ({ response, cause }) => console.log(response.status_code, cause));
message.reject({ status_code: 480 });
console.log(message.direction, message.local_identity.uri.user, message.remote_identity.display_name);

const subscriber = ua.subscribe('bob', 'presence', 'application/pidf+xml', {
  expires: 300,
  extraHeaders: [],
  contentType: 'x/y',
  allowEvents: 'presence',
});
subscriber
  .on('accepted', () => undefined)
  .on('pending', () => undefined)
  .on('active', () => undefined);
subscriber.on('notify', (isFinal, request, body, contentType) =>
  console.log(isFinal, request.from.uri.host, body?.length, contentType?.length),
);
subscriber.on('terminated', (code, reason, retryAfter) =>
  console.log(code === subscriber.C.FINAL_NOTIFY_RECEIVED, reason?.length, retryAfter),
);
subscriber.subscribe('body');
subscriber.terminate();
console.log(subscriber.id, subscriber.state, subscriber.data);

ua.terminateSessions({ status_code: 480 });
ua.stop();

const uri = new URI('sip', 'alice', 'example.com', 5060, { transport: 'ws' }, { x: ['y'] });
uri.setParam('a', 'b');
uri.setParam('c', null);
uri.setHeader('h', 'v');
console.log(
  uri.scheme,
  uri.user.length,
  uri.host,
  uri.port + 1,
  uri.getParam<string>('a').length,
  uri.hasParam('a'),
  uri.getHeader('h').length,
  uri.hasHeader('h'),
);
uri.deleteParam('a');
uri.clearParams();
uri.deleteHeader('h');
uri.clearHeaders();
const copy: URI = uri.clone();
console.log(copy.toString(), copy.toAor(true), URI.parse('sip:a@b.c')?.user);
const name = new NameAddrHeader(uri, 'Alice', { tag: 'x' });
name.display_name = 'Bob';
name.setParam('p', 1);
console.log(
  name.display_name.length,
  name.uri.host,
  name.getParam('p'),
  name.hasParam('p'),
  name.clone().toString(),
  NameAddrHeader.parse('<sip:a@b.c>'),
);
name.deleteParam('p');
name.clearParams();

const read = (request: IncomingRequest, response: IncomingResponse, sent: OutgoingRequest) => [
  request.method,
  request.ruri.toString(),
  request.from.uri.user,
  request.to.toString(),
  request.body,
  request.getHeader('X').length,
  request.getHeaders('X').length,
  request.hasHeader('X'),
  request.parseHeader<{ uri: URI }>('Contact', 0).uri,
  request.toString(),
  response.status_code + 1,
  response.reason_phrase,
  sent.method,
  sent.ruri.user,
  sent.cseq + 1,
  sent.call_id.length,
  sent.from.uri,
  sent.to.uri,
  sent.body,
  sent.getHeader('X').length,
  sent.getHeaders('X').length,
  sent.hasHeader('X'),
  sent.setHeader('X', ['a', 'b']),
  sent.toString(),
];
console.log(read);

const utils = [
  Utils.str_utf8_length('x'),
  Utils.isString(1),
  Utils.isDecimal(1),
  Utils.isEmpty(''),
  Utils.hasMethods({}, 'a'),
  Utils.newTag(),
  Utils.newUUID(),
  Utils.hostType('h'),
  Utils.escapeUser('u'),
  Utils.normalizeTarget('a', 'b.c')?.user,
  Utils.headerize('x'),
  Utils.sipErrorCause(486),
  Utils.getRandomTestNetIP(),
  Utils.calculateMD5('x'),
  Utils.cloneArray([1]).length,
  Utils.cloneObject({ a: 1 }, { a: 2 }).a,
  Utils.closeMediaStream(),
];
try {
  throw new Exceptions.ConfigurationError('uri', 1);
} catch (error) {
  if (error instanceof Exceptions.ConfigurationError)
    console.log(error.parameter, error.value, error.code + 1, error.message, utils);
  if (error instanceof Exceptions.InvalidStateError) console.log(error.status + 1);
  console.log(new Exceptions.NotSupportedError('x').name, new Exceptions.NotReadyError('x').code);
}
const phrases: string | undefined = C.REASON_PHRASE[200];
console.log(
  phrases,
  C.INVITE,
  C.SIP,
  C.SIPS,
  C.USER_AGENT,
  C.SESSION_EXPIRES + C.MIN_SESSION_EXPIRES,
  C.DTMF_TRANSPORT.RFC2833,
  C.SIP_ERROR_CAUSES.BUSY[0],
  C.ALLOWED_METHODS,
);
debug.enable('JsSIP:*');
debug.disable();
console.log(JsSIP.name, JsSIP.version, JsSIP.C.causes.BYE);

const who = (originator: Originator): string => originator;
const listener: UAEventMap['registered'] = ({ response }) => console.log(response.status_code, who);
ua.on('registered', listener).off('registered', listener);
ua.once('connected', () => undefined);
ua.removeListener('registered', listener).removeAllListeners();
console.log(
  ua.listeners('registered').length,
  ua.listenerCount('registered'),
  ua.emit('own', 1),
  ua.eventNames().length,
);
