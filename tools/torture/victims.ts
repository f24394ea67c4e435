/** What else of PostgreSQL may be killed: the children of the center's own postmaster. */
import { readdirSync, readFileSync } from 'node:fs';

/** Backends and background workers of a postmaster. */
export function backendsOf(postmaster: number): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => parentOf(pid) === postmaster);
  } catch {
    return [];
  }
}

/** Kills with -9; false where it was gone already. */
export function kill9(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

function parentOf(pid: number): number {
  try {
    // The name in brackets may hold anything, blanks and brackets too.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
