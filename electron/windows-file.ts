/** Where windows stood, from one start to the next. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Monitor, readWindows, type SavedWindow, windowsToSave } from './layout.ts';

function readWindowsFile(file: string): readonly SavedWindow[] {
  try {
    return readWindows(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

/** What a disk does not take (full, not ours) is saved with the next move. */
function writeWindowsFile(file: string, windows: readonly SavedWindow[]): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(windows), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // Thrown from a timer it would be a dialog of Electron's over the console.
  }
}

export interface KeptWindows {
  /** What was open last, and what waits for its monitor. */
  readonly saved: () => readonly SavedWindow[];
  /** Keeps what is open now; none open leaves the file as it was, or there would be nothing to restore. */
  readonly save: (open: readonly SavedWindow[], monitors: readonly Monitor[]) => void;
  /** Keeps what is open for the last time: windows that close from now on do so because all of it ends. */
  readonly leave: (open: readonly SavedWindow[], monitors: readonly Monitor[]) => void;
}

export function keepWindows(file: string): KeptWindows {
  let saved = readWindowsFile(file);
  let left = false;
  const save: KeptWindows['save'] = (open, monitors) => {
    if (left || open.length === 0) return;
    saved = windowsToSave(open, saved, monitors);
    writeWindowsFile(file, saved);
  };
  return {
    saved: () => saved,
    save,
    leave: (open, monitors) => {
      save(open, monitors);
      left = true;
    },
  };
}
