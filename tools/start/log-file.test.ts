import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { logFile } from './log-file.ts';

const data = mkdtempSync(join(tmpdir(), 'qd-log-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));
const there = (): string[] => readdirSync(join(data, 'log')).sort();
const said = (name: string): string => readFileSync(join(data, 'log', name), 'utf8');

it('goes on from start to start, and makes room once it is large', () => {
  logFile(data, 'center')('first');
  logFile(data, 'center')('second');
  expect(there()).toEqual(['center.log']);
  expect(said('center.log')).toMatch(/^\S+ first\n\S+ second\n$/);
  writeFileSync(join(data, 'log', 'center.log'), 'x'.repeat(10_000_001));
  logFile(data, 'center')('third');
  expect(there()).toEqual(['center.1.log', 'center.log']);
  expect(said('center.log')).toMatch(/^\S+ third\n$/);
});

it('makes room also while it goes on, however long that is', () => {
  const log = logFile(data, 'station-1');
  const line = 'x'.repeat(1_000_000);
  for (let n = 0; n < 32; n++) log(`${n} ${line}`);
  const files = there().filter((name) => name.startsWith('station-1'));
  expect(files).toEqual(['station-1.1.log', 'station-1.log']);
  const texts = files.map(said);
  for (const text of texts) expect(text.length).toBeLessThan(12_000_000);
  expect(
    texts
      .join('')
      .match(/^\S+ \d+ /gm)
      ?.at(-1),
  ).toMatch(/ 31 $/);
});
