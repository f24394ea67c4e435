/** What Linux says of the processes that run. Where there is no /proc, there are none. */
import { readdirSync, readFileSync } from 'node:fs';

/** The entries of a folder of /proc that are numbers: of /proc processes, of /proc/PID/task threads. */
export function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** The process that started it; 0 where it is gone. Of /proc/PID/stat the field after the name, which may hold anything, and the state. */
export function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
