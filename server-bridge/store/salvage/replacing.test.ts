/** How a store that was refilled takes the place of the damaged one, wherever the process is killed or the disk full. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../open.ts';
import { positions, storeOnDisk } from '../testing/on-disk.ts';
import { salvageStore } from './salvage.ts';

const disk = storeOnDisk();

describe('a store that was refilled', () => {
  it('killed between any two names is gone on with, opened or salvaged again, and the log of writes of before is not played over it', () => {
    const { store } = disk.worked(24);
    const old = [readFileSync(disk.path), readFileSync(`${disk.path}-wal`)] as const;
    store.abandon();
    const salvaged = disk.salvaged();
    const held = positions(salvaged.store);
    salvaged.store.close();
    const fresh = readFileSync(disk.path);
    for (const moved of [0, 1, 2])
      for (const goOn of [openStore, salvageStore]) {
        const path = join(mkdtempSync(join(disk.folder, 'killed-')), 'station.db');
        const aside = `${path}.damaged-2026-11-28`;
        for (const [i, side] of ['', '-wal'].entries())
          writeFileSync(`${i < moved ? aside : path}${side}`, old[i] as Buffer);
        writeFileSync(`${path}.ready-damaged-2026-11-28`, fresh);
        const opened = goOn(path, disk.options);
        if (!opened.ok) throw new Error(`${moved}: ${opened.message}`);
        expect(positions(opened.store)).toBeGreaterThanOrEqual(held);
        let found: string = 'more';
        while (found === 'more') found = opened.store.scrub(100);
        expect(found).toBe('sound');
        opened.store.close();
        expect(['', '-wal'].map((side) => readFileSync(`${aside}${side}`))).toEqual(old);
        expect(readdirSync(join(path, '..')).filter((file) => file.includes('.ready'))).toEqual([]);
      }
  });

  it('takes the place of nothing where there is no room to copy it all back', () => {
    disk.worked(8).store.close();
    const before = readFileSync(disk.path);
    let commits = 0;
    let full = true;
    const onWrite = (): void => {
      // The first commit says whose it is, the second has all that was saved.
      if (full && commits === 2) throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
    };
    const onCommit = (): void => void commits++;
    const options = { ...disk.options, onCommit, onWrite };
    expect(salvageStore(disk.path, options)).toMatchObject({ ok: false, state: 'disk full' });
    expect(readFileSync(disk.path).equals(before)).toBe(true);
    full = false;
    const salvaged = salvageStore(disk.path, options);
    if (!salvaged.ok) throw new Error(salvaged.message);
    salvaged.store.close();
  });
});
