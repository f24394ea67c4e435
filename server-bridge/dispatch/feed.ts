/** Keyed rows by table, and who watches them: tells each watcher only what became different. */
import type { TopicState } from '../../domain/bridge/topics.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { Delta } from './port.ts';

export interface Feed {
  readonly state: () => TopicState;
  readonly row: (table: string, key: string) => Json | undefined;
  readonly keys: (table: string) => readonly string[];
  /** Notes a row; one that is equal to what is held changes nothing. */
  readonly put: (table: string, key: string, row: unknown) => void;
  readonly drop: (table: string, key: string) => void;
  /** Tells watchers what was noted since the last time. */
  readonly flush: () => void;
  readonly watch: (listener: (delta: Delta) => void) => () => void;
  readonly watched: () => boolean;
}

/** A feed that keeps itself up to date until it is closed. */
export interface Source {
  readonly feed: Feed;
  readonly close: () => void;
}

/** Deep equality of JSON values; an absent field equals one that is undefined. Allocates nothing. */
function equalRows(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalRows(item, b[i]));
  }
  if (Array.isArray(b)) return false;
  const left = a as { readonly [key: string]: unknown };
  const right = b as { readonly [key: string]: unknown };
  for (const key in left) if (!equalRows(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}

/** `tables` are there from the beginning, so that a watcher sees them even while they are empty. */
export function createFeed(tables: readonly string[]): Feed {
  const rows = new Map<string, Map<string, Json>>(tables.map((table) => [table, new Map()]));
  const listeners = new Set<(delta: Delta) => void>();
  let set = new Map<string, Map<string, Json>>();
  let gone = new Map<string, Set<string>>();

  const tableOf = (name: string): Map<string, Json> => {
    const held = rows.get(name) ?? new Map<string, Json>();
    rows.set(name, held);
    return held;
  };
  const noted = <T>(of: Map<string, T>, table: string, fresh: () => T): T => {
    const held = of.get(table) ?? fresh();
    of.set(table, held);
    return held;
  };

  return {
    state: () => Object.fromEntries([...rows].map(([table, held]) => [table, Object.fromEntries(held)])),
    row: (table, key) => rows.get(table)?.get(key),
    keys: (table) => [...(rows.get(table)?.keys() ?? [])],
    put: (table, key, row) => {
      const held = tableOf(table);
      if (equalRows(held.get(key), row)) return;
      held.set(key, row as Json);
      noted(set, table, () => new Map<string, Json>()).set(key, row as Json);
      gone.get(table)?.delete(key);
    },
    drop: (table, key) => {
      if (!tableOf(table).delete(key)) return;
      set.get(table)?.delete(key);
      noted(gone, table, () => new Set<string>()).add(key);
    },
    flush: () => {
      if (set.size === 0 && gone.size === 0) return;
      const delta: Delta = {
        set: Object.fromEntries([...set].map(([table, held]) => [table, Object.fromEntries(held)])),
        gone: Object.fromEntries([...gone].map(([table, keys]) => [table, [...keys]])),
      };
      set = new Map();
      gone = new Map();
      for (const listener of [...listeners]) listener(delta);
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    watched: () => listeners.size > 0,
  };
}
