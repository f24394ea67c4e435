import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Monitor, SavedWindow } from './layout.ts';
import { keepWindows } from './windows-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-windows-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MONITOR: Monitor = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } };
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
    const kept = keepWindows(file);
    expect(kept.saved()).toEqual([]);
    kept.save([WINDOW], [MONITOR]);
    expect(kept.saved()).toEqual([WINDOW]);
    expect(keepWindows(file).saved()).toEqual([WINDOW]);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('holds all that were open when the shell was told to end, which closes one after the other', () => {
    const file = join(folder, 'ended.json');
    const open = [WINDOW, { ...WINDOW, hash: '#panel=units' }, { ...WINDOW, hash: '#panel=found' }];
    const kept = keepWindows(file);
    kept.leave(open, [MONITOR]);
    for (let closed = 1; closed <= open.length; closed++) kept.save(open.slice(closed), [MONITOR]);
    expect(keepWindows(file).saved()).toEqual(open);
  });

  it('keeps the last of those that a person closed one after the other', () => {
    const file = join(folder, 'closed.json');
    const kept = keepWindows(file);
    kept.save([WINDOW, { ...WINDOW, hash: '#panel=units' }], [MONITOR]);
    kept.save([WINDOW], [MONITOR]);
    kept.save([], [MONITOR]);
    kept.leave([], [MONITOR]);
    expect(keepWindows(file).saved()).toEqual([WINDOW]);
  });

  it('that cannot be written costs where windows stand, and no dialog over the console', () => {
    const file = join(folder, 'gone', 'windows.json');
    keepWindows(file).save([WINDOW], [MONITOR]);
    expect(keepWindows(file).saved()).toEqual([]);
  });
});
