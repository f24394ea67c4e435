/** How often one address or account may try. Counted in PostgreSQL, so every node of a center counts the same. */
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../http/problem.ts';
import { limitKey } from './secrets.ts';

/** Tries allowed, within how many seconds. A shift change signs in a whole room from one address. */
const RULES = {
  'sign-in address': { points: 120, duration: 60 },
  'sign-in account': { points: 20, duration: 60 },
  'enrol address': { points: 1_200, duration: 60 },
  'code address': { points: 30, duration: 600 },
  'device address': { points: 600, duration: 60 },
  'refresh address': { points: 600, duration: 60 },
} as const;
export type LimitedBy = keyof typeof RULES;

export interface Limits {
  /** Counts one try. Milliseconds to wait, or 0 where it may go on. */
  readonly take: (rule: LimitedBy, value: string) => Promise<number>;
}

export function makeLimits(pool: pg.Pool): Limits {
  const limiters = new Map(
    Object.entries(RULES).map(([name, rule]) => [
      name,
      new RateLimiterPostgres({
        storeClient: pool,
        storeType: 'pool',
        schemaName: 'identity',
        tableName: 'rate_limit',
        tableCreated: true,
        keyPrefix: name.replace(' ', '-'),
        clearExpiredByTimeout: true,
        ...rule,
      }),
    ]),
  );
  return {
    take: async (rule, value) => {
      try {
        await limiters.get(rule)?.consume(limitKey(rule, value));
        return 0;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(refused.msBeforeNext, 1_000);
        throw refused;
      }
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
