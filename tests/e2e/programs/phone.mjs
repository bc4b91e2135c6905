// The far end of the programs: phones made with JsSIP itself, the same whatever the program is bundled with.
import JsSIP from 'jssip';

const media = { mediaConstraints: { audio: true, video: false } };
const seen = (session, log) => {
  session.on('confirmed', () => log.push('confirmed'));
  session.on('ended', ({ originator, cause }) => log.push(`ended ${originator} ${cause}`));
  session.on('failed', ({ originator, cause, message }) => log.push(`failed ${originator} ${cause} ${message?.status_code ?? ''}`.trim()));
  session.on('newDTMF', ({ originator, dtmf }) => originator === 'remote' && log.push(`tone ${dtmf.tone} ${dtmf.duration}`));
  session.on('newInfo', ({ originator, info }) => originator === 'remote' && log.push(`info ${info.contentType} ${info.body}`));
  session.on('hold', ({ originator }) => log.push(`hold ${originator}`));
  session.on('unhold', ({ originator }) => log.push(`unhold ${originator}`));
  session.on('refer', (event) => {
    log.push(`refer to ${event.request.refer_to.uri.user}`);
    event.accept(null, media);
  });
};

/** Registers `user`; `log` is what this phone saw. */
window.phone = (service, user) => {
  const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(service)], uri: `sip:${user}@viasip.local`, password: 'viasip', display_name: `The phone of ${user}` });
  const phone = { ua, log: [], calls: [], answer: null };
  ua.on('registered', () => phone.log.push('registered'));
  ua.on('newRTCSession', ({ originator, session, request }) => {
    phone.calls.push(session);
    if (originator === 'remote') {
      const mine = ['X-App', 'X-Line'].map((name) => request.getHeader(name)).filter(Boolean);
      phone.log.push(['rings:', request.from.display_name ?? request.from.uri.user, ...mine, ...(/^b=AS:\d+/m.exec(request.body) ?? [])].join(' '));
    }
    seen(session, phone.log);
  });
  ua.on('newMessage', ({ originator, message, request }) => {
    if (originator === 'local') return;
    phone.log.push(`message ${request.getHeader('Content-Type')} ${request.body} ${request.getHeader('X-Ticket') ?? ''}`.trim());
    if (request.body === 'refuse this') message.reject({ status_code: 603, reason_phrase: 'No thanks' });
  });
  ua.start();
  window.phones = { ...window.phones, [user]: phone };
};

window.phoneAnswers = (user) => window.phones[user].calls.at(-1).answer(media);
window.phoneCalls = (user, target, extraHeaders = []) => void window.phones[user].ua.call(target, { ...media, extraHeaders });
window.phoneHangsUp = (user) => window.phones[user].calls.findLast((session) => !session.isEnded()).terminate();
window.phoneWrites = (user, target, body, extraHeaders = []) => {
  const { ua, log } = window.phones[user];
  const told = ({ response, cause }) => log.push(`message answered ${response.status_code} ${response.reason_phrase} ${response.getHeader('X-Read') ?? ''} ${cause ?? ''}`.trim().replace(/ +/g, ' '));
  ua.sendMessage(target, body, { extraHeaders, eventHandlers: { succeeded: told, failed: told } });
};
