/** A unit as the board shows it: by its runs where it is on something, by its own status otherwise. */
import type { ConflictRow, UnitRow } from '../../bridge/topics.ts';
import { type Folded, inConflict } from '../../kernel/fold.ts';
import { type EntityRef, entityRef, idOf, kindOf } from '../../kernel/ids.ts';
import type { RosterBody } from '../roster.ts';
import { ON_INCIDENT, type StatusCode } from '../status.ts';
import { conflictsOf, contestedOf, sidesDiffer } from './conflicts.ts';
import { lastOfSeveral, patientsAboard } from './journeys.ts';
import { activeRuns, destinationOf, emergencyOf, lenderOf, runsOfUnit, shownOf, statusOf } from './reading.ts';
import { CONFLICT_CODE, codeFor, labelOf, statusByCode } from './status-set.ts';
import type { World } from './world.ts';

/**
 * The logical next code after this one. A code that the agency does not have goes by its meaning; where it has no status of that
 * meaning either (one that was sent, with no code for it), the next is the first step after it that it has.
 */
export function nextCode(statuses: readonly StatusCode[], code: string, standard: string): string | null {
  const status = statusByCode(statuses, code) ?? statuses.find((one) => one.standard === standard);
  if (status) return status.next;
  const steps: readonly string[] = ON_INCIDENT;
  const after = (one: StatusCode): number => steps.indexOf(one.standard) - steps.indexOf(standard);
  const ahead = steps.includes(standard) ? statuses.filter((one) => after(one) > 0) : [];
  return (
    ahead.reduce<StatusCode | null>((first, one) => (first && after(first) <= after(one) ? first : one), null)?.code ??
    null
  );
}

/**
 * `unit` and what the roster says of it, what is folded about it (undefined while nothing is), and its assignments that say
 * something of it.
 * `since` 0: nothing has been said of it yet. `next` is that of the newest run; none follows on one of two statuses.
 */
function unitRow(
  unit: EntityRef,
  roster: RosterBody<'roster_unit'>,
  folded: Folded | undefined,
  assignments: readonly (Folded | undefined)[],
  world: World,
): UnitRow {
  const statuses = world.statuses(roster.agency);
  const runs = activeRuns(assignments);
  const own = statusOf(folded);
  const newest = runs[0];
  const clash = inConflict(folded, 'commitments');
  const said = newest ? newest.folded : folded;
  const unsettled = clash || (said !== undefined && sidesDiffer(said, 'status'));
  const code = newest?.status.code ?? own?.code ?? codeFor(statuses, 'available');
  const standard = newest?.status.standard ?? own?.standard ?? 'available';
  const remarks = newest || own?.standard === 'available' ? null : own;
  const shown: Record<string, readonly string[]> = { ...shownOf(folded) };
  for (const run of runs)
    for (const [register, facts] of Object.entries(shownOf(run.folded))) shown[`${idOf(run.ref)} ${register}`] = facts;
  const ofRuns: ConflictRow[] = [];
  for (const assignment of assignments) ofRuns.push(...conflictsOf(assignment, world));
  ofRuns.sort((a, b) => (a.entity === b.entity ? 0 : a.entity < b.entity ? -1 : 1));
  return {
    id: idOf(unit),
    callsign: roster.callsign,
    kind: roster.kind,
    agency: roster.agency === null ? '' : (world.record('agency', roster.agency)?.short ?? ''),
    home: roster.home === null ? '' : (world.record('facility', roster.home)?.short ?? ''),
    code: clash ? CONFLICT_CODE : code,
    standard,
    label: clash ? 'conflict to settle' : labelOf(statuses, code, standard),
    since: newest?.status.since ?? own?.since ?? 0,
    incidents: runs.map((run) => {
      const journey = lastOfSeveral(run.folded, world);
      return {
        id: idOf(run.incident),
        number: world.numberOf(run.incident),
        assignment: idOf(run.ref),
        code: run.status.code,
        ...(journey === null ? {} : { journey }),
      };
    }),
    destination: newest ? destinationOf(newest.folded) : null,
    patients: newest ? patientsAboard(newest, world) : null,
    reason: remarks?.reason ?? '',
    until: remarks?.until ?? null,
    post: remarks?.post ?? '',
    next: unsettled ? null : nextCode(statuses, code, standard),
    emergency: emergencyOf(folded),
    unsent: world.unsentOf(unit),
    conflicts: [...conflictsOf(folded, world), ...ofRuns],
    contested: contestedOf(folded, world),
    partly: folded?.partly ?? false,
    shown,
  };
}

/** Somebody has to bring it home, or to hear it, whatever became of its record meanwhile. */
function isOut(unit: EntityRef, world: World): boolean {
  return runsOfUnit(world, unit).length > 0 || emergencyOf(world.entity(unit)) !== null;
}

/** Units of the roster whose rows the board has: those in use, and those that were taken out of use while they are out. */
export function rosterUnits(world: World): readonly EntityRef[] {
  const units: EntityRef[] = [];
  for (const { id, body } of world.records('roster_unit')) {
    const unit = entityRef('unit', id);
    if (body.active || isOut(unit, world)) units.push(unit);
  }
  return units;
}

/** Units of other sites, which can be asked for. Their rows are on the board while they are on something that is shown here. */
export function neighbourUnits(world: World): readonly EntityRef[] {
  return [...world.records('neighbour_unit')].map(({ id }) => entityRef('unit', id));
}

/** A unit that another site lends, as a roster would have it: under its kind, with the site behind it. */
function lentRoster(unit: EntityRef, world: World): RosterBody<'roster_unit'> | undefined {
  const lent = world.record('neighbour_unit', idOf(unit));
  const site = lenderOf(world, unit);
  if (!lent || site === null || runsOfUnit(world, unit).length === 0) return undefined;
  const { callsign, kind } = lent;
  return { callsign, kind: `${kind} of ${site}`, agency: null, home: null, capabilities: [], active: true };
}

/** The row of a unit by its reference; null where it is neither of the roster's (`rosterUnits`) nor lent to what is shown here. */
export function unitRowOf(unit: EntityRef, world: World): UnitRow | null {
  if (kindOf(unit) !== 'unit') return null;
  const own = world.record('roster_unit', idOf(unit));
  const roster = own ?? lentRoster(unit, world);
  if (!roster || !(roster.active || isOut(unit, world))) return null;
  return unitRow(unit, roster, world.entity(unit), world.assignmentsOfUnit(unit).map(world.entity), world);
}
