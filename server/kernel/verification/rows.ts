/** Folds every entity of an organisation anew from its facts and holds what is stored against it. Changes nothing. */
import { setImmediate as turn } from 'node:timers/promises';
import type pg from 'pg';
import type { Fact } from '#domain/kernel/fact.ts';
import { type Folded, foldAll, settledText } from '#domain/kernel/fold.ts';
import { type EntityRef, kindOf } from '#domain/kernel/ids.ts';
import { canonicalJson, type Json } from '#domain/kernel/json.ts';
import { effectsOf } from '#domain/modules.ts';
import { unseal } from '#sealing/cipher.ts';
import type { Database, Scope } from '../db/database.ts';
import { isOpen, rowId, rowOf, touchedAt } from '../intake/cad-rows.ts';
import { type FrameRow, factsOf } from '../intake/pg/frames.ts';
import { columnContext, foldedContext, projectionOf, type Table, UPSERTS } from '../intake/pg/rows.ts';
import { foldedKey, heldKeys, type KeyTools, type StepKeys } from '../intake/pg/step-keys.ts';

/** Entities read and folded at a time: one transaction each, so that neither a snapshot nor the loop is held for long. */
const SLICE = 50;
/** Differences that are named; what is beyond them is found when these have been dealt with. */
const NAMED = 50;

export interface VerifiedRows {
  /** Entities folded anew. */
  readonly entities: number;
  /** Those whose state or row is not what their facts fold to, and rows that have no facts; 50 at most. */
  readonly different: readonly EntityRef[];
}

/**
 * Each entity is seen at one moment with its facts, also while facts are being taken. Where bodies were erased for good,
 * the state cannot be folded again: its number of facts and its row are held against the state that is stored.
 */
export async function verifyRows(db: Database, tools: KeyTools, scope: Scope): Promise<VerifiedRows> {
  const different: EntityRef[] = [];
  let entities = 0;
  let after = '';
  for (;;) {
    const slice = await db.inOrgClient(scope, (client) => verifySlice(client, tools, scope.org, after), 'moment');
    if (slice.refs.length === 0) break;
    entities += slice.refs.length;
    different.push(...slice.different);
    after = slice.refs.at(-1) ?? after;
  }
  return db.inOrgClient(scope, async (client) => {
    different.push(...(await withoutFacts(client, scope.org)));
    const named = different.slice(0, NAMED);
    await client.query('select audit.note_act($1, $2, $3, $4)', [
      'act',
      'kernel.entity',
      null,
      JSON.stringify({ verified: entities, different: named }),
    ]);
    return { entities, different: named };
  });
}

interface Slice {
  readonly refs: readonly EntityRef[];
  readonly different: readonly EntityRef[];
}

async function verifySlice(client: pg.ClientBase, tools: KeyTools, org: string, after: string): Promise<Slice> {
  const { rows } = await client.query<{ ref: EntityRef }>(
    `select ref from (
       (select distinct ref from kernel.fact_about where org = $1 and ref > $2 order by ref limit $3)
       union
       (select ref from kernel.entity where org = $1 and ref > $2 order by ref limit $3)
     ) known order by ref limit $3`,
    [org, after, SLICE],
  );
  const refs = rows.map((row) => row.ref);
  const stored = await readStored(client, tools, org, refs);
  const different: EntityRef[] = [];
  for (const ref of refs) {
    if (!(await agrees(ref, stored))) different.push(ref);
    await turn();
  }
  return { refs, different };
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

/** Rows that stand for entities about which there are no facts. */
async function withoutFacts(client: pg.ClientBase, org: string): Promise<readonly EntityRef[]> {
  const found: EntityRef[] = [];
  for (const [kind, { name }] of Object.entries(UPSERTS)) {
    const { rows } = await client.query<{ ref: EntityRef }>(
      `select $2 || r.id as ref from ${name} r where r.org = $1
          and not exists (select from kernel.entity e where e.org = $1 and e.ref = $2 || r.id)
          and not exists (select from kernel.fact_about a where a.org = $1 and a.ref = $2 || r.id)
        order by r.id limit $3`,
      [org, `${kind}:`, NAMED],
    );
    found.push(...rows.map((row) => row.ref));
  }
  return found;
}
