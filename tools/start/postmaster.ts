/** The center's embedded PostgreSQL as a process: it is in a group of its own and outlives a center that is killed. */
import { join } from 'node:path';
import { isPostgres, readPidFile } from '../../server/kernel/db/postmaster.ts';

/** The postmaster of a center's folder, or null while there is none. */
export function postmasterOf(centerFolder: string): number | null {
  const pid = readPidFile(join(centerFolder, 'postgres'))?.pid ?? 0;
  return pid > 1 && isPostgres(pid) ? pid : null;
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
