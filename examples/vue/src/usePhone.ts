import { onScopeDispose, ref, shallowRef } from 'vue';
import init, { UA, WebSocketInterface, type RTCSession } from 'viasip';

export interface Account {
  /** `wss://…` */
  server: string;
  /** `sip:user@host` */
  uri: string;
  password: string;
}
export type Line = 'connecting' | 'registered' | 'offline';

/** A line that lives as long as the scope, and its one call. */
export function usePhone({ server, uri, password }: Account) {
  let phone: UA | null = null;
  let left = false;
  const line = ref<Line>('connecting');
  // Shallow: a session is an object with a life of its own, and none that Vue should look into.
  const session = shallowRef<RTCSession | null>(null);
  const problem = ref('');

  async function begin() {
    // Once for the whole page, however many components ask.
    await init();
    if (left) return;
    phone = new UA({ sockets: new WebSocketInterface(server), uri, password });
    phone.on('registered', () => (line.value = 'registered'));
    phone.on('disconnected', () => (line.value = 'offline'));
    phone.on('registrationFailed', ({ cause }) => {
      line.value = 'offline';
      problem.value = `Not registered: ${cause}`;
    });
    phone.on('newRTCSession', ({ session: another, originator }) => {
      if (originator === 'remote' && session.value) return another.terminate({ status_code: 486 });
      const over = () => {
        if (session.value === another) session.value = null;
      };
      another.on('ended', over);
      another.on('failed', ({ cause, diagnosis }) => {
        problem.value = [cause, ...diagnosis.map(({ message }) => message)].join('. ');
        over();
      });
      problem.value = '';
      session.value = another;
    });
    phone.start();
  }
  begin().catch((error: Error) => (problem.value = error.message));

  onScopeDispose(() => {
    left = true;
    // Ends the call and takes the registration back.
    phone?.stop();
    phone = null;
  });

  function call(target: string) {
    try {
      phone?.call(target, { mediaConstraints: { audio: true, video: false } });
    } catch (error) {
      problem.value = (error as Error).message;
    }
  }
  return { line, session, problem, call };
}
