import { expect, it } from 'vitest';
import { keepScrubbed } from './scrubbing.ts';
import { timersByHand } from './sync/testing/timers-by-hand.ts';

const TWO_SECONDS = 2_000;

it('reads on whatever it finds, past a disk that could not be read for a moment, and no further once there is damage', () => {
  const { timers, turn } = timersByHand();
  const found = ['more', 'sound', null, 'more', 'corrupted'] as const;
  const pages: number[] = [];
  const told: unknown[] = [];
  keepScrubbed(
    {
      scrub: (count) => {
        const next = found[pages.push(count) - 1];
        if (!next) throw new Error('EIO');
        return next;
      },
    },
    timers,
    () => told.push('damaged'),
    (where, error) => told.push([where, (error as Error).message]),
  );
  for (const one of found) expect([one, turn()]).toEqual([one, TWO_SECONDS]);
  expect(told).toEqual([['scrub', 'EIO'], 'damaged']);
  expect(turn()).toBeNull();
  expect(new Set(pages).size).toBe(1);
});

it('reads nothing any more once it is stopped', () => {
  const { timers, turn } = timersByHand();
  let reads = 0;
  const fail = (): void => expect.unreachable();
  const stop = keepScrubbed({ scrub: () => (reads++ > 0 ? 'sound' : 'more') }, timers, fail, fail);
  expect([turn(), turn()]).toEqual([TWO_SECONDS, TWO_SECONDS]);
  stop();
  expect([turn(), reads]).toEqual([null, 2]);
});
