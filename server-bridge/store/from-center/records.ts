/** Versions of the records that stations hold. Each kind is read from disk once, but for what the center derives from runs. */
import { HANDOFF_SCHEMAS } from '../../../domain/cad/handoff.ts';
import { KEPT_OF_ARCHIVED } from '../../../domain/cad/roster.ts';
import type { RecordVersion } from '../../../domain/kernel/stream.ts';
import type { Core, Tx } from '../core.ts';
import type { Connection } from '../file/database.ts';

interface RecordRow {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly body: string | null;
}

export interface RecordCache {
  readonly get: (kind: string, id: string) => RecordVersion | undefined;
  readonly ofKind: (kind: string) => ReadonlyMap<string, RecordVersion>;
  /** Those that name an incident (its bare id), by kind and id. */
  readonly about: (incident: string) => readonly RecordVersion[];
  /** What an archived record was last. */
  readonly former: (kind: string, id: string) => RecordVersion | undefined;
  readonly put: (record: RecordVersion) => void;
  /** What is held stays, and gives way to any version: a center that was put back numbers on from those of its backup. */
  readonly giveWay: () => void;
  readonly forget: () => void;
}

/** Where the last body of what is archived is kept: beside its kind, so that whoever reads the kind finds what is in use alone. */
const formerKind = (kind: string): string => `former ${kind}`;
/** There are some for every run, of years: none is kept in memory. */
const isOfRuns = (kind: string): boolean => Object.hasOwn(HANDOFF_SCHEMAS, kind);
const COLUMNS = 'kind, id, version, body';

function versionOf({ body, ...row }: RecordRow): RecordVersion {
  return { ...row, body: body === null ? null : (JSON.parse(body) as RecordVersion['body']) };
}

export function recordCache(db: Connection): RecordCache {
  const kinds = new Map<string, Map<string, RecordVersion>>();
  const ofKind = (kind: string): Map<string, RecordVersion> => {
    const held = kinds.get(kind);
    if (held) return held;
    const rows = db.sql(`SELECT ${COLUMNS} FROM record WHERE kind = ?`).all<RecordRow>(kind);
    const read = new Map(rows.map((row) => [row.id, versionOf(row)]));
    if (!isOfRuns(kind)) kinds.set(kind, read);
    return read;
  };
  const get = (kind: string, id: string): RecordVersion | undefined => {
    if (!isOfRuns(kind)) return ofKind(kind).get(id);
    const row = db.sql(`SELECT ${COLUMNS} FROM record WHERE kind = ? AND id = ?`).get<RecordRow>(kind, id);
    return row && versionOf(row);
  };
  const write = (record: RecordVersion): void => {
    const { kind, id, version, body } = record;
    if (!isOfRuns(kind)) ofKind(kind).set(id, record);
    const incident = typeof body?.incident === 'string' ? body.incident : null;
    db.sql(
      'INSERT INTO record(kind, id, version, body, incident) VALUES(?, ?, ?, ?, ?) ON CONFLICT(kind, id) DO UPDATE SET version = excluded.version, body = excluded.body, incident = excluded.incident',
    ).run(kind, id, version, body && JSON.stringify(body), incident);
  };
  return {
    get,
    ofKind,
    about: (incident) =>
      db
        .sql(`SELECT ${COLUMNS} FROM record WHERE incident = ? ORDER BY kind, id`)
        .all<RecordRow>(incident)
        .map(versionOf),
    former: (kind, id) => ofKind(formerKind(kind)).get(id),
    put: (record) => {
      const held = get(record.kind, record.id);
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
  const held = core.records.get(record.kind, record.id);
  if (held && held.version >= record.version) return;
  core.records.put(record);
  tx.records.push(record);
}
