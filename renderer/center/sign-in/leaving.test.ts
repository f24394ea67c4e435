import { beforeEach, describe, expect, it } from 'vitest';
import { createLeaving, type LeavingPorts } from './leaving.ts';

/** What this browser keeps, whatever window looks. */
let kept: Map<string, string>;
let isReached: boolean;
let ends: number;
let heard: number;
let waiting: (() => void)[];
beforeEach(() => {
  kept = new Map();
  [isReached, ends, heard, waiting] = [true, 0, 0, []];
});

const page = (over: Partial<LeavingPorts> = {}) =>
  createLeaving({
    end: async () => {
      ends += 1;
      return isReached;
    },
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    after: (_, run) => waiting.push(run),
    onHeard: () => {
      heard += 1;
    },
    ...over,
  });
/** What waits for its time runs, and what it begins is over. */
const later = async (): Promise<void> => {
  for (const run of waiting.splice(0)) run();
  await new Promise((resolve) => setImmediate(resolve));
};

describe('signing out', () => {
  it('is over once the center has heard of it', async () => {
    expect([await page().leave(), await page().settled(), ends]).toEqual([true, true, 1]);
    expect(waiting).toEqual([]);
  });

  it('while the center is away is told to it until it has heard, and lets nobody in before, in no window', async () => {
    isReached = false;
    expect(await page().leave()).toBe(false);
    await later();
    expect([ends, heard, waiting.length]).toEqual([2, 0, 1]);
    // Loaded again.
    expect(await page().settled()).toBe(false);
    isReached = true;
    await later();
    expect(heard).toBeGreaterThan(0);
    expect(await page().settled()).toBe(true);
    const told = ends;
    await later();
    expect(ends).toBe(told);
  });

  it('is told by the first question of a page that is loaded when the center is back', async () => {
    isReached = false;
    await page().leave();
    isReached = true;
    expect([await page().settled(), await page().settled(), ends]).toEqual([true, true, 2]);
  });

  it('ends nothing of whoever signed in since, and meets no sign-in on its way', async () => {
    isReached = false;
    const at = page();
    await at.leave();
    const order: string[] = [];
    const slow = page({
      end: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push('ended');
        return false;
      },
    });
    const leaving = slow.leave();
    const entering = slow.enter(async () => {
      order.push('signed in');
      return { ok: true };
    });
    await Promise.all([leaving, entering]);
    expect(order).toEqual(['ended', 'signed in']);
    isReached = true;
    await later();
    expect([ends, order.length]).toEqual([1, 2]);
  });

  it('is not forgotten for a sign-in that was refused', async () => {
    isReached = false;
    await page().leave();
    await page().enter(async () => ({ ok: false }));
    expect(await page().settled()).toBe(false);
  });
});
