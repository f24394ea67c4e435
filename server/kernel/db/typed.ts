/** Kysely over a client that is in a transaction already, so that a transaction is begun and ended in one way whoever asks in it. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  PostgresDriver,
  type QueryResult,
  SingleConnectionProvider,
  Transaction,
} from 'kysely';
import type pg from 'pg';

export type TypedOver = <DB>(client: pg.ClientBase) => Transaction<DB>;

/** `pool` is of the clients that are handed in; none is taken from it here. */
export function typedOver(pool: pg.Pool): TypedOver {
  const dialect = new PostgresDialect({ pool });
  const driver = new PostgresDriver({ pool });
  const config = { dialect };
  const kysely = new Kysely<unknown>(config);
  return (client) => {
    const connections = new SingleConnectionProvider(connectionOf(client));
    return new Transaction({
      config,
      dialect,
      driver,
      executor: kysely.getExecutor().withConnectionProvider(connections),
    });
  };
}

function connectionOf(client: pg.ClientBase): DatabaseConnection {
  return {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const { rows, rowCount } = await client.query(sql, [...parameters]);
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
    },
    streamQuery: () => {
      throw new Error('Rows are read whole or a page at a time; none are streamed.');
    },
  };
}
