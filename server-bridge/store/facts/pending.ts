/** Facts that a damaged disk gave back and that wait for what comes before them in their log. */
import type { Frame } from '../../../domain/kernel/fact.ts';
import type { Connection } from '../file/database.ts';

export interface Pending {
  readonly add: (log: string, seq: number, frame: Frame) => void;
  /** Logs of which any wait. */
  readonly logs: () => readonly string[];
  /** Gives and forgets those through a position, in order. */
  readonly takeThrough: (log: string, seq: number) => readonly Frame[];
  readonly forget: () => void;
}

export function pendingOf(db: Connection): Pending {
  let logs: Set<string> | null = null;
  const waiting = (): Set<string> => {
    logs ??= new Set(
      db
        .sql('SELECT DISTINCT log FROM pending')
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
        .sql('SELECT frame FROM pending WHERE log = ? AND seq <= ? ORDER BY seq')
        .all<{ frame: string }>(log, seq);
      if (rows.length === 0) return [];
      db.sql('DELETE FROM pending WHERE log = ? AND seq <= ?').run(log, seq);
      if (!db.sql('SELECT 1 FROM pending WHERE log = ? LIMIT 1').get(log)) waiting().delete(log);
      return rows.map((row) => JSON.parse(row.frame) as Frame);
    },
    forget: () => {
      logs = null;
    },
  };
}
