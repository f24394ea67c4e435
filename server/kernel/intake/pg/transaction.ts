/** One step of an organisation's intake in PostgreSQL: few statements a batch, and memory where it is known to be current. */
import type pg from 'pg';
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { Fact } from '#domain/kernel/fact.ts';
import type { Folded } from '#domain/kernel/fold.ts';
import type { Clock, EntityRef, RandomBytes } from '#domain/kernel/ids.ts';
import type { Role } from '#domain/kernel/permission.ts';
import type { RecordVersion, StreamItem } from '#domain/kernel/stream.ts';
import { MODULES } from '#domain/modules.ts';
import { KEY_BYTES, unseal, wrapKey } from '#sealing/cipher.ts';
import type { SiteKey } from '../../keys/ring.ts';
import { openEnvelope } from '../open.ts';
import { emptyPosition } from '../place.ts';
import type { AppendRow, Device, IntakeTransaction, LogPosition, Range, Standing } from '../port.ts';
import { envelopesOf, type FrameRow, factsOf, frameOf } from './frames.ts';
import type { OrgMemory } from './memory.ts';
import { FOLD_VERSION, foldedContext, type StateToWrite, writeStates } from './rows.ts';

export interface StepTools {
  readonly siteKeys: (org: string, site: string) => Promise<readonly SiteKey[]>;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** What the step has put on streams so far; read by whoever commits it. */
export interface StepResult {
  readonly facts: Fact[];
  readonly sites: Map<string, { items: StreamItem[]; head: number }>;
  readonly keys: Map<string, KeyEnvelope>;
}

export interface Step {
  readonly tx: IntakeTransaction;
  readonly result: StepResult;
  /** Writes what is written once at the end: heads of streams. */
  readonly flush: () => Promise<void>;
}

interface PositionRow {
  readonly log: string;
  readonly seq: number;
  readonly hash: string | null;
  readonly station: string;
  readonly site: string;
  readonly gap_to: number;
  readonly holes: readonly (number | string)[];
}

export function positionOf(row: PositionRow): LogPosition {
  const holes: Range[] = [];
  for (let i = 0; i + 1 < row.holes.length; i += 2) holes.push([Number(row.holes[i]), Number(row.holes[i + 1])]);
  return { log: row.log, seq: row.seq, hash: row.hash, station: row.station, site: row.site, gapTo: row.gap_to, holes };
}

export const POSITION_COLUMNS = 'log, seq, hash, station, site, gap_to, holes';

const TABLE_OF = new Map(MODULES.flatMap((module) => module.entities.map((entity) => [entity.kind, entity] as const)));

/** The table of a record kind, quoted; throws for a kind that is not a declared record. */
export function recordTable(kind: string): string {
  const entity = TABLE_OF.get(kind);
  if (!entity || entity.source !== 'record') throw new Error(`${kind} is not a kind of record`);
  return entity.table
    .split('.')
    .map((name) => `"${name}"`)
    .join('.');
}

export function beginStep(
  client: pg.ClientBase,
  org: string,
  epoch: string,
  memory: OrgMemory,
  tools: StepTools,
): Step {
  const result: StepResult = { facts: [], sites: new Map(), keys: new Map() };
  const newKeys = new Set<string>();
  const keyOfEntity = new Map<EntityRef, string>();

  const siteKey = async (site: string, id: string): Promise<Uint8Array | null> =>
    (await tools.siteKeys(org, site)).find((key) => key.id === id)?.bytes ?? null;

  const stream = async (site: string): Promise<{ items: StreamItem[]; head: number }> => {
    const known = result.sites.get(site);
    if (known) return known;
    let head = memory.streams.get(site);
    if (head === undefined) {
      const { rows } = await client.query<{ head: number }>(
        'select head from kernel.stream where org = $1 and site = $2',
        [org, site],
      );
      head = rows[0]?.head ?? 0;
    }
    const made = { items: [], head };
    result.sites.set(site, made);
    return made;
  };

  const keys = async (ids: readonly string[]): Promise<ReadonlyMap<string, KeyEnvelope>> => {
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

  const putKeys = async (sent: readonly KeyEnvelope[]): Promise<void> => {
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

  const sitesOf = async (refs: readonly EntityRef[]): Promise<ReadonlyMap<EntityRef, readonly string[]>> => {
    const found = new Map<EntityRef, readonly string[]>();
    const missing: EntityRef[] = [];
    for (const ref of refs) {
      const sites = memory.sites.get(ref);
      if (sites) found.set(ref, sites);
      else missing.push(ref);
    }
    if (missing.length > 0) {
      const { rows } = await client.query<{ ref: EntityRef; sites: string[] }>({
        name: 'entity.sites',
        text: 'select ref, array_agg(site order by site) as sites from kernel.entity_site where org = $1 and ref = any ($2) group by ref',
        values: [org, missing],
      });
      for (const row of rows) {
        memory.sites.set(row.ref, row.sites);
        found.set(row.ref, row.sites);
      }
    }
    return found;
  };

  /** The key an entity's folded state is sealed under: one of its own, made here where it has none. */
  const sealingKeys = async (
    refs: readonly EntityRef[],
  ): Promise<ReadonlyMap<EntityRef, { key: string; bytes: Uint8Array }>> => {
    const chosen = new Map<EntityRef, string>();
    const unknown: EntityRef[] = [];
    for (const ref of refs) {
      const known = memory.entities.get(ref)?.key ?? keyOfEntity.get(ref);
      if (known) chosen.set(ref, known);
      else unknown.push(ref);
    }
    if (unknown.length > 0) {
      const { rows } = await client.query<{ entity: EntityRef; id: string }>({
        name: 'keys.of_entity',
        text: 'select entity, min(id) as id from keys.entity where org = $1 and entity = any ($2) group by entity',
        values: [org, unknown],
      });
      for (const row of rows) chosen.set(row.entity, row.id);
    }
    const envelopes = await keys([...chosen.values()]);
    const out = new Map<EntityRef, { key: string; bytes: Uint8Array }>();
    const make: EntityRef[] = [];
    for (const ref of refs) {
      const id = chosen.get(ref);
      const envelope = id === undefined ? undefined : envelopes.get(id);
      const bytes = envelope ? await openEnvelope(envelope, siteKey) : null;
      if (id !== undefined && bytes) out.set(ref, { key: id, bytes });
      else make.push(ref);
    }
    const made: KeyEnvelope[] = [];
    const homes = await sitesOf(make);
    for (const ref of make) {
      const site = homes.get(ref)?.[0] as string;
      const under = (await tools.siteKeys(org, site)).find((key) => !key.retired) as SiteKey;
      const bytes = tools.random(KEY_BYTES);
      const id = Buffer.from(tools.random(18)).toString('base64url');
      made.push(wrapKey(under.bytes, bytes, { id, entity: ref, org, site, under: under.id }, tools.random));
      out.set(ref, { key: id, bytes });
    }
    await putKeys(made);
    return out;
  };

  const entityRows = async (refs: readonly EntityRef[], into: Map<EntityRef, Folded | null>): Promise<void> => {
    const { rows } = await client.query<{ ref: EntityRef; fold_version: number; key: string; folded: Buffer }>({
      name: 'entity.get',
      text: 'select ref, fold_version, key, folded from kernel.entity where org = $1 and ref = any ($2)',
      values: [org, refs],
    });
    const envelopes = await keys(rows.map((row) => row.key));
    for (const row of rows) {
      const envelope = envelopes.get(row.key);
      const key = envelope ? await openEnvelope(envelope, siteKey) : null;
      const plain =
        key && row.fold_version === FOLD_VERSION ? unseal(key, row.folded, foldedContext(org, row.ref)) : null;
      const state = plain ? (JSON.parse(plain.toString('utf8')) as Folded) : null;
      into.set(row.ref, state);
      if (state) memory.entities.set(row.ref, { state, key: row.key });
    }
  };

  const showRecord = async (site: string, record: RecordVersion): Promise<void> => {
    const to = await stream(site);
    to.head++;
    to.items.push({ n: to.head, record });
    await putItem(client, org, site, to.head, 'record', record, `${record.kind}/${record.id}`);
  };

  const tx: IntakeTransaction = {
    org,
    epoch,
    positions: async (logs) => {
      const found = new Map<string, LogPosition>();
      const missing: string[] = [];
      for (const log of logs) {
        const known = memory.positions.get(log);
        if (known) found.set(log, known);
        else missing.push(log);
      }
      if (missing.length > 0) {
        const { rows } = await client.query<PositionRow>({
          name: 'log.get',
          text: `select ${POSITION_COLUMNS} from kernel.log_head where org = $1 and log = any ($2)`,
          values: [org, missing],
        });
        for (const row of rows) found.set(row.log, positionOf(row));
        for (const log of missing) memory.positions.set(log, found.get(log) ?? emptyPosition(log));
      }
      return new Map(logs.map((log) => [log, found.get(log) ?? emptyPosition(log)]));
    },
    putPositions: async (positions) => {
      const rows = positions.filter((position) => position.station !== null);
      if (rows.length === 0) return;
      await client.query({
        name: 'log.put',
        text: `insert into kernel.log_head as l (org, log, station, site, seq, hash, gap_to, holes)
          select $1, log, station, site, seq, hash, gap_to, holes
          from json_to_recordset($2::json) as r (log text, station text, site text, seq bigint, hash text, gap_to bigint, holes bigint[])
          on conflict (org, log) do update set seq = excluded.seq, hash = excluded.hash, gap_to = excluded.gap_to, holes = excluded.holes`,
        values: [
          org,
          JSON.stringify(rows.map(({ gapTo, holes, ...rest }) => ({ ...rest, gap_to: gapTo, holes: holes.flat() }))),
        ],
      });
      for (const position of rows) memory.positions.set(position.log, position);
    },
    devices: (stations) => devicesOf(client, org, stations),
    standings: async (sessions) => {
      const found = new Map<string, Standing>();
      if (sessions.length === 0) return found;
      const { rows } = await client.query<{
        session: string;
        user_id: string;
        roles: Role[];
        valid_from: number;
        valid_until: number | null;
      }>({
        name: 'standing.get',
        text: 'select session, user_id, roles, valid_from, valid_until from kernel.standing where org = $1 and session = any ($2)',
        values: [org, sessions],
      });
      for (const row of rows) {
        found.set(row.session, {
          user: row.user_id,
          roles: row.roles,
          validFrom: row.valid_from,
          validUntil: row.valid_until,
        });
      }
      return found;
    },
    keys,
    destroyed: async (ids) => {
      const { rows } = await client.query<{ id: string }>(
        'select id from keys.destroyed where org = $1 and id = any ($2)',
        [org, ids],
      );
      return new Set(rows.map((row) => row.id));
    },
    putKeys,
    siteKey,
    waitingFor: async (ids) => {
      const fresh = ids.filter((id) => newKeys.has(id));
      if (fresh.length === 0) return [];
      const { rows } = await client.query<{ ref: EntityRef }>({
        name: 'fact.waiting',
        text: `select distinct a.ref from kernel.fact f join kernel.fact_about a using (org, site, n)
          where f.org = $1 and f.unread and f.k = any ($2)`,
        values: [org, fresh],
      });
      if (rows.length > 0) await client.query('select kernel.read_now($1)', [fresh]);
      return rows.map((row) => row.ref);
    },
    folded: async (refs) => {
      const found = new Map<EntityRef, Folded | null>();
      const missing: EntityRef[] = [];
      for (const ref of refs) {
        const known = memory.entities.get(ref);
        if (known) found.set(ref, known.state);
        else missing.push(ref);
      }
      if (missing.length > 0) await entityRows(missing, found);
      return found;
    },
    factsAbout: async (ref) => {
      const { rows } = await client.query<FrameRow>({
        name: 'fact.about',
        text: `select f.h, f.s, f.k, f.b from kernel.fact_about a join kernel.fact f using (org, site, n)
          where a.org = $1 and a.ref = $2 order by f.hlc, f.id`,
        values: [org, ref],
      });
      const envelopes = await keys(rows.flatMap((row) => (row.k === null ? [] : [row.k])));
      return factsOf(rows, envelopes, siteKey);
    },
    held: async (ids) => {
      const found = new Set<string>();
      const missing: string[] = [];
      for (const id of ids) {
        if (memory.facts.get(id)) found.add(id);
        else missing.push(id);
      }
      if (missing.length > 0) {
        const { rows } = await client.query<{ id: string }>({
          name: 'fact.held',
          text: 'select id from kernel.fact where org = $1 and id = any ($2)',
          values: [org, missing],
        });
        for (const row of rows) {
          memory.facts.set(row.id, true);
          found.add(row.id);
        }
      }
      return found;
    },
    sitesOf,
    hold: async (rows) => {
      const holders = await sitesOf(rows.map((row) => row.ref));
      await client.query({
        name: 'entity.hold',
        text: `insert into kernel.entity_site (org, ref, site)
          select $1, ref, site from json_to_recordset($2::json) as r (ref text, site text) on conflict do nothing`,
        values: [org, JSON.stringify(rows)],
      });
      for (const { ref, site } of rows) {
        const before = memory.sites.get(ref) ?? holders.get(ref) ?? [];
        if (before.length > 0) await bring(client, org, ref, site, await stream(site), result.keys, keys);
        memory.sites.set(ref, [...before, site].sort());
      }
    },
    append: async (rows) => {
      await appendRows(client, org, rows, stream, tools.clock());
      const named = await keys(rows.flatMap(({ frame }) => (frame.k === null ? [] : [frame.k])));
      for (const [id, envelope] of named) result.keys.set(id, envelope);
      for (const { fact } of rows) {
        result.facts.push(fact);
        memory.facts.set(fact.id, true);
      }
    },
    putFolded: async (states) => {
      const refs = states.map((state) => state.ref);
      const [homes, sealing] = [await sitesOf(refs), await sealingKeys(refs)];
      const toWrite = states.map((state): StateToWrite => {
        const known = memory.entities.get(state.ref);
        const with_ = sealing.get(state.ref) as { key: string; bytes: Uint8Array };
        return {
          state,
          before: known?.key === with_.key ? known.state : undefined,
          site: homes.get(state.ref)?.[0] ?? '',
          ...with_,
        };
      });
      await writeStates(client, org, toWrite, tools.clock(), tools.random);
      for (const { state, key } of toWrite) memory.entities.set(state.ref, { state, key });
    },
    putRecord: async (site, record) => {
      await putRecordRow(client, org, site, record, tools.clock());
      await showRecord(site, record);
    },
    showRecord,
    record: async (kind, id) => {
      const { rows } = await client.query<{ version: number; body: RecordVersion['body']; archived: boolean }>(
        `select version, body, archived from ${recordTable(kind)} where org = $1 and id = $2`,
        [org, id],
      );
      const row = rows[0];
      return row ? { kind, id, version: row.version, body: row.archived ? null : row.body } : null;
    },
    putMarker: async (site, log, seq, reason) => {
      const { rowCount } = await client.query(
        `select from kernel.stream_item where org = $1 and site = $2 and kind = 'marker' and name = $3`,
        [org, site, `${log}/${seq}`],
      );
      if (rowCount) return;
      const to = await stream(site);
      to.head++;
      const marker = { log, seq, reason };
      to.items.push({ n: to.head, marker });
      await putItem(client, org, site, to.head, 'marker', marker, `${log}/${seq}`);
    },
  };

  return {
    tx,
    result,
    flush: async () => {
      const moved = [...result.sites]
        .filter(([, { items }]) => items.length > 0)
        .map(([site, { head }]) => ({ site, head }));
      if (moved.length === 0) return;
      await client.query({
        name: 'stream.move',
        text: `insert into kernel.stream as s (org, site, head)
          select $1, site, head from json_to_recordset($2::json) as r (site text, head bigint)
          on conflict (org, site) do update set head = excluded.head`,
        values: [org, JSON.stringify(moved)],
      });
      for (const { site, head } of moved) memory.streams.set(site, head);
    },
  };
}

export async function devicesOf(
  client: pg.ClientBase,
  org: string,
  stations: readonly string[],
): Promise<ReadonlyMap<string, Device>> {
  const found = new Map<string, Device>();
  if (stations.length === 0) return found;
  const { rows } = await client.query<{ station: string; site: string; key: string; revoked_at: number | null }>({
    name: 'device.get',
    text: 'select station, site, key, revoked_at from kernel.device where org = $1 and station = any ($2)',
    values: [org, stations],
  });
  for (const row of rows) {
    found.set(row.station, {
      org,
      site: row.site,
      station: row.station,
      key: row.key,
      revoked: row.revoked_at !== null,
      revokedAt: row.revoked_at,
    });
  }
  return found;
}

type StreamOf = (site: string) => Promise<{ items: StreamItem[]; head: number }>;

async function appendRows(
  client: pg.ClientBase,
  org: string,
  rows: readonly AppendRow[],
  stream: StreamOf,
  now: number,
): Promise<void> {
  const facts: object[] = [];
  const about: object[] = [];
  const elsewhere: object[] = [];
  for (const { frame, fact, hash, sites, unread } of rows) {
    const home = await stream(fact.site);
    const n = ++home.head;
    home.items.push({ n, frame });
    const { id, log, seq, station, type, v, at, hlc, by, session, site } = fact;
    facts.push({ site, n, log, seq, id, hash, station, type, v, at, hlc, by_user: by, session, ...frame, unread });
    for (const ref of new Set(fact.about)) about.push({ ref, site, n });
    for (const other of sites) {
      if (other === site) continue;
      const to = await stream(other);
      to.head++;
      to.items.push({ n: to.head, frame });
      elsewhere.push({ site: other, n: to.head, item: { site, n }, name: `${site}/${n}` });
    }
  }
  await client.query({
    name: 'fact.append',
    text: `insert into kernel.fact (org, site, n, log, seq, id, hash, station, type, v, at, hlc, by_user, session, received_at, h, s, k, b, unread)
      select $1, site, n, log, seq, id, hash, station, type, v, at, hlc, by_user, session, $3, h, s, k, b, unread
      from json_to_recordset($2::json) as r (site text, n bigint, log text, seq bigint, id text, hash text, station text, type text,
        v integer, at bigint, hlc text, by_user text, session text, h text, s text, k text, b text, unread boolean)`,
    values: [org, JSON.stringify(facts), now],
  });
  await client.query({
    name: 'fact.append_about',
    text: `insert into kernel.fact_about (org, ref, site, n)
      select $1, ref, site, n from json_to_recordset($2::json) as r (ref text, site text, n bigint)`,
    values: [org, JSON.stringify(about)],
  });
  if (elsewhere.length > 0) {
    await client.query({
      name: 'fact.append_elsewhere',
      text: `insert into kernel.stream_item (org, site, n, kind, item, name)
        select $1, site, n, 'fact', item, name from json_to_recordset($2::json) as r (site text, n bigint, item jsonb, name text)`,
      values: [org, JSON.stringify(elsewhere)],
    });
  }
}

/** Earlier facts about an entity, of other sites, onto the stream of a site that now holds it. */
async function bring(
  client: pg.ClientBase,
  org: string,
  ref: EntityRef,
  site: string,
  to: { items: StreamItem[]; head: number },
  named: Map<string, KeyEnvelope>,
  keys: IntakeTransaction['keys'],
): Promise<void> {
  const { rows } = await client.query<FrameRow & { site: string; n: number }>(
    `select f.site, f.n, f.h, f.s, f.k, f.b from kernel.fact_about a join kernel.fact f using (org, site, n)
     where a.org = $1 and a.ref = $2 and a.site <> $3
       and not exists (select from kernel.stream_item i where i.org = $1 and i.site = $3 and i.kind = 'fact' and i.name = f.site || '/' || f.n)
     order by f.received_at, f.site, f.n`,
    [org, ref, site],
  );
  if (rows.length === 0) return;
  const items = rows.map((row) => {
    to.head++;
    to.items.push({ n: to.head, frame: frameOf(row) });
    return { n: to.head, item: { site: row.site, n: row.n }, name: `${row.site}/${row.n}` };
  });
  await client.query(
    `insert into kernel.stream_item (org, site, n, kind, item, name)
     select $1, $2, n, 'fact', item, name from json_to_recordset($3::json) as r (n bigint, item jsonb, name text)`,
    [org, site, JSON.stringify(items)],
  );
  for (const [id, envelope] of await keys(rows.flatMap((row) => (row.k === null ? [] : [row.k]))))
    named.set(id, envelope);
}

async function putItem(
  client: pg.ClientBase,
  org: string,
  site: string,
  n: number,
  kind: string,
  item: object,
  name: string,
): Promise<void> {
  await client.query(
    'insert into kernel.stream_item (org, site, n, kind, item, name) values ($1, $2, $3, $4, $5, $6)',
    [org, site, n, kind, JSON.stringify(item), name],
  );
}

async function putRecordRow(
  client: pg.ClientBase,
  org: string,
  site: string,
  record: RecordVersion,
  now: number,
): Promise<void> {
  const { rowCount } = await client.query(
    `insert into ${recordTable(record.kind)} as t (org, site, id, version, body, archived, updated_at)
     values ($1, $2, $3, $4, coalesce($5::jsonb, '{}'), $5::jsonb is null, $6)
     on conflict (org, id) do update set version = excluded.version, archived = excluded.archived, updated_at = excluded.updated_at,
       body = case when excluded.archived then t.body else excluded.body end
     where t.version < excluded.version and t.site = excluded.site`,
    [org, site, record.id, record.version, record.body === null ? null : JSON.stringify(record.body), now],
  );
  if (rowCount === 0)
    throw new Error(`${record.kind} ${record.id} is already at a later version, or belongs to another site`);
}
