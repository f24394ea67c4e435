/** Which sites hold an entity, or have said something about it, within one step on a log in memory. */
import { idOf, kindOf, partsOfAssignment } from '#domain/kernel/ids.ts';
import { HOME_KINDS } from '#domain/modules.ts';
import type { IntakeTransaction } from '../port.ts';
import { type MemoryChanges, present } from './memory-changes.ts';
import type { OrgState } from './memory-state.ts';

export function memorySites(
  state: OrgState,
  { put, push }: MemoryChanges,
): Pick<IntakeTransaction, 'sitesOf' | 'guestsOf' | 'visitedRuns' | 'homesOf' | 'hold' | 'visit'> {
  return {
    sitesOf: async (refs) => present(refs, (ref) => state.sites.get(ref)),
    guestsOf: async (refs) => present(refs, (ref) => state.guests.get(ref)),
    visitedRuns: async (incident) =>
      [...state.guests.keys()].filter((ref) => partsOfAssignment(ref)?.incident === incident),
    homesOf: async (refs) =>
      present(refs, (ref) => {
        const kind = HOME_KINDS.get(kindOf(ref));
        return kind === undefined ? undefined : state.records.get(`${kind}/${idOf(ref)}`)?.site;
      }),
    hold: async (rows) => {
      for (const { ref, site } of rows) {
        const before = state.sites.get(ref) ?? [];
        if (before.includes(site)) continue;
        const guests = state.guests.get(ref);
        if (guests?.includes(site)) {
          put(
            state.guests,
            ref,
            guests.filter((guest) => guest !== site),
          );
        }
        put(state.sites, ref, [...before, site].sort());
        // Its own are on its stream already.
        const others = (state.about.get(ref) ?? []).flatMap((id) => {
          const stored = state.facts.get(id);
          return stored && stored.fact.site !== site ? [stored.frame] : [];
        });
        if (others.length === 0) continue;
        const there = new Set((state.streams.get(site) ?? []).flatMap((item) => ('frame' in item ? [item.frame] : [])));
        for (const frame of others) if (!there.has(frame)) push(site, (n) => ({ n, frame }));
      }
    },
    visit: async (rows) => {
      for (const { ref, site } of rows) {
        const before = state.guests.get(ref) ?? [];
        if (!before.includes(site)) put(state.guests, ref, [...before, site].sort());
      }
    },
  };
}
