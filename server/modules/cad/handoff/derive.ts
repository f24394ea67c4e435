/**
 * What a run leaves when it ends: a run record, and for a transported patient a chart shell and a billable trip. Pure.
 *
 * Invariants:
 *  1. The ids follow from the assignment's, so deriving again names the same records.
 *  2. The same facts and the same held records give the same answer; deriving its own result changes nothing.
 *  3. What somebody signed is never rewritten: where facts now say otherwise, the record says so in words.
 */
import type { z } from 'zod';
import type { ChartShell, Journey, RunRecordSchema, TripSchema } from '#domain/cad/handoff.ts';
import { clockText, zoneName } from '#domain/cad/sentences/local-time.ts';
import { listed, TIME_WORDS } from '#domain/cad/sentences/words.ts';
import { isOfTheCall, TIME_ELEMENTS, type TimeElement } from '#domain/cad/status.ts';
import { locationOf } from '#domain/cad/views/incident-row.ts';
import { isActive, numberIn, runOf, textOf } from '#domain/cad/views/reading.ts';
import { timeOf, timesOf } from '#domain/cad/views/times.ts';
import { transportOf } from '#domain/cad/views/transport.ts';
import { type Folded, shownValue } from '#domain/kernel/fold.ts';
import { type EntityRef, idOf, uuidFromDigest } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';
import { isoDay } from './report-times.ts';

export type RunRecord = z.infer<typeof RunRecordSchema>;
export type Trip = z.infer<typeof TripSchema>;
type Kind = 'run' | 'chart' | 'trip' | 'report';

/** What is held of one patient of a run; null where there is none, or it was archived. */
export interface HeldOfPatient {
  readonly chart: ChartShell | null;
  readonly trip: Trip | null;
}

/** What is held of a run's records, the patients in their order. */
export interface Held {
  readonly run: RunRecord | null;
  readonly patients: readonly HeldOfPatient[];
}

/** The id of what is derived from an assignment (or, for a report, an incident): of its first patient, or the `patient`-th. */
export function derivedId(of: EntityRef, kind: Kind, patient = 1): string {
  const name = patient === 1 ? `${of}|${kind}` : `${of}|${kind}|${patient}`;
  return uuidFromDigest(Buffer.from(sha256(name), 'base64url'));
}

/** The times of a run by their NEMSIS names; those of the call are the incident's, the same for each of its runs. With which of them were amended. */
function runTimes(incident: Folded, assignment: Folded): Pick<RunRecord, 'times' | 'amended'> {
  const own = timesOf(assignment);
  const times: { [E in TimeElement]?: number } = {};
  const amended: TimeElement[] = [];
  for (const element of Object.keys(TIME_ELEMENTS) as TimeElement[]) {
    const time = own[element] ?? (isOfTheCall(element) ? timeOf(incident, element) : undefined);
    if (!time) continue;
    times[element] = time.at;
    if (time.amended) amended.push(element);
  }
  const answered = numberIn(shownValue(incident, 'answeredAt'));
  if (times.psapCall === undefined && answered !== null) times.psapCall = answered;
  return amended.length === 0 ? { times } : { times, amended };
}

export interface Named {
  readonly number: string;
  readonly callsign: string;
  readonly timeZone: string;
  /** It goes on at the incident that its own was a duplicate of: whom it took is that run's patient. */
  readonly carriedOver: boolean;
  /** The journey of each of its patients, where it took more than one. */
  readonly journeys: readonly Journey[] | null;
  /** The person whose the chart of each patient is, or was last; null where nobody has claimed it. */
  readonly authors: readonly (string | null)[];
}

/** The journey of each patient of a run; empty where it took nobody, or goes on. */
function journeysOfRun(
  assignment: Folded,
  { carriedOver, journeys }: Named,
  times: RunRecord['times'],
): readonly Journey[] {
  if (carriedOver) return [];
  if (journeys && journeys.length > 0) return journeys;
  const transport = transportOf(assignment);
  if (!transport) return [];
  const { leftScene = null, atDestination = null } = times;
  return [{ leftScene, atDestination, destination: transport.destination?.name ?? null }];
}

/**
 * The records of a run as they should be; null for one there should not be. A run that goes on has none, unless something
 * of it was signed already.
 */
export function deriveRun(incident: Folded, assignment: Folded, named: Named, held: Held): Held {
  const run = runOf(assignment);
  if (!run) return held;
  const ended = !isActive(run);
  const recorded = runTimes(incident, assignment);
  const journeys = ended ? journeysOfRun(assignment, named, recorded.times) : [];
  const places = [...new Set(journeys.flatMap(({ destination }) => destination ?? []))];
  const about = { incident: idOf(incident.ref), unit: idOf(run.unit) };
  const derived: RunRecord = {
    ...about,
    assignment: idOf(assignment.ref),
    number: named.number,
    callsign: named.callsign,
    ...recorded,
    transported: journeys.length > 0,
    destination: places.length === 0 ? null : listed(places),
    ...(journeys.length > 1 ? { journeys: [...journeys] } : {}),
    // One that was reopened has none until it is closed again.
    disposition: shownValue(incident, 'life') === 'closed' ? textOf(shownValue(incident, 'disposition')) || null : null,
    state: 'derived',
    discrepancies: [],
  };
  const of = { ...about, run: derivedId(assignment.ref, 'run') };
  const count = Math.max(journeys.length, held.patients.length);
  return {
    run:
      held.run?.state === 'signed'
        ? { ...held.run, discrepancies: runDiscrepancies(held.run, ended ? derived : null, named.timeZone) }
        : ended
          ? derived
          : null,
    patients: Array.from({ length: count }, (_, i) => {
      const chart: ChartShell = {
        ...of,
        patient: i + 1,
        state: 'open',
        author: named.authors[i] ?? null,
        discrepancies: [],
      };
      const before = held.patients[i] ?? { chart: null, trip: null };
      const trip = journeys[i] && {
        ...of,
        ...(journeys.length > 1 ? { patient: i + 1 } : {}),
        from: locationOf(incident)?.zone ?? '',
        ...journeys[i],
        state: before.chart?.state === 'signed' ? ('ready' as const) : ('awaiting chart' as const),
      };
      return {
        chart: chartAfter(before.chart, trip ? chart : null, journeys.length),
        trip: tripAfter(before.trip, trip ?? null, named.timeZone),
      };
    }),
  };
}

/** A chart that was signed stays, and says where there is no such patient any more; `patients`: how many the facts say now. */
function chartAfter(held: ChartShell | null, now: ChartShell | null, patients: number): ChartShell | null {
  if (held?.state !== 'signed') return now;
  const gone =
    patients === 0
      ? 'The facts now say that no patient was transported.'
      : `The facts now say that ${patients === 1 ? 'one patient was' : `${patients} patients were`} transported.`;
  return { ...held, discrepancies: now ? [] : [gone] };
}

/** A trip that was closed stays, and says what the facts say otherwise. */
function tripAfter(held: Trip | null, now: Trip | null, zone: string): Trip | null {
  if (held?.state !== 'closed') return now;
  const { discrepancies: _, ...closed } = held;
  const said = now ? tripDiscrepancies(held, now, zone) : ['The facts now say that there was no such transport.'];
  return said.length === 0 ? closed : { ...closed, discrepancies: said };
}

/** Says `what` of one thing where it was signed or closed otherwise than it is now. */
function differing(said: string[], done: 'signed' | 'closed'): (what: string, was: string, is: string) => void {
  return (what, was, is) => {
    if (was !== is) said.push(`${what}: ${done} ${was}, the facts now say ${is}.`);
  };
}

function tripDiscrepancies(closed: Trip, now: Trip, zone: string): string[] {
  const said: string[] = [];
  const differ = differing(said, 'closed');
  differ('From zone', closed.from || 'none', now.from || 'none');
  differ('Destination', closed.destination ?? 'none', now.destination ?? 'none');
  for (const element of ['leftScene', 'atDestination'] as const) {
    const [was, is] = [closed[element] ?? undefined, now[element] ?? undefined];
    if (was !== is) differ(`Time ${TIME_WORDS[element]}`, ...momentsApart(was, is, zone));
  }
  return said;
}

/** In words, how what was signed differs from what the facts say now. */
function runDiscrepancies(signed: RunRecord, now: RunRecord | null, zone: string): string[] {
  if (!now) return ['The facts now say that this run goes on.'];
  const said: string[] = [];
  const differ = differing(said, 'signed');
  for (const element of Object.keys(TIME_ELEMENTS) as TimeElement[]) {
    const [was, is] = [signed.times[element], now.times[element]];
    if (was !== is) differ(`Time ${TIME_WORDS[element]}`, ...momentsApart(was, is, zone));
  }
  differ('Transported', signed.transported ? 'yes' : 'no', now.transported ? 'yes' : 'no');
  differ('Patients', String(patientsIn(signed)), String(patientsIn(now)));
  differ('Destination', signed.destination ?? 'none', now.destination ?? 'none');
  differ('Disposition', signed.disposition ?? 'none', now.disposition ?? 'none');
  differ('Incident number', signed.number, now.number);
  return said;
}

function patientsIn({ transported, journeys }: RunRecord): number {
  return journeys?.length ?? (transported ? 1 : 0);
}

/** Two moments by the clock, with as much beside it as tells them apart: the day, or which of the two hours of a night that has one twice. */
function momentsApart(was: number | undefined, is: number | undefined, zone: string): [was: string, is: string] {
  const said = (write: (at: number) => string): [string, string] => [
    was === undefined ? 'none' : write(was),
    is === undefined ? 'none' : write(is),
  ];
  const clock = (at: number): string => clockText(at, zone);
  if (was === undefined || is === undefined) return said(clock);
  if (isoDay(was, zone) !== isoDay(is, zone)) return said((at) => `${isoDay(at, zone)} ${clock(at)}`);
  return clock(was) === clock(is) ? said((at) => `${clock(at)} ${zoneName(at, zone)}`) : said(clock);
}
