/** Folds every entity of an organisation anew from its facts and holds what is stored against it. Changes nothing. */
import { setImmediate as turn } from 'node:timers/promises';
import type pg from 'pg';
import { NAMED_ROWS } from '#domain/cad/rows-api.ts';
import type { Fact } from '#domain/kernel/fact.ts';
import { type Folded, foldAll, settledText } from '#domain/kernel/fold.ts';
import { type EntityRef, kindOf } from '#domain/kernel/ids.ts';
import { canonicalJson, type Json } from '#domain/kernel/json.ts';
import { effectsOf } from '#domain/modules.ts';
import { unseal } from '#sealing/cipher.ts';
import type { Database, Scope } from '../db/database.ts';
import { isOpen, rowId, rowOf, touchedAt } from '../intake/cad-rows.ts';
import { type FrameRow, factsOf } from '../intake/pg/frames.ts';
import {
  columnContext,
  foldedContext,
  type ProjectedKind,
  projectionOf,
  type Table,
  UPSERTS,
} from '../intake/pg/rows.ts';
import { foldedKey, heldKeys, type KeyTools, type StepKeys } from '../intake/pg/step-keys.ts';

/** Kinds that have rows of their own. */
export const PROJECTED = Object.keys(UPSERTS) as readonly ProjectedKind[];
/** Entities read and folded at a time: one transaction each, so that neither a snapshot nor the loop is held for long. */
const SLICE = 50;
/** Rows that are looked through for facts at a time. */
const ROWS = 5_000;
/** For how long one stretch goes on, so that whoever waits for it hears of it. */
const STRETCH_MS = 15_000;

/** Behind the last entity that was folded; or, where all were, behind the last row of a kind that was looked through for facts. */
export interface Place {
  readonly of: 'facts' | ProjectedKind;
  readonly id: string;
}
export interface Stretch {
  readonly after: Place | null;
  /** Entities at most. */
  readonly limit: number;
}

export interface VerifiedRows {
  /** Entities folded anew, and how many there are. */
  readonly entities: number;
  readonly of: number;
  /** Those whose state or row is not what their facts fold to, and rows that have no facts; 50 at most. */
  readonly different: readonly EntityRef[];
  /** Null at the end. */
  readonly next: Place | null;
}

/**
 * A stretch of some seconds at most. Each entity is seen at one moment with its facts, also while facts are being taken. Where bodies
 * were erased for good, the state cannot be folded again: its number of facts and its row are held against the state that is stored.
 */
export async function verifyRows(
  db: Database,
  tools: KeyTools,
  scope: Scope,
  { after, limit }: Stretch,
): Promise<VerifiedRows> {
  const until = performance.now() + STRETCH_MS;
  const different: EntityRef[] = [];
  let entities = 0;
  let place: Place | null = after ?? { of: 'facts', id: '' };
  do {
    const at: Place = place;
    const slice: Slice = await db.inOrgClient(
      scope,
      (client) =>
        at.of === 'facts'
          ? verifySlice(client, tools, scope.org, at.id, Math.min(SLICE, limit - entities))
          : withoutFacts(client, scope.org, at.of, at.id),
      'moment',
    );
    entities += slice.folded;
    different.push(...slice.different);
    place = slice.next;
  } while (place !== null && entities < limit && performance.now() < until);
  return db.inOrgClient(scope, async (client) => {
    const { rows } = await client.query<{ of: number }>('select count(*) as of from kernel.entity where org = $1', [
      scope.org,
    ]);
    const named = different.slice(0, NAMED_ROWS);
    await client.query('select audit.note_act($1, $2, $3, $4)', [
      'act',
      'kernel.entity',
      null,
      JSON.stringify({ verified: entities, different: named, ...(after && { after: `${after.of} ${after.id}` }) }),
    ]);
    return { entities, of: rows[0]?.of ?? 0, different: named, next: place };
  });
}

interface Slice {
  readonly folded: number;
  readonly different: readonly EntityRef[];
  readonly next: Place | null;
}

async function verifySlice(
  client: pg.ClientBase,
  tools: KeyTools,
  org: string,
  after: string,
  most: number,
): Promise<Slice> {
  const { rows } = await client.query<{ ref: EntityRef }>(
    `select ref from (
       (select distinct ref from kernel.fact_about where org = $1 and ref > $2 order by ref limit $3)
       union
       (select ref from kernel.entity where org = $1 and ref > $2 order by ref limit $3)
     ) known order by ref limit $3`,
    [org, after, most],
  );
  const refs = rows.map((row) => row.ref);
  const stored = await readStored(client, tools, org, refs);
  const different: EntityRef[] = [];
  for (const ref of refs) {
    if (!(await agrees(ref, stored))) different.push(ref);
    await turn();
  }
  const last = refs.at(-1);
  const next: Place | null = last === undefined ? firstKind(PROJECTED) : { of: 'facts', id: last };
  return { folded: refs.length, different, next };
}

interface EntityRow {
  readonly ref: EntityRef;
  readonly kind: string;
  readonly open: boolean;
  readonly touched_at: number;
  readonly count: number;
  readonly key: string;
  readonly folded: Buffer;
}

type RelationalRow = { readonly id: string; readonly site: string } & { readonly [column: string]: unknown };

interface Stored {
  readonly org: string;
  readonly tools: KeyTools;
  readonly keys: Pick<StepKeys, 'byId' | 'siteKey'>;
  readonly facts: ReadonlyMap<EntityRef, readonly FactRow[]>;
  readonly entities: ReadonlyMap<EntityRef, EntityRow>;
  readonly rows: ReadonlyMap<EntityRef, RelationalRow>;
  readonly sites: ReadonlySet<string>;
}

interface FactRow extends FrameRow {
  readonly ref: EntityRef;
  readonly erased: boolean;
}

async function readStored(
  client: pg.ClientBase,
  tools: KeyTools,
  org: string,
  refs: readonly EntityRef[],
): Promise<Stored> {
  const facts = await client.query<FactRow>(
    `select a.ref, f.h, f.s, f.k, f.b,
        (f.type = 'entity.erased' and f.station = 'center') or exists (select from keys.destroyed d where d.org = $1 and d.id = f.k) as erased
      from kernel.fact_about a join kernel.fact f using (org, site, n)
      where a.org = $1 and a.ref = any ($2) order by f.hlc, f.id`,
    [org, refs],
  );
  const entities = await client.query<EntityRow>(
    'select ref, kind, open, touched_at, count, key, folded from kernel.entity where org = $1 and ref = any ($2)',
    [org, refs],
  );
  const sites = await client.query<{ ref: EntityRef; site: string }>(
    'select ref, site from kernel.entity_site where org = $1 and ref = any ($2)',
    [org, refs],
  );
  const rows = new Map<EntityRef, RelationalRow>();
  for (const [kind, { name }] of Object.entries(UPSERTS)) {
    const ids = refs.filter((ref) => kindOf(ref) === kind).map(rowId);
    if (ids.length === 0) continue;
    const found = await client.query<RelationalRow>(`select * from ${name} where org = $1 and id = any ($2)`, [
      org,
      ids,
    ]);
    for (const row of found.rows) rows.set(`${kind}:${row.id}`, row);
  }
  const keys = heldKeys(client, org, new Map(), tools);
  await keys.byId([...facts.rows.flatMap(({ k }) => (k === null ? [] : [k])), ...entities.rows.map(({ key }) => key)]);
  return {
    org,
    tools,
    keys,
    facts: Map.groupBy(facts.rows, ({ ref }) => ref),
    entities: new Map(entities.rows.map((row) => [row.ref, row])),
    rows,
    sites: new Set(sites.rows.map(({ ref, site }) => `${ref} ${site}`)),
  };
}

async function agrees(ref: EntityRef, stored: Stored): Promise<boolean> {
  const entity = stored.entities.get(ref);
  const frames = stored.facts.get(ref);
  if (!entity || !frames) return false;
  const key = await keyOf(stored, entity.key);
  const plain = key && unseal(key, entity.folded, foldedContext(stored.org, ref));
  if (!key || !plain) return false;
  const held = JSON.parse(plain.toString('utf8')) as Folded;
  const erased = frames.some((frame) => frame.erased);
  const state = erased ? held : foldAll(ref, await openFacts(stored, frames), effectsOf);
  return (
    settledText(state) === settledText(held) &&
    state.count === frames.length &&
    entity.kind === kindOf(ref) &&
    entity.open === isOpen(state) &&
    entity.touched_at === touchedAt(state) &&
    entity.count === state.count &&
    rowAgrees(state, stored, entity.key, key, erased)
  );
}

async function keyOf({ org, tools, keys }: Stored, name: string): Promise<Uint8Array | null> {
  return foldedKey(tools.keys, org, name, await keys.byId([name]));
}

async function openFacts({ keys }: Stored, frames: readonly FrameRow[]): Promise<readonly Fact[]> {
  return factsOf(frames, await keys.byId(frames.flatMap(({ k }) => (k === null ? [] : [k]))), keys.siteKey);
}

function rowAgrees(state: Folded, stored: Stored, keyName: string, key: Uint8Array, erased: boolean): boolean {
  const table = projectionOf(kindOf(state.ref));
  const wanted = table ? rowOf(state) : null;
  const row = stored.rows.get(state.ref);
  if (!table || !wanted) return row === undefined;
  if (!row || !stored.sites.has(`${state.ref} ${row.site}`)) return false;
  // What was drawn from a sealed column stays for reports when that is erased.
  const kept = erased ? (table.drawnFrom ?? {}) : {};
  const clear = table.clear.every(([column]) =>
    column === 'key' ? row.key === keyName : column in kept || same(row[column], wanted.clear[column]),
  );
  return (
    clear && table.sealed.every((column) => same(opened(stored.org, table, row, column, key), wanted.sealed[column]))
  );
}

/** A sealed column's value; undefined where it cannot be opened, which no value equals. */
function opened(org: string, table: Table, row: RelationalRow, column: string, key: Uint8Array): unknown {
  const sealed = row[column] as Buffer | null;
  if (sealed === null) return null;
  const plain = unseal(key, sealed, columnContext(org, table.name, row.id, column));
  return plain ? (JSON.parse(plain.toString('utf8')) as Json) : undefined;
}

function same(held: unknown, wanted: Json | undefined): boolean {
  return held !== undefined && canonicalJson(held as Json) === canonicalJson(wanted ?? null);
}

const firstKind = ([kind]: readonly ProjectedKind[]): Place | null =>
  kind === undefined ? null : { of: kind, id: '' };

/** Rows of a kind, some thousand of them, that stand for entities about which there are no facts. */
async function withoutFacts(client: pg.ClientBase, org: string, kind: ProjectedKind, after: string): Promise<Slice> {
  const { rows } = await client.query<{ last: string | null; read: number; stray: string[] | null }>(
    `with page as (select id, $2 || id as ref from ${UPSERTS[kind].name} where org = $1 and id > $3 order by id limit $4)
     select max(id) as last, count(*) as read, array_agg(ref order by id) filter (where
         not exists (select from kernel.entity e where e.org = $1 and e.ref = page.ref)
         and not exists (select from kernel.fact_about a where a.org = $1 and a.ref = page.ref)) as stray
       from page`,
    [org, `${kind}:`, after, ROWS],
  );
  const { last = null, read = 0, stray = null } = rows[0] ?? {};
  const next =
    last !== null && read === ROWS ? { of: kind, id: last } : firstKind(PROJECTED.slice(PROJECTED.indexOf(kind) + 1));
  return { folded: 0, different: (stray ?? []) as readonly EntityRef[], next };
}
