/**
 * Statements that travel together. What is asked within one turn of the loop goes to PostgreSQL in one write, behind one
 * Sync, and is answered in one read: a step of many short statements then costs few round trips and wakes each side once.
 * One that fails takes those after it in its flight with it (PostgreSQL skips to the Sync), so a `commit` never follows a
 * write that was refused.
 */
import pg from 'pg';

/** Bytes are a value in PostgreSQL's binary form. */
export type Value = string | number | boolean | null | readonly (string | null)[] | Buffer;

export interface Statement {
  /** Named ones are parsed and planned once for each connection. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly Value[];
}

export interface Answer<R> {
  readonly rows: R[];
  readonly rowCount: number;
}

/** Whoever can be asked: a client of the pool, or its flights. */
export interface Asking {
  readonly query: <R extends object>(statement: string | Statement, values?: readonly Value[]) => Promise<Answer<R>>;
}

export interface Flights extends Asking {
  /** Nothing more is sent: what was asked and is not on its way, or is asked from here on, is refused. */
  readonly end: () => void;
  /** A flight failed: which of its statements were parsed is not known, so the connection is not used again. */
  readonly failed: () => boolean;
}

interface Waiting {
  readonly statement: Statement;
  readonly settle: (answer: Answer<never>) => void;
  readonly fail: (error: unknown) => void;
}

interface Column {
  readonly name: string;
  readonly read: (value: string) => unknown;
}

/** What a statement answers with; `empty` is a row of it in the shape that all of them have, so that each is filled and none grows. */
interface Columns {
  readonly each: readonly Column[];
  readonly empty: { readonly [column: string]: null };
}

const NO_COLUMNS: Columns = { each: [], empty: {} };

/** What each connection has parsed, and the columns it answers with. */
const parsed = new WeakMap<pg.Connection, Map<string, Columns>>();

/** Apart from the names of pg's own prepared statements on the same connection. */
const nameOf = ({ name }: Statement): string => (name === undefined ? '' : `flight.${name}`);

function wireOf(value: Value): string | Buffer | null {
  if (value === null || typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (typeof value !== 'object') return String(value);
  return `{${value.map((item) => (item === null ? 'null' : `"${item.replace(/["\\]/g, '\\$&')}"`)).join()}}`;
}

/** One flight, as pg's client submits it and hands it the answers. */
class Flight implements pg.Submittable {
  readonly #waiting: readonly Waiting[];
  readonly #onFailure: () => void;
  readonly #answers: { readonly rows: object[]; rowCount: number; columns: Columns }[] = [];
  #known = new Map<string, Columns>();
  /** The statement that is being answered. */
  #at = 0;

  constructor(waiting: readonly Waiting[], onFailure: () => void) {
    this.#waiting = waiting;
    this.#onFailure = onFailure;
  }

  submit(connection: pg.Connection): void {
    this.#known = parsed.get(connection) ?? this.#known;
    parsed.set(connection, this.#known);
    const sent = new Set<string>();
    connection.stream.cork();
    try {
      for (const { statement } of this.#waiting) {
        const name = nameOf(statement);
        const columns = this.#known.get(name);
        if (!columns && !sent.has(name)) connection.parse({ name, text: statement.text, types: [] }, true);
        if (name !== '') sent.add(name);
        connection.bind({ statement: name, values: (statement.values ?? []).map(wireOf) }, true);
        if (!columns) connection.describe({ type: 'P' }, true);
        connection.execute(null, true);
        this.#answers.push({ rows: [], rowCount: 0, columns: columns ?? NO_COLUMNS });
      }
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
  }

  handleRowDescription({ fields }: { readonly fields: readonly pg.FieldDef[] }): void {
    const answer = this.#answers[this.#at];
    if (!answer) return;
    const each = fields.map(({ name, dataTypeID }) => ({ name, read: pg.types.getTypeParser(dataTypeID, 'text') }));
    answer.columns = { each, empty: Object.fromEntries(each.map(({ name }) => [name, null])) };
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const answer = this.#answers[this.#at];
    if (!answer) return;
    const { each, empty } = answer.columns;
    const row: { [column: string]: unknown } = { ...empty };
    for (let i = 0; i < each.length; i++) {
      const { name, read } = each[i] as Column;
      const value = fields[i] ?? null;
      if (value !== null) row[name] = read(value);
    }
    answer.rows.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const answer = this.#answers[this.#at++];
    if (answer) answer.rowCount = Number(/\d+$/.exec(text)?.[0] ?? 0);
  }

  handleReadyForQuery(): void {
    for (const [i, { statement, settle }] of this.#waiting.entries()) {
      const { rows, rowCount, columns } = this.#answers[i] ?? { rows: [], rowCount: 0, columns: NO_COLUMNS };
      if (statement.name !== undefined) this.#known.set(nameOf(statement), columns);
      settle({ rows: rows as never[], rowCount });
    }
  }

  handleError(error: unknown): void {
    this.#onFailure();
    for (const { fail } of this.#waiting) fail(error);
  }
}

/**
 * One flight that is a transaction of its own: PostgreSQL begins one with the first statement and commits it at the Sync,
 * unless one of them failed. What `ask` asks before it first waits goes along; what it asks afterwards is refused.
 */
export async function inOneFlight<T>(flights: Flights, ask: (asking: Asking) => Promise<T>): Promise<T> {
  const asked = ask(flights);
  // After the flight was sent: it was scheduled before this.
  process.nextTick(flights.end);
  return asked;
}

/** Flights over a client that was taken from the pool; nobody else asks it anything until they have ended. */
export function flightsOf(client: pg.ClientBase): Flights {
  let waiting: Waiting[] = [];
  let ended = false;
  let failed = false;
  const send = (): void => {
    const statements = waiting;
    waiting = [];
    if (statements.length === 0) return;
    client.query(
      new Flight(statements, () => {
        failed = true;
      }),
    );
  };
  return {
    query: (statement, values) =>
      new Promise((settle, fail) => {
        if (ended) throw new Error('This transaction has ended; nothing more can be asked in it.');
        // After the promises of this turn have run: what they ask goes along.
        if (waiting.length === 0) process.nextTick(send);
        const asked = typeof statement === 'string' ? { text: statement, ...(values ? { values } : {}) } : statement;
        waiting.push({ statement: asked, settle, fail });
      }),
    end: () => {
      ended = true;
      for (const { fail } of waiting.splice(0)) fail(new Error('This transaction has ended before it was asked.'));
    },
    failed: () => failed,
  };
}
