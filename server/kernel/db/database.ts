/**
 * The center's way to PostgreSQL. Migrations run as the migrator (DATABASE_URL); everything else as a login role of this
 * database that owns nothing and cannot bypass row-level security.
 */
import type { Transaction } from 'kysely';
import pg from 'pg';
import { traced } from '../telemetry/traces.ts';
import { type Asking, flightsOf, inOneFlight, type Statement } from './flight.ts';
import { listenOn } from './listen.ts';
import { typedOver } from './typed.ts';

// bigint columns hold milliseconds and positions, all below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** For whom a transaction works, and what its audit rows say about why. */
export interface Scope {
  readonly org: string;
  readonly actor?: string | null;
  readonly session?: string | null;
  readonly request?: string | null;
  /** The decision packet under which it acts. */
  readonly decision?: unknown;
  /** The workstation it comes from. */
  readonly device?: string | null;
  /** In the words of whoever acts. */
  readonly reason?: string | null;
  /** The person to whose own records alone the database holds it, where a record is somebody's; null or left out for everybody's. */
  readonly own?: string | null;
}

/** The statement that enters a scope, and its parameters. */
export const ENTER = 'select kernel.enter($1, $2, $3, $4, $5, $6, $7)';
export function entering(scope: Scope): (string | null)[] {
  const { org, actor = null, session = null, request = null, decision, device = null, reason = null } = scope;
  const packet = decision === undefined || decision === null ? null : JSON.stringify(decision);
  return [org, actor, session, request, packet, device, reason];
}

const ENTER_OWN = 'select kernel.enter_own($1, $2, $3, $4, $5, $6, $7, $8)';

/** The same as a statement of a flight. */
export const enteringBy = (scope: Scope): Statement =>
  scope.own === undefined || scope.own === null
    ? { name: 'kernel.enter', text: ENTER, values: entering(scope) }
    : { name: 'kernel.enter_own', text: ENTER_OWN, values: [...entering(scope), scope.own] };

/** `moment`: all statements of the transaction see one and the same moment. */
export type Isolation = 'statement' | 'moment';

const BEGIN: { readonly [I in Isolation]: Statement } = {
  statement: { name: 'begin', text: 'begin' },
  moment: { name: 'begin.moment', text: 'begin isolation level repeatable read' },
};

export interface Database {
  /** Runs `work` in one transaction that sees and writes this organisation alone. Rolled back whole when it throws. */
  readonly inOrg: <DB, T>(scope: Scope, work: (trx: Transaction<DB>) => Promise<T>) => Promise<T>;
  /** The same with a plain client, for statements that are written by hand. */
  readonly inOrgClient: <T>(
    scope: Scope,
    work: (client: pg.ClientBase) => Promise<T>,
    isolation?: Isolation,
  ) => Promise<T>;
  /**
   * The same in one round trip, for statements that need no answer of each other: what `ask` asks before it first waits is
   * sent and committed together, and asking later is refused. The way to read.
   */
  readonly inFlight: <T>(scope: Scope, ask: (asking: Asking) => Promise<T>) => Promise<T>;
  /** A transaction of no organisation: sees no row, may call the definer functions of the short list. */
  readonly preOrg: <T>(work: (client: pg.ClientBase) => Promise<T>) => Promise<T>;
  /**
   * Hears what committed transactions of any node say on a channel (`pg_notify`). `onHeard` also gets null, each time that
   * it may have missed something: at first and whenever the connection was lost. Returns how to stop.
   */
  readonly listen: (channel: string, onHeard: (said: string | null) => void) => () => Promise<void>;
  readonly pool: pg.Pool;
  /** Connections of their own, which nothing else can use up. */
  readonly reserve: (connections: number) => Database;
  /** Resolves while the database answers; throws where it does not. */
  readonly ping: () => Promise<void>;
  /** Hears each time that the database, over whichever of these connections, has no room on its disk for what it is to write. */
  readonly onDiskFull: (listener: () => void) => void;
  /** Writes some megabytes that nobody keeps. False where there is no room for them. */
  readonly hasRoom: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** PostgreSQL's word for a disk, or a quota, that is full. */
const DISK_FULL = '53100';

/**
 * How long a transaction may wait for its node before PostgreSQL ends it: one whose machine is gone without a word held what it had
 * locked, and the facts of its organisation with that, until TCP gave it up, two hours later. ms
 */
const LEFT_BEHIND_MS = 30_000;

interface Options {
  readonly connections?: number;
  readonly leftBehindMs?: number;
  /** Shared with the connections that are reserved. */
  readonly diskFull?: Set<() => void>;
}

export function openDatabase(url: string, options: Options = {}): Database {
  const { diskFull = new Set(), leftBehindMs = LEFT_BEHIND_MS } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    application_name: 'quantum-dispatch',
    keepAlive: true,
    idle_in_transaction_session_timeout: leftBehindMs,
  });
  // A broken idle connection is replaced by the pool; whoever uses one hears of it from its own query.
  pool.on('error', () => undefined);
  // One that breaks while it is taken, between two statements, tells its own client alone; the next statement hears of it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('connect', (client) =>
    (client as pg.PoolClient & { readonly connection: pg.Connection }).connection.on(
      'errorMessage',
      ({ code }: { readonly code?: string }) => {
        if (code === DISK_FULL) for (const heard of diskFull) heard();
      },
    ),
  );
  const typed = typedOver(pool);

  /** `scope` null: of no organisation. */
  const inTransaction = <T>(
    scope: Scope | null,
    work: (client: pg.ClientBase) => Promise<T>,
    isolation: Isolation = 'statement',
  ): Promise<T> => traced('transaction', {}, () => transaction(scope, work, isolation));

  const transaction = async <T>(
    scope: Scope | null,
    work: (client: pg.ClientBase) => Promise<T>,
    isolation: Isolation,
  ): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | boolean = false;
    try {
      const begun = flightsOf(client);
      try {
        // Begun and entered in one round trip.
        await Promise.all([begun.query(BEGIN[isolation]), ...(scope ? [begun.query(enteringBy(scope))] : [])]);
      } finally {
        broken = begun.failed();
      }
      const value = await work(client);
      const { command } = await client.query('commit');
      // PostgreSQL ends one in which a statement failed like this, and says so in the tag alone.
      if (command === 'ROLLBACK')
        throw new Error('A statement of this transaction failed and was passed over; nothing of it is kept.');
      return value;
    } catch (error) {
      await client.query('rollback').catch((failed: Error) => {
        broken = failed;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  };

  const flight = async <T>(scope: Scope, ask: (asking: Asking) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    const flights = flightsOf(client);
    let entered: Promise<unknown> = Promise.resolve();
    try {
      return await inOneFlight(flights, async (asking) => {
        entered = asking.query(enteringBy(scope));
        const [, value] = await Promise.all([entered, ask(asking)]);
        return value;
      });
    } finally {
      // What has not left yet stays here, and what has left is answered: whoever has the connection next is entered by nobody else.
      flights.end();
      await entered.catch(() => undefined);
      client.release(flights.failed());
    }
  };

  return {
    pool,
    inFlight: (scope, ask) => traced('transaction', {}, () => flight(scope, ask)),
    inOrg: (scope, work) => inTransaction(scope, (client) => work(typed(client))),
    inOrgClient: inTransaction,
    reserve: (connections) => openDatabase(url, { connections, diskFull }),
    listen: (channel, onHeard) => listenOn(url, channel, onHeard),
    preOrg: (work) => inTransaction(null, work),
    ping: async () => {
      await pool.query('select 1');
    },
    onDiskFull: (listener) => void diskFull.add(listener),
    hasRoom: () =>
      inTransaction(null, async (client) => {
        // What does not fit into this is written to the disk of the database, as a file that goes with the transaction.
        await client.query(`set local work_mem = '64kB'`);
        await client.query('select count(*) from generate_series(1, 300000)');
        return true;
      }).catch((error: { readonly code?: string }) => {
        if (error.code === DISK_FULL) return false;
        throw error;
      }),
    close: async () => {
      if (!pool.ended) await pool.end();
    },
  };
}
