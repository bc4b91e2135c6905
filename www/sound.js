// The ring, and the level of what is heard.
let context;
export const audio = () => (context ??= new AudioContext());

/** Rings until the returned function is called. */
export function ring() {
  const gain = audio().createGain();
  gain.gain.value = 0;
  gain.connect(audio().destination);
  const tones = [440, 480].map((frequency) => {
    const tone = audio().createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain);
    tone.start();
    return tone;
  });
  const beat = () => {
    gain.gain.setTargetAtTime(0.1, audio().currentTime, 0.02);
    gain.gain.setTargetAtTime(0, audio().currentTime + 1, 0.02);
  };
  beat();
  const timer = setInterval(beat, 3000);
  return () => {
    clearInterval(timer);
    tones.forEach((tone) => tone.stop());
    gain.disconnect();
  };
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
