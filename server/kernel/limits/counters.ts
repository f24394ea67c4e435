/**
 * Counting that all nodes of a center share: in Redis where there is one, else in PostgreSQL. While the store is away each
 * node counts for itself with the same bounds, and says so.
 */
import type { Redis } from 'ioredis';
import type pg from 'pg';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterStoreAbstract,
} from 'rate-limiter-flexible';
import type { Clock } from '#domain/kernel/ids.ts';
import { holdsStill } from '../holds-still.ts';
import { inTime } from '../in-time.ts';

/** So many points within so many seconds. */
export interface Rule {
  readonly points: number;
  readonly duration: number;
}

export interface Counted {
  /** Points within the time that is running. */
  readonly consumed: number;
  /** Until they count from nothing again. ms */
  readonly resetMs: number;
}

export interface Counter {
  /** Counts `points` more, whether or not that is too many. Never rejects. */
  readonly add: (key: string, points: number) => Promise<Counted>;
}

export interface Counters {
  readonly counter: (name: string, rule: Rule) => Counter;
}

export interface CountersOptions {
  readonly redis: Redis | null;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** The store went away, or is back. */
  readonly onAway: (away: boolean) => void;
}

/** A store that takes longer is as good as away. ms */
const PATIENCE_MS = 1_000;
/** How long it is left alone then. ms */
const PAUSE_MS = 1_000;

/** Counters that the nodes of a center share: in Redis, else in the database; in this node's memory while that is away. */
export function makeCounters({ redis, pool, clock, onAway }: CountersOptions): Counters {
  let away = false;
  let pausedUntil = 0;
  const told = (now: boolean): void => {
    if (now) pausedUntil = clock() + PAUSE_MS;
    if (now === away) return;
    away = now;
    onAway(now);
  };
  const shared = (name: string, rule: Rule): RateLimiterStoreAbstract =>
    redis
      ? new RateLimiterRedis({ storeClient: redis, keyPrefix: `qd:limit:${name}`, ...rule })
      : new RateLimiterPostgres({
          storeClient: pool,
          storeType: 'pool',
          schemaName: 'identity',
          tableName: 'rate_limit',
          tableCreated: true,
          keyPrefix: name,
          clearExpiredByTimeout: true,
          ...rule,
        });
  return {
    counter: (name, rule) => {
      const store = shared(name, rule);
      const here = new RateLimiterMemory({ keyPrefix: name, ...rule });
      return {
        add: async (key, points) => {
          if (!holdsStill(pausedUntil, clock(), PAUSE_MS)) {
            try {
              const counted = await inTime(countedIn(store, key, points, rule), PATIENCE_MS, 'the store of the limits');
              told(false);
              return countedOf(counted);
            } catch (error) {
              if (error instanceof RateLimiterRes) return countedOf(error);
              told(true);
            }
          }
          return countedOf(await here.penalty(key, points));
        },
      };
    },
  };
}

/**
 * The database keeps when a count is over as an hour of this machine's clock. One that lies far beyond its time was told by a clock
 * that has been set back since, and would count on until then: it begins anew.
 */
async function countedIn(
  store: RateLimiterStoreAbstract,
  key: string,
  points: number,
  { duration }: Rule,
): Promise<RateLimiterRes> {
  const counted = await store.penalty(key, points);
  if (counted.msBeforeNext <= 2 * duration * 1_000) return counted;
  await store.delete(key);
  return store.penalty(key, points);
}

function countedOf({ consumedPoints, msBeforeNext }: RateLimiterRes): Counted {
  return { consumed: consumedPoints, resetMs: Math.max(msBeforeNext, 0) };
}
