import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SavedWindow } from './layout.ts';
import { readWindowsFile, writeWindowsFile } from './windows-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-windows-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WINDOW: SavedWindow = {
  monitor: 1,
  bounds: { x: 0, y: 0, width: 1000, height: 700 },
  maximized: false,
  fullScreen: false,
  hash: '#window=2',
};

describe('the file of the windows', () => {
  it('is read as it was left, by this user alone', () => {
    const file = join(folder, 'windows.json');
    expect(readWindowsFile(file)).toEqual([]);
    writeWindowsFile(file, [WINDOW]);
    expect(readWindowsFile(file)).toEqual([WINDOW]);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('that cannot be written costs where windows stand, and no dialog over the console', () => {
    const file = join(folder, 'gone', 'windows.json');
    writeWindowsFile(file, [WINDOW]);
    expect(readWindowsFile(file)).toEqual([]);
  });
});
