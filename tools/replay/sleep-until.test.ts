import { describe, expect, it } from 'vitest';
import { sleepUntil } from './sleep-until.ts';

const DAY = 86_400_000;

describe('a pause between two steps of a day', () => {
  it('lasts as long as it should where no timer can wait that long', async () => {
    let now = 5;
    const slept: number[] = [];
    const sleep = async (ms: number): Promise<void> => {
      slept.push(ms);
      // As Node does it.
      now += ms > 2 ** 31 - 1 ? 1 : ms;
    };
    await sleepUntil(60 * DAY, () => now, sleep);
    expect(now).toBe(60 * DAY);
    expect(slept).toHaveLength(3);
    await sleepUntil(now - 1, () => now, sleep);
    expect(slept).toHaveLength(3);
  });
});
