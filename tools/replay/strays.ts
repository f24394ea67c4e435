/** What is held of a day and is too much: incidents, assignments and run records that no row of the file accounts for. */
import type { Difference } from './held.ts';
import type { DispatchRecord } from './records.ts';

/** An incident, by the call that it says it is. */
export interface HeldIncident {
  readonly id: string;
  readonly call: string;
}

/** A unit (its callsign) on an incident (its id, whether that is there or not). */
export interface HeldAssignment {
  readonly id: string;
  readonly incident: string;
  readonly unit: string;
}

/** The run record of an assignment (its id). */
export interface HeldRun {
  readonly id: string;
  readonly assignment: string;
  readonly unit: string;
}

/** All that somebody holds of a day, whatever stands in it. */
export interface Holding {
  readonly incidents: readonly HeldIncident[];
  readonly assignments: readonly HeldAssignment[];
  readonly runs: readonly HeldRun[];
}

const tooMany =
  (where: string, column: string) =>
  (held: string): Difference => ({ line: 0, where, column, file: 'nothing', held });

/** Incidents that are held and not in the file, and second ones of a call that is. */
function strayIncidents(
  records: readonly DispatchRecord[],
  held: readonly HeldIncident[],
  where: string,
): readonly Difference[] {
  const expected = new Set(records.map(({ call }) => call));
  return held
    .filter(({ call }) => !expected.delete(call))
    .map(({ id, call }) => `incident ${id} of call ${call}`)
    .map(tooMany(where, 'Call Number'));
}

/**
 * What the center holds too many of: incidents that are not in the file and second ones of a call that is, assignments
 * without their incident, run records without their assignment and second ones of one. Assignments whose incident is there
 * are compared with the file row by row instead.
 */
export function strays(
  records: readonly DispatchRecord[],
  { incidents, assignments, runs }: Holding,
  where: string,
): readonly Difference[] {
  const incident = new Set(incidents.map(({ id }) => id));
  const known = new Set(assignments.map(({ id }) => id));
  const ran = new Set(known);
  return [
    ...strayIncidents(records, incidents, where),
    ...assignments
      .filter((on) => !incident.has(on.incident))
      .map(({ id, unit }) => `assignment ${id} of ${unit}, whose incident is missing`)
      .map(tooMany(where, 'Unit ID')),
    ...runs
      .filter(({ assignment }) => !ran.delete(assignment))
      .map(({ id, unit, assignment }) =>
        known.has(assignment)
          ? `run record ${id} of ${unit}, the second of its run`
          : `run record ${id} of ${unit}, whose assignment is missing`,
      )
      .map(tooMany(where, 'run record')),
  ];
}

/**
 * What is held here on incidents that the center does not hold, and is too much: incidents that are not in the file, or of a
 * call that the center or this has already; and assignments that no row of such a call accounts for. What a station holds on
 * the incidents of the center is compared with the file row by row instead.
 */
export function aloneAt(
  records: readonly DispatchRecord[],
  held: Omit<Holding, 'runs'>,
  atCenter: readonly HeldIncident[],
  where: string,
): readonly Difference[] {
  const ids = new Set(atCenter.map(({ id }) => id));
  const calls = new Set(atCenter.map(({ call }) => call));
  const lacking = records.filter(({ call }) => !calls.has(call));
  const callOf = new Map(held.incidents.map(({ id, call }) => [id, call]));
  const rows = Map.groupBy(lacking, ({ call, unit }) => `${call} ${unit}`);
  return [
    ...strayIncidents(
      lacking,
      held.incidents.filter(({ id }) => !ids.has(id)),
      where,
    ),
    ...held.assignments
      .filter(({ incident }) => !ids.has(incident))
      .flatMap(({ id, incident, unit }): string[] => {
        const call = callOf.get(incident);
        if (call === undefined) return [`assignment ${id} of ${unit}, whose incident is missing`];
        return rows.get(`${call} ${unit}`)?.shift() ? [] : [`assignment ${id} of ${unit} on call ${call}`];
      })
      .map(tooMany(where, 'Unit ID')),
  ];
}
