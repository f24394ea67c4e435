/** Which facts are about which entity. What comes one fact at a time goes to disk some hundred facts later. */
import type { Fact } from '../../domain/kernel/fact.ts';
import type { Connection } from './database.ts';
import type { FactRow, Facts } from './facts.ts';

export interface About {
  /** `based`: the entity's base includes it already. */
  readonly add: (entity: number, pos: number, based: boolean) => void;
  readonly facts: (entity: number) => Fact[];
  /** Those that its base does not include. */
  readonly unbased: (entity: number) => Fact[];
  readonly count: (entity: number, from: number, to: number) => number;
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

const HELD = 'SELECT f.pos, f.h, f.s, f.k, f.b FROM about a JOIN fact f ON f.pos = a.pos WHERE a.entity = ?';

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
  const opened = (sql: string, entity: number, rest: readonly Row[]): Fact[] => [
    ...db.sql(sql).all<FactRow>(entity).map(facts.open),
    ...rest.map((row) => facts.at(row.pos)).filter((fact) => fact !== null),
  ];
  const positions = (entity: number): number[] => {
    flush();
    return db
      .sql('SELECT pos FROM about WHERE entity = ? ORDER BY pos')
      .all<{ pos: number }>(entity)
      .map((row) => row.pos);
  };
  return {
    add: (entity, pos, based) => {
      const rows = unindexed.get(entity);
      if (rows) rows.push({ pos, based });
      else unindexed.set(entity, [{ pos, based }]);
    },
    facts: (entity) => opened(HELD, entity, waiting(entity)),
    unbased: (entity) =>
      opened(
        `${HELD} AND a.based = 0`,
        entity,
        waiting(entity).filter((row) => !row.based),
      ),
    count: (entity, from, to) => {
      const indexed = db
        .sql('SELECT count(*) AS n FROM about WHERE entity = ? AND pos BETWEEN ? AND ?')
        .get<{ n: number }>(entity, from, to);
      return (indexed?.n ?? 0) + waiting(entity).filter(({ pos }) => from <= pos && pos <= to).length;
    },
    positions,
    isUnbased: (entity, pos) =>
      db.sql('SELECT based FROM about WHERE entity = ? AND pos = ?').get<{ based: number }>(entity, pos)?.based === 0,
    base: (entity, includes) => {
      for (const pos of positions(entity)) {
        db.sql('UPDATE about SET based = ? WHERE entity = ? AND pos = ?').run(includes(pos) ? 1 : 0, entity, pos);
      }
    },
    remove: (entity, gone) => {
      flush();
      for (const pos of gone) db.sql('DELETE FROM about WHERE entity = ? AND pos = ?').run(entity, pos);
    },
    removeAll: (entity) => {
      flush();
      db.sql('DELETE FROM about WHERE entity = ?').run(entity);
    },
    flush,
    forget: () => unindexed.clear(),
  };
}
