/**
 * Where an open store lies. A file that was deleted, moved or replaced goes on being written by whoever has it open, and nobody
 * finds it again: SQLite does not look. While it is open all of it can still be read, and so be put where it belongs.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { clearRefill, refillPath, replaceByRefill, setWalAside } from './set-aside.ts';

export interface Place {
  /** Whether the next opening will find the files that are written now. Costs two looks into the folder. */
  readonly holds: () => boolean;
  /** Whether the disk that it lies on was mounted to be read alone. */
  readonly isReadOnly: () => boolean;
  /**
   * Puts the store where it belongs; what lies there is set aside. The log of writes must have been copied back and emptied, and whatever
   * is written afterwards is lost. Throws what the file system throws, and then nothing has changed.
   */
  readonly putBack: (now: number) => void;
  /** Not before SQLite has closed the file: closing any handle of it gives up the lock that SQLite holds on it. */
  readonly close: () => void;
}

/** Bytes that are copied at once. */
const CHUNK = 1_048_576;

/** Of a store that has just been opened at `path`, and is open until this is closed: no other file can have its number meanwhile. */
export function placeOf(path: string): Place {
  const main = openSync(path, 'r');
  const mine = numberOf(main);
  const log = numberOf(`${path}-wal`);
  const isLog = (): boolean => isSame(log, numberOf(`${path}-wal`));
  const isMain = (): boolean => isSame(mine, numberOf(path));
  return {
    holds: () => isMain() && isLog(),
    isReadOnly: () => refusesWriting(`${path}-wal`),
    putBack: (now) => {
      if (isMain()) return setWalAside(path, now);
      clearRefill(path);
      copyTo(refillPath(path), main);
      // Emptied, and begun anew by the next opening.
      if (isLog()) rmSync(`${path}-wal`);
      replaceByRefill(path, now, 'found');
    },
    close: () => closeSync(main),
  };
}

/** By opening it, and not of the database, whose lock goes with any handle. A disk that failed says so here before its mount does. */
function refusesWriting(path: string): boolean {
  try {
    closeSync(openSync(path, 'r+'));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}

interface FileNumber {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Null where no file can be seen there. */
function numberOf(file: string | number): FileNumber | null {
  try {
    return typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true });
  } catch {
    return null;
  }
}

function isSame(one: FileNumber | null, other: FileNumber | null): boolean {
  return one !== null && other !== null && one.ino === other.ino && one.dev === other.dev;
}

function copyTo(path: string, from: number): void {
  const to = openSync(path, 'wx', 0o600);
  try {
    const bytes = Buffer.alloc(CHUNK);
    let at = 0;
    for (let read = readSync(from, bytes, 0, CHUNK, at); read > 0; read = readSync(from, bytes, 0, CHUNK, at)) {
      for (let written = 0; written < read; ) written += writeSync(to, bytes, written, read - written, at + written);
      at += read;
    }
    fsyncSync(to);
  } finally {
    closeSync(to);
  }
}
