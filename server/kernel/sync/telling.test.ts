import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SETTLED_MS } from '../keys/pending.ts';
import { tellOnceMore, tellSeldom } from './telling.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('stations of a site', () => {
  it('are told once more, a moment after the last change', () => {
    const told = vi.fn();
    const again = tellOnceMore(told);
    again('harbor', 'north');
    vi.advanceTimersByTime(900);
    again('harbor', 'north');
    vi.advanceTimersByTime(900);
    expect(told).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(told.mock.calls).toEqual([['harbor', 'north']]);
  });

  it('greet until a key that waits has come into use, seldom, and also where nothing else happens there', () => {
    const greetings: number[] = [];
    const began = Date.now();
    // What a greeting finds: a key that is used once every node of the center knows it.
    const greet = (): void => {
      const age = Date.now() - began;
      greetings.push(age);
      if (age < SETTLED_MS) ask('harbor', 'north');
    };
    const ask = tellSeldom(() => void setTimeout(greet, 50));
    greet();
    vi.advanceTimersByTime(600_000);
    expect(greetings.at(-1)).toBeGreaterThanOrEqual(SETTLED_MS);
    expect(greetings.length).toBeLessThanOrEqual(3);
  });

  it('are not told again of a key that none of them waits for, and told of site by site', () => {
    const told = vi.fn();
    const ask = tellSeldom(told);
    ask('harbor', 'north');
    ask('harbor', 'north');
    ask('harbor', 'south');
    vi.advanceTimersByTime(600_000);
    expect(told.mock.calls).toEqual([
      ['harbor', 'north'],
      ['harbor', 'south'],
    ]);
    ask('harbor', 'north');
    vi.advanceTimersByTime(2_000);
    expect(told).toHaveBeenCalledTimes(3);
  });
});
