/** The center's relational rows, which it folded on through every crash, against the fold of all its facts. */
import { z } from 'zod';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import { idOf, kindOf } from '../../domain/kernel/ids.ts';
import { canonicalJson, type Json } from '../../domain/kernel/json.ts';
import { rowOf } from '../../server/kernel/intake/cad-rows.ts';
import { DEMO_ADMINISTRATOR } from '../start/demo.ts';
import { askCenter, signIn } from '../start/enrolment.ts';
import type { Holder } from './verify.ts';

const KINDS = ['incident', 'unit', 'assignment'] as const;
const PageSchema = z.object({
  items: z.array(z.object({ id: z.string(), fields: z.record(z.string(), z.json()), body: z.json() })),
  next: z.string().nullable(),
});
type Shown = z.infer<typeof PageSchema>['items'][number];

const camel = (column: string): string => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What differs, row by row. `holder` is what was read from the center's stream. */
export async function rowDifferences(center: string, holder: Holder): Promise<readonly string[]> {
  const token = await signIn(center, DEMO_ADMINISTRATOR);
  const refs = new Set([...holder.facts.values()].flatMap(({ about }) => about));
  const found: string[] = [];
  for (const kind of KINDS) {
    const rows = await rowsOf(center, token, kind);
    const expected = [...refs].filter((ref) => kindOf(ref) === kind);
    for (const ref of expected) found.push(...rowAgainstFold(ref, rows.get(idOf(ref)), holder));
    const known = new Set(expected.map(idOf));
    for (const id of rows.keys()) if (!known.has(id)) found.push(`the center has a row ${kind} ${id} without any fact`);
  }
  return found;
}

function rowAgainstFold(ref: EntityRef, row: Shown | undefined, { store }: Holder): string[] {
  const state = store.entity(ref);
  const wanted = state && rowOf(state);
  if (!wanted) return [];
  if (!row) return [`the center has no row for ${ref}`];
  const { body, ...clear } = wanted.clear;
  const differing = Object.entries(clear)
    .filter(([column, value]) => !same(row.fields[camel(column)], value))
    .map(([column]) => column);
  if (!same(row.body, body)) differing.push('body');
  return differing.length === 0
    ? []
    : [`the center's row of ${ref} is not the fold of its facts: ${differing.join(', ')}`];
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

async function rowsOf(center: string, token: string, kind: string): Promise<ReadonlyMap<string, Shown>> {
  const rows = new Map<string, Shown>();
  for (let after: string | null = ''; after !== null; ) {
    const query = new URLSearchParams({ limit: '200', ...(after === '' ? {} : { after }) });
    const page: z.infer<typeof PageSchema> = await askCenter(center, `/v1/entities/${kind}?${query}`, PageSchema, {
      token,
    });
    for (const row of page.items) rows.set(row.id, row);
    after = page.next;
  }
  return rows;
}
