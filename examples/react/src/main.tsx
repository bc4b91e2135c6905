import { StrictMode, useEffect, useRef, useState, type FormEvent } from 'react';
import { createRoot } from 'react-dom/client';
import type { RTCSession } from 'viasip';
import { useCall } from './useCall';
import { usePhone, type Account } from './usePhone';

function Call({ session }: { session: RTCSession }) {
  const { state, sound } = useCall(session);
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    if (audio.current) audio.current.srcObject = sound;
  }, [sound]);
  const answerable = session.direction === 'incoming' && state === 'ringing';
  return (
    <section>
      <p>
        {session.remote_identity.uri.user}: <output>{state}</output>
      </p>
      {answerable && (
        <button onClick={() => session.answer({ mediaConstraints: { audio: true, video: false } })}>Answer</button>
      )}
      <button onClick={() => session.terminate()}>Hang up</button>
      <audio ref={audio} autoPlay />
    </section>
  );
}

function Phone({ account }: { account: Account }) {
  const { line, session, problem, call } = usePhone(account);
  const [target, setTarget] = useState('');
  const dial = (event: FormEvent) => {
    event.preventDefault();
    call(target);
  };
  return (
    <main>
      <p role="status">{line}</p>
      <form onSubmit={dial}>
        <input aria-label="Number" value={target} onChange={(event) => setTarget(event.target.value)} required />
        <button disabled={line !== 'registered' || session !== null}>Call</button>
      </form>
      {session && <Call key={session.id} session={session} />}
      {problem && <p role="alert">{problem}</p>}
    </main>
  );
}

const given = new URLSearchParams(location.search);
const account: Account = {
  server: given.get('server') ?? 'ws://localhost:5066',
  uri: given.get('uri') ?? 'sip:alice@viasip.local',
  password: given.get('password') ?? prompt('Password') ?? '',
};
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Phone account={account} />
  </StrictMode>,
);
