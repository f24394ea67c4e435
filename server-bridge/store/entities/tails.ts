/**
 * Facts about an entity beyond a position of a log. Every row shown asks how much of it the center does not hold yet, and
 * in an outage that grows with every fact: counted once, it is carried on.
 */
import { logNumOf } from '../facts/logs.ts';

export interface Tails {
  /** Facts about an entity from a position of a log to the log's end. */
  readonly count: (entity: number, from: number) => number;
  /** A fact about an entity was added. */
  readonly add: (entity: number, pos: number) => void;
  /** Facts about an entity went. */
  readonly drop: (entity: number) => void;
  readonly forget: () => void;
}

interface Tail {
  from: number;
  /** Ascending, none below `from` once it is asked for. */
  positions: number[];
}

/** Entities whose tails are kept; more than are ever shown at once. */
const KEPT = 2_000;

/** `read` gives the positions about an entity from one on to the end of its log, ascending. */
export function tailsOf(read: (entity: number, from: number) => number[]): Tails {
  const tails = new Map<number, Map<number, Tail>>();
  const load = (entity: number, from: number): Tail => {
    if (tails.size >= KEPT && !tails.has(entity)) tails.clear();
    const tail = { from, positions: read(entity, from) };
    const logs = tails.get(entity) ?? new Map<number, Tail>();
    tails.set(entity, logs.set(logNumOf(from), tail));
    return tail;
  };
  return {
    count: (entity, from) => {
      const held = tails.get(entity)?.get(logNumOf(from));
      const tail = held && held.from <= from ? held : load(entity, from);
      if (tail.from < from) {
        const first = tail.positions.findIndex((pos) => pos >= from);
        tail.positions = first < 0 ? [] : tail.positions.slice(first);
        tail.from = from;
      }
      return tail.positions.length;
    },
    add: (entity, pos) => {
      const logs = tails.get(entity);
      const tail = logs?.get(logNumOf(pos));
      if (!logs || !tail || pos < tail.from) return;
      if (pos > (tail.positions.at(-1) ?? 0)) tail.positions.push(pos);
      else logs.delete(logNumOf(pos));
    },
    drop: (entity) => void tails.delete(entity),
    forget: () => tails.clear(),
  };
}
