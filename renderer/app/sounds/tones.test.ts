import { describe, expect, it } from 'vitest';
import { SOUND_KINDS, type SoundKind, TONES } from './tones.ts';

/** Mean power of a wave of height 1. */
const POWER = { sine: 1 / 2, triangle: 1 / 3, square: 1 } as const;
const loudness = (kind: SoundKind): number => Math.max(...TONES[kind].map(({ gain, wave }) => gain ** 2 * POWER[wave]));
/** What is heard without a sound to hold it against: how many pulses, and whether each is higher or lower than the last. */
const shape = (kind: SoundKind): string =>
  TONES[kind].map(({ pitch }, i) => Math.sign(pitch - (TONES[kind][i - 1]?.pitch ?? pitch))).join(' ');
const ratio = (a: number, b: number): number => Math.max(a, b) / Math.min(a, b);

describe('the sounds', () => {
  it('tell the priority of a call by the number of their pulses', () => {
    const calls = ['call-1', 'call-2', 'call-3', 'call-4'] as const;
    expect(calls.map((kind) => TONES[kind].length)).toEqual([4, 3, 2, 1]);
  });
  it('are the louder the more urgent the call', () => {
    const [cry, first] = [loudness('emergency'), loudness('call-1')];
    expect(cry).toBeGreaterThan(first);
    for (const kind of SOUND_KINDS)
      if (kind !== 'call-1' && kind !== 'emergency') expect(first, kind).toBeGreaterThan(loudness(kind));
  });
  it('are never two of one shape but for those far apart in pitch and length', () => {
    for (const a of SOUND_KINDS)
      for (const b of SOUND_KINDS) {
        if (a >= b || shape(a) !== shape(b)) continue;
        const [first, second] = [TONES[a][0], TONES[b][0]];
        const apart = ratio(first?.pitch ?? 0, second?.pitch ?? 0) * ratio(first?.length ?? 0, second?.length ?? 0);
        expect(apart, `${a} and ${b}`).toBeGreaterThan(2);
      }
  });
});
