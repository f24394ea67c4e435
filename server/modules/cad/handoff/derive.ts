/**
 * What a run leaves when it ends: a run record, and for a transported patient a chart shell and a billable trip. Pure.
 *
 * Invariants:
 *  1. The ids follow from the assignment's, so deriving again names the same records.
 *  2. The same facts and the same held records give the same answer; deriving its own result changes nothing.
 *  3. What somebody signed is never rewritten: where facts now say otherwise, the record says so in words.
 */
import type { z } from 'zod';
import type { ChartShell, RunRecordSchema, TripSchema } from '#domain/cad/handoff.ts';
import { clockText, zoneName } from '#domain/cad/sentences/local-time.ts';
import { TIME_WORDS } from '#domain/cad/sentences/words.ts';
import { TIME_ELEMENTS, type TimeElement } from '#domain/cad/status.ts';
import { locationOf } from '#domain/cad/views/incident-row.ts';
import { isActive, numberIn, runOf, textOf } from '#domain/cad/views/reading.ts';
import { timeOf, timesOf } from '#domain/cad/views/times.ts';
import { transportOf } from '#domain/cad/views/transport.ts';
import { type Folded, shownValue } from '#domain/kernel/fold.ts';
import { type EntityRef, idOf, uuidFromDigest } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';
import { isoDay } from './report.ts';

export type RunRecord = z.infer<typeof RunRecordSchema>;
export type Trip = z.infer<typeof TripSchema>;
type Kind = 'run' | 'chart' | 'trip' | 'report';

/** What is held of a run's records; null where there is none, or it was archived. */
export interface Held {
  readonly run: RunRecord | null;
  readonly chart: ChartShell | null;
  readonly trip: Trip | null;
}

/** The id of what is derived from an assignment (or, for a report, an incident). */
export function derivedId(of: EntityRef, kind: Kind): string {
  return uuidFromDigest(Buffer.from(sha256(`${of}|${kind}`), 'base64url'));
}

/** Times of the call itself, the same for each of its runs. */
const OF_THE_CALL: readonly TimeElement[] = ['psapCall', 'dispatchNotified'];

/** The times of a run by their NEMSIS names; those of the call are the incident's. With which of them were amended. */
function runTimes(incident: Folded, assignment: Folded): Pick<RunRecord, 'times' | 'amended'> {
  const own = timesOf(assignment);
  const times: { [E in TimeElement]?: number } = {};
  const amended: TimeElement[] = [];
  for (const element of Object.keys(TIME_ELEMENTS) as TimeElement[]) {
    const time = own[element] ?? (OF_THE_CALL.includes(element) ? timeOf(incident, element) : undefined);
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
  /** The person whose the chart of its patient is, or was last; null where nobody has claimed it. */
  readonly author: string | null;
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
  const { times } = recorded;
  const transport = named.carriedOver ? null : transportOf(assignment);
  const destination = transport?.destination?.name ?? null;
  const transported = ended && transport !== null;
  const about = { incident: idOf(incident.ref), unit: idOf(run.unit) };
  const derived: RunRecord = {
    ...about,
    assignment: idOf(assignment.ref),
    number: named.number,
    callsign: named.callsign,
    ...recorded,
    transported,
    destination,
    // One that was reopened has none until it is closed again.
    disposition: shownValue(incident, 'life') === 'closed' ? textOf(shownValue(incident, 'disposition')) || null : null,
    state: 'derived',
    discrepancies: [],
  };
  const chart: ChartShell = {
    ...about,
    run: derivedId(assignment.ref, 'run'),
    patient: 1,
    state: 'open',
    author: named.author,
    discrepancies: [],
  };
  const trip: Trip = {
    ...about,
    run: chart.run,
    from: locationOf(incident)?.zone ?? '',
    destination,
    leftScene: times.leftScene ?? null,
    atDestination: times.atDestination ?? null,
    state: held.chart?.state === 'signed' ? 'ready' : 'awaiting chart',
  };
  const zone = named.timeZone;
  return {
    run:
      held.run?.state === 'signed'
        ? { ...held.run, discrepancies: runDiscrepancies(held.run, ended ? derived : null, zone) }
        : ended
          ? derived
          : null,
    chart:
      held.chart?.state === 'signed'
        ? { ...held.chart, discrepancies: transported ? [] : ['The facts now say that no patient was transported.'] }
        : transported
          ? chart
          : null,
    trip: held.trip?.state === 'closed' ? held.trip : transported ? trip : null,
  };
}

/** In words, how what was signed differs from what the facts say now. */
function runDiscrepancies(signed: RunRecord, now: RunRecord | null, zone: string): string[] {
  if (!now) return ['The facts now say that this run goes on.'];
  const said: string[] = [];
  const differ = (what: string, was: string, is: string): void => {
    if (was !== is) said.push(`${what}: signed ${was}, the facts now say ${is}.`);
  };
  for (const element of Object.keys(TIME_ELEMENTS) as TimeElement[]) {
    const [was, is] = [signed.times[element], now.times[element]];
    if (was !== is) differ(`Time ${TIME_WORDS[element]}`, ...momentsApart(was, is, zone));
  }
  differ('Transported', signed.transported ? 'yes' : 'no', now.transported ? 'yes' : 'no');
  differ('Destination', signed.destination ?? 'none', now.destination ?? 'none');
  differ('Disposition', signed.disposition ?? 'none', now.disposition ?? 'none');
  differ('Incident number', signed.number, now.number);
  return said;
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
