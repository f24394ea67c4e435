/** A real Redis for tests, on a port of its own, that keeps nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';

const PROGRAM = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'].find(
  existsSync,
);

/** Why tests that need it are skipped; null where it is here. */
export const NO_REDIS = PROGRAM === undefined ? 'redis-server is not installed' : null;

export interface TestRedis {
  readonly url: string;
  /** Ends it as a crash does; {@link TestRedis.start} brings an empty one back on the same port. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function testRedis(): Promise<TestRedis> {
  if (PROGRAM === undefined) throw new Error(NO_REDIS ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'qd-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
    child = spawn(PROGRAM, flags, { stdio: 'ignore' });
    await answers(url);
  };
  const kill = async (): Promise<void> => {
    const going = child;
    child = null;
    if (!going || going.exitCode !== null) return;
    const gone = new Promise((resolve) => going.once('exit', resolve));
    going.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    url,
    kill,
    start,
    close: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<void> {
  const asking = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  asking.on('error', () => undefined);
  await Promise.race([asking.ping(), delay(20_000).then(() => Promise.reject(new Error('Redis did not start')))]);
  asking.disconnect();
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
