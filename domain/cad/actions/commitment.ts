/**
 * What units are committed to, and the facts that begin, end and carry on runs.
 *
 * Invariant: after an action on a unit without open conflicts its commitments are the incidents of its active runs,
 * sorted, none twice. Contested runs do not count until a supervisor confirms them.
 */
import { shownValue } from '../../kernel/fold.ts';
import { assignmentRef, type EntityRef, partsOfAssignment } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { type Outcome, refused } from '../../kernel/refusal.ts';
import { MOST_COMMITMENTS } from '../facts.ts';
import type { StandardStatus, TimeElement } from '../status.ts';
import { fieldsOf, numberIn, type Run } from '../views/reading.ts';
import { codeFor } from '../views/status-set.ts';
import type { World } from '../views/world.ts';
import type { Sketch } from './drafting.ts';
import type { KnownUnit } from './lookup.ts';

/** `without`: runs (assignments) that end by it; an incident that another run of the unit is on stays. `plus`: incidents. */
export function commitmentsAfter(
  unit: KnownUnit,
  change: { readonly without?: readonly EntityRef[]; readonly plus?: readonly EntityRef[] },
): readonly EntityRef[] {
  const stays = unit.runs
    .filter((run) => !run.status.contested && !change.without?.includes(run.ref))
    .map((run) => run.incident);
  return [...new Set([...stays, ...(change.plus ?? [])])].sort();
}

/** Why a unit cannot be put on one more incident; null where it can. */
export function objectionToOneMore(unit: KnownUnit, incident: EntityRef, field: string): Outcome<never> | null {
  return commitmentsAfter(unit, { plus: [incident] }).length > MOST_COMMITMENTS
    ? refused('unit.full', `${unit.callsign} is on ${MOST_COMMITMENTS} incidents already. Clear one first.`, field)
    : null;
}

/** The runs of a unit on one incident: mostly one, more where two consoles sent it blindly. */
export function runsOn(unit: KnownUnit, incident: EntityRef): readonly EntityRef[] {
  return unit.runs.filter((run) => run.incident === incident).map((run) => run.ref);
}

/** The name of the next run of a unit on an incident: counts those that its author has seen. */
export function nextAssignment(world: World, incident: EntityRef, unit: EntityRef): EntityRef {
  let ordinal = 0;
  for (const ref of world.assignmentsOf(incident)) {
    const parts = partsOfAssignment(ref);
    if (parts?.unit === unit) ordinal = Math.max(ordinal, parts.ordinal + 1);
  }
  return assignmentRef(incident, unit, ordinal);
}

export function dispatchSketch(
  world: World,
  unit: KnownUnit,
  incident: EntityRef,
  commitments: readonly EntityRef[],
  at: number,
): Sketch {
  return {
    type: 'unit.dispatched',
    about: [incident, unit.ref, nextAssignment(world, incident, unit.ref)],
    body: { code: codeFor(unit.statuses, 'dispatched'), commitments },
    at,
  };
}

export interface Ending {
  readonly standard: StandardStatus;
  /** The agency's code for it; found by its meaning where left out. */
  readonly code?: string;
  readonly commitments: readonly EntityRef[];
  readonly reason?: string | undefined;
  readonly until?: number | undefined;
  readonly post?: string | undefined;
  /** What the unit shows afterwards, where that is not the status itself. */
  readonly afterwards?: { readonly code: string; readonly standard: StandardStatus };
}

function afterwardsOf(unit: KnownUnit, ending: Ending): Json | undefined {
  if (ending.afterwards) return { ...ending.afterwards };
  return ending.standard === 'canceled'
    ? { code: codeFor(unit.statuses, 'available'), standard: 'available' }
    : undefined;
}

const WENT_ON = 'the run went on until then';
const NOT_CANCELED = 'the run was not canceled in the end';

/** Corrects the time of an end (ms UTC, null strikes it) where the earliest of what was recorded would be another; else null. */
function endAgain(run: Run, element: TimeElement, at: number | null): Sketch['body'] | null {
  const first = run.folded.firsts[element]?.at;
  if (first === undefined) return null;
  const amendment = shownValue(run.folded, `time:${element}`);
  const stands = amendment === undefined ? first : numberIn(fieldsOf(amendment).at);
  if (at === null) return stands === null ? null : { element, at, reason: NOT_CANCELED };
  // What is recorded now and is earlier counts by itself; over an amended time it does not.
  const counts = amendment === undefined ? Math.min(first, at) : stands;
  return counts === at ? null : { element, at, reason: WENT_ON };
}

/**
 * The facts that end a run. The time of an end is the earliest recorded one; a run of which one console, cut off, had said
 * that it was over ends anew, so those times are amended, and one that was canceled only by that console was not.
 */
export function endingSketches(unit: KnownUnit, run: Run, ending: Ending, at: number): Sketch[] {
  const about = [run.incident, unit.ref, run.ref];
  const { standard, commitments, reason, until, post } = ending;
  const code = ending.code ?? codeFor(unit.statuses, standard);
  const end: Sketch = {
    type: 'unit.status',
    about,
    body: { code, standard, commitments, reason, until, post, after: afterwardsOf(unit, ending) },
    at,
  };
  const again = [
    endAgain(run, 'backInService', at),
    endAgain(run, 'canceled', standard === 'canceled' ? at : null),
  ].flatMap((body): Sketch[] => (body ? [{ type: 'time.amended', about, body, at }] : []));
  return [end, ...again];
}

/** The facts that take a unit off an incident: they end every run of it there. `run` is one of those. */
export function leavingSketches(unit: KnownUnit, run: Run, ending: Omit<Ending, 'commitments'>, at: number): Sketch[] {
  const there = unit.runs.filter(({ incident }) => incident === run.incident);
  const commitments = commitmentsAfter(unit, { without: there.map(({ ref }) => ref) });
  return there.flatMap((one) => endingSketches(unit, one, { ...ending, commitments }, at));
}
