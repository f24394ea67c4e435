/** The logs that this station knows: their heads, and through where the center is known to hold them. */
import { LAST_SEQ } from '../../../domain/kernel/fact.ts';
import type { LogHead } from '../../../domain/kernel/log.ts';
import type { Ack } from '../../../domain/kernel/stream.ts';
import type { Connection } from '../file/database.ts';

/** Facts of one log lie together: position = number of the log in this store × 2³² + seq. */
const SPAN = LAST_SEQ + 1;
export const posOf = (log: LogState, seq: number): number => log.num * SPAN + seq;
export const seqOf = (pos: number): number => pos % SPAN;
export const logNumOf = (pos: number): number => Math.floor(pos / SPAN);
/** The last position that the log of this one can ever have. */
export const lastPosBeside = (pos: number): number => pos - seqOf(pos) + LAST_SEQ;

export interface LogState {
  readonly num: number;
  readonly id: string;
  station: string | null;
  site: string | null;
  own: boolean;
  /** Its head here, and the hash of the header there (null where that header is not held). */
  seq: number;
  hash: string | null;
  /** Furthest position that its station declared lost; 0 for none. */
  gap: number;
  /** Facts through here may be missing because they are folded into the bases of entities. */
  floor: number;
  /** Through where the center is known to hold it in this epoch: acknowledged, or come on the stream. */
  center: number;
  ack: Ack | null;
  /** Through where heads, indexes and folded states on disk know it, once its row says that they are behind. */
  indexed: number;
  behind: boolean;
}

interface LogRow extends Omit<LogState, 'ack' | 'own' | 'indexed' | 'behind'> {
  readonly own: number;
  readonly ack: string | null;
  readonly behind: number;
}

export interface Logs {
  readonly get: (id: string) => LogState | undefined;
  readonly at: (num: number) => LogState | undefined;
  readonly make: (id: string) => LogState;
  readonly all: () => readonly LogState[];
  /** Those of which facts lie here, by their numbers from one on; `most` at most. */
  readonly withFacts: (from: number, most: number) => readonly LogState[];
  /** All of those: kept in mind, for a station that nobody answers says which they are every second. */
  readonly filledOnes: () => Iterable<LogState>;
  /** A fact of this one was written. */
  readonly filled: (num: number) => void;
  /** A fact was removed: it may have been the last of its log. */
  readonly emptied: () => void;
  /** Those with positions that the center is not known to hold. */
  readonly unsent: () => readonly LogState[];
  readonly head: (log: LogState) => LogHead;
  readonly touch: (log: LogState) => void;
  /** Logs with facts beyond what their rows say: where a process was killed. */
  readonly behind: () => readonly LogState[];
  /** Writes what was touched, but for heads: of those only that they are behind. */
  readonly save: () => void;
  /** Writes heads too, with the newest reading of the clock. Indexes and folded states go with them. */
  readonly flush: (hlc: string, highest: number) => void;
  /** Forgets what a rolled-back transaction had changed. */
  readonly forget: () => void;
}

const COLUMNS = 'num, id, station, site, own, seq, hash, gap, floor, center, ack, behind';

/** From each to the next, past all that lies between: there are thousands of facts to a log. */
const WITH_FACTS = `
  WITH RECURSIVE next(num) AS (
    SELECT min(pos) / ${SPAN} FROM fact WHERE pos >= ? * ${SPAN}
    UNION ALL
    SELECT (SELECT min(pos) / ${SPAN} FROM fact WHERE pos >= (next.num + 1) * ${SPAN}) FROM next WHERE next.num IS NOT NULL)
  SELECT num FROM next WHERE num IS NOT NULL LIMIT ? + 0`;

/** As SQLite counts what has no limit. */
const ALL = -1;

export function logsOf(db: Connection): Logs {
  let byId = new Map<string, LogState>();
  let byNum = new Map<number, LogState>();
  let unsent: Set<LogState> | null = null;
  let filled: Set<LogState> | null = null;
  let whole = false;
  const touched = new Set<LogState>();
  const moved = new Set<LogState>();
  // What the rows of logs say besides their heads, so that a head that moves alone costs no write.
  const written = new Map<LogState, string>();
  const besides = (log: LogState): string =>
    `${log.station} ${log.site} ${log.own} ${log.gap} ${log.floor} ${log.center} ${log.ack?.sig} ${log.behind}`;

  const hold = (row: LogRow): LogState => {
    const held = byNum.get(row.num);
    if (held) return held;
    const log: LogState = {
      ...row,
      own: row.own === 1,
      ack: row.ack === null ? null : (JSON.parse(row.ack) as Ack),
      indexed: row.seq,
      behind: row.behind === 1,
    };
    written.set(log, besides(log));
    byId.set(log.id, log);
    byNum.set(log.num, log);
    return log;
  };
  const unsentLogs = (): Set<LogState> => {
    unsent ??= new Set(db.sql(`SELECT ${COLUMNS} FROM log WHERE seq > center`).all<LogRow>().map(hold));
    return unsent;
  };

  const at = (num: number): LogState | undefined => {
    const held = byNum.get(num);
    if (held) return held;
    const row = whole ? undefined : db.sql(`SELECT ${COLUMNS} FROM log WHERE num = ?`).get<LogRow>(num);
    return row && hold(row);
  };
  const withFacts = (from: number, most: number): readonly LogState[] =>
    db.sql(`SELECT ${COLUMNS} FROM log WHERE num IN (${WITH_FACTS}) ORDER BY num`).all<LogRow>(from, most).map(hold);

  return {
    get: (id) => {
      const held = byId.get(id);
      if (held) return held;
      const row = whole ? undefined : db.sql(`SELECT ${COLUMNS} FROM log WHERE id = ?`).get<LogRow>(id);
      return row && hold(row);
    },
    at,
    make: (id) => {
      db.sql('INSERT INTO log(id) VALUES(?)').run(id);
      const row = db.sql(`SELECT ${COLUMNS} FROM log WHERE id = ?`).get<LogRow>(id);
      return hold(row as LogRow);
    },
    all: () => {
      if (!whole) {
        for (const row of db.sql(`SELECT ${COLUMNS} FROM log`).all<LogRow>()) hold(row);
        whole = true;
      }
      return [...byNum.values()];
    },
    withFacts,
    filledOnes: () => {
      filled ??= new Set(withFacts(0, ALL));
      return filled;
    },
    filled: (num) => {
      const log = filled ? at(num) : undefined;
      if (log) filled?.add(log);
    },
    emptied: () => {
      filled = null;
    },
    unsent: () => [...unsentLogs()].filter((log) => log.seq > log.center),
    head: (log) => ({ log: log.id, seq: log.seq, hash: log.hash }),
    touch: (log) => {
      touched.add(log);
      unsentLogs().add(log);
    },
    behind: () => db.sql(`SELECT ${COLUMNS} FROM log WHERE behind = 1`).all<LogRow>().map(hold),
    save: () => {
      for (const log of touched) {
        log.behind = log.seq !== log.indexed;
        if (log.behind) moved.add(log);
        const text = besides(log);
        if (written.get(log) !== text) {
          db.sql(
            'UPDATE log SET station = ?, site = ?, own = ?, gap = ?, floor = ?, center = ?, ack = ?, behind = ? WHERE num = ?',
          ).run(
            log.station,
            log.site,
            log.own ? 1 : 0,
            log.gap,
            log.floor,
            log.center,
            log.ack && JSON.stringify(log.ack),
            log.behind ? 1 : 0,
            log.num,
          );
          written.set(log, text);
        }
        if (log.seq <= log.center) unsentLogs().delete(log);
      }
      touched.clear();
    },
    flush: (hlc, highest) => {
      for (const log of moved) {
        log.behind = false;
        log.indexed = log.seq;
        db.sql('UPDATE log SET seq = ?, hash = ?, hlc = ?, clock = ?, behind = 0 WHERE num = ?').run(
          log.seq,
          log.hash,
          hlc,
          highest,
          log.num,
        );
        written.set(log, besides(log));
      }
      moved.clear();
    },
    forget: () => {
      byId = new Map();
      byNum = new Map();
      unsent = null;
      filled = null;
      whole = false;
      touched.clear();
      moved.clear();
      written.clear();
    },
  };
}
