/** Keys of entities within one step on a log in memory, and what goes with those that are destroyed. */
import type { Frame } from '#domain/kernel/fact.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { IntakeTransaction } from '../port.ts';
import { type MemoryChanges, present } from './memory-changes.ts';
import { type OrgState, wasErased } from './memory-state.ts';

export function memoryKeys(
  state: OrgState,
  { opened, put, remove, replace }: MemoryChanges,
): Pick<IntakeTransaction, 'keys' | 'putKeys' | 'destroyed' | 'destroyKeys'> {
  return {
    keys: async (ids) => present(ids, (id) => state.envelopes.get(id)),
    putKeys: async (keys) => {
      const fresh = new Set<string>();
      for (const key of keys) {
        if (state.envelopes.has(key.id) || state.destroyed.has(key.id)) continue;
        if (wasErased(state, key.entity)) {
          put(state.destroyed, key.id, true);
          continue;
        }
        put(state.envelopes, key.id, key);
        fresh.add(key.id);
      }
      if (fresh.size === 0) return [];
      const refs = new Set<EntityRef>();
      for (const [id, stored] of state.facts) {
        if (!stored.unread || stored.frame.k === null || !fresh.has(stored.frame.k)) continue;
        put(state.facts, id, { ...stored, unread: false });
        for (const ref of stored.fact.about) refs.add(ref);
      }
      opened.push(...refs);
      return [...refs];
    },
    destroyed: async (ids) => new Set(ids.filter((id) => state.destroyed.has(id))),
    destroyKeys: async (ref) => {
      const gone = new Set([...state.envelopes.values()].filter((key) => key.entity === ref).map((key) => key.id));
      for (const id of gone) {
        remove(state.envelopes, id);
        put(state.destroyed, id, true);
      }
      const blank = new Map<Frame, Frame>();
      for (const [id, { fact, frame }] of state.facts) {
        if (frame.k === null || !gone.has(frame.k)) continue;
        const blanked = { ...frame, b: null };
        blank.set(frame, blanked);
        put(state.facts, id, { fact: { ...fact, content: undefined }, frame: blanked, unread: false });
      }
      for (const items of state.streams.values()) replace(items, blank);
    },
  };
}
