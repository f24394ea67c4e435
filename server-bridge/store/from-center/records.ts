/** Versions of the records that stations hold, each kind read from disk once. */
import { KEPT_OF_ARCHIVED } from '../../../domain/cad/roster.ts';
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
  /** What an archived record was last. */
  readonly former: (kind: string, id: string) => RecordVersion | undefined;
  readonly put: (record: RecordVersion) => void;
  /** What is held stays, and gives way to any version: a center that was put back numbers on from those of its backup. */
  readonly giveWay: () => void;
  readonly forget: () => void;
}

/** Where the last body of what is archived is kept: beside its kind, so that whoever reads the kind finds what is in use alone. */
const formerKind = (kind: string): string => `former ${kind}`;

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
  const write = (record: RecordVersion): void => {
    ofKind(record.kind).set(record.id, record);
    db.sql(
      'INSERT INTO record(kind, id, version, body) VALUES(?, ?, ?, ?) ON CONFLICT(kind, id) DO UPDATE SET version = excluded.version, body = excluded.body',
    ).run(record.kind, record.id, record.version, record.body && JSON.stringify(record.body));
  };
  return {
    ofKind,
    former: (kind, id) => ofKind(formerKind(kind)).get(id),
    put: (record) => {
      const held = ofKind(record.kind).get(record.id);
      if (record.body === null && held?.body && KEPT_OF_ARCHIVED.includes(record.kind))
        write({ ...held, kind: formerKind(record.kind) });
      write(record);
    },
    giveWay: () => {
      db.sql('UPDATE record SET version = 0').run();
      kinds.clear();
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
