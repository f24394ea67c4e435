/** The encrypted store against plain SQLite and against the reference SQLCipher: same rows, statements, pragmas, durability. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Plain from 'better-sqlite3';
import { openDatabase, type Sqlite, TUNING } from '../server-bridge/store/database.ts';
import { type Measure, percentile } from './figures.ts';
import { referenceSqlcipher } from './peers/reference-sqlcipher.ts';
import { inScratch } from './scratch.ts';

const ROWS = 100_000;
const BODY_BYTES = 700;
const READS = 50_000;
const ROUNDS = 5;
/** Rounds of commits are short and many, so that what else the machine does falls on both sides of each ratio. */
const COMMIT_ROUNDS = 25;
const COMMITS = 80;
/** Rows a commit besides one, as many as the center's pushes have, and how often each size is timed. */
const BATCHES = [20, 100] as const;
const BATCH_ROUNDS = 15;
const BATCH_COMMITS = 10;
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

type Run = (...values: (string | number | Uint8Array)[]) => Promise<unknown> | unknown;

/** Milliseconds a commit of one row. */
async function timeCommits(from: number, insert: (pos: number) => Promise<unknown> | unknown): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < COMMITS; i++) {
    const pending = insert(from + i);
    if (pending instanceof Promise) await pending;
  }
  return (performance.now() - started) / COMMITS;
}

/** Milliseconds a commit of `size` rows. */
async function timeBatches(
  from: number,
  size: number,
  { begin, insert, commit }: { readonly [of in 'begin' | 'insert' | 'commit']: Run },
  body: Uint8Array,
): Promise<number> {
  const started = performance.now();
  const ran = async (pending: unknown): Promise<void> => {
    if (pending instanceof Promise) await pending;
  };
  for (let i = 0; i < BATCH_COMMITS; i++) {
    await ran(begin());
    for (let row = 0; row < size; row++) {
      const pos = from + i * size + row;
      const pending = insert(pos, idOf(pos), body);
      if (pending instanceof Promise) await pending;
    }
    await ran(commit());
  }
  return (performance.now() - started) / BATCH_COMMITS;
}

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

    say('building or finding the reference SQLCipher, then committing rows one by one');
    const ours = open(join(folder, 'ours.db'));
    ours.exec(TABLE);
    const insert = ours.prepare(INSERT);
    const theirs = await referenceSqlcipher(join(folder, 'theirs.db'), key, TUNING.cacheKiB);
    await theirs.exec(TABLE);
    const theirInsert = await theirs.prepare(INSERT);
    const body = randomBytes(BODY_BYTES);
    // What the disk alone takes for a commit's two pages, written over: no store can be faster.
    const bare = openSync(join(folder, 'bare'), 'w+');
    const pages = randomBytes(2 * 4_096);
    const sync = (): void => {
      writeSync(bare, pages, 0, pages.length, 0);
      fsyncSync(bare);
    };
    const rounds: { readonly ours: number; readonly theirs: number; readonly disk: number }[] = [];
    for (let round = 0; round < COMMIT_ROUNDS; round++) {
      const from = round * COMMITS + 1;
      rounds.push({
        ours: await timeCommits(from, (pos) => void insert.run(pos, idOf(pos), body)),
        theirs: await timeCommits(from, (pos) => theirInsert(pos, idOf(pos), body)),
        disk: await timeCommits(from, sync),
      });
    }
    closeSync(bare);
    say('committing 20 and 100 rows at once');
    const runOf = (sql: string): Run => {
      const statement = ours.prepare(sql);
      return (...values) => void statement.run(...values);
    };
    const sides = [
      { begin: runOf('BEGIN'), insert: runOf(INSERT), commit: runOf('COMMIT') },
      { begin: await theirs.prepare('BEGIN'), insert: theirInsert, commit: await theirs.prepare('COMMIT') },
    ] as const;
    const batches: { [name: `rows${number}`]: number } = {};
    let from = COMMIT_ROUNDS * COMMITS + 1;
    for (const size of BATCHES) {
      const ratios: number[] = [];
      for (let round = 0; round < BATCH_ROUNDS; round++) {
        const [our, their] = [
          await timeBatches(from, size, sides[0], body),
          await timeBatches(from, size, sides[1], body),
        ];
        ratios.push(their / our);
        from += BATCH_COMMITS * size;
      }
      batches[`rows${size}`] = middle(ratios);
    }
    ours.close();
    await theirs.close();

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
        value: middle(rounds.map((round) => round.theirs / round.ours)),
        with: {
          ...settings,
          commits: COMMITS * COMMIT_ROUNDS,
          ourMs: middle(rounds.map((round) => round.ours)),
          theirMs: middle(rounds.map((round) => round.theirs)),
          diskMs: middle(rounds.map((round) => round.disk)),
          ...batches,
          peer: theirs.version,
        },
      },
    ];
  });
