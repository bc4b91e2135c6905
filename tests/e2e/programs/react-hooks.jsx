// A phone in hooks with named imports. StrictMode: the effect that makes the UA runs, is undone, and runs again.
import { StrictMode, useEffect, useReducer, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { debug, UA, WebSocketInterface } from 'jssip';

const parameters = new URLSearchParams(window.location.search);
const service = parameters.get('service');
if (parameters.has('debug')) debug.enable('JsSIP:UA');
else debug.disable();

function reduce(state, action) {
  const lines = [...state.lines, action.line ?? action.type];
  switch (action.type) {
    case 'line':
      return { ...state, registered: action.registered, lines };
    case 'session':
      return { ...state, session: action.session, phase: action.session.direction === 'incoming' ? 'ringing' : 'calling', lines };
    case 'phase':
      return { ...state, phase: action.phase, lines };
    case 'over':
      return { ...state, session: state.session === action.session ? null : state.session, phase: 'idle', lines };
    default:
      return { ...state, lines };
  }
}

function useLine(user) {
  const ua = useRef(null);
  const [state, dispatch] = useReducer(reduce, { registered: false, session: null, phase: 'idle', lines: [] });
  useEffect(() => {
    const agent = new UA({ sockets: [new WebSocketInterface(service)], uri: `sip:${user}@viasip.local`, password: 'viasip', register_expires: 300 });
    const listeners = {
      registered: () => dispatch({ type: 'line', registered: agent.isRegistered(), line: 'registered' }),
      unregistered: () => dispatch({ type: 'line', registered: agent.isRegistered(), line: 'unregistered' }),
      disconnected: ({ error }) => dispatch({ type: 'line', registered: false, line: `disconnected ${error}` }),
      newRTCSession: ({ originator, session, request }) => {
        // `request.from` is ours when we call.
        const name = originator === 'remote' ? request.from.display_name || request.from.uri.user : request.to.uri.user;
        dispatch({ type: 'session', session, line: `${originator} call with ${name}, ${session.direction}, ${session.isInProgress()}` });
      },
    };
    for (const [name, listener] of Object.entries(listeners)) agent.on(name, listener);
    agent.start();
    ua.current = agent;
    return () => {
      for (const [name, listener] of Object.entries(listeners)) agent.off(name, listener);
      agent.stop();
      ua.current = null;
    };
  }, [user]);
  return [ua, state, dispatch];
}

/** Follows one call; what it shows is asked of the session itself. */
function useCall(session, dispatch) {
  const audio = useRef(null);
  const [, refresh] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    if (!session) return undefined;
    const play = () => {
      const tracks = session.connection.getReceivers().map(({ track }) => track).filter(Boolean);
      audio.current.srcObject = new MediaStream(tracks);
      return tracks.map(({ kind, readyState }) => `${kind} ${readyState}`).join();
    };
    const heard = () => dispatch({ type: 'track', line: `track, ${play()}` });
    const watch = () => session.connection?.addEventListener('track', heard);
    const over = (name) => ({ originator, cause }) => dispatch({ type: 'over', session, line: `${name} ${originator} ${cause}, established ${session.isEstablished()}, ended ${session.isEnded()}` });
    const listeners = {
      peerconnection: watch,
      progress: ({ originator, response }) => dispatch({ type: 'progress', line: `progress ${originator} ${response?.status_code ?? 180}` }),
      accepted: () => dispatch({ type: 'phase', phase: 'answered', line: `accepted, started ${session.start_time instanceof Date}` }),
      confirmed: () => dispatch({ type: 'phase', phase: 'talking', line: `confirmed, receives ${play()}` }),
      ended: over('ended'),
      failed: over('failed'),
      muted: ({ audio: changed }) => dispatch({ type: 'muted', line: `muted ${changed}` }),
      unmuted: ({ audio: changed }) => dispatch({ type: 'unmuted', line: `unmuted ${changed}` }),
      hold: ({ originator }) => dispatch({ type: 'hold', line: `hold ${originator}` }),
      unhold: ({ originator }) => dispatch({ type: 'unhold', line: `unhold ${originator}` }),
      newDTMF: ({ originator, dtmf }) => dispatch({ type: 'tone', line: `tone ${originator} ${dtmf.tone}` }),
      newInfo: ({ originator, info }) => dispatch({ type: 'info', line: `info ${originator} ${info.contentType}` }),
    };
    for (const [name, listener] of Object.entries(listeners)) session.on(name, listener);
    const shown = ['muted', 'unmuted', 'hold', 'unhold', 'ended', 'failed'];
    for (const name of shown) session.on(name, refresh);
    // Outgoing: it is there already.
    if (session.direction === 'outgoing') watch();
    return () => {
      for (const [name, listener] of Object.entries(listeners)) session.removeListener(name, listener);
      for (const name of shown) session.removeListener(name, refresh);
      session.connection?.removeEventListener('track', heard);
    };
  }, [session]);
  return audio;
}

function Phone() {
  const [target, setTarget] = useState('');
  const [ua, { registered, session, phase, lines }, dispatch] = useLine('hooky');
  const audio = useCall(session, dispatch);
  const note = (line) => dispatch({ type: 'note', line });
  const muted = session?.isMuted().audio ?? false;
  const held = session?.isOnHold().local ?? false;
  const media = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };

  const call = () => ua.current.call(target, media);
  const mute = () => {
    if (muted) session.unmute({ audio: true });
    else session.mute({ audio: true });
    note(`microphone on: ${session.connection.getSenders()[0].track.enabled}, muted: ${JSON.stringify(session.isMuted())}`);
  };
  const hold = () => {
    const through = () => note('the far end agreed');
    note(held ? `resumes: ${session.unhold({ useUpdate: true }, through)}` : `holds: ${session.hold({ useUpdate: true }, through)}`);
  };
  const tones = () => {
    session.sendDTMF('1');
    session.sendDTMF('2*', { transportType: 'RFC2833' });
  };
  return (
    <main>
      <p id="line">{registered ? 'registered' : 'offline'}</p>
      <p id="call">{phase}{muted && ' muted'}{held && ' held'}</p>
      <input aria-label="Target" value={target} onChange={(event) => setTarget(event.target.value)} />
      <button onClick={call}>Call</button>
      <button onClick={() => session.answer(media)}>Answer</button>
      <button onClick={() => session.terminate({ status_code: 603, reason_phrase: 'Not now' })}>Decline</button>
      <button onClick={() => session.terminate()}>Hang up</button>
      <button onClick={mute}>{muted ? 'Unmute' : 'Mute'}</button>
      <button onClick={hold}>{held ? 'Resume' : 'Hold'}</button>
      <button onClick={tones}>Tones</button>
      <button onClick={() => session.sendInfo('application/x-app', 'hello', { extraHeaders: ['X-App: hooks'] })}>Info</button>
      <button onClick={() => ua.current.terminateSessions()}>End all</button>
      <audio ref={audio} autoPlay />
      <ol id="log">{lines.map((line, at) => <li key={at}>{line}</li>)}</ol>
    </main>
  );
}

document.body.innerHTML = '<div id="root"></div>';
createRoot(document.getElementById('root')).render(<StrictMode><Phone /></StrictMode>);
