import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes. */
const LARGEST = 10_000_000;

/**
 * What a process prints, into `DIR/log/NAME.log` with the time. Once it is large it is kept as `NAME.1.log`, in place of the one
 * before: a workstation runs for months. A disk that is full costs lines of a log and nothing else.
 */
export function logFile(data: string, name: string): (line: string) => void {
  const folder = join(data, 'log');
  const file = join(folder, `${name}.log`);
  let size = 0;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return () => {};
  }
  return (line) => {
    const text = `${new Date().toISOString()} ${line}\n`;
    try {
      if (size > LARGEST) {
        renameSync(file, join(folder, `${name}.1.log`));
        size = 0;
      }
      appendFileSync(file, text, { mode: 0o600 });
      size += Buffer.byteLength(text);
    } catch {
      // Said above: a log is not worth stopping for.
    }
  };
}
