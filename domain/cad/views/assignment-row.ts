/** A unit on an incident, with its times. */
import type { AssignmentRow } from '../../bridge/topics.ts';
import type { Folded } from '../../kernel/fold.ts';
import { idOf, partsOfAssignment } from '../../kernel/ids.ts';
import { conflictsOf } from './conflicts.ts';
import { journeyTimes, patientsOf } from './journeys.ts';
import { callsignOf, destinationOf, onIncident, shownOf, statusOf } from './reading.ts';
import { timesOf } from './times.ts';
import type { World } from './world.ts';

/** Null where the entity is not an assignment, or no status of it is known: then there is no run to show. */
export function assignmentRow(folded: Folded, world: World): AssignmentRow | null {
  const parts = partsOfAssignment(folded.ref);
  const status = statusOf(folded);
  if (!parts || !status) return null;
  const journeys = journeyTimes(folded, world);
  return {
    id: idOf(folded.ref),
    unit: idOf(parts.unit),
    callsign: callsignOf(world, parts.unit),
    incident: idOf(parts.incident),
    code: status.code,
    standard: status.standard,
    active: onIncident(status.standard),
    destination: destinationOf(folded),
    patients: patientsOf(folded, world),
    ...(journeys ? { journeys } : {}),
    times: timesOf(folded),
    conflicts: conflictsOf(folded, world),
    shown: shownOf(folded),
  };
}
