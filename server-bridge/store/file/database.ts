/// <reference path="./better-sqlite3-multiple-ciphers.d.ts" />
/** The SQLite file: opened in SQLCipher 4's format, one writer, statements prepared once. */
import Database from 'better-sqlite3-multiple-ciphers';
import { openWalFile, walSync } from './wal-sync.ts';

export type Sqlite = InstanceType<typeof Database>;
export type Value = string | number | Uint8Array | null;
export type Row = { readonly [column: string]: unknown };

export interface Statement {
  readonly run: (...values: Value[]) => void;
  /** Runs an insert and gives the row's number. */
  readonly insert: (...values: Value[]) => number;
  readonly get: <R = Row>(...values: Value[]) => R | undefined;
  readonly all: <R = Row>(...values: Value[]) => R[];
}

export interface Connection {
  readonly raw: Sqlite;
  /** The statement of this text, prepared at its first use. */
  readonly sql: (text: string) => Statement;
  /**
   * Runs `work` in one transaction, committed when it returns and rolled back when it throws. `now`: on disk when this
   * returns. `soon`: the disk has it before anything else is written.
   */
  readonly transaction: <T>(work: () => T, synced?: Synced) => T;
  /** Copies the log of writes back, as far as it can be at once; `emptied`: and leaves nothing in it. */
  readonly copyBack: (emptied?: boolean) => void;
  readonly close: () => void;
}

export type Synced = 'now' | 'soon';

export interface Tuning {
  /** Most memory that pages are cached in; taken as they are read, never at once. KiB. */
  readonly cacheKiB: number;
  /** Pages after which the WAL is copied back. */
  readonly checkpointPages: number;
  /** Most pages that the file may grow to; null where the disk alone sets the limit. */
  readonly maxPages: number | null;
}

export const TUNING: Tuning = { cacheKiB: 256 * 1024, checkpointPages: 1_000, maxPages: null };

export interface Place {
  /** A file, `:memory:`, or the bytes of a store that lived in memory. */
  readonly path: string | Buffer;
  /** Raw 256-bit key; null leaves the file in clear (memory, and tests that look for what encryption hides). */
  readonly key: Uint8Array | null;
  readonly tuning: Tuning;
}

/** Opens the file and takes it for this process alone. Throws what SQLite throws. */
export function openDatabase(place: Place): Sqlite {
  const raw = new Database(place.path, { timeout: 0 });
  try {
    if (place.key) {
      raw.pragma("cipher='sqlcipher'");
      raw.pragma('legacy=4');
      raw.pragma(`key="x'${Buffer.from(place.key).toString('hex')}'"`);
    }
    // Exclusive before the first read: SQLite then holds the operating system's lock until the file is closed or the
    // process is gone, and needs no shared memory beside the file.
    raw.pragma('locking_mode=EXCLUSIVE');
    raw.pragma('trusted_schema=OFF');
    raw.pragma('temp_store=MEMORY');
    raw.pragma(`cache_size=-${place.tuning.cacheKiB}`);
    raw.pragma('journal_mode=WAL');
    raw.pragma('synchronous=FULL');
    raw.pragma(`wal_autocheckpoint=${place.tuning.checkpointPages}`);
    if (place.tuning.maxPages !== null) raw.pragma(`max_page_count=${place.tuning.maxPages}`);
    raw.pragma(`journal_size_limit=${LONGEST_LOG}`);
    raw.pragma('secure_delete=ON');
    raw.exec('BEGIN IMMEDIATE; COMMIT');
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

/**
 * A log of writes that one large transaction made longer is cut to this when it is next begun anew: a snapshot leaves hundreds of
 * megabytes, which would stay beside the file and be read through at each start after a kill. Bytes.
 */
const LONGEST_LOG = 32 * 1_048_576;

/** What of a transaction's frame writes nothing. */
const BEGIN = 'BEGIN IMMEDIATE';
const ROLLBACK = 'ROLLBACK';

/** `file`: where the database lies; null for one in memory. `onWrite`: as in the options of a store. */
export function connectionTo(raw: Sqlite, file: string | null, onWrite?: () => void): Connection {
  const statements = new Map<string, Statement>();
  const sql = (text: string): Statement => {
    const held = statements.get(text);
    if (held) return held;
    const prepared = raw.prepare(text);
    const run =
      onWrite && text !== BEGIN && text !== ROLLBACK
        ? (...values: Value[]) => {
            onWrite();
            return prepared.run(...values);
          }
        : (...values: Value[]) => prepared.run(...values);
    const statement: Statement = {
      run: (...values) => void run(...values),
      insert: (...values) => Number(run(...values).lastInsertRowid),
      get: <R>(...values: Value[]) => prepared.get(...values) as R | undefined,
      all: <R>(...values: Value[]) => prepared.all(...values) as R[],
    };
    statements.set(text, statement);
    return statement;
  };
  const copyBack = (emptied: boolean): void => {
    onWrite?.();
    raw.pragma(`wal_checkpoint(${emptied ? 'TRUNCATE' : 'PASSIVE'})`);
  };
  // Opened while it is certainly there, and the one that is written.
  const walFile = file === null ? null : openWalFile(file);
  const wal =
    walFile &&
    walSync(
      () => walFile,
      () => copyBack(true),
    );
  let syncs: Synced = 'now';
  const syncing = (when: Synced): void => {
    if (syncs === when) return;
    raw.pragma(`synchronous=${when === 'now' ? 'FULL' : 'NORMAL'}`);
    syncs = when;
  };
  return {
    raw,
    sql,
    transaction: (work, synced = 'now') => {
      wal?.settle();
      if (wal) syncing(synced);
      sql(BEGIN).run();
      try {
        const result = work();
        sql('COMMIT').run();
        if (synced === 'soon') wal?.owe();
        return result;
      } catch (error) {
        if (raw.inTransaction) sql(ROLLBACK).run();
        throw error;
      }
    },
    copyBack: (emptied = false) => copyBack(emptied),
    close: () => {
      wal?.close();
      if (raw.open) raw.close();
    },
  };
}
