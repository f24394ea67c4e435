/** What an incident report says, before it is drawn: everything in words, in the site's time. Pure. */
import { offsetText, zoneName, zoneOf } from '#domain/cad/sentences/local-time.ts';
import { listed, registerWords } from '#domain/cad/sentences/words.ts';
import { assignmentRow } from '#domain/cad/views/assignment-row.ts';
import { enteredLater } from '#domain/cad/views/entered.ts';
import { incidentRow } from '#domain/cad/views/incident-row.ts';
import { claimOf, lifeOf, numberIn, textOf } from '#domain/cad/views/reading.ts';
import { timelineRows } from '#domain/cad/views/timeline.ts';
import { timeOf } from '#domain/cad/views/times.ts';
import { shownValue } from '#domain/kernel/fold.ts';
import { type EntityRef, entityRef, kindOf } from '#domain/kernel/ids.ts';
import type { Gathered } from './gather.ts';
import { type EnteredTogether, enteredTogether } from './report-entered.ts';
import { amendedSaid, dayText, enteredSaid, type Moment, momentsBy, toTheMinute } from './report-times.ts';
import { type ReportUnit, unitsSaid } from './report-units.ts';

interface Labelled {
  readonly label: string;
  readonly text: string;
}

/** `amended`, `entered`: as of a unit's times; left out where it was not. */
interface CallTime extends Labelled {
  readonly amended?: string;
  readonly entered?: string;
}

/** `entered`: when, where that was minutes after it happened. */
interface Written {
  readonly at: string;
  readonly by: string;
  readonly entered?: string;
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
  readonly place: readonly Labelled[];
  readonly people: readonly Labelled[];
  readonly references: readonly Labelled[];
  readonly times: readonly CallTime[];
  readonly units: readonly ReportUnit[];
  readonly notes: readonly (Written & { readonly text: string })[];
  readonly timeline: readonly (Written & { readonly said: string; readonly detail: string })[];
  /** What a reader has to know before relying on it: that it was entered later, values in conflict, contested facts, what could not be read. */
  readonly warnings: readonly string[];
}

type IncidentRow = ReturnType<typeof incidentRow>;

const STATES = { pending: 'Open', active: 'Open', held: 'On hold', closed: 'Closed', merged: 'Merged' } as const;

const filled = <R extends Labelled>(rows: readonly R[]): readonly R[] => rows.filter(({ text }) => text !== '');

/** The report of an incident as its facts stand. */
export function reportOf(gathered: Gathered, organisation: string): Report {
  const { incident, assignments, facts, world } = gathered;
  const zone = zoneOf(world);
  const row = incidentRow(incident, assignments, world);
  const moment = momentsBy(row.answeredAt, zone);
  const timeline = timelineRows(incident.ref, facts, world);
  const together = enteredTogether(timeline, moment);
  const written = (fact: string, entered: number | null): Pick<Written, 'entered'> =>
    entered === null || together.facts.has(fact) ? {} : { entered: `entered ${toTheMinute(moment(entered))}` };
  let site = '';
  for (const { body } of world.records('site')) site = body.name;
  return {
    organisation,
    site,
    number: row.number,
    nature: row.nature?.text ?? 'Nature not recorded',
    natureCode: row.nature?.code ?? '',
    priority: row.priority ?? '',
    state:
      row.state === 'merged' && row.mergedInto !== null
        ? `Merged into ${numberOf(row.mergedInto, world)}`
        : STATES[row.state],
    disposition: row.disposition ?? '',
    day: dayText(row.answeredAt, zone),
    timeZone: zone,
    clocks: clocksSaid(zone, [row.answeredAt, ...timeline.map(({ at }) => at)]),
    location: row.location?.text ?? 'Location not recorded',
    detail: row.location?.detail ?? '',
    place: placeSaid(row),
    people: filled([
      { label: 'Callback', text: row.callback },
      { label: 'Caller', text: row.caller },
      { label: 'Patient', text: row.patient },
    ]),
    references: referencesSaid(row, gathered),
    times: callTimesSaid(row, gathered, moment, together),
    units: unitsSaid({ ...gathered, together }, moment),
    notes: (incident.lists.notes ?? []).map((note) => ({
      at: moment(note.at),
      by: world.personName(note.by),
      ...written(note.fact, enteredLater(note)),
      text: textOf(note.value),
    })),
    timeline: timeline
      .filter((entry) => entry.kind !== 'note')
      .map(({ fact, at, entered, said, detail, by }) => ({
        at: moment(at),
        ...written(fact, entered),
        said,
        detail,
        by,
      })),
    warnings: [...(together.said ? [together.said] : []), ...warningsSaid(row, gathered)],
  };
}

function placeSaid({ location, alarm }: Pick<IncidentRow, 'location' | 'alarm'>): readonly Labelled[] {
  const { coordinates } = location ?? {};
  return filled([
    { label: 'City', text: location?.city ?? '' },
    { label: 'Zone', text: location?.zone ?? '' },
    {
      label: 'Coordinates',
      text: coordinates ? `${coordinates[1].toFixed(5)}, ${coordinates[0].toFixed(5)} (WGS 84)` : '',
    },
    { label: 'Alarm level', text: alarm > 1 ? String(alarm) : '' },
  ]);
}

function referencesSaid(
  { linked, references }: Pick<IncidentRow, 'linked' | 'references'>,
  { incident, facts, world }: Gathered,
): readonly Labelled[] {
  const duplicates = mergedInto(incident.ref, facts, world).map((ref) => world.numberOf(ref));
  return filled([
    { label: 'Linked with', text: listed(linked.map((id) => numberOf(id, world))) },
    { label: 'Duplicates', text: listed(duplicates) },
    ...Object.entries(references).map(([system, text]) => ({ label: registerWords(`ref:${system}`, world), text })),
  ]);
}

function callTimesSaid(
  row: IncidentRow,
  gathered: Gathered,
  moment: Moment,
  together: EnteredTogether,
): readonly CallTime[] {
  const { incident, world } = gathered;
  const opened = claimOf(incident, 'answeredAt');
  const openedAt = numberIn(opened?.value);
  // A call was answered when its opening says, where nothing else was recorded.
  const byOpening = opened && openedAt !== null ? { ...opened, at: openedAt } : undefined;
  const firsts = {
    psapCall: incident.firsts.psapCall ?? byOpening,
    dispatchNotified: incident.firsts.dispatchNotified,
  };
  const said = (at: number | null | undefined): string => (at === null || at === undefined ? '' : moment(at));
  const amended = (element: keyof typeof firsts, answered: number | null): Pick<CallTime, 'amended' | 'entered'> => {
    const time = timeOf(incident, element);
    if (!time?.amended) {
      const entered = enteredSaid(firsts[element], { ...gathered, together }, moment);
      return entered ? { entered } : {};
    }
    return { amended: amendedSaid(incident, element, time.was ?? answered ?? undefined, moment, world) };
  };
  return filled([
    {
      label: 'Call answered',
      text: said(row.answeredAt || null),
      ...amended('psapCall', openedAt),
    },
    { label: 'Ready to dispatch', text: said(row.readyAt) },
    { label: 'Handed to dispatch', text: said(row.enteredAt), ...amended('dispatchNotified', null) },
    { label: 'Closed', text: said(row.closedAt) },
  ]);
}

function warningsSaid(row: IncidentRow, { assignments, world }: Gathered): readonly string[] {
  const runs = assignments.flatMap((assignment) => assignmentRow(assignment, world) ?? []);
  return [
    ...[...row.conflicts, ...runs.flatMap(({ conflicts }) => conflicts)].map(
      ({ title, sides }) =>
        `${sides.length === 2 ? 'Two' : sides.length} values stand for ${title}: ${sides.map(({ said }) => said).join(' or ')}. Nobody has settled which is right.`,
    ),
    ...row.contested.map(({ said, reason }) => `Contested: ${said} (${reason})`),
    ...(row.partly || assignments.some(({ partly }) => partly)
      ? ['Some entries could not be read by this version and are not shown.']
      : []),
  ];
}

function numberOf(id: string, world: Gathered['world']): string {
  return world.numberOf(entityRef('incident', id));
}

/** The incidents that were merged into this one, and still are. */
function mergedInto(ref: EntityRef, facts: Gathered['facts'], world: Gathered['world']): readonly EntityRef[] {
  const others = new Set(facts.flatMap(({ about }) => about.filter((of) => of !== ref && kindOf(of) === 'incident')));
  return [...others].filter((other) => {
    const state = world.entity(other);
    return state && lifeOf(state, world) === 'merged' && shownValue(state, 'mergedInto') === ref;
  });
}

function clocksSaid(zone: string, moments: readonly number[]): string {
  const shown = [...moments].sort((a, b) => a - b).map((at) => `${zoneName(at, zone)}, ${offsetText(at, zone)}`);
  return `${zone.replaceAll('_', ' ')}: ${[...new Set(shown)].join('; later ')}`;
}
