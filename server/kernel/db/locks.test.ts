/** Locks that somebody may wait for: taken in one order, each by the code whose it is, and nobody waits for good. */
import pg from 'pg';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { found, sources } from '../../../tools/testing/written.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator, testDatabase } from '../../testing/postgres.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';

const SERVER = sources('server');

type Step = { readonly lock: string } | { readonly call: string };

interface LockingFunction {
  readonly name: string;
  /** Advisory locks that it takes itself, and functions of ours that it calls, in the order of its text. */
  readonly does: readonly Step[];
}

/** Every function that there is once all migrations are applied, as PostgreSQL holds it. */
async function functionsOf(client: pg.Client): Promise<ReadonlyMap<string, LockingFunction>> {
  const { rows } = await client.query<{ name: string; source: string }>(
    `select n.nspname || '.' || p.proname as name, string_agg(p.prosrc, E'\\n') as source
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public', 'pgboss') group by 1`,
  );
  const names = new Set(rows.map(({ name }) => name));
  return new Map(
    rows.map(({ name, source }) => {
      const does = [...source.matchAll(/pg_(?:try_)?advisory\w*\(([^;]*?)\)\s*;|\b([a-z_]+\.[a-z_]+)\s*\(/g)].flatMap(
        ([, lock, call]): Step[] => {
          if (lock !== undefined) return [{ lock: /'([^'|]+)/.exec(lock)?.[1] ?? lock }];
          return call !== undefined && names.has(call) && call !== name ? [{ call }] : [];
        },
      );
      return [name, { name, does }];
    }),
  );
}

/** The locks that a call of a function comes to hold, in order. */
function taken(
  of: ReadonlyMap<string, LockingFunction>,
  name: string,
  within: readonly string[] = [],
): readonly string[] {
  if (within.includes(name)) return [];
  return (of.get(name)?.does ?? []).flatMap((step) =>
    'lock' in step ? [step.lock] : taken(of, step.call, [...within, name]),
  );
}

it('are taken one at a time: no function waits for a second while it has one, and each is called from one place (ASVS 15.4.3)', async () => {
  const { migratorUrl, close } = await testDatabase();
  const client = new pg.Client(migratorUrl);
  await client.connect();
  const functions = await functionsOf(client);
  await client.end();
  await close();
  const locking = [...functions.keys()].flatMap((name) => {
    const locks = [...new Set(taken(functions, name))];
    return locks.length === 0 ? [] : [[name, ...locks]];
  });
  expect(locking.sort()).toEqual([
    ['audit.follow_on', 'qd.audit.along'],
    ['audit.remove_through', 'qd.seal'],
    ['audit.seal_next', 'qd.seal'],
  ]);
  const callers = (name: string): readonly string[] =>
    SERVER.filter(({ text }) => text.includes(`${name}(`)).map(({ file }) => file);
  expect(locking.map(([name = '']) => [name, ...callers(name)])).toEqual([
    ['audit.follow_on', 'server/kernel/db/migrate.ts'],
    ['audit.remove_through', 'server/kernel/audit/retention.ts'],
    ['audit.seal_next', 'server/kernel/audit/sealer.ts'],
  ]);
  // Those of a session are each on a connection that does nothing else, and that ends with what it was taken for.
  const bySession = SERVER.filter(({ text }) => /pg_(?:try_)?advisory/.test(text)).map(({ file }) => file);
  expect(bySession).toEqual([
    'server/kernel/db/application-role.ts',
    'server/kernel/db/migrate.ts',
    'server/kernel/folder-lock.ts',
  ]);
  expect(found(SERVER, /(pg_(?:try_)?advisory_xact\w+)/g)).toEqual([]);
  // One row for as long as somebody acts in their session. Whoever has it waits for no lock that somebody holds who waits for it.
  expect(found(SERVER, /\b(lock table|select[^;`']*for (?:share|key share))\b/gi)).toEqual([
    'select id from identity.session where id = $1 and ended_at is null for share',
  ]);
  // What is named by every other row is locked so that those can be made meanwhile.
  expect(found(SERVER, /(kernel\.organisation'\)[^;]*\.forUpdate\(\))/g)).toEqual([]);
});

/** Deadlocks that PostgreSQL broke up in a database. A connection tells its statistics at the latest when it ends, so all are ended. */
async function deadlocks(center: TestCenter): Promise<number> {
  return asMigrator(center, async (client) => {
    const ended = await client.query<{ pid: number }>(
      `select pid, pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    const pids = ended.rows.map(({ pid }) => pid);
    await expect
      .poll(async () => (await client.query('select from pg_stat_activity where pid = any($1)', [pids])).rowCount)
      .toBe(0);
    await client.query('select pg_stat_clear_snapshot()');
    const { rows } = await client.query<{ deadlocks: number }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.deadlocks);
  });
}

/** Two transactions that take two locks in each other's order: were they not counted, the count would say nothing. */
async function twoInEachOthersWay(center: TestCenter): Promise<void> {
  const [one, other] = [new pg.Client(center.migratorUrl), new pg.Client(center.migratorUrl)];
  await Promise.all([one.connect(), other.connect()]);
  for (const client of [one, other]) await client.query('begin');
  await one.query('select pg_advisory_xact_lock(1)');
  await other.query('select pg_advisory_xact_lock(2)');
  const both = await Promise.allSettled([
    one.query('select pg_advisory_xact_lock(2)').finally(() => one.end()),
    other.query('select pg_advisory_xact_lock(1)').finally(() => other.end()),
  ]);
  expect(both.filter(({ status }) => status === 'rejected')).toHaveLength(1);
}

it('hold nobody up for good: facts, keys of every level, people, policy, audit and its verification at once, and no deadlock (ASVS 15.4.3)', async () => {
  const lines: string[] = [];
  const center = await testCenter({ log: pino({ level: 'error' }, { write: (line: string) => lines.push(line) }) });
  try {
    const stations = await Promise.all(['Console A', 'Console B', 'Console C'].map((name) => center.enrol(name)));
    const answers: [what: string, status: number][] = [];
    const ask = async (method: string, path: string, body?: unknown): Promise<void> => {
      const { status } = await center.call(method, path, body, center.adminToken);
      answers.push([`${method} ${path}`, status]);
    };
    const until = Date.now() + 5_000;
    const again = async (step: () => Promise<void>): Promise<void> => {
      for (let turns = 0; turns < 3 || Date.now() < until; turns++) await step();
    };
    await Promise.all([
      ...stations.map((station) =>
        again(async () => {
          const incident = newEntity('incident');
          const made = station.append(opening(incident, { callback: '415 555 0100' }));
          const { status } = await station.push(
            pushOf(made, station.append({ type: 'incident.noted', about: [incident], body: { text: 'n' } })),
          );
          answers.push(['push', status]);
        }),
      ),
      ...['organisation', 'site', 'signing', 'entity', 'secrets', 'index'].map((level) =>
        again(() => ask('POST', `/v1/keys/${level}/rotate`, {})),
      ),
      again(() => ask('POST', `/v1/sites/${center.site}/enrolment-codes`, {})),
      again(() => ask('GET', '/v1/audit/verification')),
      again(() => ask('GET', '/v1/entities/incident?limit=50')),
    ]);
    expect(answers.filter(([, status]) => status >= 500)).toEqual([]);
    expect(lines).toEqual([]);
    expect(await deadlocks(center)).toBe(0);
    await twoInEachOthersWay(center);
    expect(await deadlocks(center)).toBe(1);
  } finally {
    await center.close();
  }
}, 120_000);
