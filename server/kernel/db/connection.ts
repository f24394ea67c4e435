/** A connection of its own for one piece of work beside the pool: a migration, a look at the server. */
import pg from 'pg';

/** How the server names what was connected by the role that owns the schema. */
export const MIGRATOR = 'quantum-dispatch migrator';

/**
 * Connects, does the work and disconnects, whatever becomes of it. A connection that the server ends between two statements
 * tells its client alone, where nobody listens to it the process ends: here the work hears of it from its next statement.
 */
export async function onConnection<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  options: Pick<pg.ClientConfig, 'application_name' | 'connectionTimeoutMillis'> = {},
): Promise<T> {
  const client = new pg.Client({ connectionString: url, ...options });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
