/** Facts as they lie on disk: the exact bytes of their frames, found by position, by id and by what they are about. */
import type { Fact, FactHeader, Frame } from '../../../domain/kernel/fact.ts';
import type { FactId } from '../../../domain/kernel/ids.ts';
import type { Json } from '../../../domain/kernel/json.ts';
import { sealedUnder } from '../../../domain/sealed-under.ts';
import { openBodyBytes } from '../../../sealing/frame.ts';
import type { Connection, Value } from '../file/database.ts';
import type { EntityKeys } from '../keys/entity-keys.ts';
import { type Logs, logNumOf } from './logs.ts';

export interface FactRow {
  readonly pos: number;
  readonly h: string;
  readonly s: string | Uint8Array;
  readonly k: number | null;
  readonly b: string | Uint8Array | null;
}

export interface Facts {
  /** Keeps a frame; its content where it can be opened. Without its body where that is not the one its header names. */
  readonly insert: (pos: number, frame: Frame, header: FactHeader, content?: Json) => Fact;
  readonly headerAt: (pos: number) => string | undefined;
  /**
   * True for a fact that is held by its header alone: a damaged disk gave back no more, or somebody handed it on who knew of an
   * erasure that is not known here. Its body may come yet.
   */
  readonly isBare: (pos: number) => boolean;
  readonly hasBody: (pos: number) => boolean;
  readonly posOfId: (id: FactId) => number | undefined;
  readonly holds: (id: FactId) => boolean;
  readonly at: (pos: number) => Fact | null;
  readonly range: (from: number, to: number, limit: number) => FactRow[];
  /** Headers alone, where most of the facts are open in memory. */
  readonly headers: (from: number, to: number) => Pick<FactRow, 'pos' | 'h'>[];
  readonly frame: (row: FactRow) => Frame;
  readonly open: (row: FactRow) => Fact;
  /** Positions of facts that wait for this key. */
  readonly awaiting: (key: number) => number[];
  readonly opened: (key: number) => void;
  /** Whether a fact waits for its key. */
  readonly awaits: (pos: number) => boolean;
  /** The key that a held fact is sealed under; null where it is in clear or its body is gone. */
  readonly keyAt: (pos: number) => number | null;
  readonly eraseBody: (pos: number) => void;
  readonly remove: (pos: number, id: FactId) => void;
  /** Notes where a fact is; on disk with the next flush. */
  readonly index: (id: FactId, pos: number) => void;
  /** Facts that the index on disk does not know yet. */
  readonly unindexed: () => number;
  readonly flush: () => void;
  /** A transaction begins: what is opened from here on may be of what it writes. */
  readonly begin: () => void;
  /** Forgets what a rolled-back transaction had changed. */
  readonly forget: () => void;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A UUID takes 16 bytes; any other id is kept as its text. */
function packId(id: string): Value {
  return UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : id;
}

/** base64url text as bytes, but only where the bytes give back the very same text. */
function pack(text: string): Value {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : text;
}

/** A column that may hold bytes, as the text that goes on the wire: base64url. */
export function unpack(held: string | Uint8Array): string {
  return typeof held === 'string'
    ? held
    : Buffer.from(held.buffer, held.byteOffset, held.byteLength).toString('base64url');
}

const RECENT = 50_000;
/** Facts kept open in memory. */
const OPENED = 10_000;

export function factsOf(db: Connection, keys: EntityKeys, logs: Pick<Logs, 'filled' | 'emptied'>): Facts {
  // Ids known to be held: `replaces` names recent facts, and asking the disk for each is what a fold would spend most on.
  const recent = new Set<FactId>();
  // With a verdict an entity is folded whole, and its timeline asks for all of them: its facts are not opened anew each time.
  const opened = new Map<number, Fact>();
  /**
   * Those of them that this transaction may have written, or only its keys open. What was opened before it stands where it is undone: a
   * full disk refuses each of several writes a second, and after each of them some hundred facts are folded again.
   */
  const fresh = new Set<number>();
  const unindexed = new Map<FactId, number>();
  const open = (row: FactRow): Fact => {
    const held = opened.get(row.pos);
    if (held) return held;
    const header = JSON.parse(row.h) as FactHeader;
    const fact = { ...header, content: contentOf(row, header) };
    if (opened.size > OPENED) opened.clear();
    if (fact.content !== undefined) {
      opened.set(row.pos, fact);
      fresh.add(row.pos);
    }
    return fact;
  };
  const contentOf = (row: FactRow, header: FactHeader): Json | undefined => {
    if (row.b === null) return undefined;
    const bytes = typeof row.b === 'string' ? Buffer.from(row.b, 'base64url') : row.b;
    return openBodyBytes(bytes, row.k !== null, header, row.k === null ? null : keys.bytesOf(row.k));
  };
  const posOfId = (id: FactId): number | undefined =>
    unindexed.get(id) ?? db.sql('SELECT pos FROM fact_id WHERE id = ?').get<{ pos: number }>(packId(id))?.pos;
  const index = (id: FactId, pos: number): void => {
    if (!unindexed.has(id)) unindexed.set(id, pos);
    if (recent.size > RECENT) recent.clear();
    recent.add(id);
  };

  return {
    insert: (pos, frame, header, content) => {
      const k = frame.k === null ? null : keys.numOf(frame.k);
      const came = {
        pos,
        h: frame.h,
        s: pack(frame.s) as Uint8Array,
        k,
        b: frame.b === null || (k !== null && keys.isDestroyed(k)) ? null : (pack(frame.b) as Uint8Array),
      };
      const got = content === undefined ? contentOf(came, header) : content;
      const waits = got === undefined && k !== null && came.b !== null && keys.bytesOf(k) === null;
      // A body that is not the one its header names is none: the real one may come yet.
      const isOthers = got === undefined && came.b !== null && !waits;
      const row = isOthers ? { ...came, k: null, b: null } : came;
      db.sql('INSERT INTO fact(pos, h, s, k, b) VALUES(?, ?, ?, ?, ?)').run(pos, row.h, row.s, row.k, row.b);
      logs.filled(logNumOf(pos));
      index(header.id, pos);
      if (waits) db.sql('INSERT INTO unopened(k, pos) VALUES(?, ?) ON CONFLICT DO NOTHING').run(k, pos);
      return { ...header, content: got };
    },
    headerAt: (pos) => db.sql('SELECT h FROM fact WHERE pos = ?').get<{ h: string }>(pos)?.h,
    isBare: (pos) => {
      const row = db.sql('SELECT h, k FROM fact WHERE pos = ? AND b IS NULL').get<Pick<FactRow, 'h' | 'k'>>(pos);
      if (!row || row.k === null) return row !== undefined;
      const header = JSON.parse(row.h) as FactHeader;
      const under = sealedUnder(header, header.id);
      return under === null || !keys.isErased(under);
    },
    hasBody: (pos) => db.sql('SELECT 1 FROM fact WHERE pos = ? AND b IS NOT NULL').get(pos) !== undefined,
    posOfId,
    holds: (id) => {
      if (recent.has(id)) return true;
      const held = posOfId(id) !== undefined;
      if (held) recent.add(id);
      return held;
    },
    at: (pos) => {
      const held = opened.get(pos);
      if (held) return held;
      const row = db.sql('SELECT pos, h, s, k, b FROM fact WHERE pos = ?').get<FactRow>(pos);
      return row ? open(row) : null;
    },
    // A bare `LIMIT ?` has SQLite plan the statement anew for every value that it is given.
    range: (from, to, limit) =>
      db
        .sql('SELECT pos, h, s, k, b FROM fact WHERE pos BETWEEN ? AND ? ORDER BY pos LIMIT ? + 0')
        .all<FactRow>(from, to, limit),
    headers: (from, to) =>
      db
        .sql('SELECT pos, h FROM fact WHERE pos BETWEEN ? AND ? ORDER BY pos')
        .all<Pick<FactRow, 'pos' | 'h'>>(from, to),
    frame: (row) => ({
      h: row.h,
      s: unpack(row.s),
      k: row.k === null ? null : keys.idOf(row.k),
      b: row.b === null ? null : unpack(row.b),
    }),
    open,
    awaiting: (key) =>
      db
        .sql('SELECT pos FROM unopened WHERE k = ?')
        .all<{ pos: number }>(key)
        .map((row) => row.pos),
    opened: (key) => db.sql('DELETE FROM unopened WHERE k = ?').run(key),
    awaits: (pos) => {
      const row = db.sql('SELECT k FROM fact WHERE pos = ?').get<{ k: number | null }>(pos);
      return row?.k != null && db.sql('SELECT 1 FROM unopened WHERE k = ? AND pos = ?').get(row.k, pos) !== undefined;
    },
    keyAt: (pos) =>
      db.sql('SELECT k FROM fact WHERE pos = ? AND b IS NOT NULL').get<{ k: number | null }>(pos)?.k ?? null,
    eraseBody: (pos) => {
      opened.delete(pos);
      db.sql('UPDATE fact SET b = NULL WHERE pos = ?').run(pos);
      db.sql('DELETE FROM unopened WHERE pos = ?').run(pos);
    },
    remove: (pos, id) => {
      opened.delete(pos);
      db.sql('DELETE FROM fact WHERE pos = ?').run(pos);
      logs.emptied();
      unindexed.delete(id);
      db.sql('DELETE FROM fact_id WHERE id = ?').run(packId(id));
      recent.clear();
    },
    index,
    unindexed: () => unindexed.size,
    flush: () => {
      for (const [id, pos] of unindexed) {
        db.sql('INSERT INTO fact_id(id, pos) VALUES(?, ?) ON CONFLICT(id) DO NOTHING').run(packId(id), pos);
      }
      unindexed.clear();
    },
    begin: () => fresh.clear(),
    forget: () => {
      unindexed.clear();
      // What is held and not folded again yet is not known to be: a value that it replaces would come back.
      recent.clear();
      for (const pos of fresh) opened.delete(pos);
      fresh.clear();
    },
  };
}
