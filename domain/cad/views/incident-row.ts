/** An incident as the board shows it. Pure and cheap: recompute it when it, an assignment or a unit of it changed. */
import type { IncidentRow, IncidentState, UnitChip } from '../../bridge/topics.ts';
import { type Folded, inConflict, shownValue } from '../../kernel/fold.ts';
import { type EntityRef, idOf } from '../../kernel/ids.ts';
import { type Location, type NatureValue, type Priority, PrioritySchema } from '../facts.ts';
import type { TimeElement } from '../status.ts';
import { conflictsOf, contestedOf } from './conflicts.ts';
import { holdOf } from './hold.ts';
import { openingOf } from './numbers.ts';
import {
  activeRuns,
  callsignOf,
  claimOf,
  fieldsOf,
  lifeOf,
  numberIn,
  openedBeside,
  type Run,
  runOf,
  type StatusNow,
  shownOf,
  textOf,
} from './reading.ts';
import { CONFLICT_CODE } from './status-set.ts';
import { timeOf } from './times.ts';
import type { World } from './world.ts';

/** Units that are on it count more than a hold; closed and merged more than either. */
function incidentState(
  folded: Folded,
  active: number,
  hold: IncidentRow['hold'],
  world: Pick<World, 'entity'>,
): IncidentState {
  const life = lifeOf(folded, world);
  if (life !== 'open') return life;
  if (active > 0) return 'active';
  return hold === null ? 'pending' : 'held';
}

export function locationOf(folded: Folded | undefined): Location | null {
  const value = shownValue(folded, 'location');
  return textOf(fieldsOf(value).text) === '' ? null : (value as unknown as Location);
}

export function natureOf(folded: Folded | undefined): NatureValue | null {
  const value = shownValue(folded, 'nature');
  return textOf(fieldsOf(value).text) === '' ? null : (value as unknown as NatureValue);
}

function priorityOf(folded: Folded | undefined): Priority | null {
  const parsed = PrioritySchema.safeParse(shownValue(folded, 'priority'));
  return parsed.success ? parsed.data : null;
}

/** When the call was answered, ms UTC; 0 where that is not known. */
export function answeredAtOf(folded: Folded): number {
  return timeOf(folded, 'psapCall')?.at ?? numberIn(shownValue(folded, 'answeredAt')) ?? 0;
}

function chipOf(run: Run, world: World): UnitChip {
  return {
    unit: idOf(run.unit),
    callsign: callsignOf(world, run.unit),
    assignment: idOf(run.ref),
    code: inConflict(run.folded, 'status') ? CONFLICT_CODE : run.status.code,
    standard: run.status.standard,
    since: run.status.since,
    contested: run.status.contested,
  };
}

function readyAt(folded: Folded, row: Pick<IncidentRow, 'location' | 'nature' | 'answeredAt'>): number | null {
  if (!row.location || !row.nature) return null;
  const located = folded.firsts.locationKnown?.at ?? claimOf(folded, 'location')?.at ?? row.answeredAt;
  const natured = folded.firsts.natureKnown?.at ?? claimOf(folded, 'nature')?.at ?? row.answeredAt;
  return Math.max(located, natured);
}

/** Since when it is open again, by a later word than its opening, ms UTC; null where it is not. */
export function reopenedAtOf(folded: Folded): number | null {
  const life = claimOf(folded, 'life');
  return life?.value === 'open' && life.fact !== openingOf(folded)?.fact ? life.at : null;
}

/** Times that say that a unit came to the scene; any step may be skipped. */
const REACHED: readonly TimeElement[] = ['onScene', 'atPatient', 'leftScene', 'atDestination'];

/**
 * Of two that ended in the same millisecond one counts as the later for every console, in whatever order it heard of them: one that
 * was canceled, after which the call waits again.
 */
function endsLater(one: StatusNow, other: StatusNow): boolean {
  if (one.since !== other.since) return one.since > other.since;
  const canceled = one.standard === 'canceled';
  return canceled === (other.standard === 'canceled') ? one.standard < other.standard : canceled;
}

/** How the last of these runs ended, and whether a unit came to the scene since then (ms UTC); null while one of them goes on. */
function leftBy(assignments: readonly (Folded | undefined)[], active: number, since: number): IncidentRow['left'] {
  if (active > 0) return null;
  // Times alone are none: what another site wrote of a unit that was never sent may be known at one console and not at the next.
  const runs = assignments.flatMap((folded) => runOf(folded) ?? []);
  const ends = runs.map(({ status }) => status);
  const last = ends.reduce<StatusNow | null>((latest, end) => (latest && !endsLater(end, latest) ? latest : end), null);
  const reached = (): boolean =>
    runs.some(({ folded }) => REACHED.some((element) => (timeOf(folded, element)?.at ?? -1) >= since));
  return last && { at: last.since, standard: last.standard, reached: reached() };
}

function named<T>(folded: Folded, prefix: string, read: (name: string, register: string) => T | null): T[] {
  const out: T[] = [];
  for (const register in folded.registers) {
    if (!register.startsWith(prefix)) continue;
    const one = read(register.slice(prefix.length), register);
    if (one !== null) out.push(one);
  }
  return out;
}

/** `assignments`: all that were made of it, as far as they are held. Chips are those that go on, first sent first. */
export function incidentRow(folded: Folded, assignments: Iterable<Folded | undefined>, world: World): IncidentRow {
  const text = (register: string): string => textOf(shownValue(folded, register));
  const made = [...assignments];
  const runs = activeRuns(made);
  const hold = holdOf(folded, made);
  const state = incidentState(folded, runs.length, hold, world);
  const location = locationOf(folded);
  const nature = natureOf(folded);
  const answeredAt = answeredAtOf(folded);
  const closed = lifeOf(folded, world) === 'closed';
  const reopenedAt = reopenedAtOf(folded);
  const mergedInto = text('mergedInto');
  const notes = folded.lists.notes ?? [];
  const setAt = (register: string): string | null => claimOf(folded, register)?.station ?? null;
  return {
    id: idOf(folded.ref),
    number: world.numberOf(folded.ref),
    state,
    priority: priorityOf(folded),
    nature,
    location,
    callback: text('callback'),
    caller: text('caller'),
    patient: text('patient'),
    alarm: numberIn(shownValue(folded, 'alarm')) ?? 1,
    needs: nature ? (world.record('nature', nature.code)?.needs ?? needsOf(nature.code, world)) : '',
    answeredAt,
    enteredAt: timeOf(folded, 'dispatchNotified')?.at ?? null,
    readyAt: readyAt(folded, { location, nature, answeredAt }),
    reopenedAt,
    left: leftBy(made, runs.length, reopenedAt ?? 0),
    closedAt: closed ? (claimOf(folded, 'life')?.at ?? null) : null,
    disposition: closed ? text('disposition') || null : null,
    hold,
    of: openedBeside(folded, world),
    units: [...runs].reverse().map((run) => chipOf(run, world)),
    linked: named(folded, 'link:', (other, register) =>
      shownValue(folded, register) === true ? idOf(other as EntityRef) : null,
    ).sort(),
    mergedInto: mergedInto === '' ? null : idOf(mergedInto as EntityRef),
    references: Object.fromEntries(
      // One that was emptied is known no longer.
      named(folded, 'ref:', (system, register) => {
        const number = textOf(shownValue(folded, register));
        return number === '' ? null : ([system, number] as const);
      }),
    ),
    unsent: world.unsentOf(folded.ref),
    conflicts: conflictsOf(folded, world),
    contested: contestedOf(folded, world),
    partly: folded.partly,
    notes: notes.length,
    setAt: {
      priority: setAt('priority'),
      nature: setAt('nature'),
      alarm: setAt('alarm'),
      location: setAt('location'),
      callback: setAt('callback'),
      caller: setAt('caller'),
      patient: setAt('patient'),
      notes: notes.at(-1)?.station ?? null,
    },
    shown: shownOf(folded),
  };
}

function needsOf(code: string, world: World): string {
  for (const { body } of world.records('nature')) if (body.code === code) return body.needs ?? '';
  return '';
}
