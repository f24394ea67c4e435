/** The files of a store on disk: set aside under another name, never deleted; replaced only by one that is complete. */
import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const SIDES = ['', '-wal', '-shm', '-journal'];

/** Where a refilled store is built before it takes its place. */
export function refillPath(path: string): string {
  return `${path}.refill`;
}
/** Where it stands once it is complete. It says under what name the one before is set aside, for whoever has to go on with that. */
const READY = '.ready-';

/** Begins a refill afresh; what an earlier one left incomplete goes. */
export function clearRefill(path: string): void {
  for (const side of SIDES) rmSync(`${refillPath(path)}${side}`, { force: true });
}

/** `found`: it lay where the one belongs that was open. */
type Why = 'damaged' | 'before' | 'found';

const nameOf = (why: Why, now: number): string => `${why}-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;

/** Renames the store that was there by why and when, and puts the refilled one in its place. From the first name on it counts. */
export function replaceByRefill(path: string, now: number, why: Why): string {
  const name = nameOf(why, now);
  renameSync(refillPath(path), `${path}${READY}${name}`);
  syncFolder(path);
  finishReplacing(path);
  return `${path}.${name}`;
}

/**
 * A process that ended between the names is caught up with before the store is next opened, or salvaged. The log of writes of the one
 * before goes with it: SQLite would play it over the new one.
 */
export function finishReplacing(path: string): void {
  const ready = readdirSync(dirname(path)).find((name) => name.startsWith(`${basename(path)}${READY}`));
  if (ready === undefined) return;
  const aside = `${path}.${ready.slice(basename(path).length + READY.length)}`;
  for (const side of SIDES) if (existsSync(`${path}${side}`)) renameSync(`${path}${side}`, `${aside}${side}`);
  renameSync(join(dirname(path), ready), path);
  syncFolder(path);
}

/** A log of writes that is of no store here: SQLite would have to make something of it, or take it away. */
export function setWalAside(path: string, now: number): void {
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${path}.${nameOf('found', now)}-wal`);
  syncFolder(path);
}

const keptPath = (path: string): string => `${path}-wal.kept`;

/** Copies a WAL that SQLite would cut where it is damaged: opening the store is the only way to learn that nobody has it open. */
export function keepWal(path: string): void {
  copyFileSync(`${path}-wal`, keptPath(path));
}

/**
 * Puts the kept WAL back where SQLite took it away; also for a process that ended before it could. Where there is a WAL it is
 * left alone: it may be that of a store that is in use.
 */
export function restoreWal(path: string): void {
  if (existsSync(`${path}-wal`)) rmSync(keptPath(path), { force: true });
  else if (existsSync(keptPath(path))) renameSync(keptPath(path), `${path}-wal`);
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
