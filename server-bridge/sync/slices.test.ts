import { describe, expect, it } from 'vitest';
import type { Timers } from './ports.ts';
import { createSlices } from './slices.ts';

/** A station where an item takes 0.1 ms, and a clock that only work moves. */
function atWork() {
  let now = 0;
  const turns: (() => void)[] = [];
  const timers: Timers = {
    after: (_, run) => {
      turns.push(run);
      return () => void turns.splice(turns.indexOf(run), 1);
    },
  };
  const slices = createSlices(timers, () => now);
  const took: number[] = [];
  return {
    slices,
    took,
    /** Work of so many items, and `each` before every slice. */
    run: (items: number, each: () => void = () => undefined): void => {
      let left = items;
      slices.add((size) => {
        each();
        const taken = Math.min(size, left);
        left -= taken;
        now += taken / 10;
        took.push(taken / 10);
        return left > 0;
      });
      slices.begin();
      for (let turn = turns.shift(); turn; turn = turns.shift()) turn();
    },
    wait: (ms: number): void => {
      now += ms;
    },
  };
}

describe('slices', () => {
  it('are short while somebody works here', () => {
    const { slices, took, run } = atWork();
    run(10_000, slices.acted);
    expect(Math.max(...took)).toBeLessThanOrEqual(5);
    expect(took.length).toBeLessThan(10_000 / 25);
  });

  it('are longer, and fewer, while nobody does', () => {
    const { took, run } = atWork();
    run(10_000);
    expect(Math.max(...took)).toBeGreaterThan(10);
    expect(Math.max(...took)).toBeLessThanOrEqual(19);
  });

  it('are short again from the first thing that somebody does, and long once nothing was done for a while', () => {
    const { slices, took, run, wait } = atWork();
    run(10_000);
    const before = took.length;
    slices.acted();
    run(3_000);
    expect(Math.max(...took.slice(before))).toBeLessThanOrEqual(5);
    wait(2_000);
    run(10_000);
    expect(Math.max(...took)).toBeGreaterThan(10);
  });
});
