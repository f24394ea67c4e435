/** Entities within one step of intake: what is held of them and which sites hold them, looked up together. */
import type { Folded } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { unseal } from '#sealing/cipher.ts';
import type { Asking } from '../../db/flight.ts';
import type { Reading } from '../reading.ts';
import { type KnownEntity, type KnownSites, type OrgMemory, recall } from './memory.ts';
import { ONE_BY_ONE } from './one-by-one.ts';
import { foldedContext } from './rows.ts';
import { foldedKey, type KeyTools, type StepKeys } from './step-keys.ts';

export interface StepEntities {
  /** Folded states; null for one that has to be folded whole again, absent for one that has no facts. */
  readonly folded: (refs: readonly EntityRef[]) => Promise<ReadonlyMap<EntityRef, Folded | null>>;
  /** Of those that any site holds or has said something about. */
  readonly sitesOf: (refs: readonly EntityRef[]) => Promise<ReadonlyMap<EntityRef, KnownSites>>;
  /** There was no fact about it before this step. */
  readonly unheard: (ref: EntityRef) => boolean;
  readonly put: (state: Folded, key: string) => void;
  readonly hold: (ref: EntityRef, sites: KnownSites) => void;
}

interface Heard {
  readonly state: Folded | null | undefined;
  readonly sites: KnownSites | undefined;
}

interface EntityRow {
  readonly ref: EntityRef;
  readonly fold_version: number | null;
  readonly key: string | null;
  readonly folded: Buffer | null;
  readonly holders: readonly string[] | null;
  readonly guests: readonly string[] | null;
}

export function stepEntities(
  client: Asking,
  org: string,
  memory: OrgMemory,
  keys: Pick<StepKeys, 'byId'>,
  tools: KeyTools & { readonly reading: Reading },
): StepEntities {
  // Asked about once in a step: also where there was nothing to find, or memory has no room for what was.
  const asked = new Set<EntityRef>();
  const heard = new Map<EntityRef, Heard>();
  let looking: Promise<unknown> = Promise.resolve();

  const look = async (refs: readonly EntityRef[]): Promise<void> => {
    const { rows } = await client.query<EntityRow>({
      name: 'entity.get',
      text: `select r.ref, e.fold_version, e.key, e.folded, s.holders, s.guests
        from unnest($2::text[]) as r (ref)
        left join lateral (
          select fold_version, key, folded from kernel.entity where org = $1 and ref = r.ref ${ONE_BY_ONE}) e on true
        left join lateral (
          select array_agg(site order by site) filter (where holds) as holders,
            array_agg(site order by site) filter (where not holds) as guests
          from kernel.entity_site where org = $1 and ref = r.ref) s on true
        where e.key is not null or s.holders is not null or s.guests is not null`,
      values: [org, refs],
    });
    const envelopes = await keys.byId(rows.flatMap((row) => row.key ?? []));
    const byOthers: KnownEntity[] = [];
    for (const { ref, fold_version, key: name, folded, holders, guests } of rows) {
      const sites = holders || guests ? { holders: holders ?? [], guests: guests ?? [] } : undefined;
      if (sites) memory.sites.set(ref, sites);
      let state: Folded | null | undefined;
      if (name !== null && folded !== null) {
        const key = await foldedKey(tools.keys, org, name, envelopes);
        const plain = key && unseal(key, folded, foldedContext(org, ref));
        state = plain ? (JSON.parse(plain.toString('utf8')) as Folded) : null;
        if (state && fold_version !== tools.reading.markOf(state)) {
          byOthers.push({ state, key: name });
          state = null;
        } else if (state) memory.entities.set(ref, { state, key: name });
      }
      heard.set(ref, { state, sites });
    }
    if (byOthers.length > 0) await keepErased(byOthers);
  };

  /** Of what other rules folded, that which cannot be folded again. */
  const keepErased = async (byOthers: readonly KnownEntity[]): Promise<void> => {
    const { rows } = await client.query<{ ref: EntityRef }>(
      `select distinct a.ref from kernel.fact_about a join kernel.fact f using (org, site, n)
        where a.org = $1 and a.ref = any ($2)
          and ((f.type = 'entity.erased' and f.station = 'center') or exists (select from keys.destroyed d where d.org = $1 and d.id = f.k))`,
      [org, byOthers.map(({ state }) => state.ref)],
    );
    const erased = new Set(rows.map(({ ref }) => ref));
    for (const one of byOthers) {
      const { ref } = one.state;
      if (!erased.has(ref)) continue;
      memory.entities.set(ref, one);
      heard.set(ref, { state: one.state, sites: heard.get(ref)?.sites });
    }
  };

  const askAbout = async (refs: readonly EntityRef[]): Promise<void> => {
    const unknown = refs.filter((ref) => !asked.has(ref));
    if (unknown.length > 0) {
      for (const ref of unknown) asked.add(ref);
      looking = Promise.all([looking, look(unknown)]);
    }
    await looking;
  };

  return {
    folded: async (refs) => {
      const { found: known, missing } = recall(memory.entities, refs);
      const found = new Map<EntityRef, Folded | null>([...known].map(([ref, { state }]) => [ref, state]));
      if (missing.length === 0) return found;
      await askAbout(missing);
      for (const ref of missing) {
        const state = heard.get(ref)?.state;
        if (state !== undefined) found.set(ref, state);
      }
      return found;
    },
    sitesOf: async (refs) => {
      const { found, missing } = recall(memory.sites, refs);
      if (missing.length === 0) return found;
      await askAbout(missing);
      for (const ref of missing) {
        const sites = heard.get(ref)?.sites;
        if (sites) found.set(ref, sites);
      }
      return found;
    },
    unheard: (ref) => asked.has(ref) && heard.get(ref)?.state === undefined,
    put: (state, key) => {
      memory.entities.set(state.ref, { state, key });
      asked.add(state.ref);
      heard.set(state.ref, { state, sites: heard.get(state.ref)?.sites });
    },
    hold: (ref, sites) => {
      memory.sites.set(ref, sites);
      asked.add(ref);
      heard.set(ref, { state: heard.get(ref)?.state, sites });
    },
  };
}
