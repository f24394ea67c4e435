/** Deltas that wait for a slow reader, merged so that only the newest state of each row is kept. */
import type { Json } from '../../domain/kernel/json.ts';
import type { Delta } from '../dispatch/port.ts';

export interface Pending {
  readonly add: (delta: Delta) => void;
  readonly any: () => boolean;
  /** What has gathered since it was last taken, or null. */
  readonly take: () => Delta | null;
}

/** A row that is set after it went, or went after it was set, has only its last fate in what is taken. */
export function createPending(): Pending {
  let set = new Map<string, Map<string, Json>>();
  let gone = new Map<string, Set<string>>();
  let any = false;

  const tableOf = <T>(of: Map<string, T>, table: string, fresh: () => T): T => {
    const held = of.get(table) ?? fresh();
    of.set(table, held);
    return held;
  };

  return {
    any: () => any,
    add: (delta) => {
      any = true;
      for (const [table, rows] of Object.entries(delta.set)) {
        const into = tableOf(set, table, () => new Map<string, Json>());
        for (const [key, row] of Object.entries(rows)) {
          into.set(key, row);
          gone.get(table)?.delete(key);
        }
      }
      for (const [table, keys] of Object.entries(delta.gone)) {
        const into = tableOf(gone, table, () => new Set<string>());
        for (const key of keys) {
          into.add(key);
          set.get(table)?.delete(key);
        }
      }
    },
    take: () => {
      if (!any) return null;
      const taken: Delta = {
        set: Object.fromEntries([...set].map(([table, rows]) => [table, Object.fromEntries(rows)])),
        gone: Object.fromEntries([...gone].map(([table, keys]) => [table, [...keys]])),
      };
      set = new Map();
      gone = new Map();
      any = false;
      return taken;
    },
  };
}
