import { accessSync, constants, existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../sealing/make-folder.ts';

/** What is where in the folder that `npm start` and `npm run replay` keep everything in. */
export function centerFolder(data: string): string {
  return join(data, 'center');
}

/** Stations are counted from 1. */
export function stationFolder(data: string, n: number): string {
  return join(data, `station-${n}`);
}

/** What a replay remembers of itself, its administrator's password too. */
export function replayFile(data: string): string {
  return join(data, 'replay.json');
}

/** Who signs in at the workstations of a folder that holds a replayed day: not the demo's people, who are of another site. */
export function wordOfReplay(data: string): string | null {
  const file = replayFile(data);
  return existsSync(file) ? `Consoles 1 and 2 are of the replayed day: sign in there as ${file} says.` : null;
}

/** A folder that cannot be used, and what to do. */
export class FolderUnusable extends Error {}

/**
 * Makes the folder, for its owner alone, and marks it as ours while we run. Returns how to leave it.
 *
 * @throws FolderUnusable where it cannot be written to, or another start is running on it
 */
export function takeFolder(data: string): () => void {
  try {
    makeFolder(data, 0o700);
    if (!statSync(data).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(data, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const what =
      code === 'EEXIST' || code === 'ENOTDIR'
        ? 'is not a folder'
        : code === 'ENOSPC'
          ? 'is on a full disk'
          : 'cannot be written to';
    throw new FolderUnusable(`${data} ${what}: give another with --data DIR, or change its permissions.`);
  }
  markAsOurs(data);
  return () => {
    try {
      for (const mark of [HEARS, 'running']) rmSync(join(data, mark), { force: true });
    } catch {
      // A disk that takes nothing any more: the mark of a start that is gone keeps nobody out.
    }
  };
}

/** The mark of a start that opens another window where it is asked to: one of an older build would end by the question. */
const HEARS = 'hears';

export function markAsHearing(data: string): void {
  writeFileSync(join(data, HEARS), `${process.pid}\n`, { mode: 0o600 });
}

/** The start that runs on the folder and can be asked for another window; null where there is none. */
export function hearingStart(data: string): number | null {
  const running = runningIn(join(data, 'running'));
  return running !== null && running === runningIn(join(data, HEARS)) ? running : null;
}

/** Of two starts that begin in the same moment one makes the mark, whole from its first moment, and the other finds it. */
function markAsOurs(data: string): void {
  const mark = join(data, 'running');
  const own = `${mark}.${process.pid}`;
  try {
    writeFileSync(own, `${process.pid}\n`, { mode: 0o600 });
    if (isTaken(mark, own)) {
      mustBeFree(data);
      // Of one that was killed.
      rmSync(mark, { force: true });
      if (isTaken(mark, own)) throw new FolderUnusable(inUse(data, runningIn(mark)));
    }
  } catch (error) {
    if (error instanceof FolderUnusable) throw error;
    throw new FolderUnusable(`${data} cannot be written to: give another with --data DIR, or change its permissions.`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Whether there is a mark already; makes it of ours where not. */
function isTaken(mark: string, own: string): boolean {
  try {
    linkSync(own, mark);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return true;
    throw error;
  }
}

const inUse = (data: string, other: number | null): string =>
  `${data} is in use by another start (process ${other ?? 'just begun'}): stop that one, or give another folder with --data DIR.`;

/** @throws FolderUnusable where another start is running on the folder */
export function mustBeFree(data: string): void {
  const other = runningIn(join(data, 'running'));
  if (other === null) return;
  throw new FolderUnusable(inUse(data, other));
}

function runningIn(mark: string): number | null {
  try {
    const pid = Number(readFileSync(mark, 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
    process.kill(pid, 0);
    return isStart(pid) ? pid : null;
  } catch {
    return null;
  }
}

/** Whether the process is one of ours, where the system says: a number is given again after a crash. */
function isStart(pid: number): boolean {
  try {
    const [, ...given] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // Flags of Node stand before the script.
    const script = given.find((word) => !word.startsWith('-')) ?? '';
    return /tools[\\/](start|replay|torture)[\\/]main\.ts$/.test(script);
  } catch {
    return process.platform !== 'linux';
  }
}
