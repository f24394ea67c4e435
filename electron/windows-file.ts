/** Where windows stood, from one start to the next. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readWindows, type SavedWindow } from './layout.ts';

export function readWindowsFile(file: string): readonly SavedWindow[] {
  try {
    return readWindows(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

/** What a disk does not take (full, not ours) is saved with the next move. */
export function writeWindowsFile(file: string, windows: readonly SavedWindow[]): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(windows), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // Thrown from a timer it would be a dialog of Electron's over the console.
  }
}
