/** What an incident report says, before it is drawn: everything in words, in the site's time. Pure. */
import type { Journey } from '#domain/cad/handoff.ts';
import { clockTextOnce, offsetText, wallTime, zoneName, zoneOf } from '#domain/cad/sentences/local-time.ts';
import { listed, TIME_WORDS } from '#domain/cad/sentences/words.ts';
import { TIME_ELEMENTS, type TimeElement } from '#domain/cad/status.ts';
import { assignmentRow } from '#domain/cad/views/assignment-row.ts';
import { incidentRow } from '#domain/cad/views/incident-row.ts';
import { fieldsOf, lenderOf, lifeOf, numberIn, textOf } from '#domain/cad/views/reading.ts';
import { timelineRows } from '#domain/cad/views/timeline.ts';
import { timeOf } from '#domain/cad/views/times.ts';
import { transportOf } from '#domain/cad/views/transport.ts';
import { type Folded, shownValue, sidesOf } from '#domain/kernel/fold.ts';
import { type EntityRef, entityRef, kindOf } from '#domain/kernel/ids.ts';
import type { Gathered } from './gather.ts';

export interface ReportTime {
  readonly element: TimeElement;
  readonly label: string;
  /** NEMSIS name, e.g. `eTimes.06`. */
  readonly nemsis: string;
  readonly text: string;
  /** That it was amended or struck, what was first recorded, why, by whom and when; empty where it stands as it was recorded. */
  readonly amended: string;
}

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

export interface Report {
  readonly organisation: string;
  readonly site: string;
  readonly number: string;
  readonly nature: string;
  readonly natureCode: string;
  readonly priority: string;
  readonly state: string;
  readonly disposition: string;
  /** `Sunday, 22 November 2026`, where the center is. */
  readonly day: string;
  readonly timeZone: string;
  /** `America/Los Angeles: PST, UTC-8`; of an incident during which the clocks changed, both. */
  readonly clocks: string;
  readonly location: string;
  readonly detail: string;
  readonly place: readonly { readonly label: string; readonly text: string }[];
  readonly people: readonly { readonly label: string; readonly text: string }[];
  readonly references: readonly { readonly label: string; readonly text: string }[];
  /** `amended`: as of a unit's times; left out where it was not. */
  readonly times: readonly { readonly label: string; readonly text: string; readonly amended?: string }[];
  readonly units: readonly ReportUnit[];
  readonly notes: readonly { readonly at: string; readonly by: string; readonly text: string }[];
  readonly timeline: readonly {
    readonly at: string;
    readonly said: string;
    readonly detail: string;
    readonly by: string;
  }[];
  /** What a reader has to know before relying on it: values in conflict, contested facts, parts that could not be read. */
  readonly warnings: readonly string[];
}

/** How a run ended where its unit was not simply free again. */
const ENDED_AS: { readonly [standard: string]: string } = {
  canceled: 'canceled',
  outOfService: 'out of service',
  offDuty: 'off duty',
};

type TimeShown = NonNullable<ReturnType<typeof timeOf>>;

const STATES = { pending: 'Open', active: 'Open', held: 'On hold', closed: 'Closed', merged: 'Merged' } as const;

const filled = <R extends { readonly label: string; readonly text: string }>(rows: readonly R[]): readonly R[] =>
  rows.filter(({ text }) => text !== '');

/** The report of an incident as its facts stand. */
export function reportOf(
  { incident, assignments, carriedOver, journeys, facts, world }: Gathered,
  organisation: string,
): Report {
  const zone = zoneOf(world);
  const row = incidentRow(incident, assignments, world);
  const day = dayText(row.answeredAt, zone);
  // A time of another day says so.
  const moment = (at: number): string =>
    dayText(at, zone) === day ? clockTextOnce(at, zone) : `${isoDay(at, zone)} ${clockTextOnce(at, zone)}`;
  const optional = (at: number | null | undefined): string => (at === null || at === undefined ? '' : moment(at));
  const amendedSaid = (of: Folded, element: TimeElement, was: number | undefined): string => {
    const claim = sidesOf(of, `time:${element}`)[0]?.claims[0];
    const { at, reason } = fieldsOf(shownValue(of, `time:${element}`));
    const before = was === undefined ? 'not recorded before' : `recorded as ${moment(was)}`;
    const what = `${numberIn(at) === null ? 'struck' : 'amended'}, ${before}`;
    const who = claim ? ` (${world.personName(claim.by)}, ${moment(claim.at)})` : '';
    return [what, textOf(reason)].filter(Boolean).join(': ') + who;
  };
  const ofCall = (element: TimeElement, answered: number | null): { readonly amended?: string } => {
    const time = timeOf(incident, element);
    return time?.amended ? { amended: amendedSaid(incident, element, time.was ?? answered ?? undefined) } : {};
  };
  const ofRun = (run: Folded, element: TimeElement, time: TimeShown | undefined): ReportTime[] => {
    const isStruck = !time && shownValue(run, `time:${element}`) !== undefined && run.firsts[element] !== undefined;
    if (!time && !isStruck) return [];
    const was = run.firsts[element]?.at;
    return [
      {
        element,
        label: TIME_WORDS[element],
        nemsis: TIME_ELEMENTS[element],
        text: time ? moment(time.at) : '–',
        amended: isStruck || time?.amended ? amendedSaid(run, element, was) : '',
      },
    ];
  };
  const timeline = timelineRows(incident.ref, facts, world);
  let site = '';
  for (const { body } of world.records('site')) site = body.name;
  const { coordinates } = row.location ?? {};
  const runs = assignments.flatMap((assignment) => assignmentRow(assignment, world) ?? []);
  const numberOf = (id: string): string => world.numberOf(entityRef('incident', id));
  return {
    organisation,
    site,
    number: row.number,
    nature: row.nature?.text ?? 'Nature not recorded',
    natureCode: row.nature?.code ?? '',
    priority: row.priority ?? '',
    state:
      row.state === 'merged' && row.mergedInto !== null ? `Merged into ${numberOf(row.mergedInto)}` : STATES[row.state],
    disposition: row.disposition ?? '',
    day,
    timeZone: zone,
    clocks: clocksSaid(zone, [row.answeredAt, ...timeline.map(({ at }) => at)]),
    location: row.location?.text ?? 'Location not recorded',
    detail: row.location?.detail ?? '',
    place: filled([
      { label: 'City', text: row.location?.city ?? '' },
      { label: 'Zone', text: row.location?.zone ?? '' },
      {
        label: 'Coordinates',
        text: coordinates ? `${coordinates[1].toFixed(5)}, ${coordinates[0].toFixed(5)} (WGS 84)` : '',
      },
      { label: 'Alarm level', text: row.alarm > 1 ? String(row.alarm) : '' },
    ]),
    people: filled([
      { label: 'Callback', text: row.callback },
      { label: 'Caller', text: row.caller },
      { label: 'Patient', text: row.patient },
    ]),
    references: filled([
      { label: 'Linked with', text: listed(row.linked.map(numberOf)) },
      { label: 'Duplicates', text: listed(mergedInto(incident.ref, facts, world).map((ref) => world.numberOf(ref))) },
      ...Object.entries(row.references).map(([system, text]) => ({ label: system.replaceAll('_', ' '), text })),
    ]),
    times: filled([
      {
        label: 'Call answered',
        text: optional(row.answeredAt || null),
        ...ofCall('psapCall', numberIn(shownValue(incident, 'answeredAt'))),
      },
      { label: 'Ready to dispatch', text: optional(row.readyAt) },
      { label: 'Handed to dispatch', text: optional(row.enteredAt), ...ofCall('dispatchNotified', null) },
      { label: 'Closed', text: optional(row.closedAt) },
    ]),
    units: assignments.flatMap((assignment): ReportUnit[] => {
      const run = assignmentRow(assignment, world);
      if (!run) return [];
      const unit = world.record('roster_unit', run.unit);
      const carried = carriedOver.has(assignment.ref);
      const several = carried ? [] : (journeys.get(assignment.ref) ?? []);
      return [
        {
          callsign: run.callsign,
          kind: unit?.kind ?? world.record('neighbour_unit', run.unit)?.kind ?? '',
          agency: unit?.agency
            ? (world.record('agency', unit.agency)?.short ?? '')
            : (lenderOf(world, entityRef('unit', run.unit)) ?? ''),
          outcome: run.active ? 'still assigned' : (ENDED_AS[run.standard] ?? ''),
          destination: several.length > 0 || carried ? '' : (transportOf(assignment)?.destination?.name ?? ''),
          ...(several.length > 0 ? { journeys: journeysSaid(several, moment) } : {}),
          times: (Object.keys(TIME_ELEMENTS) as TimeElement[]).flatMap((element) =>
            ofRun(assignment, element, run.times[element]),
          ),
        },
      ];
    }),
    notes: (incident.lists.notes ?? []).map((note) => ({
      at: moment(note.at),
      by: world.personName(note.by),
      text: textOf(note.value),
    })),
    timeline: timeline
      .filter((entry) => entry.kind !== 'note')
      .map(({ at, said, detail, by }) => ({ at: moment(at), said, detail, by })),
    warnings: [
      ...[...row.conflicts, ...runs.flatMap(({ conflicts }) => conflicts)].map(
        ({ title, sides }) =>
          `${sides.length === 2 ? 'Two' : sides.length} values stand for ${title}: ${sides.map(({ said }) => said).join(' or ')}. Nobody has settled which is right.`,
      ),
      ...row.contested.map(({ said, reason }) => `Contested: ${said} (${reason})`),
      ...(row.partly || assignments.some(({ partly }) => partly)
        ? ['Some entries could not be read by this version and are not shown.']
        : []),
    ],
  };
}

/** The incidents that were merged into this one, and still are. */
function mergedInto(ref: EntityRef, facts: Gathered['facts'], world: Gathered['world']): readonly EntityRef[] {
  const others = new Set(facts.flatMap(({ about }) => about.filter((of) => of !== ref && kindOf(of) === 'incident')));
  return [...others].filter((other) => {
    const state = world.entity(other);
    return state && lifeOf(state, world) === 'merged' && shownValue(state, 'mergedInto') === ref;
  });
}

/** `Patients 1 and 2: left scene 14:02:07, at destination 14:20:31, transported to Mercy`: who went together in one line. */
function journeysSaid(journeys: readonly Journey[], moment: (at: number) => string): readonly string[] {
  const together = new Map<string, string[]>();
  journeys.forEach((journey, i) => {
    const said = journeySaid(journey, moment);
    together.set(said, [...(together.get(said) ?? []), String(i + 1)]);
  });
  return [...together].map(([said, who]) => `${who.length === 1 ? 'Patient' : 'Patients'} ${listed(who)}: ${said}`);
}

function journeySaid(journey: Journey, moment: (at: number) => string): string {
  const times = (['leftScene', 'atDestination'] as const).flatMap((element) => {
    const at = journey[element];
    return at === null ? [] : [`${TIME_WORDS[element]} ${moment(at)}`];
  });
  const to = journey.destination === null ? [] : [`transported to ${journey.destination}`];
  return [...times, ...to].join(', ');
}

function clocksSaid(zone: string, moments: readonly number[]): string {
  const shown = [...moments].sort((a, b) => a - b).map((at) => `${zoneName(at, zone)}, ${offsetText(at, zone)}`);
  return `${zone.replaceAll('_', ' ')}: ${[...new Set(shown)].join('; later ')}`;
}

/** `2026-11-22`, where the center is. */
export function isoDay(at: number, zone: string): string {
  return new Date(wallTime(at, zone)).toISOString().slice(0, -14);
}

const DAYS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });

function dayText(at: number, zone: string): string {
  return DAYS.format(wallTime(at, zone));
}
