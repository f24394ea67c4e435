import { describe, expect, it } from 'vitest';
import type { CenterApi } from '../center-api/center-api.ts';
import { handedOff } from './agree.ts';

const SECOND = 1_000;

interface Center {
  readonly madeAt: number;
  readonly takes: number;
  /** Whether it says that it owes one until then. */
  readonly owes?: boolean;
}

/** A center that takes `takes` ms to answer and has made its one run record once `madeAt` has passed; and a clock that it moves. */
function centerThat({ madeAt, takes, owes = true }: Center) {
  let now = 0;
  let asking = 0;
  const times = { backInService: 7 };
  const all: CenterApi['all'] = async (kind) => {
    now += takes / 2;
    asking += takes / 2;
    if (kind === 'assignment') return [{ id: 'a', fields: { incident: 'i', unit: 'u', ...times } }];
    return now < madeAt ? [] : [{ id: 'r', body: { assignment: 'a', callsign: 'M01', times } }];
  };
  const waiting = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const get: CenterApi['get'] = async () => ({ handoffDue: owes && now < madeAt ? 1 : 0 });
  return { api: { all, get }, waiting, now: () => now, asking: () => asking };
}

describe('waiting for the run records', () => {
  it('lasts as long as a busy center may take for the next of them, and not for ever', async () => {
    const busy = centerThat({ madeAt: 90 * SECOND, takes: 100 });
    await handedOff(busy.api, () => {}, busy.waiting);
    expect(busy.now()).toBeGreaterThanOrEqual(90 * SECOND);
    expect(busy.now()).toBeLessThan(92 * SECOND);
    const never = centerThat({ madeAt: Number.POSITIVE_INFINITY, takes: 100 });
    await handedOff(never.api, () => {}, never.waiting);
    expect(never.now()).toBeGreaterThan(110 * SECOND);
    expect(never.now()).toBeLessThan(140 * SECOND);
  });

  it('is over at once where a record differs and the center owes none: it will make no other', async () => {
    const differs = centerThat({ madeAt: Number.POSITIVE_INFINITY, takes: 100, owes: false });
    await handedOff(differs.api, () => {}, differs.waiting);
    expect(differs.now()).toBeLessThan(SECOND);
  });

  it('leaves the center most of its time to make them, where a big day takes it seconds to answer', async () => {
    const big = centerThat({ madeAt: 100 * SECOND, takes: 8 * SECOND });
    await handedOff(big.api, () => {}, big.waiting);
    expect(big.asking() / big.now()).toBeLessThan(0.35);
  });
});
