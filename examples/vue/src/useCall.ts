import { onScopeDispose, ref, shallowRef } from 'vue';
import type { RTCSession } from 'viasip';

export type CallState = 'calling' | 'ringing' | 'talking' | 'recovering';

/** How a call is, and the sound of the far end. */
export function useCall(session: RTCSession) {
  const state = ref<CallState>(session.direction === 'incoming' ? 'ringing' : 'calling');
  const sound = shallowRef<MediaStream | null>(null);

  const heard = ({ streams }: RTCTrackEvent) => (sound.value = streams[0] ?? null);
  const watch = (connection: RTCPeerConnection) => connection.addEventListener('track', heard);
  const made = ({ peerconnection }: { peerconnection: RTCPeerConnection }) => watch(peerconnection);
  const ringing = () => (state.value = 'ringing');
  const talking = () => (state.value = 'talking');
  const recovering = () => (state.value = 'recovering');
  // A call of ours has its connection by now, one that comes in gets it when it is answered.
  if (session.connection) watch(session.connection);
  session.on('peerconnection', made);
  session.on('progress', ringing);
  session.on('confirmed', talking);
  session.on('recovering', recovering);
  session.on('recovered', talking);

  onScopeDispose(() => {
    session.connection?.removeEventListener('track', heard);
    session.off('peerconnection', made);
    session.off('progress', ringing);
    session.off('confirmed', talking);
    session.off('recovering', recovering);
    session.off('recovered', talking);
  });
  return { state, sound };
}
