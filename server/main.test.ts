import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newEntity, opening, pushOf } from './kernel/intake/testing/station.ts';
import { testCenter } from './testing/center.ts';
import { emptyDatabase } from './testing/postgres.ts';

vi.setConfig({ testTimeout: 60_000 });
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
/** Nothing of ours that is a setting of the center; what was compiled once is read, as `npm run center` has it. */
const { PATH, NODE_COMPILE_CACHE } = process.env;

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function center(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  onReady?: (said: string, kill: (signal: NodeJS.Signals) => void, pid: number) => void,
): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH, NODE_COMPILE_CACHE, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) onReady?.(out, (signal) => child.kill(signal), child.pid ?? 0);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

describe('the center as a process', () => {
  let dataDir: string;
  let database: Awaited<ReturnType<typeof emptyDatabase>>;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'qd-main-'));
    database = await emptyDatabase();
  });
  afterAll(async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('says in one sentence which flag or variable is wrong, and ends with 2', async () => {
    const bad: [string[], NodeJS.ProcessEnv, string][] = [
      [['--port', 'abc'], {}, '--port must be a whole number.'],
      [['--port', '70000'], {}, '--port must be at most 65535.'],
      [['--host', 'a b'], {}, '--host must be an address.'],
      [['--log', 'loud'], {}, '--log must be one of'],
      [['--nonsense'], {}, 'There is no flag --nonsense. See npm run center -- --help.'],
      [[], { QD_PORT: '-1' }, '--port must be a whole number.'],
      [[], { DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must be a postgres:// address.'],
    ];
    for (const [args, env, sentence] of bad) {
      const { code, err, out } = await center(args, env);
      expect([args, code]).toEqual([args, 2]);
      expect(err).toContain(sentence);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(out).toBe('');
    }
  });

  it('says that it is ready, and ends in order when asked to', async () => {
    const cores: string[] = [];
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const { code, out } = await center(
        ['--data', dataDir, '--port', '0', '--log', 'warn'],
        { DATABASE_URL: database.migratorUrl },
        (_, kill, pid) => {
          if (process.platform === 'linux') cores.push(readFileSync(`/proc/${pid}/coredump_filter`, 'utf8').trim());
          kill(signal);
        },
      );
      expect(out).toMatch(/^ready \{"center":"http:\/\/127\.0\.0\.1:\d+"\}\n$/);
      expect(code).toBe(0);
    }
    // Nothing of its memory in a core.
    for (const filter of cores) expect(filter).toBe('00000000');
  });

  it('says where it is opened, where it listens at every address of its machine', async () => {
    const env = { DATABASE_URL: database.migratorUrl, QD_CLOSED_NETWORKS: '192.168.255.0/30' };
    const { code, out } = await center(
      ['--data', dataDir, '--host', '0.0.0.0', '--port', '0', '--log', 'warn'],
      env,
      (_, kill) => kill('SIGTERM'),
    );
    expect(out).toMatch(/^ready \{"center":"http:\/\/127\.0\.0\.1:\d+"\}\n$/);
    expect(code).toBe(0);
  });

  it('says in one sentence that its port is in use, and ends with 2', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port));
    });
    const { code, err } = await center(['--data', dataDir, '--port', String(port), '--log', 'silent'], {
      DATABASE_URL: database.migratorUrl,
    });
    taken.close();
    expect(code).toBe(2);
    expect(err).toBe(
      `Port ${port} is in use; stop what uses it, or choose another with --port (npm start: --center-port).\n`,
    );
  });
});

describe('a database of the operator’s, whose owner is no superuser', () => {
  it('carries a whole center: demo, sign-in, enrolment, facts, audit', async () => {
    const { call, enrol, adminToken, close } = await testCenter({}, { plainOwner: true });
    const station = await enrol('Console');
    const incident = newEntity('incident');
    const { status, body } = await station.push(pushOf(station.append(opening(incident))));
    expect([status, body.problems]).toEqual([200, []]);
    const shown = await call<{ sealed: { caller: string } }>(
      'GET',
      `/v1/entities/incident/${incident.slice(9)}`,
      undefined,
      adminToken,
    );
    expect(shown.body.sealed.caller).toBe('Ada Caller');
    await close();
  });
});
