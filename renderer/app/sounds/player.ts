/** Plays the tones by WebAudio. A browser lets it begin only after a first key or click; until then nothing is queued. */
import { useSyncExternalStore } from 'react';
import { preferences } from '../theme/preferences.ts';
import { type SoundKind, TONES } from './tones.ts';

let context: AudioContext | null = null;
const listeners = new Set<() => void>();

/** To be called from a key or a click. */
export function wakeSounds(): void {
  if (context === null && typeof AudioContext !== 'undefined') {
    context = new AudioContext();
    context.addEventListener('statechange', () => {
      for (const listener of listeners) listener();
    });
  }
  if (context?.state === 'suspended') context.resume().catch(() => undefined);
}

const awake = (): boolean => context?.state === 'running';
function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether sounds can be heard: a browser holds them back until the window has been used. */
export function useSoundsAwake(): boolean {
  return useSyncExternalStore(listen, awake);
}

export function play(kind: SoundKind): void {
  const { mute, volume } = preferences();
  const level = volume[kind] / 100;
  if (mute || level === 0 || context?.state !== 'running') return;
  const { currentTime, destination } = context;
  for (const tone of TONES[kind]) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const from = currentTime + tone.from / 1_000;
    const until = from + tone.length / 1_000;
    oscillator.type = tone.wave;
    oscillator.frequency.value = tone.pitch;
    const loud = level * tone.gain;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(loud, from + 0.008);
    gain.gain.setValueAtTime(loud, Math.max(from + 0.008, until - 0.02));
    gain.gain.linearRampToValueAtTime(0, until);
    oscillator.connect(gain).connect(destination);
    oscillator.start(from);
    oscillator.stop(until + 0.02);
  }
}
