/** What one step changes of a log in memory: all of it can be undone, and it is known how far each stream grew. */
import type { Fact, Frame } from '#domain/kernel/fact.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { StreamItem } from '#domain/kernel/stream.ts';
import type { OrgState } from './memory-state.ts';

export interface MemoryChanges {
  /** Facts appended so far. */
  readonly facts: Fact[];
  /** What facts are about that were held before, and can be read since this step. */
  readonly opened: EntityRef[];
  /** Sites whose streams grew, and the number they stood at before. */
  readonly grown: ReadonlyMap<string, number>;
  readonly put: <K, V>(map: Map<K, V>, key: K, value: V) => void;
  readonly remove: <K, V>(map: Map<K, V>, key: K) => void;
  /** Puts what its number makes of it at the end of a site's stream. */
  readonly push: (site: string, itemAt: (n: number) => StreamItem) => void;
  /** Frames on a stream become others; whether any did. */
  readonly replace: (items: StreamItem[], by: ReadonlyMap<Frame, Frame>) => boolean;
  readonly undo: () => void;
}

export function changesOf(state: OrgState): MemoryChanges {
  const undo: (() => void)[] = [];
  const grown = new Map<string, number>();
  return {
    facts: [],
    opened: [],
    grown,
    put: (map, key, value) => {
      const had = map.has(key);
      const before = map.get(key) as typeof value;
      undo.push(() => (had ? map.set(key, before) : map.delete(key)));
      map.set(key, value);
    },
    remove: (map, key) => {
      const before = map.get(key);
      if (before === undefined) return;
      undo.push(() => map.set(key, before));
      map.delete(key);
    },
    push: (site, itemAt) => {
      let items = state.streams.get(site);
      if (!items) {
        items = [];
        state.streams.set(site, items);
      }
      if (!grown.has(site)) grown.set(site, items.length);
      items.push(itemAt(items.length + 1));
    },
    replace: (items, by) => {
      let any = false;
      for (const [i, item] of items.entries()) {
        const frame = 'frame' in item ? by.get(item.frame) : undefined;
        if (!frame) continue;
        undo.push(() => items.splice(i, 1, item));
        items.splice(i, 1, { n: item.n, frame });
        any = true;
      }
      return any;
    },
    undo: () => {
      for (const step of undo.reverse()) step();
      for (const [site, length] of grown) state.streams.get(site)?.splice(length);
    },
  };
}

/** What of these is there, by its key. */
export function present<K, V>(keys: readonly K[], find: (key: K) => V | undefined): Map<K, V> {
  const found = new Map<K, V>();
  for (const key of keys) {
    const value = find(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}
