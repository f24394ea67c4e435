/** Folded states within one step of intake: each sealed, and written with its relational row. */
import type { Folded } from '#domain/kernel/fold.ts';
import type { Clock, EntityRef } from '#domain/kernel/ids.ts';
import type { Reading } from '../reading.ts';
import { NOWHERE, type OrgMemory } from './memory.ts';
import { writeState } from './rows.ts';
import type { StepEntities } from './step-entities.ts';
import type { KeyTools, OpenKey, StepKeys } from './step-keys.ts';
import type { Writes } from './writes.ts';

export async function putFolded(
  org: string,
  states: readonly Folded[],
  {
    memory,
    entities,
    keys,
    writes,
    tools,
  }: {
    readonly memory: Pick<OrgMemory, 'entities'>;
    readonly entities: Pick<StepEntities, 'sitesOf' | 'unheard' | 'put'>;
    readonly keys: Pick<StepKeys, 'sealing'>;
    readonly writes: Writes;
    readonly tools: Pick<KeyTools, 'random'> & { readonly clock: Clock; readonly reading: Reading };
  },
): Promise<void> {
  const homes = await entities.sitesOf(states.map((state) => state.ref));
  const homeOf = (ref: EntityRef): string => {
    const { holders, guests } = homes.get(ref) ?? NOWHERE;
    return holders[0] ?? guests[0] ?? '';
  };
  const sealing = await keys.sealing(
    states.map(({ ref }) => ({
      ref,
      site: homeOf(ref),
      holders: homes.get(ref)?.holders ?? [],
      unheard: entities.unheard(ref),
    })),
  );
  const now = tools.clock();
  for (const state of states) {
    const known = memory.entities.get(state.ref);
    const under = sealing.get(state.ref) as OpenKey;
    const before = known?.key === under.key ? known.state : undefined;
    const mark = tools.reading.markOf(state);
    writeState(writes, org, { state, before, site: homeOf(state.ref), mark, ...under }, now, tools.random);
    entities.put(state, under.key);
  }
}
