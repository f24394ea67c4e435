/** How often one address or account may try where guesses could be made. Each try is counted before it is looked at. */
import { Problem } from '../http/problem.ts';
import type { Counters } from '../limits/counters.ts';
import { networkOf } from '../limits/network-of.ts';
import { limitKey } from './secrets.ts';

/** Tries allowed, within how many seconds. A shift change signs in a whole room from one address. */
export const TRIES = {
  'sign-in address': { points: 120, duration: 60 },
  'sign-in account': { points: 20, duration: 60 },
  'enrol address': { points: 1_200, duration: 60 },
  'code address': { points: 30, duration: 600 },
  'device address': { points: 600, duration: 60 },
  'refresh address': { points: 600, duration: 60 },
} as const;
export type LimitedBy = keyof typeof TRIES;

export interface Limits {
  /** Counts one try. Milliseconds to wait, or 0 where it may go on. */
  readonly take: (rule: LimitedBy, value: string) => Promise<number>;
}

export function makeLimits({ counter }: Counters): Limits {
  const counters = new Map(
    Object.entries(TRIES).map(([name, rule]) => [name, { rule, counted: counter(name.replace(' ', '-'), rule) }]),
  );
  return {
    take: async (name, value) => {
      const kept = counters.get(name);
      if (!kept) return 0;
      const by = name.endsWith(' address') ? networkOf(value) : value;
      const { consumed, resetMs } = await kept.counted.add(limitKey(name, by), 1);
      return consumed <= kept.rule.points ? 0 : Math.max(resetMs, 1_000);
    },
  };
}

/** Counts one try. Throws Problem 429 where there were too many. */
export async function limited(limits: Limits, rule: LimitedBy, value: string): Promise<void> {
  const wait = await limits.take(rule, value);
  if (wait === 0) return;
  const seconds = Math.ceil(wait / 1000);
  throw new Problem(429, 'limit.reached', `Too many tries; wait ${seconds} s and try again.`, {
    retryAfter: seconds,
  });
}
