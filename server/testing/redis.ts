/** A real Redis for tests, on a port of its own, that keeps nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { TlsFiles } from '../kernel/http/tls.ts';

const PROGRAM = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'].find(
  existsSync,
);
const START_MS = 20_000;

/** Why tests that need it are skipped; null where it is here. */
export const NO_REDIS = PROGRAM === undefined ? 'redis-server is not installed' : null;

export interface TestRedis {
  readonly url: string;
  /** Ends it as a crash does; {@link TestRedis.start} brings an empty one back on the same port. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Has it answer nobody, and no connection of it end, until what it returns is called. */
  readonly hang: () => () => void;
  readonly close: () => Promise<void>;
}

/** A server's certificate, and the one alone by which it lets in. */
export interface MutualTls extends TlsFiles {
  readonly client: TlsFiles;
}

/** `tls`: speaks nothing else, and asks whoever connects for a certificate. */
export async function testRedis(tls?: MutualTls): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'qd-redis-'));
  let port = await freePort();
  let child = await started(port, folder, tls);
  // Whoever asks for any port may be given this one before Redis has it.
  for (let tries = 0; child === null && tries < 5; tries++) {
    port = await freePort();
    child = await started(port, folder, tls);
  }
  if (child === null) throw new Error('Redis did not start');
  const kill = async (): Promise<void> => {
    const going = child;
    child = null;
    if (!going || going.exitCode !== null) return;
    const gone = once(going, 'exit');
    going.kill('SIGKILL');
    await gone;
  };
  return {
    url: `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    kill,
    start: async () => {
      // It has to come back where it was: whoever was given its port meanwhile, most likely a client that looked for it, lets go.
      for (const deadline = Date.now() + START_MS; child === null; await delay(100)) {
        child = await started(port, folder, tls);
        if (child === null && Date.now() > deadline) throw new Error('Redis did not start again');
      }
    },
    hang: () => {
      const held = child;
      held?.kill('SIGSTOP');
      return () => void held?.kill('SIGCONT');
    },
    close: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Null where it ended instead: its port is taken. */
async function started(port: number, folder: string, tls?: MutualTls): Promise<ChildProcess | null> {
  if (PROGRAM === undefined) throw new Error(NO_REDIS ?? '');
  const listening = tls
    ? ['--port', '0', '--tls-port', String(port), '--tls-cert-file', tls.cert, '--tls-key-file', tls.key].concat([
        '--tls-ca-cert-file',
        tls.client.cert,
      ])
    : ['--port', String(port)];
  const flags = [...listening, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn(PROGRAM, flags, { stdio: 'ignore' });
  const asking = new Redis(port, '127.0.0.1', {
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
    ...(tls && {
      tls: { ca: readFileSync(tls.cert), cert: readFileSync(tls.client.cert), key: readFileSync(tls.client.key) },
    }),
  });
  asking.on('error', () => undefined);
  const answers = asking.ping().then(
    () => true,
    () => false,
  );
  const ended = once(child, 'exit').then(() => false);
  try {
    const late = delay(START_MS, false, { ref: false });
    return (await Promise.race([answers, ended, late])) ? child : null;
  } finally {
    asking.disconnect();
  }
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
