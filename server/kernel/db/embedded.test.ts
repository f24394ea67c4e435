import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { copiedFolder } from '../../testing/postgres.ts';
import { onConnection } from './connection.ts';
import { startEmbedded } from './embedded.ts';
import { alive, endingAdrift, isAdrift, readPidFile, stopServer } from './postmaster.ts';

it('keeps what servers said from start to start until it is large, and nothing else that one left which was killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-embedded-'));
  const [data, log] = [join(folder, 'cluster'), join(folder, 'cluster', 'server.log')];
  // Of a start that was killed.
  writeFileSync(`${data}.password`, 'left');
  const start = () => startEmbedded({ folder: data, password: 'for tests alone', settings: ['fsync=off'] });
  try {
    await (await start()).stop();
    expect(existsSync(`${data}.password`)).toBe(false);
    writeFileSync(log, 'x'.repeat(10_000_001));
    const killed = await start();
    killed.leave();
    process.kill(killed.pid(), 'SIGKILL');
    await vi.waitUntil(() => !alive(killed.pid()), { timeout: 10_000 });
    const sockets = (): string[] => readdirSync(data).filter((name) => name.startsWith('.s.PGSQL'));
    expect(sockets().length).toBeGreaterThan(0);
    await (await start()).stop();
    expect(sockets()).toEqual([]);
    expect([statSync(join(data, 'server.1.log')).size, statSync(log).size < 10_000]).toEqual([10_000_001, true]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

it('starts on another port where the one that was free is taken before it has it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-embedded-'));
  const held: Socket[] = [];
  // It takes connections, and never says a word.
  const somebody = createServer((connection) => void held.push(connection));
  const free = createServer();
  const portOf = (server: typeof free): Promise<number> =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
  try {
    const [taken, other] = [await portOf(somebody), await portOf(free)];
    await new Promise((done) => free.close(done));
    const tried: number[] = [];
    const server = await startEmbedded({
      folder: join(folder, 'cluster'),
      password: 'for tests alone',
      settings: ['fsync=off'],
      somePort: async () => {
        const port = tried.length === 0 ? taken : other;
        tried.push(port);
        return port;
      },
    });
    try {
      expect(tried).toEqual([taken, other]);
      const ports = await onConnection(server.url, async (client) => (await client.query('show port')).rows);
      expect(ports).toEqual([{ port: String(other) }]);
    } finally {
      await server.stop();
    }
  } finally {
    for (const connection of held) connection.destroy();
    await new Promise((done) => somebody.close(done));
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

/** Of a cluster that was made and stopped before: once for all, for that takes seconds. */
async function madeIn(folder: string): Promise<{ readonly folder: string; readonly password: string }> {
  const within = (parent: string) => ({ folder: join(parent, 'cluster'), password: 'for tests alone' });
  await copiedFolder('embedded', async (once) => (await startEmbedded(within(once))).stop(), folder);
  return within(folder);
}

/** A server's process whose title says what it does, once there is one. Linux alone tells. */
async function childOf(server: number, what: string, withinMs = 20_000): Promise<number> {
  const found = (): number | undefined =>
    (readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').match(/\d+/g) ?? []).map(Number).find((child) => {
      try {
        return readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(`: ${what}`);
      } catch {
        return false;
      }
    });
  // As often as it goes: a recovery of next to nothing is over in some milliseconds.
  for (const until = performance.now() + withinMs; performance.now() < until; ) {
    const child = found();
    if (child !== undefined) return child;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`No ${what} was seen.`);
}

it.runIf(process.platform === 'linux')(
  'starts anew where the recovery after a crash is killed too: the server lived on, and let nobody in any more',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-embedded-'));
    const server = await startEmbedded(await madeIn(folder));
    try {
      const first = server.pid();
      const answers = async (): Promise<boolean> =>
        onConnection(server.url, (client) => client.query('select 1')).then(
          () => true,
          () => false,
        );
      // On a loaded machine a recovery may be through before it is killed: that one was no case of this.
      for (let tries = 0; alive(first) && tries < 10; tries++) {
        process.kill(await childOf(first, 'background writer'), 'SIGKILL');
        process.kill(await childOf(first, 'startup'), 'SIGKILL');
        await vi.waitUntil(answers, { timeout: 60_000, interval: 200 });
      }
      // The one that was started in its place answers a moment before it is the one that is looked after.
      await vi.waitUntil(() => server.pid() !== first, { timeout: 60_000 });
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);

it.runIf(process.platform === 'linux')(
  'starts anew too where the center was killed before it had noticed that: the next one was told that another server holds the folder',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-embedded-'));
    const options = await madeIn(folder);
    let server = await startEmbedded(options);
    try {
      const stays = async (pid: number): Promise<boolean> => {
        for (let i = 0; i < 20 && isAdrift(pid); i++) await new Promise((resolve) => setTimeout(resolve, 50));
        return alive(pid) && isAdrift(pid);
      };
      // Nobody looks after it; one whose recovery was through before it was killed, or that ended itself, is no case of this.
      for (let tries = 0; ; tries++) {
        server.leave();
        const pid = server.pid();
        process.kill(await childOf(pid, 'background writer'), 'SIGKILL');
        const recovery = await childOf(pid, 'startup', 1_000).catch(() => null);
        try {
          if (recovery !== null) process.kill(recovery, 'SIGKILL');
        } catch {}
        // While it is still there the server has not lost it yet, and does not count as adrift.
        if (recovery !== null) await vi.waitUntil(() => !alive(recovery), { timeout: 20_000, interval: 2 });
        if (await stays(pid)) break;
        expect(tries).toBeLessThan(30);
        server = await startEmbedded(options);
      }
      const first = server.pid();
      server = await startEmbedded(options);
      expect([server.pid() === first, alive(first)]).toEqual([false, false]);
      await onConnection(server.url, (client) => client.query('select 1'));
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);

it.runIf(process.platform === 'linux')(
  'starts where a server was killed and a process of it does not end: one waits for ever for a lock that another held as it was killed',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-embedded-'));
    const options = await madeIn(folder);
    let server = await startEmbedded(options);
    try {
      server.leave();
      const writer = await childOf(server.pid(), 'checkpointer');
      process.kill(writer, 'SIGSTOP');
      process.kill(server.pid(), 'SIGKILL');
      await vi.waitUntil(() => !alive(server.pid()), { timeout: 10_000 });
      server = await startEmbedded(options);
      await onConnection(server.url, (client) => client.query('select 1'));
      // It has ended once whoever inherited it has taken note.
      await vi.waitUntil(() => !alive(writer), { timeout: 10_000 });
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);

it.runIf(process.platform === 'linux')(
  'lets one that was told to end write its last checkpoint, however long that takes',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-embedded-'));
    const server = await startEmbedded(await madeIn(folder));
    try {
      await onConnection(server.url, (client) =>
        client.query(
          'create table much as select g, repeat(md5(g::text), 8) as text from generate_series(1, 200000) g',
        ),
      );
      server.leave();
      const pid = server.pid();
      process.kill(pid, 'SIGINT');
      const writer = await childOf(pid, 'checkpointer performing');
      process.kill(writer, 'SIGSTOP');
      try {
        await expect(childOf(pid, 'walwriter', 200)).rejects.toThrow();
        expect([alive(pid), isAdrift(pid)]).toEqual([true, false]);
      } finally {
        process.kill(writer, 'SIGCONT');
      }
      await vi.waitUntil(() => !alive(pid), { timeout: 60_000, interval: 50 });
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);

/** Holds the process of a server still as soon as it has a folder, which is before it answers anybody. */
async function heldStill(folder: string): Promise<number> {
  for (;;) {
    const pid = readPidFile(folder)?.pid;
    if (pid !== undefined) {
      process.kill(pid, 'SIGSTOP');
      return pid;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it.runIf(process.platform === 'linux')(
  'leaves none running that it started and that does not answer: the next start would have been told of another that holds the folder',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-embedded-'));
    const options = { folder: join(folder, 'cluster'), password: 'for tests alone' };
    let server = await startEmbedded(options);
    await server.stop();
    try {
      // On a loaded machine it may have answered before it was held still: that was no case of this.
      for (let tries = 0; ; tries++) {
        const holding = heldStill(options.folder);
        const started = await startEmbedded({ ...options, answersWithin: 2_000 }).catch((error: unknown) => error);
        const pid = await holding;
        if (started instanceof Error) {
          expect(started).toMatchObject({ code: 'postgres.silent', message: expect.stringContaining('was ended') });
          expect(alive(pid)).toBe(false);
          break;
        }
        (started as typeof server).leave();
        process.kill(pid, 'SIGKILL');
        await vi.waitUntil(() => !alive(pid), { timeout: 10_000 });
        expect(tries).toBeLessThan(10);
      }
      server = await startEmbedded(options);
      await onConnection(server.url, (client) => client.query('select 1'));
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);

it.runIf(process.platform === 'linux')(
  'ends nothing else that was given the process id of a server meanwhile',
  async () => {
    const other = spawn('sleep', ['60']);
    try {
      const pid = other.pid as number;
      const end = endingAdrift();
      expect([alive(pid), isAdrift(pid)]).toEqual([true, false]);
      vi.useFakeTimers({ toFake: ['performance'] });
      end(pid);
      vi.advanceTimersByTime(10_000);
      end(pid);
      vi.useRealTimers();
      await stopServer(pid);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect([other.exitCode, other.signalCode]).toEqual([null, null]);
    } finally {
      vi.useRealTimers();
      other.kill();
    }
  },
);
