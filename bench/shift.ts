/**
 * What the shipped store writes while somebody works: the statements of each commit with their values, read off at the
 * driver's door while the shipped path from an action to the disk carries the actions out. Nothing here says how many rows an
 * action has; the store does.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';
import type { CallInput, CallName } from '../domain/bridge/calls.ts';
import { checkCall } from '../server-bridge/bridge/door.ts';
import { SEAT, UNITS } from '../server-bridge/dispatch/testing/desk.ts';
import type { Sqlite, Value } from '../server-bridge/store/file/database.ts';
import { openBenchDesk } from './desk.ts';

/** One statement that writes. Reads are left out: the store answers most of them from memory, and a commit does not need them. */
export interface Write {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** Without the statements that begin and end it. */
export interface Commit {
  /** The action that it is durable before the answer of, or what follows it in the pause after an action. */
  readonly of: CallName | 'the pause';
  readonly writes: readonly Write[];
}

export interface Shift {
  /** How the file was made and filled before anybody worked: whole, in order. */
  readonly before: readonly Commit[];
  /** One list an incident, from its opening to its closing. */
  readonly incidents: readonly (readonly Commit[])[];
}

/** What the driver is asked to run while `work` runs, as commits. */
async function written(work: (of: (what: Commit['of']) => void, commits: Commit[]) => Promise<void>): Promise<void> {
  const commits: Commit[] = [];
  let of: Commit['of'] = 'the pause';
  let writes: Write[] = [];
  const ran = (sql: string, values: readonly Value[]): void => {
    if (sql.startsWith('BEGIN')) writes = [];
    else if (sql === 'COMMIT') {
      if (writes.length > 0) commits.push({ of, writes });
    } else writes.push({ sql, values });
  };
  const { prepare } = Database.prototype;
  const tapped = function (this: Sqlite, sql: string): ReturnType<Sqlite['prepare']> {
    const statement = prepare.call(this, sql);
    const run = statement.run.bind(statement) as (...values: unknown[]) => ReturnType<typeof statement.run>;
    statement.run = (...values: unknown[]) => {
      ran(sql, values as Value[]);
      return run(...values);
    };
    return statement;
  };
  Database.prototype.prepare = tapped as typeof prepare;
  try {
    await work((what) => {
      of = what;
    }, commits);
  } finally {
    Database.prototype.prepare = prepare;
  }
}

/**
 * Works `count` incidents from their opening to their closing, ten actions each, with a pause after every action: people press
 * keys seconds apart, and in the pause the store writes what follows the facts (indexes, folded states).
 */
export async function recordShift(folder: string, count: number): Promise<Shift> {
  let before: readonly Commit[] = [];
  const incidents: (readonly Commit[])[] = [];
  await written(async (of, commits) => {
    const { store, dispatch } = openBenchDesk(join(folder, 'shift.db'), randomBytes(32));
    dispatch.watch('board', SEAT, () => {});
    const act = async <N extends CallName>(name: N, input: CallInput<N>): Promise<string> => {
      of(name);
      const checked = checkCall(name, input);
      if (!checked.ok) throw new Error(`${name}: ${checked.refusal.message}`);
      const answer = await dispatch.call(name, checked.value.input as never, SEAT);
      if (!answer.ok) throw new Error(`${name}: ${answer.refusal.message}`);
      of('the pause');
      store.rest();
      return (answer.value as { readonly incident?: string }).incident ?? '';
    };
    for (let i = 0; i <= count; i++) {
      const unit = UNITS[i % UNITS.length] ?? '';
      const incident = await act('incident.open', {
        location: { text: `${100 + i} MAIN ST` },
        nature: { code: '10', text: 'Chest pain' },
        priority: '2',
      });
      await act('unit.dispatch', { incident, units: [unit] });
      await act('incident.note', { incident, text: 'Caller says the patient is sitting on the kitchen floor.' });
      for (const code of ['ER', 'OS', 'AP']) await act('unit.status', { unit, code });
      await act('incident.edit', { incident, set: { priority: '1' }, shown: [] });
      await act('unit.status', { unit, code: 'TR', destination: { name: 'Mercy' } });
      await act('unit.status', { unit, code: 'AV' });
      await act('incident.close', { incident, disposition: 'Handled' });
      // The first incident opens the log of this opening, which happens once.
      if (i === 0) before = commits.splice(0);
      else incidents.push(commits.splice(0));
    }
    dispatch.close();
    store.close();
  });
  return { before, incidents };
}
