// What viasip declares and JsSIP does not: its own features, and the gaps of JsSIP's declarations.
import init, {
  C,
  Exceptions,
  Message,
  Options,
  Publication,
  RTCSession,
  Registrator,
  UA,
  URI,
  WebSocketInterface,
  diagnose,
  features,
} from 'viasip';
import type {
  AuthChallenge,
  CallOptions,
  Credentials,
  DeviceChangedEvent,
  Diagnosis,
  EndEvent,
  Feature,
  IdentityEvent,
  Originator,
  Reason,
  Redirection,
  ReferOptions,
  RTCSessionEventMap,
  SendRequestOptions,
  SessionDirection,
  Socket,
  UAConfiguration,
  UAEventMap,
} from 'viasip';
import { attachReport, reportOf, reportText, type CallReport } from 'viasip/report';
import { mergeDialogInfo, readDialogInfo, watch, type Watch } from 'viasip/presence';

await init();
class OwnSocket implements Socket {
  url = 'own:';
  via_transport = 'WS';
  sip_uri = 'sip:example.com;transport=ws';
  connect(): void {}
  disconnect(): void {}
  send(data: string): boolean {
    return data.length > 0;
  }
}
const configuration: UAConfiguration = {
  sockets: [new OwnSocket(), { socket: new WebSocketInterface('wss://sip.example.com'), weight: 1 }],
  uri: 'alice@example.com',
  keep_alive_interval: 25,
  keep_alive_timeout: 5,
  keep_alive_method: 'options',
  recovery_timeout: 30,
  resume: { pcConfig: { iceServers: [] } },
  ice_gathering_timeout: 2000,
  ice_gathering_limit: 5000,
  trickle_ice: 'full',
  service_route: false,
  redirect_limit: 3,
  info_packages: ['conference'],
  norefersub: true,
  trust_identity: true,
  connected_identity: true,
  reliable_provisional: true,
  flows: 2,
  push: { provider: 'webpush', prid: 'x' },
  session_id: true,
  auth_realms: ['sip.example.com'],
  auth_min_algorithm: 'SHA-256',
  credentials: async ({ schemes, realm, attempt, authz_server }: AuthChallenge): Promise<Credentials | null> =>
    schemes.includes('Bearer') ? { token: `${authz_server}` } : attempt > 1 ? null : { username: realm, password: '' },
  preemptive_auth: true,
};
const plain: UAConfiguration['credentials'] = { username: 'alice', ha1: '0'.repeat(32) };
console.log(plain);
class OwnUA extends UA {
  override start(): void {
    super.start();
  }
}
const ua = new OwnUA(configuration);
ua.on('sipMessage', ({ direction, message, at }) => console.log(direction === 'in', message.length, at + 1));
ua.on('disconnected', ({ retryIn, willRecover }) => console.log(retryIn === null ? willRecover : retryIn + 1));
ua.on('newRTCSession', ({ session, resumed }) => {
  session.on('recovering', ({ cause }) => console.log(resumed, cause, session.isRecovering()));
  session.on('progress', (event) => console.log(event.reliable, event.originator));
  session.on('earlydialogended', ({ early_dialog, response }) =>
    console.log(early_dialog.length, response.status_code),
  );
  session.progress({ mediaConstraints: { audio: true } });
  session.on('recovered', ({ cause, took }) => console.log(cause, took + 1));
});
ua.on('connected', ({ socket }) => console.log(socket.socket?.url));
const registrator: Registrator = ua.registrator();
ua.on('flow', ({ id, socket, status, first }) => console.log(id + 1, socket.url, status === 'registered' && first));
registrator.wake();
console.log(
  registrator.push?.pnsreg ?? 0,
  registrator.outbound,
  registrator.path.length,
  registrator.serviceRoute.join(),
);
const target: URI | undefined = ua.normalizeTarget('bob');
const options: Options = ua.sendOptions('bob', undefined, { extraHeaders: [] });
options.on('succeeded', () => undefined);
console.log(
  registrator.registered,
  target?.user,
  ua.configuration.uri.user,
  ua.transport.isConnected(),
  ua.transport.url,
);

const calling: CallOptions = { data: { own: 1 }, redirect_limit: 1 };
const session: RTCSession = ua.call(new URI('sip', 'bob', 'example.com'), calling);
session.on('failed', ({ diagnosis, features: rows, cause }: EndEvent) => {
  const first: Diagnosis | undefined = diagnosis[0];
  const row: Feature | undefined = rows[0];
  console.log(first?.code, first?.severity === 'error', first?.message, first?.hint, row?.verdict === 'missing', cause);
});
session.on('redirected', ({ contacts, followed }) => console.log(contacts[0]?.uri.user, followed ? 1 : 0));
session.on('newMessage', ({ originator, message, request }) =>
  console.log(originator, message.direction, request.body),
);
session.on('newInfo', ({ info }) => console.log(info.package?.length));
session.sendInfo('text/plain', '', { package: 'conference' });
session.sendMessage('hello', { contentType: 'text/plain' }).on('failed', () => undefined);
session.on('failed', ({ reason }: EndEvent) => {
  const elsewhere = reason.some(({ protocol, cause }: Reason) => protocol === 'SIP' && cause === 200);
  console.log(elsewhere, reason[0]?.text);
});
session.on('identity', ({ identity, asserted }: IdentityEvent) => console.log(identity.uri.user, asserted));
console.log(
  session.asserted_identity?.display_name,
  session.asserted_identities.length,
  session.privacy.includes('id'),
);
session.redirections.forEach(({ uri, reason, index }: Redirection) => console.log(uri.user, reason?.cause, index));
console.log(session.session_id?.local, session.session_id?.remote?.length);
console.log(session.auto_answer?.after, session.alert_info[0]?.parameters['info'], session.call_info[0]?.uri);
ua.on('refer', ({ request, session: named, accept, reject }) =>
  named ? accept(null, { replaces: named }) : reject({ status_code: request ? 486 : 603 }),
);
ua.refer('bob', 'carol', { norefersub: true }).on('accepted', () => undefined);
ua.call('bob', { replaces: { call_id: 'a', to_tag: 'b', from_tag: 'c', early_only: true } });
const found = session.diagnosis();
console.log(found.findings.length, found.features.length);
const transfer = session.refer('carol', { replaces: session } satisfies ReferOptions);
if (transfer) {
  transfer.on('accepted', ({ status_line }) => console.log(status_line.status_code));
  console.log(transfer.id + 1);
}
const asking: SendRequestOptions = {
  body: 'x',
  extraHeaders: [],
  eventHandlers: { onSuccessResponse: (response) => console.log(response.status_code) },
};
console.log(session.sendRequest('MESSAGE', asking)?.cseq);
session.on('replaces', ({ accept, reject }) =>
  accept((replacing) => console.log(replacing.id)) ? undefined : reject(),
);
session.on('devicechanged', ({ kind, lost, used }: DeviceChangedEvent) =>
  console.log(kind === 'audio', lost, used?.length),
);
const microphone: Promise<MediaStreamTrack> = session.replaceTrack('audio', { deviceId: { exact: 'x' } });
const camera: Promise<MediaStreamTrack> = session.addVideo();
const screen: Promise<MediaStreamTrack> = session.shareScreen({ video: true });
const back: Promise<MediaStreamTrack | null> = session.stopScreen();
const removed: Promise<void> = session.removeVideo();
console.log(microphone, camera, screen, back, removed);
session.hold({}, (error) => {
  if (error instanceof Exceptions.RefusedError)
    console.log(error.response?.status_code, error.cause.length, error.code + 1);
});
const direction: SessionDirection = 'incoming';
const by: Originator = 'system';
const names: (keyof RTCSessionEventMap)[] = ['sdp', 'icecandidate'];
const events: (keyof UAEventMap)[] = ['sipMessage'];
console.log(direction, by, names, events, C.causes.RTP_TIMEOUT, Exceptions.NotReadyError, Message);
console.log(diagnose('v=0', null)[0]?.hint, features('v=0', null)[0]?.feature);
// @ts-expect-error a target is not a number
ua.call(5);
// @ts-expect-error there are two kinds
session.replaceTrack('screen', true);
// @ts-expect-error an event has its payload
session.on('muted', ({ loud }) => console.log(loud));
// @ts-expect-error a misspelt event
ua.on('registred', () => {});
// @ts-expect-error the same, once
session.once('confirm', () => {});
// @ts-expect-error a payload of another event
ua.on('registered', (expires: number) => console.log(expires));

const lamp: Watch<'dialog'> = ua.watch('bob', 'dialog', { expires: 600, list: false });
lamp.on('state', ({ state, request }) =>
  console.log(state.status === 'ringing', state.dialogs[0]?.remote, request?.method),
);
lamp.on('status', ({ status, reason, retryIn }) => console.log(status === 'waiting', reason, (retryIn ?? 0) + 1));
console.log(lamp.state?.dialogs.length, lamp.status === 'ended', lamp.resources.get('sip:a@b')?.state?.status);
lamp.close();
console.log(watch(ua, 'bob', 'message-summary').state?.messages['voice-message']?.new);
const told = readDialogInfo('');
console.log(told && mergeDialogInfo(lamp.state, told)?.status);
const published: Publication = ua.publish('alice', 'presence', '<presence/>', { contentType: 'application/pidf+xml' });
published.on('failed', ({ cause, response, retryIn }) => console.log(cause, response?.status_code, retryIn));
published.on('published', ({ expires }) => console.log(expires + 1));
published.update('');
published.terminate();

attachReport(ua, { interval: 2 });
const ticket: CallReport | null = reportOf(session, { anonymous: true });
console.log(ticket?.timing.first_packet, session.report().quality.samples[0]?.mos, session.quality()?.mos);
session.on('mediaproblem', ({ code, state }) => console.log(code, state));
if (ticket) console.log(reportText(ticket, { messages: false }));
// @ts-expect-error a figure that is none
console.log(ticket?.quality.samples[0]?.sound);
