/** `record.put` and `record.put_many`: the roster of a site, changed by its administrators, version by version. */
import type { z } from 'zod';
import { ROSTER_SCHEMAS, type RosterKind } from '#domain/cad/roster.ts';
import { isTimeZone } from '#domain/cad/sentences/local-time.ts';
import type { Circumstances } from '#domain/kernel/authorise.ts';
import { type Json, sameValue } from '#domain/kernel/json.ts';
import { refusalOf } from '#domain/kernel/refusal.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import { recordActions } from '#domain/modules.ts';
import type { REQUEST_INPUTS } from '#domain/wire/sync.ts';
import type { Scope } from '../../kernel/db/database.ts';
import type { CenterContext } from '../../kernel/part.ts';
import { showNeighbours } from '../sites/neighbours.ts';
import type { Asking } from './asking.ts';
import { accepted, type Decided, refusedBy } from './decisions.ts';
import { type Desk, type Held, openDesk } from './desk.ts';
import { objectionTo } from './right.ts';

export type Put = z.infer<(typeof REQUEST_INPUTS)['record.put']>;

/** Puts all of them, or none and says why. */
export async function putRecords(
  context: Pick<CenterContext, 'log' | 'clock' | 'circumstancesOf'>,
  asking: Asking,
  puts: readonly Put[],
  scope: Omit<Scope, 'org'>,
): Promise<Decided> {
  const circumstances = await context.circumstancesOf(asking.org);
  return context.log.intakeBeside(
    asking.org,
    async (tx, client) => {
      const desk = await openDesk(client, puts);
      const { decided, next } = judgePuts(desk, asking, puts, circumstances, context.clock());
      await Promise.all(next.map((record) => tx.putRecord(asking.site, record)));
      await showNeighbours(tx, client, asking.site, next);
      return decided;
    },
    scope,
  );
}

/** Decides about all of them, and which versions are to be put; those are on the desk then. */
export function judgePuts(
  desk: Desk,
  asking: Asking,
  puts: readonly Put[],
  circumstances: Circumstances,
  now: number,
): { readonly decided: Decided; readonly next: readonly RecordVersion[] } {
  const objection = rightTo(asking, puts, circumstances, now) ?? shapeOf(asking, puts) ?? elsewhere(desk, asking, puts);
  if (objection) return { decided: objection, next: [] };
  const next: RecordVersion[] = [];
  for (const put of puts) {
    const held = desk.held(put.kind, put.id);
    if (isRepeat(held, put)) continue;
    const stale = staleness(held, put);
    if (stale) return { decided: stale, next: [] };
    next.push({ kind: put.kind, id: put.id, version: put.version + 1, body: put.body });
  }
  for (const record of next) desk.put(asking.site, record);
  const versions = puts.map((put) => ({ kind: put.kind, id: put.id, version: put.version + 1 }));
  return { decided: accepted({ versions }), next };
}

/** The very change, made already: its answer was lost. */
function isRepeat(held: Held | null, put: Put): boolean {
  return held !== null && held.version === put.version + 1 && sameValue(held.body as Json, put.body as Json);
}

function rightTo(asking: Asking, puts: readonly Put[], circumstances: Circumstances, now: number): Decided | null {
  for (const kind of new Set(puts.map((put) => put.kind))) {
    const actions = recordActions(kind);
    if (!actions || !(kind in ROSTER_SCHEMAS)) {
      return refusedBy('record.kind@1', `"${kind.slice(0, 40)}" is not a kind of record that can be set.`);
    }
    const objection = objectionTo(circumstances, asking, actions.write, now);
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
    // Stations read what a build with other zones put: it is held at this door alone.
    if (put.kind === 'site' && !isTimeZone(String(put.body.timeZone))) {
      const reason = 'timeZone must be an IANA time zone such as America/Los_Angeles.';
      return refusedBy('record.valid@1', reason, [name, 'timeZone'], ['correct', 'withdraw']);
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

/** Consoles know a callsign by its record alone: an archived one would stand on its call by its id. */
function stillOut(desk: Desk, unit: string): Decided {
  const callsign = desk.held('roster_unit', unit)?.body?.callsign ?? 'The unit';
  const reason = `${callsign} is on an incident. Clear it first, or take it out of use, and archive it once it is free.`;
  return refusedBy('unit.out@1', reason, [`roster_unit/${unit}`], ['correct', 'withdraw']);
}

/** What other rows say: a record belongs to one site for good, and a callsign names one unit of a site. */
function elsewhere(desk: Desk, asking: Asking, puts: readonly Put[]): Decided | null {
  for (const { kind, id } of puts) {
    const held = desk.held(kind, id);
    if (held && held.site !== asking.site) {
      return refusedBy('record.site@1', 'This record belongs to another site.', [`${kind}/${id}`]);
    }
  }
  const units = puts.filter((put) => put.kind === 'roster_unit');
  const own = new Set(units.map((put) => put.id));
  for (const { id, body } of units) {
    if (body === null && desk.isOut(id)) return stillOut(desk, id);
    if (body === null) continue;
    const callsign = String(body.callsign);
    if (desk.isTaken(asking.site, callsign, own)) return twice(callsign, 'roster_unit');
  }
  return null;
}

/** A change of a version that is not the newest is refused with what became different since. */
function staleness(held: Held | null, put: Put): Decided | null {
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
