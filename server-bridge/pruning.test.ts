import { expect, it } from 'vitest';
import { keepPruned } from './pruning.ts';
import { timersByHand } from './sync/testing/timers-by-hand.ts';

const [SECOND, HOUR, DAY] = [1_000, 3_600_000, 86_400_000];

it('goes on until the round is over, however many facts are too old, and begins another a day later', () => {
  const { timers, turn } = timersByHand();
  const steps = [true, true, false, false];
  const asked: number[] = [];
  const faults: unknown[] = [];
  const stop = keepPruned(
    {
      now: () => 100 * DAY,
      prune: (before) => {
        asked.push(before);
        const more = steps.shift();
        if (more === undefined) throw new Error('disk full');
        return { dropped: more ? 1_000 : 0, more };
      },
    },
    timers,
    (where, error) => faults.push([where, (error as Error).message]),
  );
  expect([turn(), turn(), turn(), turn(), turn()]).toEqual([HOUR, SECOND, SECOND, DAY, DAY]);
  expect(new Set(asked)).toEqual(new Set([40 * DAY]));
  expect(faults).toEqual([['prune', 'disk full']]);
  expect(turn()).toBe(DAY);
  stop();
  expect(turn()).toBeNull();
});
