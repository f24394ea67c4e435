import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'qd-folders-'));
afterAll(() => rmSync(root, { recursive: true }));

it('makes a folder and those above it, for whom it says, and leaves one that is there as it is', () => {
  const folder = join(root, 'a', 'b', 'c');
  makeFolder(folder, 0o700);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
  makeFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it('says at once what stands in the way: a file, a file system that has no folders to make', () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(join(file, 'below'))).toThrow('ENOTDIR');
  if (existsSync('/proc/self')) expect(() => makeFolder('/proc/nothing/of/that/name')).toThrow('ENOENT');
});
