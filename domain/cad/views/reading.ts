/** Reading folded entities with their types: total, whatever the facts said. */
import type { Fact } from '../../kernel/fact.ts';
import { type Claim, type Folded, shownValue, sidesOf } from '../../kernel/fold.ts';
import { type EntityRef, type FactId, partsOfAssignment } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import type { Destination, Emergency } from '../facts.ts';
import { ON_INCIDENT, type StandardStatus, type StatusCode } from '../status.ts';
import { openingOf } from './numbers.ts';
import type { World } from './world.ts';

type Fields = { readonly [key: string]: Json | undefined };

export function fieldsOf(value: Json | undefined): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function numberIn(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** The incidents that a fact says its unit is committed to. */
export function commitmentsIn({ commitments }: Fields): readonly EntityRef[] {
  return Array.isArray(commitments) ? commitments.filter((ref): ref is EntityRef => typeof ref === 'string') : [];
}

/** The claim behind the value that is shown: the earliest uncontested one. */
export function claimOf(folded: Folded | undefined, register: string): Claim | undefined {
  const sides = sidesOf(folded, register);
  for (const side of sides) {
    const claim = side.claims.find((one) => !one.contested);
    if (claim) return claim;
  }
  return sides[0]?.claims[0];
}

export interface StatusNow {
  readonly code: string;
  readonly standard: StandardStatus;
  /** When it was taken, ms UTC. */
  readonly since: number;
  readonly fact: FactId;
  readonly contested: boolean;
  readonly reason: string;
  readonly until: number | null;
  readonly post: string;
}

/** The status of an assignment, or a unit's own where it is on nothing. */
export function statusOf(folded: Folded | undefined): StatusNow | null {
  const claim = claimOf(folded, 'status');
  if (!claim) return null;
  const value = fieldsOf(claim.value);
  return {
    code: textOf(value.code),
    standard: textOf(value.standard) as StandardStatus,
    since: claim.at,
    fact: claim.fact,
    contested: claim.contested === true,
    reason: textOf(value.reason),
    until: numberIn(value.until),
    post: textOf(value.post),
  };
}

/**
 * A unit's call for help that is not over, since when (ms UTC); null where there is none. Where some say that it is over and
 * others, blindly, that it is not, it is not.
 */
export function emergencyOf(
  folded: Folded | undefined,
): { readonly emergency: Exclude<Emergency, 'over'>; readonly since: number } | null {
  const sides = sidesOf(folded, 'emergency');
  for (const emergency of ['declared', 'seen'] as const) {
    const claim = sides.find((side) => side.value === emergency)?.claims[0];
    if (claim) return { emergency, since: claim.at };
  }
  return null;
}

export function onIncident(standard: string): boolean {
  return ON_INCIDENT.includes(standard as StandardStatus);
}

/** A unit on an incident. */
export interface Run {
  readonly ref: EntityRef;
  readonly incident: EntityRef;
  readonly unit: EntityRef;
  readonly ordinal: number;
  readonly folded: Folded;
  readonly status: StatusNow;
}

/** The assignment as a run, whether it still goes on or not; null where no status of it is known. */
export function runOf(folded: Folded | undefined): Run | null {
  const parts = folded && partsOfAssignment(folded.ref);
  const status = statusOf(folded);
  return folded && parts && status ? { ref: folded.ref, ...parts, folded, status } : null;
}

export function isActive(run: Run): boolean {
  return onIncident(run.status.standard);
}

function newestFirst(a: Run, b: Run): number {
  if (a.folded.opened !== b.folded.opened) return a.folded.opened > b.folded.opened ? -1 : 1;
  return a.ref < b.ref ? -1 : 1;
}

/** Runs that go on among these assignments, newest first. */
export function activeRuns(assignments: Iterable<Folded | undefined>): readonly Run[] {
  const runs: Run[] = [];
  for (const folded of assignments) {
    const run = runOf(folded);
    if (run && isActive(run)) runs.push(run);
  }
  return runs.sort(newestFirst);
}

/** What a unit is on now, newest first. */
export function runsOfUnit(world: World, unit: EntityRef): readonly Run[] {
  return activeRuns(world.assignmentsOfUnit(unit).map(world.entity));
}

/** Who is on an incident now, newest first. */
export function runsOfIncident(world: World, incident: EntityRef): readonly Run[] {
  return activeRuns(world.assignmentsOf(incident).map(world.entity));
}

export type Life = 'open' | 'closed' | 'merged';

/** What an incident is merged into, as a reference; null where it is not. */
export function mergedIntoOf(folded: Folded | undefined): EntityRef | null {
  const into = textOf(shownValue(folded, 'mergedInto'));
  return into === '' ? null : (into as EntityRef);
}

/** What following merges from an incident comes to, in order: each once, itself last where they lead back to it. */
export function mergesOf(world: Pick<World, 'entity'>, from: EntityRef): ReadonlySet<EntityRef> {
  const seen = new Set<EntityRef>();
  let next = mergedIntoOf(world.entity(from));
  while (next && !seen.has(next)) {
    seen.add(next);
    next = mergedIntoOf(world.entity(next));
  }
  return seen;
}

/**
 * Whether an incident is worked, closed, or merged into another. Where consoles that were cut off merged two into each
 * other neither is merged: each was somebody's call, and no list would have it any more.
 */
export function lifeOf(folded: Folded | undefined, world: Pick<World, 'entity'>): Life {
  if (folded && mergedIntoOf(folded) && !mergesOf(world, folded.ref).has(folded.ref)) return 'merged';
  return shownValue(folded, 'life') === 'closed' ? 'closed' : 'open';
}

export function destinationOf(folded: Folded | undefined): Destination | null {
  const value = fieldsOf(shownValue(folded, 'destination'));
  const name = textOf(value.name);
  const id = textOf(value.id);
  return name === '' ? null : id === '' ? { name } : { id, name };
}

/** A unit as its site's roster has it; its id where that is not known (yet). */
export function callsignOf(world: World, unit: EntityRef): string {
  const id = unit.slice(unit.indexOf(':') + 1);
  const known = world.record('roster_unit', id) ?? world.record('neighbour_unit', id) ?? world.formerUnit(id);
  return known?.callsign ?? id;
}

/** The name of the site that lends a unit; null for one of one's own. */
export function lenderOf(world: World, unit: EntityRef): string | null {
  const id = unit.slice(unit.indexOf(':') + 1);
  const lent = world.record('roster_unit', id) ? undefined : world.record('neighbour_unit', id);
  return lent ? (world.record('neighbour', lent.site)?.name ?? 'another site') : null;
}

/** The name of the other site that opened an incident; null for one's own, and where that is not known here any more. */
export function openedBeside(folded: Folded, world: World): string | null {
  const [beside] = world.records('neighbour');
  const opening = beside && openingOf(folded);
  const site = opening ? world.fact(opening.fact)?.site : undefined;
  return site === undefined ? null : (world.record('neighbour', site)?.name ?? null);
}

/** Who said it and where, as far as that is known here: of another site's people and positions mostly that site alone. */
export function authorOf(
  fact: Pick<Fact, 'by' | 'position' | 'site'>,
  world: World,
): { readonly by: string; readonly position: string } {
  const site = world.record('neighbour', fact.site)?.name;
  if (site === undefined) return { by: world.personName(fact.by), position: world.positionName(fact.position) };
  return fact.by !== null && world.record('person', fact.by)
    ? { by: world.personName(fact.by), position: site }
    : { by: site, position: '' };
}

export function statusesOfUnit(world: World, unit: EntityRef): readonly StatusCode[] {
  return world.statuses(world.record('roster_unit', unit.slice(unit.indexOf(':') + 1))?.agency ?? null);
}

/** For each register, the facts that stand in it: what goes back as `shown`. */
export function shownOf(folded: Folded | undefined): { readonly [register: string]: readonly FactId[] } {
  const out: Record<string, readonly FactId[]> = {};
  for (const [register, claims] of Object.entries(folded?.registers ?? {})) out[register] = claims.map((c) => c.fact);
  return out;
}
