/** Which sites hold an entity, or have said something about it, within one step of intake. */
import { type EntityRef, idOf } from '#domain/kernel/ids.ts';
import type { Asking } from '../../db/flight.ts';
import type { IntakeTransaction } from '../port.ts';
import { homesOf } from './homes.ts';
import { NOWHERE, type OrgMemory } from './memory.ts';
import { moveRow } from './rows.ts';
import type { StepEntities } from './step-entities.ts';
import type { StepStreams } from './step-streams.ts';
import type { StepTurn } from './step-turn.ts';
import type { Writes } from './writes.ts';

export interface StepSitesOptions {
  readonly memory: Pick<OrgMemory, 'sites'>;
  readonly turn: StepTurn;
  readonly writes: Pick<Writes, 'holds' | 'visits'>;
  readonly entities: Pick<StepEntities, 'sitesOf' | 'hold'>;
  readonly streams: Pick<StepStreams, 'bring'>;
}

export function stepSites(
  client: Asking,
  org: string,
  { memory, turn, writes, entities, streams }: StepSitesOptions,
): Pick<IntakeTransaction, 'sitesOf' | 'guestsOf' | 'visitedRuns' | 'homesOf' | 'hold' | 'visit'> {
  return {
    sitesOf: async (refs) => {
      const known = [...(await entities.sitesOf(refs))];
      return new Map(known.flatMap(([ref, { holders }]) => (holders.length > 0 ? [[ref, holders] as const] : [])));
    },
    guestsOf: async (refs) => {
      const known = [...(await entities.sitesOf(refs))];
      return new Map(known.flatMap(([ref, { guests }]) => (guests.length > 0 ? [[ref, guests] as const] : [])));
    },
    visitedRuns: async (incident) => {
      await turn.alone();
      await turn.flush();
      const { rows } = await client.query<{ ref: EntityRef }>(
        'select distinct ref from kernel.entity_site where org = $1 and ref ^@ $2 and not holds',
        [org, `assignment:${idOf(incident)}.`],
      );
      return rows.map(({ ref }) => ref);
    },
    homesOf: (refs) => homesOf(client, org, refs),
    hold: async (rows) => {
      const known = await entities.sitesOf(rows.map((row) => row.ref));
      writes.holds(rows);
      for (const { ref, site } of rows) {
        const { holders, guests } = memory.sites.get(ref) ?? known.get(ref) ?? NOWHERE;
        if (holders.length > 0 || guests.some((guest) => guest !== site)) {
          await turn.alone();
          await turn.flush();
          await streams.bring(ref, site);
        }
        // Whoever spoke of it before was not at home in it.
        if (holders.length === 0 && guests.some((guest) => guest !== site)) await moveRow(client, org, ref, site);
        entities.hold(ref, {
          holders: [...holders, site].sort(),
          guests: guests.filter((guest) => guest !== site),
        });
      }
    },
    visit: async (rows) => {
      const known = await entities.sitesOf(rows.map((row) => row.ref));
      writes.visits(rows);
      for (const { ref, site } of rows) {
        const { holders, guests } = memory.sites.get(ref) ?? known.get(ref) ?? NOWHERE;
        entities.hold(ref, { holders, guests: [...guests, site].sort() });
      }
    },
  };
}
