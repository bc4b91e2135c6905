// @ts-check
import init, { UA, WebSocketInterface } from 'viasip';

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const [line, party, state, problem] = ['line', 'party', 'state', 'problem'].map(element);
const target = /** @type {HTMLInputElement} */ (element('target'));
const call = /** @type {HTMLButtonElement} */ (element('call'));
const sound = /** @type {HTMLAudioElement} */ (element('sound'));
const audioOnly = { mediaConstraints: { audio: true, video: false } };

/** The one call. @type {import('viasip').RTCSession | null} */
let session = null;

/** @param {RTCPeerConnection} connection */
function play(connection) {
  connection.ontrack = ({ streams }) => (sound.srcObject = streams[0] ?? null);
}

/** @param {import('viasip').RTCSession} another @param {boolean} incoming */
function begin(another, incoming) {
  session = another;
  problem.textContent = '';
  party.textContent = another.remote_identity.uri.user;
  state.textContent = incoming ? 'ringing' : 'calling';
  element('answer').hidden = !incoming;
  element('current').hidden = false;
  call.disabled = true;
  if (another.connection) play(another.connection);
  another.on('peerconnection', ({ peerconnection }) => play(peerconnection));
  another.on('progress', () => (state.textContent = 'ringing'));
  another.on('confirmed', () => {
    state.textContent = 'talking';
    element('answer').hidden = true;
  });
  another.on('ended', over);
  another.on('failed', ({ cause, diagnosis }) => {
    problem.textContent = [cause, ...diagnosis.map(({ message }) => message)].join('. ');
    over();
  });
}

function over() {
  session = null;
  sound.srcObject = null;
  element('current').hidden = true;
  call.disabled = !ua.isRegistered();
}

await init();
const given = new URLSearchParams(location.search);
const ua = new UA({
  sockets: new WebSocketInterface(given.get('server') ?? 'ws://localhost:5066'),
  uri: given.get('uri') ?? 'sip:alice@viasip.local',
  password: given.get('password') ?? prompt('Password') ?? '',
});
ua.on('registered', () => {
  line.textContent = 'registered';
  call.disabled = session !== null;
});
ua.on('disconnected', () => (line.textContent = 'offline'));
ua.on('registrationFailed', ({ cause }) => (problem.textContent = `Not registered: ${cause}`));
ua.on('newRTCSession', ({ session: another, originator }) => {
  if (originator === 'remote' && session) another.terminate({ status_code: 486 });
  else begin(another, originator === 'remote');
});
element('dial').onsubmit = (event) => {
  event.preventDefault();
  ua.call(target.value, audioOnly);
};
element('answer').onclick = () => session?.answer(audioOnly);
element('hangup').onclick = () => session?.terminate();
// A page that goes takes its registration back.
addEventListener('pagehide', () => ua.stop());
ua.start();
