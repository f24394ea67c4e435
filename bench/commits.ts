/**
 * Durable commits of the store against the reference SQLCipher's: what the product commits, replayed on both.
 *
 * An action at a station is two commits: the fact and word that its log goes on, durable before the answer, and in the pause
 * after it the indexes and folded states, four to eight rows. So the figure is that of a shift's work, as the shipped store wrote
 * it in this very run (`shift.ts`): the same schema, statements, values and transactions on both sides, in the same order, with
 * one sync a commit. Beside it, in `with`: the commits that an answer waits for and those of the pause, each alone, and a bare
 * table's commits of 1, 20 and 100 rows. One row is what is left of an action's commit where the next comes before the pause
 * (a quarter of a second), as when something is imported; then the two hundred and fifty-sixth brings what follows all of them.
 * Checkpoints happen where either's `wal_autocheckpoint` has them; the station's own, in pauses, are left out of both.
 *
 * The reference runs its statements in threads. Two of it are driven as is quickest with prepared statements, and the quicker one
 * counts: a transaction is begun, its rows are waited for in turn, or all handed over at once, and it is committed; a commit of one
 * row is that statement alone. `scripts` is the ratio to a third that is given each commit as one script, its values written into
 * the text: one way into a thread and back, but statements that are read anew each time.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Connection,
  connectionTo,
  openDatabase,
  TUNING,
  type Value,
} from '../server-bridge/store/file/database.ts';
import { migrate } from '../server-bridge/store/migrations/migrate.ts';
import { type Measured, percentile } from './figures.ts';
import { type Reference, referenceSqlcipher } from './peers/reference-sqlcipher.ts';
import { type Commit, recordShift, type Shift, type Write } from './shift.ts';

/** Incidents of the shift. Rounds are one incident long, so that what else the machine does falls on both sides of each ratio. */
const INCIDENTS = 100;
/** Rows a commit of the bare table, and how many commits of each are timed in how many rounds. */
const BATCHES = [
  { rows: 1, commits: 80, rounds: 25 },
  { rows: 20, commits: 10, rounds: 15 },
  { rows: 100, commits: 10, rounds: 15 },
] as const;
const BODY_BYTES = 700;
const DISK_SYNCS = 500;
const INSERT = 'INSERT INTO bare(pos, id, body) VALUES(?, ?, ?)';

const middle = (samples: readonly number[]): number => percentile(samples, 0.5);

/** One side: commits these statements, on disk when it returns, or when what it returns resolves. */
type Side = (writes: readonly Write[]) => Promise<void> | void;

/** Milliseconds that each commit took, one a commit. */
async function timed(side: Side, commits: readonly (readonly Write[])[]): Promise<readonly number[]> {
  const took: number[] = [];
  for (const writes of commits) {
    const began = performance.now();
    const pending = side(writes);
    if (pending instanceof Promise) await pending;
    took.push(performance.now() - began);
  }
  return took;
}

const sum = (samples: readonly number[]): number => samples.reduce((total, sample) => total + sample, 0);

/** The same commits on every side, by name; who is first changes from round to round. */
async function roundOf<N extends string>(
  round: number,
  sides: { readonly [S in N]: Side },
  commits: readonly (readonly Write[])[],
): Promise<{ readonly [S in N]: readonly number[] }> {
  const names = Object.keys(sides) as N[];
  const first = round % names.length;
  const took = {} as { [S in N]: readonly number[] };
  for (const name of [...names.slice(first), ...names.slice(0, first)]) took[name] = await timed(sides[name], commits);
  return took;
}

/** How many times as long as ours the quicker of some sides takes, by the middle of the rounds. */
function ratioOf<N extends string>(
  rounds: readonly { readonly [S in N | 'ours']: number }[],
  of: readonly Exclude<N, 'ours'>[],
): number {
  return Math.min(...of.map((name) => middle(rounds.map((round) => round[name] / round.ours))));
}

const PREPARED = ['inTurn', 'atOnce'] as const;
type Prepared = (typeof PREPARED)[number];
type ShiftSide = Prepared | 'ours' | 'scripts';

async function shiftRatios(
  sides: { readonly [S in ShiftSide]: Side },
  shift: Shift,
): Promise<{ readonly whole: number; readonly [name: string]: number }> {
  const taken: { readonly of: readonly Commit[]; readonly took: { readonly [S in ShiftSide]: readonly number[] } }[] =
    [];
  for (const [n, of] of shift.incidents.entries())
    taken.push({
      of,
      took: await roundOf(
        n,
        sides,
        of.map((commit) => commit.writes),
      ),
    });
  const rounds = (which: (commit: Commit) => boolean): { readonly [S in ShiftSide]: number }[] =>
    taken.map(({ of, took }) => {
      const only = (samples: readonly number[]): number => sum(samples.filter((_, i) => which(of[i] as Commit)));
      return {
        ours: only(took.ours),
        inTurn: only(took.inTurn),
        atOnce: only(took.atOnce),
        scripts: only(took.scripts),
      };
    });
  const whole = rounds(() => true);
  const commitMs = (name: ShiftSide): number =>
    middle(whole.map((round, i) => round[name] / (taken[i]?.of.length ?? 0)));
  return {
    whole: ratioOf(whole, PREPARED),
    answered: ratioOf(rounds(isAnswered), PREPARED),
    pause: ratioOf(
      rounds((commit) => !isAnswered(commit)),
      PREPARED,
    ),
    scripts: ratioOf(whole, ['scripts']),
    ourMs: commitMs('ours'),
    inTurnMs: commitMs('inTurn'),
    atOnceMs: commitMs('atOnce'),
  };
}

/** What commits of so many rows of one bare table take, as a ratio. */
async function bareRatios(
  sides: { readonly [S in Prepared | 'ours']: Side },
): Promise<{ readonly [name: `rows${number}`]: number }> {
  const body = randomBytes(BODY_BYTES);
  const ratios: { [name: `rows${number}`]: number } = {};
  let pos = 0;
  for (const { rows, commits, rounds } of BATCHES) {
    const taken: { readonly [S in Prepared | 'ours']: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const batch = Array.from({ length: commits }, () =>
        Array.from({ length: rows }, (): Write => {
          pos++;
          return { sql: INSERT, values: [pos, `0199-${pos.toString(16).padStart(12, '0')}`, body] };
        }),
      );
      const took = await roundOf(round, sides, batch);
      taken.push({ ours: sum(took.ours), inTurn: sum(took.inTurn), atOnce: sum(took.atOnce) });
    }
    ratios[`rows${rows}`] = ratioOf(taken, PREPARED);
  }
  return ratios;
}

/** Milliseconds that the disk alone takes for two pages written over and synced: no store can be faster. */
function diskMs(path: string): number {
  const bare = openSync(path, 'w+');
  const pages = randomBytes(2 * 4_096);
  const took: number[] = [];
  for (let i = 0; i < DISK_SYNCS; i++) {
    const began = performance.now();
    writeSync(bare, pages, 0, pages.length, 0);
    fsyncSync(bare);
    took.push(performance.now() - began);
  }
  closeSync(bare);
  return middle(took);
}

const SCHEMA = `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`;
const TABLES = ['fact', 'fact_id', 'about', 'entity', 'log', 'key', 'counter', 'bare'] as const;
/** How many rows a table has and what its last one holds, as SQL of both sides. */
const LOOK = TABLES.map((table) => `SELECT '${table}' AS name, count(*) AS n FROM ${table}`).join(' UNION ALL ');
const STATES = "SELECT 'states' AS name, sum(length(state)) AS n FROM entity";

async function holdTheSame(ours: Connection, theirs: Reference): Promise<void> {
  for (const look of [LOOK, STATES]) {
    const here = JSON.stringify(ours.sql(look).all());
    const there = JSON.stringify(await theirs.all(look));
    if (here !== there) throw new Error(`The two stores do not hold the same: ${here} and ${there}.`);
  }
}

function literal(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return `x'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`;
}

/** A commit as one text, its values within. */
function scriptOf(writes: readonly Write[]): string {
  const texts = writes.map(({ sql, values }) => {
    let at = 0;
    return sql.replaceAll('?', () => literal(values[at++] ?? null));
  });
  return writes.length === 1 ? (texts[0] ?? '') : ['BEGIN IMMEDIATE', ...texts, 'COMMIT'].join(';');
}

export async function measureCommits(
  folder: string,
  key: Uint8Array,
  say: (what: string) => void,
): Promise<Pick<Measured, 'value' | 'with'>> {
  say(`working ${INCIDENTS} incidents at the shipped store`);
  const shift = await recordShift(folder, INCIDENTS);
  const commits = shift.incidents.flat();
  say(`building or finding the reference SQLCipher, then committing the same on both: ${commits.length} commits`);
  const path = join(folder, 'ours.db');
  const raw = openDatabase({ path, key, tuning: TUNING });
  migrate(raw);
  raw.exec('CREATE TABLE bare(pos INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL)');
  const ours = connectionTo(raw, path);
  const schema = ours.sql(SCHEMA).all<{ sql: string }>();
  const reference = async (name: string): Promise<Reference> => {
    const opened = await referenceSqlcipher(join(folder, name), key, TUNING.cacheKiB);
    for (const { sql } of schema) await opened.exec(sql);
    for (const { sql, values } of shift.before.flatMap(({ writes }) => writes))
      await opened.exec(scriptOf([{ sql, values }]));
    return opened;
  };
  const peers = {
    inTurn: await reference('in-turn.db'),
    atOnce: await reference('at-once.db'),
    scripts: await reference('scripts.db'),
  };
  try {
    const ourSide = (writes: readonly Write[]): void =>
      ours.transaction(() => {
        for (const { sql, values } of writes) ours.sql(sql).run(...values);
      });
    const statements = [INSERT, ...new Set(commits.flatMap(({ writes }) => writes.map((write) => write.sql)))];
    for (const { writes } of shift.before) ourSide(writes);
    const prepared = {
      ours: ourSide,
      inTurn: await peers.inTurn.commits(statements, 'in turn'),
      atOnce: await peers.atOnce.commits(statements, 'at once'),
    };
    const scripts: Side = (writes) => peers.scripts.exec(scriptOf(writes));
    const { whole, ...of } = await shiftRatios({ ...prepared, scripts }, shift);
    for (const peer of Object.values(peers)) await holdTheSame(ours, peer);
    say('committing 1, 20 and 100 rows of a bare table');
    const bare = await bareRatios(prepared);
    for (const peer of [peers.inTurn, peers.atOnce]) await holdTheSame(ours, peer);
    return {
      value: whole,
      with: {
        incidents: INCIDENTS,
        commits: commits.length,
        rowsAnswered: rowsOf(commits.filter(isAnswered)),
        rowsPause: rowsOf(commits.filter((commit) => !isAnswered(commit))),
        ...of,
        ...bare,
        diskMs: diskMs(join(folder, 'disk')),
        peer: peers.inTurn.version,
      },
    };
  } finally {
    ours.close();
    for (const peer of Object.values(peers)) await peer.close();
  }
}

const isAnswered = ({ of }: Commit): boolean => of !== 'the pause';

/** Rows written a commit, on average. */
function rowsOf(commits: readonly Commit[]): number {
  return commits.reduce((rows, { writes }) => rows + writes.length, 0) / commits.length;
}
