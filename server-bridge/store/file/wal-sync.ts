/**
 * Which commits the disk has. A commit is synced before it returns, but for one that holds only what the center will say
 * again: that one may be shown first and is synced beside what comes next.
 *
 * Invariant: at most one commit is ever unsynced, and it is the newest. Whatever is written after it waits until the disk
 * has it, so nothing that was promised to anybody (an answered action, a frame taken from a peer) rests on something that a
 * power cut can take; and what a cut leaves is a log of writes that ends in one torn transaction, as it would be without
 * this. A page of the stream is such a commit, and so is the center's acknowledgment: facts whose acknowledgment a cut takes
 * are still in the outbox on disk, and pushed again.
 */
import { close, closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';

/** The disk, as far as this needs it. */
export interface SyncedFile {
  readonly sync: () => void;
  readonly syncBeside: (done: (error: Error | null) => void) => void;
  readonly close: () => void;
}

export interface WalSync {
  /** Before anything is written: returns once the disk has every commit. Throws what the file system throws. */
  readonly settle: () => void;
  /** After a commit that SQLite did not sync. */
  readonly owe: () => void;
  readonly close: () => void;
}

/**
 * `open`: called when the log of writes is there for certain, and again only where it threw. `copyBack`: has all of it written and
 * synced once more, elsewhere: what a system could not write it may let go of, and say of the next sync that all is well.
 */
export function walSync(open: () => SyncedFile, copyBack: () => void): WalSync {
  let file: SyncedFile | null = null;
  /** Counts what was owed, so that word of an earlier sync settles no later commit. */
  let owed = 0;
  let settled = 0;
  let refused: Error | null = null;
  let distrusted = false;
  return {
    settle: () => {
      // A disk that refused has to be heard of by somebody, even if it takes the next try.
      const error = refused;
      refused = null;
      if (error) throw error;
      if (settled === owed && !distrusted) return;
      if (distrusted) copyBack();
      else {
        file ??= open();
        distrusted = true;
        file.sync();
      }
      distrusted = false;
      settled = owed;
    },
    owe: () => {
      const mine = ++owed;
      // The commit stands, whatever becomes of its sync: whoever writes next hears of it.
      try {
        file ??= open();
      } catch {
        return;
      }
      file.syncBeside((error) => {
        if (error) {
          refused = error;
          distrusted = true;
        } else if (settled < mine) settled = mine;
      });
    },
    close: () => {
      file?.close();
      file = null;
    },
  };
}

/**
 * The log of writes beside a database. Opening and closing it does not touch the lock, which SQLite holds on the database
 * file itself. Opened for writing, because Windows syncs through no other handle.
 */
export function openWalFile(database: string): SyncedFile {
  const fd = openSync(`${database}-wal`, 'r+');
  let flying = 0;
  let closing = false;
  return {
    sync: () => fdatasyncSync(fd),
    syncBeside: (done) => {
      flying++;
      fdatasync(fd, (error) => {
        flying--;
        if (closing && flying === 0) close(fd);
        if (!closing) done(error);
      });
    },
    close: () => {
      closing = true;
      if (flying === 0) closeSync(fd);
    },
  };
}
