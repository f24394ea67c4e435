/**
 * A workstation's folder is one process's, from before anything in it is looked at until that process is gone. The store's own lock
 * does not say so of a store that is damaged: whoever cannot open it cannot lock it either, and moves its file.
 */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';

/** A database without anything in it: what is locked is the file, by the operating system, which lets go of it with the process. */
const LOCK = 'station.lock';
/** Its process, for whoever finds the folder taken. Apart, for whoever opens and closes a file gives up its own locks of it. */
const HOLDER = 'station.holder';

export type Held = { readonly ok: true; readonly release: () => void } | { readonly ok: false; readonly by: string };

/** `by`: who holds it, in words. Throws what the file system throws. */
export function holdFolder(folder: string): Held {
  makeFile(join(folder, LOCK));
  const lock = new Database(join(folder, LOCK), { timeout: 0 });
  try {
    // Nothing is ever written to it, so nothing of it has to last.
    lock.pragma('journal_mode=MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    const code = String((error as { readonly code?: unknown }).code);
    if (code.startsWith('SQLITE_BUSY')) return { ok: false, by: holderOf(folder) };
    throw error;
  }
  try {
    writeFileSync(join(folder, HOLDER), `${process.pid}\n`, { mode: 0o600 });
  } catch {
    // It is held all the same: a full disk must not keep anybody from opening what is on it.
  }
  return { ok: true, release: () => void lock.close() };
}

/** For its owner alone, and never by opening one that is there. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function holderOf(folder: string): string {
  try {
    const process = /^[1-9]\d{0,9}$/.exec(readFileSync(join(folder, HOLDER), 'utf8').trim());
    return process ? `process ${process[0]}` : '';
  } catch {
    return '';
  }
}
