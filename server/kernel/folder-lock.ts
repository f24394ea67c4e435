/** The lock of a data folder that has a PostgreSQL of its own: one center works on it at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** An advisory lock of the folder's database. */
export const CENTER_LOCK = 7_201_407;
const PATIENCE_MS = 5_000;
const AGAIN_MS = 50;

export interface FolderLock {
  readonly release: () => Promise<void>;
}

/** A connection that has the lock for as long as it lasts. */
interface Holding {
  readonly client: pg.Client;
  readonly over: Promise<unknown>;
}

/**
 * Takes the lock; null where another center holds it. It is taken again whenever the connection that holds it breaks, as it
 * does when the server is started again under a running center.
 */
export async function lockFolder(url: string): Promise<FolderLock | null> {
  const deadline = Date.now() + PATIENCE_MS;
  let holding = await take(url, () => Date.now() < deadline);
  if (!holding) return null;
  let released = false;
  const keep = async (): Promise<void> => {
    while (!released) {
      await (holding?.over ?? delay(AGAIN_MS));
      if (!released) holding = await take(url, () => !released).catch(() => null);
    }
    await holding?.client.end().catch(() => undefined);
  };
  const kept = keep();
  return {
    release: async () => {
      released = true;
      await holding?.client.end().catch(() => undefined);
      await kept;
    },
  };
}

/** Null once it is not to be waited for any longer; throws where the server is away. */
async function take(url: string, waits: () => boolean): Promise<Holding | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'quantum-dispatch lock',
    connectionTimeoutMillis: PATIENCE_MS,
  });
  client.on('error', () => undefined);
  const over = new Promise((resolve) => client.once('end', resolve));
  try {
    await client.connect();
    while (waits()) {
      const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [CENTER_LOCK]);
      if (rows[0]?.got) return { client, over };
      // A center that was killed a moment ago still has its connection until the server notices.
      await delay(AGAIN_MS);
    }
    await client.end();
    return null;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}
