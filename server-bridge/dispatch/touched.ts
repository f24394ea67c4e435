/** Which rows a change makes different. Pure. */
import { fieldsOf, mergesOf, runsOfUnit } from '../../domain/cad/views/reading.ts';
import type { World } from '../../domain/cad/views/world.ts';
import { type Folded, shownValue } from '../../domain/kernel/fold.ts';
import { type EntityRef, entityRef, kindOf, partsOfAssignment } from '../../domain/kernel/ids.ts';
import type { RecordVersion } from '../../domain/kernel/stream.ts';
import type { Change } from '../store/store.ts';

/** Incidents that a unit is on or committed to: their rows show it. */
function incidentsOf(world: World, unit: EntityRef): EntityRef[] {
  const committed = shownValue(world.entity(unit), 'commitments');
  const named = Array.isArray(committed) ? committed.filter((ref): ref is EntityRef => typeof ref === 'string') : [];
  const conflicting = (world.entity(unit)?.registers.commitments ?? []).flatMap((claim) =>
    Array.isArray(claim.value) ? claim.value.filter((ref): ref is EntityRef => typeof ref === 'string') : [],
  );
  return [...named, ...conflicting, ...runsOfUnit(world, unit).map((run) => run.incident)];
}

function ofRecord(world: World, record: RecordVersion): readonly EntityRef[] {
  if (record.kind === 'roster_unit' || record.kind === 'neighbour_unit') return [entityRef('unit', record.id)];
  if (record.kind === 'nature') {
    return [...world.incidents()].filter(
      (ref) => fieldsOf(shownValue(world.entity(ref), 'nature')).code === (record.body?.code ?? record.id),
    );
  }
  return [];
}

/** Whether an incident says the number of one that was erased: nothing of that itself tells any more. */
function names(folded: Folded | undefined, erased: EntityRef): boolean {
  if (!folded) return false;
  const { judged, registers } = folded;
  return (
    judged ||
    Object.entries(registers).some(
      ([register, claims]) => register === `link:${erased}` || claims.some(({ value }) => value === erased),
    )
  );
}

/** Incidents that may say its number, in what is contested or in conflict about the two of them. */
function namedBeside(world: World, incident: EntityRef): EntityRef[] {
  const folded = world.entity(incident);
  if (!folded) return [...world.incidents()].filter((ref) => names(world.entity(ref), incident));
  const isLinked = Object.keys(folded.registers).some((register) => register.startsWith('link:'));
  if (!folded.judged && !isLinked) return [];
  return world.factsOf(incident).flatMap(({ about }) => about.filter((ref) => kindOf(ref) === 'incident'));
}

/** Whether it took an entity away: what was erased is told by no fact of its own, and may be named by any. */
export function erases(world: Pick<World, 'entity'>, change: Pick<Change, 'entities'>): boolean {
  return change.entities.some((ref) => !world.entity(ref));
}

/** Rows of incidents and units, by reference. `renumbered` are incidents whose shown number became another. */
export function rowsTouched(
  world: World,
  change: Pick<Change, 'entities' | 'records'>,
  renumbered: readonly EntityRef[],
): ReadonlySet<EntityRef> {
  const rows = new Set<EntityRef>();
  const units = new Set<EntityRef>();
  for (const ref of [...change.entities, ...change.records.flatMap((record) => ofRecord(world, record))]) {
    const parts = partsOfAssignment(ref);
    if (parts) {
      rows.add(parts.incident);
      units.add(parts.unit);
    } else if (kindOf(ref) === 'incident') {
      rows.add(ref);
      // Whether one of several that are merged into each other counts is said by all of them.
      for (const other of mergesOf(world, ref)) rows.add(other);
    } else if (kindOf(ref) === 'unit') units.add(ref);
  }
  for (const ref of renumbered) {
    rows.add(ref);
    for (const other of namedBeside(world, ref)) rows.add(other);
    for (const assignment of world.assignmentsOf(ref)) {
      const parts = partsOfAssignment(assignment);
      if (parts) units.add(parts.unit);
    }
  }
  for (const unit of units) {
    rows.add(unit);
    for (const incident of incidentsOf(world, unit)) rows.add(incident);
  }
  // The words for statuses are everybody's.
  if (
    change.records.some(
      (record) => record.kind === 'status_set' || record.kind === 'agency' || record.kind === 'facility',
    )
  ) {
    for (const { id } of world.records('roster_unit')) rows.add(entityRef('unit', id));
    for (const ref of world.incidents()) rows.add(ref);
  }
  return rows;
}
