/** `record.put` and `record.put_many`: the roster of a site, changed by its administrators, version by version. */
import { sql } from 'kysely';
import type { z } from 'zod';
import { ROSTER_SCHEMAS, type RosterKind } from '#domain/cad/roster.ts';
import { type Json, sameValue } from '#domain/kernel/json.ts';
import { refusalOf } from '#domain/kernel/refusal.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import { MODULES, recordActions } from '#domain/modules.ts';
import type { REQUEST_INPUTS } from '#domain/wire/sync.ts';
import type { Scope } from '../../kernel/db/database.ts';
import type { CenterContext } from '../../kernel/part.ts';
import type { Asking } from './asking.ts';
import { accepted, type Decided, refusedBy } from './decisions.ts';
import { objectionTo } from './right.ts';

type Put = z.infer<(typeof REQUEST_INPUTS)['record.put']>;
type Records = Pick<CenterContext, 'db' | 'log' | 'clock' | 'circumstancesOf'>;

const DECLARED = new Map(MODULES.flatMap((module) => module.entities.map((entity) => [entity.kind, entity] as const)));

/** Puts all of them, or none and says why. */
export async function putRecords(
  context: Records,
  asking: Asking,
  puts: readonly Put[],
  scope: Omit<Scope, 'org'>,
): Promise<Decided> {
  const objection =
    (await rightTo(context, asking, puts)) ?? shapeOf(asking, puts) ?? (await elsewhere(context, asking, puts));
  if (objection) return objection;
  return context.log.intake(
    asking.org,
    async (tx) => {
      const next: RecordVersion[] = [];
      for (const put of puts) {
        const held = await tx.record(put.kind, put.id);
        if (isRepeat(held, put)) continue;
        const stale = staleness(held, put);
        if (stale) return stale;
        next.push({ kind: put.kind, id: put.id, version: put.version + 1, body: put.body });
      }
      for (const record of next) await tx.putRecord(asking.site, record);
      return accepted({ versions: puts.map((put) => ({ kind: put.kind, id: put.id, version: put.version + 1 })) });
    },
    scope,
  );
}

/** The very change, made already: its answer was lost. */
function isRepeat(held: RecordVersion | null, put: Put): boolean {
  return held !== null && held.version === put.version + 1 && sameValue(held.body as Json, put.body as Json);
}

async function rightTo(context: Records, asking: Asking, puts: readonly Put[]): Promise<Decided | null> {
  for (const kind of new Set(puts.map((put) => put.kind))) {
    const actions = recordActions(kind);
    if (!actions || !(kind in ROSTER_SCHEMAS)) {
      return refusedBy('record.kind@1', `"${kind.slice(0, 40)}" is not a kind of record that can be set.`);
    }
    const objection = await objectionTo(context, asking, actions.write);
    if (objection) return objection;
  }
  return null;
}

function shapeOf(asking: Asking, puts: readonly Put[]): Decided | null {
  const names = new Set<string>();
  const callsigns = new Set<string>();
  for (const put of puts) {
    const name = `${put.kind}/${put.id}`;
    if (names.has(name)) return refusedBy('record.once@1', `${name} is named twice; name each record once.`, [name]);
    names.add(name);
    if (put.kind === 'site' && put.id !== asking.site) {
      return refusedBy('record.site@1', 'The profile of a site is changed at that site.', [name]);
    }
    if (put.body === null) {
      if (put.version === 0) return refusedBy('record.archive@1', 'There is nothing to archive yet.', [name]);
      if (put.kind === 'site')
        return refusedBy('record.archive@1', 'The profile of a site cannot be archived.', [name]);
      continue;
    }
    const parsed = ROSTER_SCHEMAS[put.kind as RosterKind].safeParse(put.body);
    if (!parsed.success) {
      const { field, message } = refusalOf(parsed.error);
      return refusedBy('record.valid@1', message, [name, ...(field ? [field] : [])], ['correct', 'withdraw']);
    }
    if (put.kind === 'roster_unit') {
      const callsign = String(put.body.callsign);
      if (callsigns.has(callsign)) return twice(callsign, name);
      callsigns.add(callsign);
    }
  }
  return null;
}

function twice(callsign: string, name: string): Decided {
  const reason = `${callsign} is the callsign of another unit of this site; choose another.`;
  return refusedBy('unit.callsign@1', reason, [name], ['correct', 'withdraw']);
}

/** What other rows say: a record belongs to one site for good, and a callsign names one unit of a site. */
async function elsewhere(context: Records, asking: Asking, puts: readonly Put[]): Promise<Decided | null> {
  return context.db.inOrg({ org: asking.org }, async (trx) => {
    for (const kind of new Set(puts.map((put) => put.kind))) {
      const table = sql.table(DECLARED.get(kind)?.table ?? '');
      const ids = puts.filter((put) => put.kind === kind).map((put) => put.id);
      const { rows } = await sql<{
        id: string;
      }>`select id from ${table} where id = any (${ids}) and site <> ${asking.site}`.execute(trx);
      if (rows[0]) return refusedBy('record.site@1', 'This record belongs to another site.', [`${kind}/${rows[0].id}`]);
    }
    const units = puts.filter((put) => put.kind === 'roster_unit' && put.body !== null);
    const { rows } = await sql<{ callsign: string }>`
      select body ->> 'callsign' as callsign from cad.roster_unit
      where site = ${asking.site} and not archived and body ->> 'callsign' = any (${units.map((put) => String(put.body?.callsign))})
        and id <> all (${puts.filter((put) => put.kind === 'roster_unit').map((put) => put.id)})`.execute(trx);
    return rows[0] ? twice(rows[0].callsign, 'roster_unit') : null;
  });
}

/** A change of a version that is not the newest is refused with what became different since. */
function staleness(held: RecordVersion | null, put: Put): Decided | null {
  const version = held?.version ?? 0;
  if (version === put.version) return null;
  const name = `${put.kind}/${put.id}`;
  const next = ['read again', 'withdraw'];
  if (held === null)
    return refusedBy('record.version@1', 'There is no such record; create it with version 0.', [name], next);
  if (put.version === 0) {
    return refusedBy('record.version@1', `There is a record of this name already, version ${version}.`, [name], next);
  }
  if (held.body === null) {
    return refusedBy('record.version@1', 'It was archived meanwhile.', [`${name}@${version}`], next);
  }
  const differs = differences(held.body as Json, put.body as Json);
  const what = differs.length === 0 ? 'to the same values' : `: yours differs in ${differs.join(', ')}`;
  const reason = `It was changed meanwhile (version ${version}, yours is of ${put.version})${what}.`;
  return refusedBy('record.version@1', reason.slice(0, 400), [`${name}@${version}`], next);
}

function differences(held: Json, asked: Json): string[] {
  if (held === null || asked === null || typeof held !== 'object' || typeof asked !== 'object') return ['everything'];
  const a = held as { readonly [key: string]: Json };
  const b = asked as { readonly [key: string]: Json };
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !sameValue(a[key], b[key])).sort();
}
