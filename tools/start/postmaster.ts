/** The center's embedded PostgreSQL as a process: it is in a group of its own and outlives a center that is killed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The postmaster of a center's folder, or null while there is none. */
export function postmasterOf(centerFolder: string): number | null {
  try {
    const pid = Number(readFileSync(join(centerFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    return pid > 1 && isPostgres(pid) ? pid : null;
  } catch {
    return null;
  }
}

/** Ends it at once, as a power cut would: the next start recovers what was committed. */
export function quitPostmaster(centerFolder: string): void {
  const pid = postmasterOf(centerFolder);
  try {
    if (pid !== null) process.kill(pid, 'SIGQUIT');
  } catch {
    // It was gone already.
  }
}

function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
}
