import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type Sqlite, TUNING } from './database.ts';
import { walIsDamaged } from './health.ts';

const KEY = Buffer.alloc(32, 7);

let folder: string;
let db: Sqlite;
const file = (): string => join(folder, 'store.db');
const wal = (): string => `${file()}-wal`;

/** Each in a page of its own, of ascending numbers. */
const TABLES = ['low', 'middle', 'high'] as const;
type Values = Partial<Record<(typeof TABLES)[number], string>>;

/** In one transaction. */
function write(values: Values): void {
  db.transaction(() => {
    for (const [table, text] of Object.entries(values)) db.prepare(`UPDATE ${table} SET text = ?`).run(text);
  })();
}

/** What a power cut leaves that hit the last frame of the log of writes, `copied` back before it or not. */
function cut(copied: boolean): void {
  if (copied) db.pragma('wal_checkpoint(PASSIVE)');
  const [main, writes] = [readFileSync(file()), readFileSync(wal())];
  db.close();
  writes.fill(0, writes.length - 600);
  writeFileSync(file(), main);
  writeFileSync(wal(), writes);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qd-health-'));
  db = openDatabase({ path: file(), key: KEY, tuning: TUNING });
  for (const table of TABLES) db.exec(`CREATE TABLE ${table}(text TEXT); INSERT INTO ${table} VALUES('once')`);
  db.pragma('wal_checkpoint(TRUNCATE)');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a last write that is not whole', () => {
  it('is torn where a page of it is again what the file has of before: what was not copied back comes before that page', () => {
    write({ low: 'then', middle: 'then' });
    write({ middle: 'once', high: 'last' });
    cut(false);
    expect(walIsDamaged(file(), KEY)).toBe(false);
  });

  it.each<[string, Values]>([
    ['goes on with what was written before', { middle: 'more', high: 'last' }],
    ['takes back what was written before', { middle: 'once', high: 'last' }],
    ['begins with what was written before', { low: 'once', middle: 'more', high: 'last' }],
  ])('is damaged where it was copied back, and %s', (_, values) => {
    write({ low: 'then', middle: 'then' });
    write(values);
    cut(true);
    expect(walIsDamaged(file(), KEY)).toBe(true);
  });
});
