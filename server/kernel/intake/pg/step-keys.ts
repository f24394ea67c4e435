/** Entity keys within one step of intake: taken in, looked up, and made where an entity has none of its own. */
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import { type EntityRef, kindOf, type RandomBytes } from '#domain/kernel/ids.ts';
import { CENTER_STATION, ENTITY_ERASED } from '#domain/kernel/kernel.ts';
import { OPERATIONAL_KINDS } from '#domain/modules.ts';
import { KEY_BYTES, wrapKey } from '#sealing/cipher.ts';
import type { Asking } from '../../db/flight.ts';
import type { KeyRing } from '../../keys/ring.ts';
import { openEnvelope } from '../open.ts';
import { envelopesOf } from './frames.ts';
import type { Bounded, OrgMemory } from './memory.ts';
import { ONE_BY_ONE } from './one-by-one.ts';
import type { Writes } from './writes.ts';

export interface OpenKey {
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface StepKeys {
  readonly siteKey: (site: string, id: string) => Promise<Uint8Array | null>;
  readonly byId: (ids: readonly string[]) => Promise<ReadonlyMap<string, KeyEnvelope>>;
  /** Every key of an entity, and what of it is remembered, is gone. */
  readonly destroy: (ref: EntityRef, reason: string) => Promise<void>;
  /** Entities about which facts waited for these keys; from now on they wait no more. */
  readonly put: (sent: readonly KeyEnvelope[]) => Promise<readonly EntityRef[]>;
  /**
   * The key each entity's folded state is sealed under: one of its own where it is about people, so that it goes when they
   * are erased; the organisation's for what is operations alone. What a site that does not hold it wrote brought a key that
   * its author knows: one of a holder's goes before it.
   */
  readonly sealing: (entities: readonly ToSeal[]) => Promise<ReadonlyMap<EntityRef, OpenKey>>;
}

export interface ToSeal {
  readonly ref: EntityRef;
  /** Under whose key one is made for it, where it has none. */
  readonly site: string;
  readonly holders: readonly string[];
  /** There was no fact about it before this step. */
  readonly unheard: boolean;
}

export interface KeyTools {
  readonly keys: Pick<KeyRing, 'siteKey' | 'siteKeys' | 'operationsKey'>;
  readonly random: RandomBytes;
}

/** Stands in the place of a key's id where the organisation's key for operations sealed. */
const OPERATIONS = 'operations';

/** The key that sealed an entity's folded state, or null where it is gone. */
export async function foldedKey(
  keys: KeyTools['keys'],
  org: string,
  name: string,
  envelopes: ReadonlyMap<string, KeyEnvelope>,
): Promise<Uint8Array | null> {
  if (name === OPERATIONS) return keys.operationsKey(org);
  const envelope = envelopes.get(name);
  if (!envelope) return null;
  return openEnvelope(envelope, (site, id) => keys.siteKey(org, site, id));
}

/** Keys as they are held: looked up once, as far as `known` remembers. */
export function heldKeys(
  client: Asking,
  org: string,
  known: Pick<Bounded<string, KeyEnvelope>, 'get' | 'set'>,
  tools: KeyTools,
): Pick<StepKeys, 'siteKey' | 'byId'> {
  return {
    siteKey: (site, id) => tools.keys.siteKey(org, site, id),
    byId: async (ids) => {
      const found = new Map<string, KeyEnvelope>();
      const missing: string[] = [];
      for (const id of new Set(ids)) {
        const envelope = known.get(id);
        if (envelope) found.set(id, envelope);
        else missing.push(id);
      }
      for (const envelope of await envelopesOf(client, org, missing)) {
        known.set(envelope.id, envelope);
        found.set(envelope.id, envelope);
      }
      return found;
    },
  };
}

export interface StepKeyOptions extends KeyTools {
  readonly writes: Pick<Writes, 'keys'>;
  /** Facts under these keys wait no more. */
  readonly readNow: (ids: readonly string[]) => Promise<void>;
  /** Keys of what was erased before they came: they go with the rest. */
  readonly lateToDestroy: (ids: readonly string[]) => Promise<void>;
}

export function stepKeys(
  client: Asking,
  org: string,
  memory: OrgMemory,
  { writes, readNow, lateToDestroy, ...tools }: StepKeyOptions,
): StepKeys {
  const sent = new Map<EntityRef, readonly string[]>();
  const { siteKey, byId } = heldKeys(client, org, memory.envelopes, tools);

  const keep = (keys: readonly KeyEnvelope[]): void => {
    writes.keys(keys);
    for (const key of keys) {
      memory.envelopes.set(key.id, key);
      sent.set(key.entity, [...(sent.get(key.entity) ?? []), key.id]);
    }
  };

  const put = async (keys: readonly KeyEnvelope[]): Promise<readonly EntityRef[]> => {
    const unknown = keys.filter((key) => !memory.envelopes.get(key.id));
    if (unknown.length === 0) return [];
    // Of what no erasure reaches it is not asked: a unit has the facts of years about it.
    const erasable = unknown.map(({ entity }) => (OPERATIONAL_KINDS.has(kindOf(entity)) ? null : entity));
    const { rows: found } = await client.query<{ id: string; gone: boolean; waiting: readonly EntityRef[] | null }>({
      name: 'keys.new',
      text: `select r.id, exists (
          select from kernel.fact_about a join kernel.fact f using (org, site, n)
          where a.org = $1 and a.ref = r.entity and f.type = $4 and f.station = $5) as gone, (
          select array_agg(distinct a.ref) from kernel.fact f join kernel.fact_about a using (org, site, n)
          where f.org = $1 and f.unread and f.k = r.id) as waiting
        from unnest($2::text[], $3::text[]) as r (id, entity)
        where (select e.id from keys.entity e where e.org = $1 and e.id = r.id) is null
          and (select d.id from keys.destroyed d where d.org = $1 and d.id = r.id) is null`,
      values: [org, unknown.map(({ id }) => id), erasable, ENTITY_ERASED, CENTER_STATION],
    });
    const gone = found.filter((row) => row.gone).map(({ id }) => id);
    if (gone.length > 0) await lateToDestroy(gone);
    const rows = found.filter((row) => !row.gone);
    const taken = new Map(rows.map((row) => [row.id, row.waiting]));
    keep(unknown.filter(({ id }) => taken.has(id)));
    const waitedFor = rows.filter(({ waiting }) => waiting !== null);
    if (waitedFor.length > 0) await readNow(waitedFor.map(({ id }) => id));
    return [...new Set(waitedFor.flatMap(({ waiting }) => waiting ?? []))];
  };

  const known = async (entities: readonly ToSeal[]): Promise<Map<EntityRef, string>> => {
    const chosen = new Map<EntityRef, string>();
    const choose = ({ ref, holders }: ToSeal, ids: readonly string[]): boolean => {
      const ofHolder = ids.find((id) => holders.includes(memory.envelopes.get(id)?.site ?? ''));
      const id = ofHolder ?? chosen.get(ref) ?? ids[0];
      if (id !== undefined) chosen.set(ref, id);
      return ofHolder !== undefined || (id !== undefined && holders.length === 0);
    };
    const unsure = entities.filter((one) => {
      const sealed = memory.entities.get(one.ref)?.key;
      const isSure = choose(one, [...(sealed === undefined ? [] : [sealed]), ...(sent.get(one.ref) ?? [])]);
      return !isSure && !one.unheard;
    });
    if (unsure.length === 0) return chosen;
    const { rows } = await client.query<{ entity: EntityRef; ids: readonly string[] }>({
      name: 'keys.of_entity',
      text: `select r.entity, e.ids from unnest($2::text[]) as r (entity)
        cross join lateral (
          select array_agg(k.id order by k.id) as ids
          from (select id from keys.entity where org = $1 and entity = r.entity ${ONE_BY_ONE}) k) e
        where e.ids is not null`,
      values: [org, unsure.map(({ ref }) => ref)],
    });
    const found = new Map(rows.map(({ entity, ids }) => [entity, ids]));
    await byId([...found.values()].flat());
    for (const one of unsure) choose(one, found.get(one.ref) ?? []);
    return chosen;
  };

  return {
    siteKey,
    byId,
    put,
    destroy: async (ref, reason) => {
      const { rows } = await client.query<{ id: string }>('select id from keys.entity where org = $1 and entity = $2', [
        org,
        ref,
      ]);
      await client.query('select kernel.destroy_keys($1, $2)', [ref, reason]);
      for (const { id } of rows) memory.envelopes.forget(id);
      memory.entities.forget(ref);
      sent.delete(ref);
    },
    sealing: async (entities) => {
      const open = new Map<EntityRef, OpenKey>();
      const bytes = await tools.keys.operationsKey(org);
      for (const { ref } of entities) if (OPERATIONAL_KINDS.has(kindOf(ref))) open.set(ref, { key: OPERATIONS, bytes });
      const personal = entities.filter(({ ref }) => !open.has(ref));
      if (personal.length === 0) return open;
      const chosen = await known(personal);
      const envelopes = await byId([...chosen.values()]);
      const made: KeyEnvelope[] = [];
      for (const { ref, site } of personal) {
        const id = chosen.get(ref);
        const envelope = id === undefined ? undefined : envelopes.get(id);
        const bytes = envelope ? await openEnvelope(envelope, siteKey) : null;
        if (id !== undefined && bytes) {
          open.set(ref, { key: id, bytes });
          continue;
        }
        const under = (await tools.keys.siteKeys(org, site)).find((key) => key.state === 'active');
        if (!under) throw new Error(`site ${site} has no key`);
        const key = tools.random(KEY_BYTES);
        const name = Buffer.from(tools.random(18)).toString('base64url');
        made.push(wrapKey(under.bytes, key, { id: name, entity: ref, org, site, under: under.id }, tools.random));
        open.set(ref, { key: name, bytes: key });
      }
      keep(made);
      return open;
    },
  };
}
