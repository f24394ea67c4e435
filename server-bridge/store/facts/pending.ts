/**
 * Facts that a damaged disk gave back and that wait: for what comes before them in their log, or, where the name of the key that
 * seals their body was lost, for the keys of whom it is sealed under.
 */
import type { Frame } from '../../../domain/kernel/fact.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import type { Connection } from '../file/database.ts';

export interface Pending {
  readonly add: (log: string, seq: number, frame: Frame) => void;
  /** Logs of which any wait. */
  readonly logs: () => readonly string[];
  /** Gives and forgets those through a position, in order. */
  readonly takeThrough: (log: string, seq: number) => readonly Frame[];
  /** Keeps a frame whose body is sealed under a key of this entity, nobody knows which. */
  readonly addUnnamed: (log: string, seq: number, frame: Frame, under: EntityRef) => void;
  /** Entities under whose keys any such lies. */
  readonly unders: () => ReadonlySet<EntityRef>;
  readonly unnamedUnder: (under: EntityRef) => readonly Frame[];
  readonly dropUnnamed: (log: string, seq: number) => void;
  readonly forget: () => void;
}

const NAMED = "json_extract(frame, '$.under') IS NULL";

export function pendingOf(db: Connection): Pending {
  let logs: Set<string> | null = null;
  let entities: Set<EntityRef> | null = null;
  const unders = (): Set<EntityRef> => {
    entities ??= new Set(
      db
        .sql(
          "SELECT DISTINCT json_extract(frame, '$.under') AS under FROM pending WHERE json_extract(frame, '$.under') IS NOT NULL",
        )
        .all<{ under: EntityRef }>()
        .map((row) => row.under),
    );
    return entities;
  };
  const waiting = (): Set<string> => {
    logs ??= new Set(
      db
        .sql(`SELECT DISTINCT log FROM pending WHERE ${NAMED}`)
        .all<{ log: string }>()
        .map((row) => row.log),
    );
    return logs;
  };
  return {
    add: (log, seq, frame) => {
      waiting().add(log);
      db.sql('INSERT INTO pending(log, seq, frame) VALUES(?, ?, ?) ON CONFLICT DO NOTHING').run(
        log,
        seq,
        JSON.stringify(frame),
      );
    },
    logs: () => [...waiting()],
    takeThrough: (log, seq) => {
      const rows = db
        .sql(`SELECT frame FROM pending WHERE log = ? AND seq <= ? AND ${NAMED} ORDER BY seq`)
        .all<{ frame: string }>(log, seq);
      if (rows.length === 0) return [];
      db.sql(`DELETE FROM pending WHERE log = ? AND seq <= ? AND ${NAMED}`).run(log, seq);
      if (!db.sql(`SELECT 1 FROM pending WHERE log = ? AND ${NAMED} LIMIT 1`).get(log)) waiting().delete(log);
      return rows.map((row) => JSON.parse(row.frame) as Frame);
    },
    addUnnamed: (log, seq, frame, under) => {
      unders().add(under);
      db.sql('INSERT INTO pending(log, seq, frame) VALUES(?, ?, ?) ON CONFLICT DO NOTHING').run(
        log,
        seq,
        JSON.stringify({ ...frame, under }),
      );
    },
    unders,
    unnamedUnder: (under) =>
      db
        .sql("SELECT frame FROM pending WHERE json_extract(frame, '$.under') = ? ORDER BY log, seq")
        .all<{ frame: string }>(under)
        .map((row) => {
          const { h, s, k, b } = JSON.parse(row.frame) as Frame;
          return { h, s, k, b };
        }),
    dropUnnamed: (log, seq) => {
      db.sql('DELETE FROM pending WHERE log = ? AND seq = ?').run(log, seq);
      entities = null;
    },
    forget: () => {
      logs = null;
      entities = null;
    },
  };
}
