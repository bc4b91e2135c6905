// Two calls talk together: each hears the microphone and the other one, mixed in this page.
import { changed, hold } from './calls.js';
import * as devices from './devices.js';
import { audio } from './sound.js';

export async function join(one, two) {
  await Promise.all([hold(one, false), hold(two, false)]);
  let [microphone, own] = await listen();
  // Another microphone takes the place of this one in both mixtures: one that was chosen, or the usual one once this is unplugged.
  const take = async () => {
    const [next, source] = await listen();
    if (!one.together) return next.stop();
    next.enabled = microphone.enabled;
    next.onended = take;
    for (const mixed of mixtures) source.connect(mixed);
    own.disconnect();
    microphone.stop();
    [microphone, own] = [next, source];
  };
  microphone.onended = take;
  for (const call of [one, two]) if (call.session.isMuted().audio) call.session.unmute({ audio: true });
  const sources = [];
  const mixtures = [];
  for (const [to, from] of [
    [one, two],
    [two, one],
  ]) {
    const mixed = audio().createMediaStreamDestination();
    const theirs = audio().createMediaStreamSource(new MediaStream(from.remote.getAudioTracks()));
    theirs.connect(mixed);
    sources.push(theirs);
    own.connect(mixed);
    mixtures.push(mixed);
    await to.session.replaceTrack('audio', mixed.stream.getAudioTracks()[0]);
    // A mute of the mixture would keep the other one from being heard too.
    to.muted = () => !microphone.enabled;
    to.mute = () => void (microphone.enabled = !microphone.enabled);
    to.takeMicrophone = take;
    to.together = [one, two];
  }
  const stop = (left) => {
    microphone.stop();
    for (const source of [own, ...sources]) source.disconnect();
    for (const call of [one, two]) {
      call.together = call.muted = call.mute = call.takeMicrophone = call.stopTogether = null;
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

/** The microphone that was chosen, and as a source of WebAudio. */
async function listen() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: devices.microphone() });
  return [stream.getAudioTracks()[0], audio().createMediaStreamSource(stream)];
}

/** Each for itself again: the one that is not on the surface is held. */
export async function part(call) {
  const [other] = call.together.filter((one) => one !== call);
  call.stopTogether(null);
  await hold(other, true);
}
