/** The reference SQLCipher (`@journeyapps/sqlcipher`), opened with the same key, format and pragmas as the product's store. */
import { join } from 'node:path';
import { loadPeer, type PeerFolder } from './install.ts';

/** Compiled as its makers do, for speed: what the store is measured against. */
const MEASURED: PeerFolder = { declared: join(import.meta.dirname, 'sqlcipher') };

type Callback<T = void> = (error: Error | null, value: T) => void;
interface PeerStatement {
  readonly run: (...values: unknown[]) => void;
  readonly finalize: (done: () => void) => void;
}
interface PeerDatabase {
  readonly exec: (sql: string, done: Callback) => void;
  readonly get: (sql: string, done: Callback<{ readonly [column: string]: unknown } | undefined>) => void;
  readonly all: (sql: string, done: Callback<readonly { readonly [column: string]: unknown }[]>) => void;
  readonly prepare: (sql: string, done: Callback) => PeerStatement;
  readonly close: (done: Callback) => void;
}
interface Peer {
  readonly Database: new (path: string, done: Callback) => PeerDatabase;
}

export interface PeerWrite {
  readonly sql: string;
  readonly values: readonly unknown[];
}

export interface Reference {
  readonly version: string;
  readonly exec: (sql: string) => Promise<void>;
  readonly all: (sql: string) => Promise<readonly { readonly [column: string]: unknown }[]>;
  /**
   * Prepares these statements, and gives what commits some of them, durable when it resolves: each row waited for in turn, or
   * all handed over at once, where their order does not matter. One row alone is its own transaction.
   */
  readonly commits: (
    statements: readonly string[],
    rows: 'in turn' | 'at once',
  ) => Promise<(writes: readonly PeerWrite[]) => Promise<void>>;
  readonly close: () => Promise<void>;
}

function settled<T>(work: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => work((error, value) => (error ? reject(error) : resolve(value))));
}

export const loadReference = (build: PeerFolder): Promise<unknown> => loadPeer('@journeyapps/sqlcipher', build);

export async function referenceSqlcipher(
  path: string,
  key: Uint8Array,
  cacheKiB: number,
  build: PeerFolder = MEASURED,
): Promise<Reference> {
  const peer = (await loadReference(build)) as Peer;
  let db: PeerDatabase | undefined;
  await settled<void>((done) => {
    db = new peer.Database(path, done);
  });
  const open = db as PeerDatabase;
  const exec = (sql: string): Promise<void> => settled<void>((done) => open.exec(sql, done));
  await exec(`PRAGMA key = "x'${Buffer.from(key).toString('hex')}'"`);
  await exec('PRAGMA cipher_compatibility = 4');
  await exec(
    `PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-${cacheKiB}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000; PRAGMA secure_delete=ON`,
  );
  const statements: PeerStatement[] = [];
  const prepare = async (sql: string): Promise<PeerStatement> => {
    let statement: PeerStatement | undefined;
    await settled<void>((done) => {
      statement = open.prepare(sql, done);
    });
    statements.push(statement as PeerStatement);
    return statement as PeerStatement;
  };
  const row = await settled<{ readonly [column: string]: unknown } | undefined>((done) =>
    open.get('PRAGMA cipher_version', done),
  );
  return {
    version: String(row?.cipher_version ?? 'unknown'),
    exec,
    all: (sql) => settled((done) => open.all(sql, done)),
    commits: async (texts, rows) => {
      const [begin, commit] = [await prepare('BEGIN IMMEDIATE'), await prepare('COMMIT')];
      const prepared = new Map<string, PeerStatement>();
      for (const sql of texts) prepared.set(sql, await prepare(sql));
      const run = ({ sql, values }: PeerWrite): Promise<void> => {
        const statement = prepared.get(sql);
        if (!statement) throw new Error(`This statement was not prepared: ${sql}`);
        return settled<void>((done) => statement.run(...values, done));
      };
      return async (writes) => {
        const [only] = writes;
        if (only && writes.length === 1) return run(only);
        // Nothing is queued behind what it depends on: `serialize` orders when statements are prepared, not when prepared ones run.
        await settled<void>((done) => begin.run(done));
        if (rows === 'at once') await Promise.all(writes.map(run));
        else for (const write of writes) await run(write);
        return settled<void>((done) => commit.run(done));
      };
    },
    close: async () => {
      for (const statement of statements) await new Promise<void>((done) => statement.finalize(done));
      await settled<void>((done) => open.close(done));
    },
  };
}
