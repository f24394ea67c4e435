/** Which server, and which database of it, a connection leads to: by the same address another, where one took over or was put back. */
import type pg from 'pg';

const known = new WeakMap<pg.ClientBase, string>();

/** Asked once of each connection, which leads to the same server for as long as it lasts. */
export async function serverOf(client: pg.ClientBase): Promise<string> {
  const before = known.get(client);
  if (before !== undefined) return before;
  const { rows } = await client.query<{ server: string }>(
    `select extract(epoch from pg_postmaster_start_time()) || ' ' || oid as server from pg_database where datname = current_database()`,
  );
  const server = rows[0]?.server ?? '';
  known.set(client, server);
  return server;
}
