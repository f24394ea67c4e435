/** Numbers that look random and come out the same from the same seed (mulberry32). Not for secrets. */
export interface Seeded {
  /** From 0 up to and without 1. */
  readonly next: () => number;
  /** A whole number, both ends included. */
  readonly between: (from: number, to: number) => number;
  readonly pick: <T>(of: readonly T[]) => T;
}

export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (of) => {
      if (of.length === 0) throw new Error('Nothing to pick from.');
      return of[Math.floor(next() * of.length)] as (typeof of)[number];
    },
  };
}
