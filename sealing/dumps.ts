/** What a process leaves behind when it dies: keys and what is about people lie in its memory, and are not to land in a file. */
import { writeFileSync } from 'node:fs';

/**
 * From here on a core of this process, and of those that it starts, holds no memory (Linux: core(5), coredump_filter), and a
 * diagnostic report of Node does not hold the environment, where tokens may be. On other systems, and where `/proc` may not be
 * written, cores are the operator's to turn off.
 */
export function keepOutOfDumps(): void {
  process.report.excludeEnv = true;
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // A container without a `/proc` of its own.
  }
}
