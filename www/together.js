// Two calls talk together: each hears the microphone and the other one, mixed in this page.
import { changed, hold } from './calls.js';
import * as devices from './devices.js';
import { audio } from './sound.js';

export async function join(one, two) {
  await Promise.all([hold(one, false), hold(two, false)]);
  const stream = await navigator.mediaDevices.getUserMedia({ audio: devices.microphone() });
  const [microphone] = stream.getAudioTracks();
  for (const call of [one, two]) if (call.session.isMuted().audio) call.session.unmute({ audio: true });
  const sources = [];
  for (const [to, from] of [
    [one, two],
    [two, one],
  ]) {
    const mixed = audio().createMediaStreamDestination();
    for (const heard of [stream, new MediaStream(from.remote.getAudioTracks())]) {
      const source = audio().createMediaStreamSource(heard);
      source.connect(mixed);
      sources.push(source);
    }
    await to.session.replaceTrack('audio', mixed.stream.getAudioTracks()[0]);
    // A mute of the mixture would keep the other one from being heard too.
    to.muted = () => !microphone.enabled;
    to.mute = () => void (microphone.enabled = !microphone.enabled);
    to.together = [one, two];
  }
  const stop = (left) => {
    microphone.stop();
    for (const source of sources) source.disconnect();
    for (const call of [one, two]) {
      call.together = call.muted = call.mute = call.stopTogether = null;
      if (call !== left && call.session.isEstablished())
        call.session.replaceTrack('audio', devices.microphone()).catch((error) => call.say(error.message));
    }
    changed();
  };
  for (const call of [one, two]) {
    call.stopTogether = stop;
    for (const name of ['ended', 'failed']) call.session.on(name, () => call.stopTogether?.(call));
  }
  changed();
}

/** Each for itself again: the one that is not on the surface is held. */
export async function part(call) {
  const [other] = call.together.filter((one) => one !== call);
  call.stopTogether(null);
  await hold(other, true);
}
