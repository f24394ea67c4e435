/** What all of a center stands on: its connections for facts and keys, the keys, the log, and what its nodes share. */
import type { Redis } from 'ioredis';
import type { Clock, RandomBytes } from '#domain/kernel/ids.ts';
import { systemRandom } from '#sealing/random.ts';
import type { Closing } from '../kernel/closing.ts';
import type { Database } from '../kernel/db/database.ts';
import { pgLog, type StoredLog } from '../kernel/intake/pg/log.ts';
import { withSharedKeys } from '../kernel/intake/shared-keys.ts';
import { pgKeyRing } from '../kernel/keys/pg-ring.ts';
import type { KeyRing } from '../kernel/keys/ring.ts';
import { openRedis } from '../kernel/redis.ts';
import type { Storage } from '../kernel/storage.ts';
import type { CenterOptions } from './options.ts';

/** Of the database, for facts and for who brings them. An organisation may have two steps in hand: one written, one worked out. */
const EMERGENCY_CONNECTIONS = 6;
/** For keys. A step asks for one while it holds a connection of its own, so they are not of the same. */
const KEY_CONNECTIONS = 3;

export interface Ground {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly db: Database;
  /** Connections that facts have of their own. */
  readonly emergency: Database;
  readonly keys: KeyRing;
  readonly log: StoredLog;
  /** Null for a node that shares nothing by it. */
  readonly redis: Redis | null;
}

export function groundOf(
  { redisUrl, authority, shownToRedis }: Pick<CenterOptions, 'redisUrl' | 'authority' | 'shownToRedis'>,
  { db, masters, secret }: Pick<Storage, 'db' | 'masters' | 'secret'>,
  closing: Closing,
): Ground {
  const world = { clock: Date.now, random: systemRandom() };
  // Facts never wait for a connection that something else holds, nor do the keys that they are opened with.
  const emergency = db.reserve(EMERGENCY_CONNECTIONS);
  closing.push(emergency.close);
  const forKeys = db.reserve(KEY_CONNECTIONS);
  closing.push(forKeys.close);
  const keys = pgKeyRing(forKeys, masters, { ...world, secret });
  const redis = redisUrl === undefined ? null : openRedis(redisUrl, authority ?? null, shownToRedis);
  if (redis) closing.push(async () => redis.disconnect());
  const log = withSharedKeys(pgLog(emergency, { keys, ...world }), keys, world.random);
  return { ...world, db, emergency, keys, log, redis };
}
