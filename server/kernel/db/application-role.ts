/**
 * The login role that the center works as: it owns nothing and cannot bypass row-level security. Its password is derived from
 * `postgres.secret`, the same at every node, and is never changed under nodes that work with another.
 */
import pg from 'pg';
import { sha256 } from '#sealing/digest.ts';
import { MIGRATOR, onConnection } from './connection.ts';
import type { Database } from './database.ts';
import { CenterFailure } from './failure.ts';
import { scramVerifier } from './scram.ts';

/** Where PostgreSQL logs statements that are slow, it logs with them what they carry: names, and why somebody did what they did. */
const PARAMETERS_LOGGED = 'log_parameter_max_length';

/** Any number will do as long as every center uses the same: nodes that start together make one role after the other. */
const ROLE_LOCK = 7_201_408;
/** What its own owner may say of a role again and again, and what takes a superuser once the role is there. */
const LOGIN = 'login';
const LOGIN_ALONE = 'login nosuperuser nobypassrls nocreatedb nocreaterole';

/**
 * Makes the application's login role for this database, or sees that it is what it should be, and returns its connection
 * string. `secret` is only ever used to derive the password: every node of a center derives the same one. A role with another
 * password is given this one, but for one that somebody works as.
 *
 * @throws CenterFailure `database.secret` where nodes of another secret run; `database.role` where the migrator may not
 */
export async function applicationUrl(migratorUrl: string, secret: Uint8Array): Promise<string> {
  const database =
    decodeURIComponent(new URL(migratorUrl).pathname.slice(1)) || new pg.Client(migratorUrl).database || '';
  const role = `qd_${sha256(database).replace(/\W/g, '').slice(0, 16).toLowerCase()}`;
  const password = sha256(Buffer.concat([secret, Buffer.from(`|qd.role.1|${database}`)]));
  const salt = Buffer.from(sha256(`qd.salt|${password}`)).subarray(0, 16);
  const url = addressAs(migratorUrl, role, password);
  const make = async (client: pg.Client): Promise<void> => {
    const name = pg.escapeIdentifier(role);
    await client.query('select pg_advisory_lock($1)', [ROLE_LOCK]);
    const { rows } = await client.query<{ more: boolean }>(
      'select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole as more from pg_roles where rolname = $1',
      [role],
    );
    const [held] = rows;
    const opens = held !== undefined && (await mayEnter(url));
    if (held !== undefined && !opens) await mustBeIdle(client, role);
    const may = held?.more === false ? LOGIN : LOGIN_ALONE;
    const anew = opens ? '' : ` password ${pg.escapeLiteral(scramVerifier(password, salt))}`;
    await client.query(`${held === undefined ? 'create' : 'alter'} role ${name} ${may}${anew}`);
    await client.query(`grant qd_app to ${name}`);
    await client.query(`alter role ${name} set log_parameter_max_length_on_error = 0`);
    const { rows: allowed } = await client.query<{ may: boolean }>(
      `select has_parameter_privilege(current_user, $1, 'set') as may`,
      [PARAMETERS_LOGGED],
    );
    if (allowed[0]?.may) await client.query(`alter role ${name} set ${PARAMETERS_LOGGED} = 0`);
  };
  const refused = (error: unknown): never => {
    if (error instanceof CenterFailure) throw error;
    throw new CenterFailure(
      'database.role',
      'The role in DATABASE_URL may not create the role that the center works as; give it CREATEROLE and, where qd_app is there already, grant it qd_app with admin option; of a database that was restored into another cluster, qd_app is made first (create role qd_app).',
      error,
    );
  };
  await onConnection(migratorUrl, (client) => make(client).catch(refused), { application_name: MIGRATOR });
  return url;
}

/**
 * The same database by another role. The driver goes by what an address says behind its question mark before what stands in front of it,
 * and one without a host (a socket) has no place for a name there.
 */
function addressAs(databaseUrl: string, role: string, password: string): string {
  const url = new URL(databaseUrl);
  if (url.hostname === '') {
    url.searchParams.set('host', new pg.Client(databaseUrl).host);
    url.hostname = 'localhost';
  }
  for (const given of ['user', 'password']) if (url.searchParams.has(given)) url.searchParams.delete(given);
  url.username = role;
  url.password = password;
  return url.href;
}

/** Throws CenterFailure `database.pooled` where a connection is not of the role that it was asked as: something between has its own. */
export async function mustWorkAs({ pool }: Pick<Database, 'pool'>, applicationUrl: string): Promise<void> {
  const { rows } = await pool.query<{ role: string }>('select current_user as role');
  if (rows[0]?.role === new URL(applicationUrl).username) return;
  throw new CenterFailure(
    'database.pooled',
    'What DATABASE_URL leads to lets the center in as another role than it asks as, past which organisations would not be kept apart; lead it to PostgreSQL itself, and not to a pooler with a user of its own.',
  );
}

/** Whether PostgreSQL would write what statements carry into its log, beside statements that it logs at all. */
export async function logsParameters({ pool }: Pick<Database, 'pool'>): Promise<boolean> {
  const { rows } = await pool.query<{ said: boolean }>(`select current_setting($1) <> '0' as said`, [
    PARAMETERS_LOGGED,
  ]);
  return rows[0]?.said ?? true;
}

/** What PostgreSQL says of a password that is not right, and of a role that may not log in. */
const NOT_LET_IN: readonly string[] = ['28P01', '28000'];

/** Whether the role has this password. Only who is a superuser could read its verifier. */
async function mayEnter(url: string): Promise<boolean> {
  try {
    await onConnection(url, async () => undefined, { application_name: MIGRATOR, connectionTimeoutMillis: 10_000 });
    return true;
  } catch (error) {
    if (NOT_LET_IN.includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
}

async function mustBeIdle(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query('select from pg_stat_activity where usename = $1 limit 1', [role]);
  if (rows.length === 0) return;
  throw new CenterFailure(
    'database.secret',
    'Nodes of this center run with another postgres.secret, and would lose the database if this one were taken: copy postgres.secret from the data folder of one of them into that of this node, or stop them all first where theirs is to be given up.',
  );
}
