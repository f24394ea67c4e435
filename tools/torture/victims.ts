/** What else of PostgreSQL may be killed: the children of the center's own postmaster. */
import { numbersIn, parentOf } from '../processes.ts';

/** Backends and background workers of a postmaster. */
export function backendsOf(postmaster: number): readonly number[] {
  return numbersIn('/proc').filter((pid) => parentOf(pid) === postmaster);
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
