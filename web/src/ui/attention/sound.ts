// Two short sounds, made rather than loaded.
let context: AudioContext | undefined;

/** [Hz, start in s, length in s] of each tone. */
const tunes: Record<'message' | 'nudge', [number, number, number][]> = {
  message: [[660, 0, 0.12], [880, 0.09, 0.2]],
  nudge: [[220, 0, 0.1], [262, 0.1, 0.1], [220, 0.2, 0.1], [262, 0.3, 0.16]],
};

/** Silent where the browser does not allow sound before one has touched the page. */
export function play(name: keyof typeof tunes): void {
  try {
    context ??= new AudioContext();
    const audio = context;
    if (audio.state === 'suspended') void audio.resume().catch(() => undefined);
    for (const [hertz, start, length] of tunes[name]) {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      const at = audio.currentTime + start;
      tone.type = 'sine';
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.14, at + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.001, at + length);
      tone.connect(gain).connect(audio.destination);
      tone.start(at);
      tone.stop(at + length);
    }
  } catch {
    return;
  }
}
