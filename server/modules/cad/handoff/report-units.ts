/** What an incident report says of each unit that was sent: who it is, how its run went and whom it took where. Pure. */
import type { Journey } from '#domain/cad/handoff.ts';
import { listed, TIME_WORDS } from '#domain/cad/sentences/words.ts';
import { assignmentRow } from '#domain/cad/views/assignment-row.ts';
import { lenderOf } from '#domain/cad/views/reading.ts';
import { transportOf } from '#domain/cad/views/transport.ts';
import { entityRef } from '#domain/kernel/ids.ts';
import type { Gathered } from './gather.ts';
import { type Entered, type Moment, type ReportTime, timesOfRun } from './report-times.ts';

export interface ReportUnit {
  readonly callsign: string;
  readonly kind: string;
  readonly agency: string;
  readonly outcome: string;
  readonly destination: string;
  /** Each journey with those who were on it, where there was more than one patient; `destination` is empty then. */
  readonly journeys?: readonly string[];
  readonly times: readonly ReportTime[];
}

/** How a run ended where its unit was not simply free again. */
const ENDED_AS: { readonly [standard: string]: string } = {
  canceled: 'canceled',
  outOfService: 'out of service',
  offDuty: 'off duty',
};

export function unitsSaid(
  gathered: Pick<Gathered, 'assignments' | 'carriedOver' | 'journeys'> & Entered,
  moment: Moment,
): readonly ReportUnit[] {
  const { assignments, carriedOver, journeys, world } = gathered;
  return assignments.flatMap((assignment): ReportUnit[] => {
    const run = assignmentRow(assignment, world);
    if (!run) return [];
    const carried = carriedOver.has(assignment.ref);
    const several = carried ? [] : (journeys.get(assignment.ref) ?? []);
    return [
      {
        callsign: run.callsign,
        ...whose(run.unit, world),
        outcome: run.active ? 'still assigned' : (ENDED_AS[run.standard] ?? ''),
        destination: several.length > 0 || carried ? '' : (transportOf(assignment)?.destination?.name ?? ''),
        ...(several.length > 0 ? { journeys: journeysSaid(several, moment) } : {}),
        times: timesOfRun(assignment, run.times, moment, gathered),
      },
    ];
  });
}

/** `id` of a unit of the site, or of a neighbour's that was lent. */
function whose(id: string, world: Gathered['world']): Pick<ReportUnit, 'kind' | 'agency'> {
  const unit = world.record('roster_unit', id);
  return {
    kind: unit?.kind ?? world.record('neighbour_unit', id)?.kind ?? '',
    agency: unit?.agency
      ? (world.record('agency', unit.agency)?.short ?? '')
      : (lenderOf(world, entityRef('unit', id)) ?? ''),
  };
}

/** `Patients 1 and 2: left scene 14:02:07, at destination 14:20:31, transported to Mercy`: who went together in one line. */
function journeysSaid(journeys: readonly Journey[], moment: Moment): readonly string[] {
  const together = new Map<string, string[]>();
  journeys.forEach((journey, i) => {
    const said = journeySaid(journey, moment);
    together.set(said, [...(together.get(said) ?? []), String(i + 1)]);
  });
  return [...together].map(([said, who]) => `${who.length === 1 ? 'Patient' : 'Patients'} ${listed(who)}: ${said}`);
}

function journeySaid(journey: Journey, moment: Moment): string {
  const times = (['leftScene', 'atDestination'] as const).flatMap((element) => {
    const at = journey[element];
    return at === null ? [] : [`${TIME_WORDS[element]} ${moment(at)}`];
  });
  const to = journey.destination === null ? [] : [`transported to ${journey.destination}`];
  return [...times, ...to].join(', ');
}
