/** Entity keys within one step of intake: taken in, looked up, and made where an entity has none of its own. */
import type pg from 'pg';
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { EntityRef, RandomBytes } from '#domain/kernel/ids.ts';
import { KEY_BYTES, wrapKey } from '#sealing/cipher.ts';
import type { SiteKey } from '../../keys/ring.ts';
import { openEnvelope } from '../open.ts';
import { envelopesOf } from './frames.ts';
import type { OrgMemory } from './memory.ts';

export interface OpenKey {
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface StepKeys {
  readonly siteKey: (site: string, id: string) => Promise<Uint8Array | null>;
  readonly byId: (ids: readonly string[]) => Promise<ReadonlyMap<string, KeyEnvelope>>;
  readonly put: (sent: readonly KeyEnvelope[]) => Promise<void>;
  /** Of these, the ids that were put in this step and were not held before. */
  readonly fresh: (ids: readonly string[]) => readonly string[];
  /** The key each entity's folded state is sealed under: one of its own. */
  readonly sealing: (
    entities: readonly { readonly ref: EntityRef; readonly site: string }[],
  ) => Promise<ReadonlyMap<EntityRef, OpenKey>>;
}

export interface KeyTools {
  readonly siteKeys: (org: string, site: string) => Promise<readonly SiteKey[]>;
  readonly random: RandomBytes;
}

export function stepKeys(client: pg.ClientBase, org: string, memory: OrgMemory, tools: KeyTools): StepKeys {
  const newKeys = new Set<string>();
  const keyOfEntity = new Map<EntityRef, string>();

  const siteKey = async (site: string, id: string): Promise<Uint8Array | null> =>
    (await tools.siteKeys(org, site)).find((key) => key.id === id)?.bytes ?? null;

  const byId = async (ids: readonly string[]): Promise<ReadonlyMap<string, KeyEnvelope>> => {
    const found = new Map<string, KeyEnvelope>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const envelope = memory.envelopes.get(id);
      if (envelope) found.set(id, envelope);
      else missing.push(id);
    }
    for (const envelope of await envelopesOf(client, org, missing)) {
      memory.envelopes.set(envelope.id, envelope);
      found.set(envelope.id, envelope);
    }
    return found;
  };

  const put = async (sent: readonly KeyEnvelope[]): Promise<void> => {
    const unknown = sent.filter((key) => !memory.envelopes.get(key.id));
    if (unknown.length === 0) return;
    const { rows } = await client.query<{ id: string }>({
      name: 'keys.put',
      text: `insert into keys.entity (org, id, entity, site, under, wrapped)
        select $1, id, entity, site, under, wrapped
        from json_to_recordset($2::json) as r (id text, entity text, site text, under text, wrapped text)
        where not exists (select from keys.destroyed d where d.org = $1 and d.id = r.id)
        on conflict do nothing returning id`,
      values: [org, JSON.stringify(unknown)],
    });
    const taken = new Set(rows.map((row) => row.id));
    for (const key of unknown) {
      if (!taken.has(key.id)) continue;
      newKeys.add(key.id);
      memory.envelopes.set(key.id, key);
      if (!keyOfEntity.has(key.entity)) keyOfEntity.set(key.entity, key.id);
    }
  };

  const known = async (refs: readonly EntityRef[]): Promise<Map<EntityRef, string>> => {
    const chosen = new Map<EntityRef, string>();
    const unknown: EntityRef[] = [];
    for (const ref of refs) {
      const id = memory.entities.get(ref)?.key ?? keyOfEntity.get(ref);
      if (id) chosen.set(ref, id);
      else unknown.push(ref);
    }
    if (unknown.length === 0) return chosen;
    const { rows } = await client.query<{ entity: EntityRef; id: string }>({
      name: 'keys.of_entity',
      text: 'select entity, min(id) as id from keys.entity where org = $1 and entity = any ($2) group by entity',
      values: [org, unknown],
    });
    for (const row of rows) chosen.set(row.entity, row.id);
    return chosen;
  };

  return {
    siteKey,
    byId,
    put,
    fresh: (ids) => ids.filter((id) => newKeys.has(id)),
    sealing: async (entities) => {
      const chosen = await known(entities.map(({ ref }) => ref));
      const envelopes = await byId([...chosen.values()]);
      const open = new Map<EntityRef, OpenKey>();
      const made: KeyEnvelope[] = [];
      for (const { ref, site } of entities) {
        const id = chosen.get(ref);
        const envelope = id === undefined ? undefined : envelopes.get(id);
        const bytes = envelope ? await openEnvelope(envelope, siteKey) : null;
        if (id !== undefined && bytes) {
          open.set(ref, { key: id, bytes });
          continue;
        }
        const under = (await tools.siteKeys(org, site)).find((key) => !key.retired);
        if (!under) throw new Error(`site ${site} has no key`);
        const key = tools.random(KEY_BYTES);
        const name = Buffer.from(tools.random(18)).toString('base64url');
        made.push(wrapKey(under.bytes, key, { id: name, entity: ref, org, site, under: under.id }, tools.random));
        open.set(ref, { key: name, bytes: key });
      }
      await put(made);
      return open;
    },
  };
}
