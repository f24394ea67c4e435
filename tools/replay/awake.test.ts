import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createIdle } from '../../server-bridge/session/idle.ts';
import { keepAwake } from './awake.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('keeps a day that takes hours from being locked out of its console, and no longer than it takes', () => {
  const locked: string[] = [];
  const idle = createIdle({
    timers: {
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    clock: Date.now,
    limit: () => 60_000,
    lock: (seat) => locked.push(seat),
  });
  const window = (seat: string) => ({
    closed: () => false,
    call: (name: string) => {
      if (name === 'session.active') idle.touched(seat);
      return Promise.resolve({} as never);
    },
  });
  for (const seat of ['player', 'listener', 'nobody']) idle.touched(seat);
  const letSleep = keepAwake([window('player'), window('listener')]);
  vi.advanceTimersByTime(3 * 3_600_000);
  expect(locked).toEqual(['nobody']);
  letSleep();
  vi.advanceTimersByTime(120_000);
  expect(locked).toEqual(['nobody', 'player', 'listener']);
  idle.close();
});
