/**
 * Facts held in positions that their own station declared lost. The center may have passed over them, and its
 * acknowledgments no longer tell, so they are offered to it until they come on its stream.
 */
import type { Connection } from '../file/database.ts';
import { type LogState, logNumOf, posOf } from './logs.ts';

export interface Strays {
  readonly add: (pos: number) => void;
  /** It came on the stream. */
  readonly arrived: (pos: number) => void;
  readonly has: (pos: number) => boolean;
  /** Those of a log through `seq`, ascending; of every log where none is given. */
  readonly all: (log?: LogState) => readonly number[];
  /** How many positions of a log from … to were declared lost and are not held. */
  readonly lost: (log: LogState, from: number, to: number) => number;
  readonly declare: (log: LogState, from: number, to: number) => void;
  /** In a new epoch the center may pass over any of them again: what is held of what a log declared lost is offered anew. */
  readonly again: (log: LogState) => void;
  /** Whether a position was ever declared lost. */
  readonly declared: (log: LogState, seq: number) => boolean;
  readonly forget: () => void;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

export function straysOf(db: Connection): Strays {
  let held: Set<number> | null = null;
  const strays = (): Set<number> => {
    held ??= new Set(
      db
        .sql('SELECT pos FROM stray ORDER BY pos')
        .all<{ pos: number }>()
        .map((row) => row.pos),
    );
    return held;
  };
  const gaps = (log: LogState): Range[] =>
    log.gap === 0 ? [] : db.sql('SELECT first, last FROM gap WHERE log = ? ORDER BY first').all<Range>(log.num);
  const add = (pos: number): void => {
    strays().add(pos);
    db.sql('INSERT INTO stray(pos) VALUES(?) ON CONFLICT DO NOTHING').run(pos);
  };
  const addHeld = (log: LogState, from: number, to: number): void => {
    for (const { pos } of db
      .sql('SELECT pos FROM fact WHERE pos BETWEEN ? AND ?')
      .all<{ pos: number }>(posOf(log, from), posOf(log, to)))
      add(pos);
  };
  return {
    add,
    arrived: (pos) => {
      if (strays().delete(pos)) db.sql('DELETE FROM stray WHERE pos = ?').run(pos);
    },
    has: (pos) => strays().has(pos),
    all: (log) => {
      const every = [...strays()];
      return (log ? every.filter((pos) => logNumOf(pos) === log.num) : every).sort((a, b) => a - b);
    },
    lost: (log, from, to) => {
      let missing = 0;
      let next = from;
      for (const gap of gaps(log)) {
        const first = Math.max(gap.first, next);
        const last = Math.min(gap.last, to);
        if (first > last) continue;
        const { n } = db
          .sql('SELECT count(*) AS n FROM fact WHERE pos BETWEEN ? AND ?')
          .get<{ n: number }>(posOf(log, first), posOf(log, last)) as { n: number };
        missing += last - first + 1 - n;
        next = last + 1;
      }
      return missing;
    },
    declare: (log, from, to) => {
      db.sql('INSERT INTO gap(log, first, last) VALUES(?, ?, ?) ON CONFLICT DO NOTHING').run(log.num, from, to);
      addHeld(log, Math.max(from, log.center + 1), to);
    },
    again: (log) => {
      for (const { first, last } of gaps(log)) addHeld(log, first, last);
    },
    declared: (log, seq) => gaps(log).some((gap) => gap.first <= seq && seq <= gap.last),
    forget: () => {
      held = null;
    },
  };
}
