/** One step of an organisation's intake in PostgreSQL: few statements a batch, and memory where it is known to be current. */
import type pg from 'pg';
import type { Fact } from '#domain/kernel/fact.ts';
import type { Folded } from '#domain/kernel/fold.ts';
import type { Clock, EntityRef } from '#domain/kernel/ids.ts';
import { unseal } from '#sealing/cipher.ts';
import type { IntakeTransaction } from '../port.ts';
import { authorsOf } from './authors.ts';
import { type FrameRow, factsOf } from './frames.ts';
import type { Bounded, OrgMemory } from './memory.ts';
import { positionsOf } from './positions.ts';
import { putRecordRow, recordRow } from './records.ts';
import { FOLD_VERSION, foldedContext, writeState } from './rows.ts';
import { awaitSignIn, takeAwaiting } from './sign-ins.ts';
import { foldedKey, type KeyTools, type OpenKey, type StepKeys, stepKeys } from './step-keys.ts';
import { type StepStreams, stepStreams } from './step-streams.ts';
import { stepWrites } from './writes.ts';

export interface StepTools extends KeyTools {
  readonly clock: Clock;
}

export interface Step {
  readonly tx: IntakeTransaction;
  /** Facts appended so far. */
  readonly facts: readonly Fact[];
  readonly streams: StepStreams;
  /** Writes what the step has kept to its end. */
  readonly finish: () => Promise<void>;
}

/** What memory has of these keys, and what has to be looked up. */
function recall<K, V>(
  memory: Bounded<K, V>,
  keys: readonly K[],
): { readonly found: Map<K, V>; readonly missing: readonly K[] } {
  const found = new Map<K, V>();
  const missing: K[] = [];
  for (const key of keys) {
    const value = memory.get(key);
    if (value === undefined) missing.push(key);
    else found.set(key, value);
  }
  return { found, missing };
}

export function beginStep(
  client: pg.ClientBase,
  org: string,
  epoch: string,
  memory: OrgMemory,
  tools: StepTools,
): Step {
  const keys = stepKeys(client, org, memory, tools);
  const writes = stepWrites(client, org);
  const streams = stepStreams(client, org, memory, keys, writes);
  const flush = (): Promise<void> => writes.flush(tools.clock());
  const unheard = new Set<EntityRef>();
  const facts: Fact[] = [];

  const sitesOf = async (refs: readonly EntityRef[]): Promise<ReadonlyMap<EntityRef, readonly string[]>> => {
    const { found, missing } = recall(memory.sites, refs);
    if (missing.length === 0) return found;
    const { rows } = await client.query<{ ref: EntityRef; sites: string[] }>({
      name: 'entity.sites',
      text: 'select ref, array_agg(site order by site) as sites from kernel.entity_site where org = $1 and ref = any ($2) group by ref',
      values: [org, missing],
    });
    for (const row of rows) {
      memory.sites.set(row.ref, row.sites);
      found.set(row.ref, row.sites);
    }
    return found;
  };

  const tx: IntakeTransaction = {
    org,
    epoch,
    positions: async (logs) => {
      const { found, missing } = recall(memory.positions, logs);
      if (missing.length > 0) {
        for (const [log, position] of await positionsOf(client, org, missing)) {
          memory.positions.set(log, position);
          found.set(log, position);
        }
      }
      return found;
    },
    putPositions: async (positions) => {
      const rows = positions.filter((position) => position.station !== null);
      for (const position of rows) {
        writes.position(position);
        memory.positions.set(position.log, position);
      }
    },
    authors: (stations, sessions) => authorsOf(client, org, stations, sessions),
    keys: keys.byId,
    destroyed: async (ids) => {
      const { rows } = await client.query<{ id: string }>(
        'select id from keys.destroyed where org = $1 and id = any ($2)',
        [org, ids],
      );
      return new Set(rows.map((row) => row.id));
    },
    destroyKeys: async (ref, reason) => {
      await flush();
      await keys.destroy(ref, reason);
    },
    putKeys: keys.put,
    siteKey: keys.siteKey,
    waitingFor: async (ids) => {
      const fresh = keys.fresh(ids);
      if (fresh.length === 0) return [];
      await flush();
      return waitingFor(client, org, fresh);
    },
    folded: async (refs) => {
      const { found: known, missing } = recall(memory.entities, refs);
      const found = new Map<EntityRef, Folded | null>([...known].map(([ref, { state }]) => [ref, state]));
      if (missing.length > 0) {
        await readStates(client, org, missing, keys, tools, memory, found);
        for (const ref of missing) if (!found.has(ref)) unheard.add(ref);
      }
      return found;
    },
    factsAbout: async (ref) => {
      await flush();
      return factsAbout(client, org, ref, keys);
    },
    held: async (ids) => {
      const { found, missing } = recall(memory.facts, ids);
      if (missing.length > 0) {
        const { rows } = await client.query<{ id: string }>({
          name: 'fact.held',
          text: 'select id from kernel.fact where org = $1 and id = any ($2)',
          values: [org, missing],
        });
        for (const { id } of rows) {
          memory.facts.set(id, true);
          found.set(id, true);
        }
      }
      return new Set(found.keys());
    },
    sitesOf,
    hold: async (rows) => {
      const holders = await sitesOf(rows.map((row) => row.ref));
      writes.holds(rows);
      for (const { ref, site } of rows) {
        const before = memory.sites.get(ref) ?? holders.get(ref) ?? [];
        if (before.length > 0) {
          await flush();
          await streams.bring(ref, site);
        }
        memory.sites.set(ref, [...before, site].sort());
      }
    },
    append: async (rows) => {
      await streams.append(rows);
      for (const { fact } of rows) {
        facts.push(fact);
        memory.facts.set(fact.id, true);
      }
    },
    putFolded: async (states) => {
      const homes = await sitesOf(states.map((state) => state.ref));
      const sealing = await keys.sealing(
        states.map(({ ref }) => ({ ref, site: homes.get(ref)?.[0] ?? '', unheard: unheard.has(ref) })),
      );
      const now = tools.clock();
      for (const state of states) {
        const known = memory.entities.get(state.ref);
        const under = sealing.get(state.ref) as OpenKey;
        const before = known?.key === under.key ? known.state : undefined;
        writeState(writes, org, { state, before, site: homes.get(state.ref)?.[0] ?? '', ...under }, now, tools.random);
        memory.entities.set(state.ref, { state, key: under.key });
      }
    },
    putRecord: async (site, record) => {
      await putRecordRow(client, org, site, record, tools.clock());
      await streams.putRecord(site, record);
    },
    showRecord: streams.putRecord,
    record: (kind, id) => recordRow(client, org, kind, id),
    awaitSignIn: (facts) => awaitSignIn(client, org, facts),
    takeAwaiting: (sessions) => takeAwaiting(client, org, sessions),
    putMarker: streams.putMarker,
  };
  return {
    tx,
    facts,
    streams,
    finish: () => {
      streams.settle();
      return flush();
    },
  };
}

async function waitingFor(client: pg.ClientBase, org: string, fresh: readonly string[]): Promise<readonly EntityRef[]> {
  const { rows } = await client.query<{ ref: EntityRef }>({
    name: 'fact.waiting',
    text: `select distinct a.ref from kernel.fact f join kernel.fact_about a using (org, site, n)
      where f.org = $1 and f.unread and f.k = any ($2)`,
    values: [org, fresh],
  });
  if (rows.length > 0) await client.query('select kernel.read_now($1)', [fresh]);
  return rows.map((row) => row.ref);
}

export async function factsAbout(
  client: pg.ClientBase,
  org: string,
  ref: EntityRef,
  keys: Pick<StepKeys, 'byId' | 'siteKey'>,
): Promise<readonly Fact[]> {
  const { rows } = await client.query<FrameRow>({
    name: 'fact.about',
    text: `select f.h, f.s, f.k, f.b from kernel.fact_about a join kernel.fact f using (org, site, n)
      where a.org = $1 and a.ref = $2 order by f.hlc, f.id`,
    values: [org, ref],
  });
  const envelopes = await keys.byId(rows.flatMap((row) => (row.k === null ? [] : [row.k])));
  return factsOf(rows, envelopes, keys.siteKey);
}

async function readStates(
  client: pg.ClientBase,
  org: string,
  refs: readonly EntityRef[],
  keys: StepKeys,
  tools: StepTools,
  memory: OrgMemory,
  into: Map<EntityRef, Folded | null>,
): Promise<void> {
  const { rows } = await client.query<{ ref: EntityRef; fold_version: number; key: string; folded: Buffer }>({
    name: 'entity.get',
    text: 'select ref, fold_version, key, folded from kernel.entity where org = $1 and ref = any ($2)',
    values: [org, refs],
  });
  const envelopes = await keys.byId(rows.map((row) => row.key));
  for (const row of rows) {
    const key = await foldedKey(tools.keys, org, row.key, envelopes);
    const plain =
      key && row.fold_version === FOLD_VERSION ? unseal(key, row.folded, foldedContext(org, row.ref)) : null;
    const state = plain ? (JSON.parse(plain.toString('utf8')) as Folded) : null;
    into.set(row.ref, state);
    if (state) memory.entities.set(row.ref, { state, key: row.key });
  }
}
