/** How often one address or account may try. Counted in PostgreSQL, so every node of a center counts the same. */
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { limitKey } from './secrets.ts';

/** Tries allowed, within how many seconds. A shift change signs in a whole room from one address. */
const RULES = {
  'sign-in address': { points: 120, duration: 60 },
  'sign-in account': { points: 20, duration: 60 },
  'enrol address': { points: 10, duration: 600 },
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
