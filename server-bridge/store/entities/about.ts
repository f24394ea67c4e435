/** Which facts are about which entity. What comes one fact at a time goes to disk some hundred facts later. */
import type { Fact } from '../../../domain/kernel/fact.ts';
import type { Facts } from '../facts/facts.ts';
import { lastPosBeside } from '../facts/logs.ts';
import type { Connection } from '../file/database.ts';
import { tailsOf } from './tails.ts';

export interface About {
  /** `based`: the entity's base includes it already. */
  readonly add: (entity: number, pos: number, based: boolean) => void;
  readonly facts: (entity: number) => Fact[];
  /** Those that its base does not include. */
  readonly unbased: (entity: number) => Fact[];
  /** How many there are from a position to the end of its log. */
  readonly countFrom: (entity: number, from: number) => number;
  readonly holds: (entity: number, pos: number) => boolean;
  readonly positions: (entity: number) => number[];
  readonly isUnbased: (entity: number, pos: number) => boolean;
  readonly base: (entity: number, includes: (pos: number) => boolean) => void;
  readonly remove: (entity: number, positions: readonly number[]) => void;
  readonly removeAll: (entity: number) => void;
  readonly flush: () => void;
  readonly forget: () => void;
}

interface Row {
  readonly pos: number;
  readonly based: boolean;
}

/** Positions alone: most of the facts behind them are open in memory. */
const HELD = 'SELECT pos FROM about WHERE entity = ?';

export function aboutOf(db: Connection, facts: Facts): About {
  const unindexed = new Map<number, Row[]>();
  const waiting = (entity: number): readonly Row[] => unindexed.get(entity) ?? [];
  const flush = (): void => {
    for (const [entity, rows] of unindexed) {
      for (const { pos, based } of rows) {
        db.sql('INSERT INTO about(entity, pos, based) VALUES(?, ?, ?) ON CONFLICT DO NOTHING').run(
          entity,
          pos,
          based ? 1 : 0,
        );
      }
    }
    unindexed.clear();
  };
  const opened = (sql: string, entity: number, rest: readonly Row[]): Fact[] =>
    [...db.sql(sql).all<{ pos: number }>(entity), ...rest]
      .map((row) => facts.at(row.pos))
      .filter((fact) => fact !== null);
  const positions = (entity: number): number[] => {
    flush();
    return db
      .sql('SELECT pos FROM about WHERE entity = ? ORDER BY pos')
      .all<{ pos: number }>(entity)
      .map((row) => row.pos);
  };
  const tails = tailsOf((entity, from) => {
    const to = lastPosBeside(from);
    const indexed = db
      .sql('SELECT pos FROM about WHERE entity = ? AND pos BETWEEN ? AND ?')
      .all<{ pos: number }>(entity, from, to)
      .map((row) => row.pos);
    const rest = waiting(entity).flatMap(({ pos }) => (from <= pos && pos <= to ? [pos] : []));
    return [...new Set([...indexed, ...rest])].sort((a, b) => a - b);
  });
  return {
    add: (entity, pos, based) => {
      tails.add(entity, pos);
      const rows = unindexed.get(entity);
      if (rows) rows.push({ pos, based });
      else unindexed.set(entity, [{ pos, based }]);
    },
    facts: (entity) => opened(HELD, entity, waiting(entity)),
    unbased: (entity) =>
      opened(
        `${HELD} AND based = 0`,
        entity,
        waiting(entity).filter((row) => !row.based),
      ),
    countFrom: tails.count,
    holds: (entity, pos) =>
      waiting(entity).some((row) => row.pos === pos) ||
      db.sql('SELECT 1 FROM about WHERE entity = ? AND pos = ?').get(entity, pos) !== undefined,
    positions,
    isUnbased: (entity, pos) =>
      db.sql('SELECT based FROM about WHERE entity = ? AND pos = ?').get<{ based: number }>(entity, pos)?.based === 0,
    base: (entity, includes) => {
      for (const pos of positions(entity)) {
        db.sql('UPDATE about SET based = ? WHERE entity = ? AND pos = ?').run(includes(pos) ? 1 : 0, entity, pos);
      }
    },
    remove: (entity, gone) => {
      tails.drop(entity);
      flush();
      for (const pos of gone) db.sql('DELETE FROM about WHERE entity = ? AND pos = ?').run(entity, pos);
    },
    removeAll: (entity) => {
      tails.drop(entity);
      flush();
      db.sql('DELETE FROM about WHERE entity = ?').run(entity);
    },
    flush,
    forget: () => {
      tails.forget();
      unindexed.clear();
    },
  };
}
