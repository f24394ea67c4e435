/** Versions of the records that stations hold, each kind read from disk once. */
import type { RecordVersion } from '../../../domain/kernel/stream.ts';
import type { Core, Tx } from '../core.ts';
import type { Connection } from '../file/database.ts';

interface RecordRow {
  readonly id: string;
  readonly version: number;
  readonly body: string | null;
}

export interface RecordCache {
  readonly ofKind: (kind: string) => ReadonlyMap<string, RecordVersion>;
  readonly put: (record: RecordVersion) => void;
  readonly forget: () => void;
}

export function recordCache(db: Connection): RecordCache {
  const kinds = new Map<string, Map<string, RecordVersion>>();
  const ofKind = (kind: string): Map<string, RecordVersion> => {
    const held = kinds.get(kind);
    if (held) return held;
    const read = new Map<string, RecordVersion>();
    for (const row of db.sql('SELECT id, version, body FROM record WHERE kind = ?').all<RecordRow>(kind)) {
      const body = row.body === null ? null : (JSON.parse(row.body) as RecordVersion['body']);
      read.set(row.id, { kind, id: row.id, version: row.version, body });
    }
    kinds.set(kind, read);
    return read;
  };
  return {
    ofKind,
    put: (record) => {
      ofKind(record.kind).set(record.id, record);
      db.sql(
        'INSERT INTO record(kind, id, version, body) VALUES(?, ?, ?, ?) ON CONFLICT(kind, id) DO UPDATE SET version = excluded.version, body = excluded.body',
      ).run(record.kind, record.id, record.version, record.body && JSON.stringify(record.body));
    },
    forget: () => kinds.clear(),
  };
}

/** Takes a version newer than the one held. */
export function putRecord(core: Core, tx: Tx, record: RecordVersion): void {
  const held = core.records.ofKind(record.kind).get(record.id);
  if (held && held.version >= record.version) return;
  core.records.put(record);
  tx.records.push(record);
}
