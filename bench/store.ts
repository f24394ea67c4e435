/** The encrypted store: reads against plain SQLite, opening, and commits against the reference SQLCipher (`commits.ts`). */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Plain from 'better-sqlite3';
import { openDatabase, type Sqlite, TUNING } from '../server-bridge/store/file/database.ts';
import { measureCommits } from './commits.ts';
import { type Measure, percentile } from './figures.ts';
import { inScratch } from './scratch.ts';

const ROWS = 100_000;
const BODY_BYTES = 700;
const READS = 50_000;
const ROUNDS = 5;
const OPENS = 15;
const TABLE = 'CREATE TABLE fact(pos INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL)';
const INSERT = 'INSERT INTO fact(pos, id, body) VALUES(?, ?, ?)';
const READ = 'SELECT body FROM fact WHERE id = ?';

type Reader = (id: string) => unknown;

function openPlain(path: string): InstanceType<typeof Plain> {
  const db = new Plain(path, { timeout: 0 });
  for (const pragma of [
    'locking_mode=EXCLUSIVE',
    'temp_store=MEMORY',
    `cache_size=-${TUNING.cacheKiB}`,
    'journal_mode=WAL',
    'synchronous=FULL',
    `wal_autocheckpoint=${TUNING.checkpointPages}`,
    'secure_delete=ON',
  ]) {
    db.pragma(pragma);
  }
  return db;
}

const idOf = (n: number): string => `0199-${n.toString(16).padStart(12, '0')}`;

function fill(db: { exec: (sql: string) => unknown; prepare: (sql: string) => unknown }): void {
  db.exec(TABLE);
  const insert = db.prepare(INSERT) as { run: (...values: (string | number | Uint8Array)[]) => unknown };
  db.exec('BEGIN');
  for (let n = 0; n < ROWS; n++) insert.run(n + 1, idOf(n), randomBytes(BODY_BYTES));
  db.exec('COMMIT');
}

/** Nanoseconds a read, over random ids. */
function timeReads(read: Reader): number {
  const started = process.hrtime.bigint();
  for (let i = 0; i < READS; i++) {
    if (read(idOf(Math.floor(Math.random() * ROWS))) === undefined) throw new Error('A row is missing.');
  }
  return Number(process.hrtime.bigint() - started) / READS;
}

const middle = (samples: readonly number[]): number => percentile(samples, 0.5);

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const key = randomBytes(32);
    const path = join(folder, 'sealed.db');
    const open = (at: string): Sqlite => openDatabase({ path: at, key, tuning: TUNING });

    say(`filling two stores with ${ROWS} rows`);
    const sealed = open(path);
    fill(sealed);
    const plain = openPlain(join(folder, 'plain.db'));
    fill(plain);

    say('reading');
    const sealedRead = sealed.prepare(READ);
    const plainRead = plain.prepare(READ);
    const readers: readonly Reader[] = [(id) => sealedRead.get(id), (id) => plainRead.get(id)];
    for (const read of readers) for (let n = 0; n < ROWS; n++) read(idOf(n));
    const ns: readonly number[][] = [[], []];
    for (let round = 0; round < ROUNDS; round++) readers.forEach((read, i) => void ns[i]?.push(timeReads(read)));
    const [sealedNs, plainNs] = ns.map(middle) as [number, number];
    sealed.close();
    plain.close();

    say('opening');
    const opens: number[] = [];
    for (let i = 0; i < OPENS; i++) {
      const started = performance.now();
      const db = open(path);
      db.prepare(READ).get(idOf(0));
      opens.push(performance.now() - started);
      db.close();
    }

    const commits = await measureCommits(folder, key, say);
    const settings = {
      rows: ROWS,
      bodyBytes: BODY_BYTES,
      cacheKiB: TUNING.cacheKiB,
      synchronous: 'FULL',
      journal: 'WAL',
    };
    return [
      { figure: 'store.read_ratio', value: plainNs / sealedNs, with: { ...settings, reads: READS, sealedNs, plainNs } },
      { figure: 'store.open_ms', value: middle(opens), with: { ...settings, opens } },
      {
        figure: 'store.vs_sqlcipher',
        value: commits.value,
        with: {
          cacheKiB: TUNING.cacheKiB,
          synchronous: 'FULL',
          journal: 'WAL',
          ...commits.with,
        },
      },
    ];
  });
