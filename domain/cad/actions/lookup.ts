/** Finding what an input names: a clear refusal where it is not there. Ids may be bare or references. */
import type { Folded } from '../../kernel/fold.ts';
import { shownValue } from '../../kernel/fold.ts';
import { type EntityRef, entityRef, idOf, partsOfAssignment } from '../../kernel/ids.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { listed } from '../sentences/words.ts';
import type { StatusCode } from '../status.ts';
import { callsignOf, lifeOf, type Run, runsOfUnit, statusesOfUnit, statusOf, textOf } from '../views/reading.ts';
import type { World } from '../views/world.ts';

export interface KnownIncident {
  readonly ref: EntityRef;
  readonly id: string;
  readonly number: string;
  readonly folded: Folded;
}

export interface KnownUnit {
  readonly ref: EntityRef;
  readonly id: string;
  readonly callsign: string;
  readonly statuses: readonly StatusCode[];
  /** What it is on now, newest first. */
  readonly runs: readonly Run[];
}

/** The reference that an input's id means, where it is of this kind. */
export function refOf(kind: string, id: string): EntityRef {
  return id.startsWith(`${kind}:`) ? (id as EntityRef) : entityRef(kind, id);
}

/** An incident by its id or reference, whatever has become of it. Refuses with `incident.unknown`, naming `field`. */
export function incidentIn(world: World, id: string, field = 'incident'): Outcome<KnownIncident> {
  const ref = refOf('incident', id);
  const folded = world.entity(ref);
  if (!folded) return refused('incident.unknown', 'There is no such incident here. Choose one from the lists.', field);
  return done({ ref, id: idOf(ref), number: world.numberOf(ref), folded });
}

/** An incident that is neither closed nor merged: units can be sent to it. */
export function openIncidentIn(world: World, id: string, field = 'incident'): Outcome<KnownIncident> {
  const found = incidentIn(world, id, field);
  if (!found.ok) return found;
  const { folded, number } = found.value;
  const life = lifeOf(folded, world);
  if (life === 'closed') return refused('incident.closed', `${number} is closed. Reopen it first.`, field);
  if (life === 'merged') {
    const into = world.numberOf(textOf(shownValue(folded, 'mergedInto')) as EntityRef);
    return refused(
      'incident.merged',
      `${number} is merged into ${into}. Use ${into}, or take the merge back first.`,
      field,
    );
  }
  return found;
}

/** A unit by its id or reference: on the roster, a neighbour's, or one of which facts are held. Refuses with `unit.unknown`. */
export function unitIn(world: World, id: string, field = 'unit'): Outcome<KnownUnit> {
  const ref = refOf('unit', id);
  const roster = world.record('roster_unit', idOf(ref));
  if (!roster && !world.record('neighbour_unit', idOf(ref)) && !world.entity(ref))
    return refused('unit.unknown', 'There is no such unit here. Choose one from the list of units.', field);
  return done({
    ref,
    id: idOf(ref),
    callsign: callsignOf(world, ref),
    statuses: statusesOfUnit(world, ref),
    runs: runsOfUnit(world, ref),
  });
}

/** A unit that can be sent: on the roster and in use. */
export function unitInUse(world: World, id: string, field = 'unit'): Outcome<KnownUnit> {
  const found = unitIn(world, id, field);
  if (!found.ok) return found;
  const roster = world.record('roster_unit', found.value.id);
  return roster && !roster.active
    ? refused(
        'unit.inactive',
        `${roster.callsign} is not in use. An administrator can put it back on the roster.`,
        field,
      )
    : found;
}

/** The run of a unit that is meant: on the named incident, or on the only one that it is on; of several there the newest. */
export function runMeant(world: World, unit: KnownUnit, incident: string | undefined): Outcome<Run> {
  if (incident !== undefined) {
    const ref = refOf('incident', incident);
    const run = unit.runs.find((one) => one.incident === ref);
    return run ? done(run) : refused('unit.not_on', `${unit.callsign} is not on that incident.`, 'incident');
  }
  const [only] = unit.runs;
  if (!only) return refused('unit.not_on', `${unit.callsign} is not on an incident.`, 'incident');
  return isOnSeveral(unit) ? several(world, unit) : done(only);
}

/** Whether it is on more than one incident, in however many runs. */
export function isOnSeveral({ runs }: KnownUnit): boolean {
  return runs.some(({ incident }) => incident !== runs[0]?.incident);
}

/** Refuses with `needs.incident`: the unit is on more than one, and it has to be said which. */
export function several(world: World, unit: KnownUnit): Outcome<never> {
  const numbers = listed([...new Set(unit.runs.map((run) => world.numberOf(run.incident)))]);
  return refused('needs.incident', `${unit.callsign} is on ${numbers}. Say which.`, 'incident');
}

/** What a time is of: an assignment, or an incident. */
export interface Timed {
  readonly folded: Folded;
  /** What its facts are about, the entity itself last. */
  readonly about: readonly EntityRef[];
  /** `M36 on 24-10416`, or the incident's number. */
  readonly name: string;
}

/** The incident that a unit was on last, also where that is over; null where none that is held was its. */
function lastIncidentOf(world: World, unit: EntityRef): EntityRef | null {
  let last: { readonly incident: EntityRef; readonly since: number } | null = null;
  for (const incident of world.incidents())
    for (const assignment of world.assignmentsOf(incident)) {
      if (partsOfAssignment(assignment)?.unit !== unit) continue;
      const since = statusOf(world.entity(assignment))?.since;
      if (since !== undefined && since > (last?.since ?? Number.NEGATIVE_INFINITY)) last = { incident, since };
    }
  return last?.incident ?? null;
}

/** An assignment or an incident by its id or reference. Refuses with `unit.never_on` or `incident.unknown`, naming `of`. */
export function timedIn(world: World, of: string): Outcome<Timed> {
  const assignment = refOf('assignment', of);
  const parts = of.startsWith('incident:') ? null : partsOfAssignment(assignment);
  const folded = parts && world.entity(assignment);
  if (parts && folded) {
    const name = `${callsignOf(world, parts.unit)} on ${world.numberOf(parts.incident)}`;
    return done({ folded, about: [parts.incident, parts.unit, assignment], name });
  }
  if (parts && world.entity(parts.incident)) {
    const [callsign, number] = [callsignOf(world, parts.unit), world.numberOf(parts.incident)];
    const last = lastIncidentOf(world, parts.unit);
    const way =
      last === null
        ? `Name the incident that it was on: T ${callsign} 10418 OS 1402.`
        : `It was on ${world.numberOf(last)} last: T ${callsign} ${world.numberOf(last)}.`;
    return refused('unit.never_on', `${callsign} has not been on ${number}. ${way}`, 'of');
  }
  const incident = parts ? null : incidentIn(world, of, 'of');
  if (incident?.ok)
    return done({ folded: incident.value.folded, about: [incident.value.ref], name: incident.value.number });
  return refused('of.unknown', 'There is no such assignment or incident here.', 'of');
}
