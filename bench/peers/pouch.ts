/**
 * PouchDB as a process of its own, at either end of a replication over HTTP, its server the one that is made for it. Documents
 * are kept in LevelDB, synced before a batch counts as held, as everything here is; PouchDB by itself leaves that to the
 * operating system.
 *
 * Argument: a folder. Messages: `{docs}` answers `{held}`, the documents held then; `{serve}` answers `{port}`; `{sync}`, the
 * address of another that serves, answers `{seconds}` once both hold what either had.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadPeer } from './install.ts';

interface Level {
  _batch: (operations: readonly object[], options: object, done: (error?: Error) => void) => void;
}
interface Db {
  readonly bulkDocs: (docs: readonly object[]) => Promise<unknown>;
  readonly sync: (other: Db, options: object) => Promise<unknown>;
  readonly info: () => Promise<{ readonly doc_count: number }>;
}
interface DbClass {
  new (name: string, options?: object): Db;
  readonly defaults: (options: object) => DbClass;
}
type Express = () => { readonly use: (path: string, app: unknown) => void };

export type ToPouch = { readonly docs: readonly object[] } | { readonly serve: true } | { readonly sync: string };

const folder = process.argv[2] ?? '';
mkdirSync(folder, { recursive: true });
const leveldown = (await loadPeer('leveldown')) as (path: string) => Level;

/** LevelDB whose batches are on disk when they are answered. */
function syncedLevel(path: string): Level {
  const level = leveldown(path);
  const batch = level._batch.bind(level);
  level._batch = (operations, options, done) => batch(operations, { ...options, sync: true }, done);
  return level;
}

const Pouch = ((await loadPeer('pouchdb')) as DbClass).defaults({ prefix: `${folder}/`, db: syncedLevel });
const NAME = 'facts';
const db = new Pouch(NAME);

async function serve(): Promise<number> {
  const express = (await loadPeer('express')) as Express;
  const expressPouch = (await loadPeer('express-pouchdb')) as (pouch: DbClass, options: object) => unknown;
  const app = express();
  app.use(
    '/',
    expressPouch(Pouch, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: join(folder, 'log.txt') }),
  );
  const server = createServer(app as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function answer(message: ToPouch): Promise<object> {
  if ('docs' in message) {
    await db.bulkDocs(message.docs);
    return { held: (await db.info()).doc_count };
  }
  if ('serve' in message) return { port: await serve() };
  const began = performance.now();
  await db.sync(new Pouch(`${message.sync}/${NAME}`, { adapter: 'http' }), { batch_size: 1_000 });
  return { seconds: (performance.now() - began) / 1_000 };
}

process.on('message', (message: ToPouch) => {
  answer(message).then(
    (said) => process.send?.(said),
    (error: unknown) => {
      process.stderr.write(`pouch: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
