/** Redis, where the operator has one (REDIS_URL): what nodes of a center share in passing. Nothing is kept there. */
import { Redis } from 'ioredis';
import { CenterFailure } from './db/failure.ts';

const ANSWER_MS = 500;
const LONGEST_PAUSE_MS = 2_000;

/**
 * A connection that comes back by itself; while it is away, whoever asks hears so at once. `authority`: PEM of the one by whose
 * word alone it is taken over TLS; null for those that the system knows.
 */
export function openRedis(url: string, authority: string | null = null): Redis {
  const scheme = URL.canParse(url) ? new URL(url).protocol : '';
  if (scheme !== 'redis:' && scheme !== 'rediss:') {
    throw new CenterFailure(
      'redis.address',
      'REDIS_URL is an address such as redis://127.0.0.1:6379 on this machine, or rediss://redis.example:6379 over TLS.',
    );
  }
  const redis = new Redis(url, {
    connectionName: 'quantum-dispatch',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: ANSWER_MS,
    connectTimeout: 5_000,
    ...(authority === null || scheme === 'redis:' ? {} : { tls: { ca: authority } }),
    retryStrategy: (times) => Math.min(50 * times, LONGEST_PAUSE_MS),
  });
  // Whoever uses it hears of it from their own question.
  redis.on('error', () => undefined);
  return redis;
}
