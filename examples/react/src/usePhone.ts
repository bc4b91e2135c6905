import { useCallback, useEffect, useRef, useState } from 'react';
import init, { UA, WebSocketInterface, type RTCSession } from 'viasip';

export interface Account {
  /** `wss://…` */
  server: string;
  /** `sip:user@host` */
  uri: string;
  password: string;
}
export type Line = 'connecting' | 'registered' | 'offline';

/** A line that lives as long as the component, and its one call. */
export function usePhone({ server, uri, password }: Account) {
  const phone = useRef<UA | null>(null);
  const [line, setLine] = useState<Line>('connecting');
  const [session, setSession] = useState<RTCSession | null>(null);
  const [problem, setProblem] = useState('');

  useEffect(() => {
    let left = false;
    async function begin() {
      // Once for the whole page, however many components ask.
      await init();
      if (left) return;
      const ua = new UA({ sockets: new WebSocketInterface(server), uri, password });
      let current: RTCSession | null = null;
      ua.on('registered', () => setLine('registered'));
      ua.on('disconnected', () => setLine('offline'));
      ua.on('registrationFailed', ({ cause }) => {
        setLine('offline');
        setProblem(`Not registered: ${cause}`);
      });
      ua.on('newRTCSession', ({ session, originator }) => {
        if (originator === 'remote' && current) return session.terminate({ status_code: 486 });
        const over = () => {
          if (current !== session) return;
          current = null;
          setSession(null);
        };
        session.on('ended', over);
        session.on('failed', ({ cause, diagnosis }) => {
          setProblem([cause, ...diagnosis.map(({ message }) => message)].join('. '));
          over();
        });
        current = session;
        setProblem('');
        setSession(session);
      });
      ua.start();
      phone.current = ua;
    }
    begin().catch((error: Error) => setProblem(error.message));
    return () => {
      left = true;
      // Ends the call and takes the registration back.
      phone.current?.stop();
      phone.current = null;
      setLine('connecting');
      setSession(null);
    };
  }, [server, uri, password]);

  const call = useCallback((target: string) => {
    try {
      phone.current?.call(target, { mediaConstraints: { audio: true, video: false } });
    } catch (error) {
      setProblem((error as Error).message);
    }
  }, []);
  return { line, session, problem, call };
}
