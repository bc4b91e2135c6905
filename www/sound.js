// What the phone itself sounds: ring, tones; and the level of what is heard.
let context;
export const audio = () => (context ??= new AudioContext());

/** Sounds these frequencies for `on` s each `every` s, until the returned function is called. */
function cadence(frequencies, on, every, loudness) {
  const gain = audio().createGain();
  gain.gain.value = 0;
  gain.connect(audio().destination);
  const tones = frequencies.map((frequency) => {
    const tone = audio().createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain);
    tone.start();
    return tone;
  });
  const beat = () => {
    gain.gain.setTargetAtTime(loudness, audio().currentTime, 0.02);
    gain.gain.setTargetAtTime(0, audio().currentTime + on, 0.02);
  };
  beat();
  const timer = setInterval(beat, every * 1000);
  return () => {
    clearInterval(timer);
    tones.forEach((tone) => tone.stop());
    gain.disconnect();
  };
}

/** Somebody calls. */
export const ring = () => cadence([440, 480], 1, 3, 0.1);
/** It rings at the other end (ITU-T E.180). */
export const ringBack = () => cadence([425], 1, 4, 0.04);
/** Somebody else calls during a call. */
export const callWaiting = () => cadence([425], 0.2, 4, 0.05);

const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477];

/** The sound of a key for who presses it (ITU-T Q.23). */
export function keyTone(key) {
  const at = '123456789*0#'.indexOf(key);
  const stop = cadence([rows[Math.floor(at / 3)], columns[at % 3]], 0.12, 60, 0.04);
  setTimeout(stop, 250);
}

/** Calls `show` with 0 to 1 while the stream sounds; returns how to stop. */
export function meter(stream, show) {
  const analyser = audio().createAnalyser();
  // 170 ms: nothing falls between two looks. It falls slowly, so that a short sound is seen.
  analyser.fftSize = 8192;
  const source = audio().createMediaStreamSource(stream);
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let level = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    level = Math.max(
      level * 0.8,
      Math.min(1, Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length) * 4),
    );
    show(level);
  }, 100);
  return () => {
    clearInterval(timer);
    source.disconnect();
    show(0);
  };
}

// A page that was loaded anew may sound only after somebody has touched it.
for (const name of ['pointerdown', 'keydown']) {
  addEventListener(name, () => context?.state === 'suspended' && void context.resume());
}
