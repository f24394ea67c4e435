/**
 * Facts that a station no longer needs on its disk: the center holds them, they are older than the day asked for, and
 * everything they are about that can close was closed by then, and nothing of it is to be settled. What they said stays,
 * folded into the bases of their entities. Those about nothing go once everything in their log is older.
 */

import { CLOSING_KINDS, closes } from '../../../domain/cad/closing.ts';
import { saysOfItsUnit } from '../../../domain/cad/views/conflicts.ts';
import type { Fact } from '../../../domain/kernel/fact.ts';
import { FACT_CONTESTED, FACT_SETTLED } from '../../../domain/kernel/fold.ts';
import { hlcParse } from '../../../domain/kernel/hlc.ts';
import { type EntityRef, kindOf, partsOfAssignment } from '../../../domain/kernel/ids.ts';
import { CENTER_STATION } from '../../../domain/kernel/kernel.ts';
import type { Core } from '../core.ts';
import { aboutNothing, isSettled } from '../facts/about-nothing.ts';
import { logNumOf, seqOf } from '../facts/logs.ts';
import { isDisputed } from './closed.ts';
import type { ClosedPlace } from './entity-table.ts';

/** Most facts dropped in one call: nobody at the console waits for more than some 30 ms. */
const BATCH = 200;
/** Most closed entities looked at in one call: of almost all of them nothing is held any more. */
const LOOKED_AT = 2_000;
const PAGE = 200;

/** How far a round has come: over what closed, kind by kind, and then over what never does. */
interface Place {
  readonly closed: ClosedPlace | null;
  /** The number of the entity that never closes and is next. */
  readonly never: number;
}
/** And at its end over what is about nothing: the number of the log that is next. */
type Next = Place | { readonly log: number };

const [FIRST_KIND] = CLOSING_KINDS;
const BEGIN: Place = { closed: { kind: FIRST_KIND, closed: -1, num: -1 }, never: 0 };

export interface Pruned {
  /** Facts. */
  readonly dropped: number;
  /** The round has not come to its end: there may be more to drop. */
  readonly more: boolean;
}

/** Each call goes on where the last one stopped, past what cannot be dropped; a call that ends the round says so. */
export function pruning(core: Core): (before: number) => Pruned {
  let place: Next = BEGIN;
  return (before) => {
    const done = core.write('here', () => {
      core.settle();
      return step(core, before, place);
    });
    place = done.next ?? BEGIN;
    return { dropped: done.dropped, more: done.next !== null };
  };
}

function step(core: Core, before: number, place: Next): { readonly dropped: number; readonly next: Next | null } {
  let dropped = 0;
  if ('never' in place) {
    const { found, next } = candidates(core, before, place);
    dropped = drop(core, withoutTornVerdicts(core, found));
    // Of an entity that never closes there may be more; where nothing could go, there is none.
    if (next !== null)
      return { dropped, next: dropped === 0 && next.closed === null ? { ...next, never: next.never + 1 } : next };
  }
  const rest = aboutNothing(core, before, 'log' in place ? place.log : 0, BATCH);
  return { dropped: dropped + drop(core, rest.found), next: rest.next === null ? null : { log: rest.next } };
}

function drop(core: Core, dropped: ReadonlyMap<number, Fact>): number {
  const byEntity = new Map<EntityRef, number[]>();
  for (const [pos, fact] of dropped) {
    for (const ref of new Set(fact.about)) byEntity.set(ref, [...(byEntity.get(ref) ?? []), pos]);
  }
  for (const [ref, positions] of byEntity) core.entities.absorb(ref, positions);
  for (const [pos, fact] of dropped) {
    const log = core.logs.at(logNumOf(pos));
    // What is about nothing is in no base: a fact before it that comes late is not in one for that.
    if (log && fact.about.length > 0 && log.floor < seqOf(pos)) {
      log.floor = seqOf(pos);
      core.logs.touch(log);
    }
    core.facts.remove(pos, fact.id);
  }
  return dropped.size;
}

/** What may go, looked for from a place on, and where to go on; null at the end of a round. */
function candidates(
  core: Core,
  before: number,
  from: Place,
): { readonly found: Map<number, Fact>; readonly next: Place | null } {
  const found = new Map<number, Fact>();
  const overs = new Map<EntityRef, boolean>();
  const over = (ref: EntityRef): boolean => {
    let is = overs.get(ref);
    if (is === undefined) {
      const state = core.entities.get(ref);
      is = (!closes(kindOf(ref)) || closedBefore(core, ref, before)) && !(state && isDisputed(state));
      overs.set(ref, is);
    }
    return is;
  };
  const consider = (pos: number): boolean => {
    const log = core.logs.at(logNumOf(pos));
    const fact = core.facts.at(pos);
    if (!log || !fact || hlcParse(fact.hlc).ms >= before) return false;
    // A new epoch of the center unsays what it said before and says again what still holds: that, and what it is about, stays.
    if (log.station === CENTER_STATION) return true;
    if (fact.about.every(over) && isSettled(core, log, pos)) found.set(pos, fact);
    return true;
  };
  let place = from.closed;
  for (let looked = 0; place !== null && looked < LOOKED_AT; ) {
    const rows = core.entities.closedFrom(place, before, PAGE);
    for (const { num, closed, holding } of rows) {
      if (holding) for (const pos of core.entities.positions(num)) consider(pos);
      place = { kind: place.kind, closed, num };
      if (found.size >= BATCH) return { found, next: { closed: place, never: 0 } };
    }
    looked += rows.length;
    if (rows.length < PAGE) place = afterKind(place.kind);
  }
  if (place !== null) return { found, next: { closed: place, never: 0 } };
  for (const num of core.entities.neverClosing()) {
    if (num < from.never) continue;
    let passed = -1;
    for (const pos of core.entities.positions(num)) {
      // A log runs forward in time: past its first recent fact there are no old ones.
      if (logNumOf(pos) !== passed && !consider(pos)) passed = logNumOf(pos);
      if (found.size >= BATCH) return { found, next: { closed: null, never: num } };
    }
  }
  return { found, next: null };
}

function afterKind(kind: string): ClosedPlace | null {
  const next = CLOSING_KINDS.find((one, i) => CLOSING_KINDS[i - 1] === kind && one !== kind);
  return next === undefined ? null : { kind: next, closed: -1, num: -1 };
}

/**
 * An assignment is over with its incident, but not while it still says something of its unit: the unit's row tells which journey it is on, and
 * how many it has aboard, by its facts.
 */
function closedBefore(core: Core, ref: EntityRef, before: number): boolean {
  const closed = core.entities.closedAt(ref);
  if (closed !== null && closed < before) return true;
  const parts = partsOfAssignment(ref);
  return parts !== null && closedBefore(core, parts.incident, before) && !saysOfItsUnit(core.entities.get(ref));
}

/** A verdict and what it judges go together or stay together, and nothing goes while it is contested. */
function withoutTornVerdicts(core: Core, found: Map<number, Fact>): Map<number, Fact> {
  const judged = new Set<EntityRef>();
  for (const fact of found.values()) {
    for (const ref of fact.about) if (core.entities.get(ref)?.judged) judged.add(ref);
  }
  const dropped = new Set([...found.values()].map((fact) => fact.id));
  const posOf = new Map([...found].map(([pos, fact]) => [fact.id, pos]));
  for (let torn = true; torn; ) {
    torn = false;
    for (const ref of judged) {
      const open = new Set(core.entities.get(ref)?.contested.map((one) => one.fact));
      const groups = new Map<string, string[]>();
      for (const fact of core.entities.facts(ref)) {
        if (fact.type !== FACT_CONTESTED && fact.type !== FACT_SETTLED) continue;
        const of = String((fact.content as { readonly fact?: unknown } | undefined)?.fact);
        groups.set(of, [...(groups.get(of) ?? [of]), fact.id]);
      }
      for (const [of, group] of groups) {
        if (!open.has(of) && group.every((id) => dropped.has(id))) continue;
        for (const id of group) torn = dropped.delete(id) || torn;
      }
    }
  }
  for (const [id, pos] of posOf) if (!dropped.has(id)) found.delete(pos);
  return found;
}
