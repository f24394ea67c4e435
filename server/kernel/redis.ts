/** Redis, where the operator has one (REDIS_URL): what nodes of a center share in passing. Nothing is kept there. */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { CenterFailure } from './db/failure.ts';
import type { TlsFiles } from './http/tls.ts';

const ANSWER_MS = 500;
const LONGEST_PAUSE_MS = 2_000;

/**
 * A connection that comes back by itself; while it is away, whoever asks hears so at once. `authority`: PEM of the one by whose
 * word alone it is taken over TLS; null for those that the system knows. `shown`: the certificate by which it knows the center.
 */
export function openRedis(url: string, authority: string | null = null, shown?: TlsFiles): Redis {
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
    // Or each that asks a server which hangs, or is gone without a word, would wait for as long.
    socketTimeout: ANSWER_MS,
    connectTimeout: 5_000,
    ...(scheme === 'redis:' ? {} : { tls: overTls(authority, shown) }),
    retryStrategy: (times) => Math.min(50 * times, LONGEST_PAUSE_MS),
  });
  // Whoever uses it hears of it from their own question.
  redis.on('error', () => undefined);
  return redis;
}

/** Read each time it connects: a certificate that is renewed in its files is shown from the next connection on. */
function overTls(
  authority: string | null,
  shown: TlsFiles | undefined,
): { readonly ca?: string; readonly cert?: Buffer; readonly key?: Buffer } {
  const trusted = authority === null ? {} : { ca: authority };
  if (shown === undefined) return trusted;
  const file = (path: string): (() => Buffer) => {
    let last = readFileSync(path);
    return () => {
      try {
        last = readFileSync(path);
      } catch {
        // Being replaced: the one before is shown once more.
      }
      return last;
    };
  };
  const [cert, key] = [file(shown.cert), file(shown.key)];
  return {
    ...trusted,
    get cert() {
      return cert();
    },
    get key() {
      return key();
    },
  };
}
