import { afterEach, expect, it, vi } from 'vitest';
import { now, setClock, startClock } from './clock.ts';

afterEach(() => {
  setClock('UTC', 0);
  vi.useRealTimers();
});

it('is the center’s time at a computer whose clock is five minutes fast or slow', () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 2, 8, 9, 59, 59, 250) });
  const stop = startClock();
  for (const offset of [-300_000, 300_000]) {
    setClock('America/Los_Angeles', offset);
    expect(now()).toBe(Date.now() + offset);
    vi.advanceTimersByTime(5_000);
    expect(now()).toBe(Date.now() + offset);
  }
  stop();
  expect(vi.getTimerCount()).toBe(0);
});
