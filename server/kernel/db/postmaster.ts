/** The server as a process of this machine: how it is started, told from others, and ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunAs } from './postgres-binaries.ts';

export const STOP_TIMEOUT_MS = 20_000;

/** In a process group of its own, as whom it may run as, and with nothing of our environment. `hears`: something is written to it. */
export function startAs(
  command: string,
  args: readonly string[],
  as: RunAs,
  log: number | 'ignore',
  hears: 'pipe' | 'ignore' = 'ignore',
): ChildProcess {
  const [first, ...rest] = [...as.prefix, command, ...args] as [string, ...string[]];
  return spawn(first, rest, {
    detached: true,
    stdio: [hears, log, log],
    env: { PATH: process.env.PATH ?? '', LC_MESSAGES: 'C', TZ: 'UTC' },
    ...(as.ids && as.prefix.length === 0 ? as.ids : {}),
  });
}

/** What the server that holds a folder wrote of itself; undefined where none does. */
export function readPidFile(folder: string): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    const port = Number(lines[3]);
    return pid > 0 && port > 0 ? { pid, port } : undefined;
  } catch {
    return undefined;
  }
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether a server has lost the process that recovers its data and does not notice: it lives on, refuses every connection, and
 * would never end by itself. One that runs has a writer of its log, one that recovers a startup process, and one that ends writes all
 * that it has to its last checkpoint, for as long as that takes. Told on Linux alone.
 */
export function isAdrift(pid: number): boolean {
  if (!isPostgres(pid)) return false;
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? [];
    return !children.some((child) => /: (?:startup|walwriter|checkpointer performing)\b/.test(titleOf(child)));
  } catch {
    return false;
  }
}

/** How long a server may neither run nor recover before it is ended. */
const ADRIFT_MS = 5_000;

/** To be asked again and again while a server is waited for: ends it once it has been adrift for long enough. */
export function endingAdrift(): (pid: number) => void {
  let since: number | undefined;
  return (pid) => {
    since = isAdrift(pid) ? (since ?? performance.now()) : undefined;
    if (since === undefined || performance.now() - since < ADRIFT_MS) return;
    process.kill(pid, 'SIGKILL');
    since = undefined;
  };
}

/**
 * Ends what a dead server on this folder left behind. Its processes end with it, but for those that wait for a lock which one that was
 * killed held: these never look up, and no server starts beside them. On Linux alone.
 */
export function endLeftBehind(folder: string): void {
  if (process.platform !== 'linux') return;
  const there = realpathSync(folder);
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || !titleOf(pid).startsWith('postgres: ')) continue;
    try {
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
      if (readlinkSync(`/proc/${pid}/cwd`) !== there || titleOf(parent).includes('postgres')) continue;
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

function titleOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** A process id may have been given to something else since; where that cannot be told, it counts as PostgreSQL. */
export function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  } catch {
    return false;
  }
}

/** How long one may take to end that was told to end at once: it waits five seconds for its processes before it kills them. */
const AT_ONCE_MS = 6_000;

/**
 * Ends a server by a fast shutdown, which rolls open transactions back and leaves nothing to recover, and gives it `patience` ms for that;
 * then at once; then as one that hears nothing any more. What was committed is on disk in any case.
 */
export async function stopServer(pid: number, patience: number = STOP_TIMEOUT_MS): Promise<void> {
  const ways = [['SIGINT', patience] as const, ['SIGQUIT', AT_ONCE_MS] as const, ['SIGKILL', AT_ONCE_MS] as const];
  for (const [signal, within] of ways) {
    if (!alive(pid) || !isPostgres(pid)) return;
    process.kill(pid, signal);
    const deadline = performance.now() + within;
    while (alive(pid) && performance.now() < deadline) await delay(10);
  }
}
