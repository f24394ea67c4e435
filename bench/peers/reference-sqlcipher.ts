/** The reference SQLCipher (`@journeyapps/sqlcipher`), opened with the same key, format and pragmas as the product's store. */
import { loadPeer } from './install.ts';

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

export interface Reference {
  readonly version: string;
  readonly exec: (sql: string) => Promise<void>;
  readonly all: (sql: string) => Promise<readonly { readonly [column: string]: unknown }[]>;
  readonly prepare: (sql: string) => Promise<(...values: unknown[]) => Promise<void>>;
  readonly close: () => Promise<void>;
}

function settled<T>(work: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => work((error, value) => (error ? reject(error) : resolve(value))));
}

export async function referenceSqlcipher(path: string, key: Uint8Array, cacheKiB: number): Promise<Reference> {
  const peer = (await loadPeer('@journeyapps/sqlcipher')) as Peer;
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
  const row = await settled<{ readonly [column: string]: unknown } | undefined>((done) =>
    open.get('PRAGMA cipher_version', done),
  );
  return {
    version: String(row?.cipher_version ?? 'unknown'),
    exec,
    all: (sql) => settled((done) => open.all(sql, done)),
    prepare: async (sql) => {
      let statement: PeerStatement | undefined;
      await settled<void>((done) => {
        statement = open.prepare(sql, done);
      });
      statements.push(statement as PeerStatement);
      return (...values) => settled<void>((done) => (statement as PeerStatement).run(...values, done));
    },
    close: async () => {
      for (const statement of statements) await new Promise<void>((done) => statement.finalize(done));
      await settled<void>((done) => open.close(done));
    },
  };
}
