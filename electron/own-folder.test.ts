import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeOwnFolder } from './own-folder.ts';

it('is there before Electron is told of it, at the first start as well, and says what is wrong where it cannot be made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-own-'));
  try {
    const shell = join(folder, 'station-1', 'shell');
    expect(makeOwnFolder(shell)).toBeNull();
    expect(statSync(shell).mode & 0o777).toBe(0o700);
    expect(makeOwnFolder(shell)).toBeNull();
    writeFileSync(join(folder, 'file'), '');
    for (const none of [join(folder, 'file'), join(folder, 'file', 'shell'), '/proc/none/shell'])
      expect(makeOwnFolder(none)).toContain(`The folder ${none} cannot be made or written`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
