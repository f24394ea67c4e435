import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LARGEST = 10_000_000;

/**
 * What a process prints, into `DIR/log/NAME.log` with the time. The file before it is kept as `NAME.1.log` once it is
 * large. A disk that is full costs lines of a log and nothing else.
 */
export function logFile(data: string, name: string): (line: string) => void {
  const folder = join(data, 'log');
  const file = join(folder, `${name}.log`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST)
      renameSync(file, join(folder, `${name}.1.log`));
  } catch {
    return () => {};
  }
  return (line) => {
    try {
      appendFileSync(file, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
    } catch {
      // Said above: a log is not worth stopping for.
    }
  };
}
