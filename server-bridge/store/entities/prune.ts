/**
 * Facts that a station no longer needs on its disk: the center holds them, they are older than the day asked for, and
 * everything they are about that can close was closed by then, and nothing of it is to be settled. What they said stays,
 * folded into the bases of their entities.
 */
import type { Fact } from '../../../domain/kernel/fact.ts';
import { FACT_CONTESTED, FACT_SETTLED } from '../../../domain/kernel/fold.ts';
import { hlcParse } from '../../../domain/kernel/hlc.ts';
import { type EntityRef, kindOf, partsOfAssignment } from '../../../domain/kernel/ids.ts';
import type { Core } from '../core.ts';
import { CENTER_STATION } from '../facts/authentic.ts';
import { logNumOf, seqOf } from '../facts/logs.ts';
import { closes, isDisputed } from './closed.ts';

/** Most facts dropped in one call, so that the station is never held up for long. */
const BATCH = 1_000;

export function prune(core: Core, before: number): number {
  return core.write('here', () => {
    core.settle();
    const dropped = withoutTornVerdicts(core, candidates(core, before));
    const byEntity = new Map<EntityRef, number[]>();
    for (const [pos, fact] of dropped) {
      for (const ref of new Set(fact.about)) byEntity.set(ref, [...(byEntity.get(ref) ?? []), pos]);
    }
    for (const [ref, positions] of byEntity) core.entities.absorb(ref, positions);
    for (const [pos, fact] of dropped) {
      const log = core.logs.at(logNumOf(pos));
      if (log && log.floor < seqOf(pos)) {
        log.floor = seqOf(pos);
        core.logs.touch(log);
      }
      core.facts.remove(pos, fact.id);
    }
    return dropped.size;
  });
}

function candidates(core: Core, before: number): Map<number, Fact> {
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
  const old = (fact: Fact): boolean => hlcParse(fact.hlc).ms < before;
  const consider = (pos: number): boolean => {
    const log = core.logs.at(logNumOf(pos));
    const fact = core.facts.at(pos);
    if (!log || !fact || !old(fact)) return false;
    // A new epoch of the center unsays what it said before and says again what still holds: that, and what it is about, stays.
    if (log.station === CENTER_STATION) return true;
    const atCenter = seqOf(pos) <= log.center && !core.strays.has(pos);
    if (atCenter && fact.about.every(over) && !core.facts.awaits(pos)) found.set(pos, fact);
    return true;
  };
  for (const num of core.entities.closedHolding(before, BATCH)) {
    for (const pos of core.entities.positions(num)) consider(pos);
    if (found.size >= BATCH) return found;
  }
  for (const num of core.entities.neverClosing()) {
    let passed = -1;
    for (const pos of core.entities.positions(num)) {
      // A log runs forward in time: past its first recent fact there are no old ones.
      if (logNumOf(pos) !== passed && !consider(pos)) passed = logNumOf(pos);
      if (found.size >= BATCH) return found;
    }
  }
  return found;
}

/** An assignment is over with its incident, also where nobody cleared the unit. */
function closedBefore(core: Core, ref: EntityRef, before: number): boolean {
  const closed = core.entities.closedAt(ref);
  if (closed !== null && closed < before) return true;
  const parts = partsOfAssignment(ref);
  return parts !== null && closedBefore(core, parts.incident, before);
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
