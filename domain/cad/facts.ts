/** The facts of computer-aided dispatch: their bodies and what each does. Frozen like the fact itself: change by a new v. */
import { z } from 'zod';
import { EntityRefSchema, type Fact } from '../kernel/fact.ts';
import type { Effect } from '../kernel/fold.ts';
import { type EntityRef, kindOf } from '../kernel/ids.ts';
import type { Json } from '../kernel/json.ts';
import { type FactType, factType } from '../kernel/module.ts';
import { CALL_TAKING, DISPATCHING } from '../kernel/permission.ts';
import { ON_INCIDENT, StandardStatusSchema, TIME_OF, TIMES_OF_A_JOURNEY, TimeElementSchema } from './status.ts';

const Text = (max: number) => z.string().max(max);
const Millis = z.int();

/** [longitude, latitude], WGS 84. */
export const LocationOnEarthSchema = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);

const LocationSchema = z.object({
  text: z.string().min(1).max(240),
  /** Apartment, lobby, landmark. */
  detail: Text(240).optional(),
  coordinates: LocationOnEarthSchema.optional(),
  zone: Text(32).optional(),
  city: Text(80).optional(),
});
export type Location = z.infer<typeof LocationSchema>;

const NatureValueSchema = z.object({ code: z.string().min(1).max(32), text: z.string().min(1).max(120) });
export type NatureValue = z.infer<typeof NatureValueSchema>;

/** Priority 1 (highest) to 4, as its chip shows it. */
export const PrioritySchema = z.enum(['1', '2', '3', '4']);
export type Priority = z.infer<typeof PrioritySchema>;

/** What a call taker writes down, field by field; each is one register of the incident. */
export const IncidentFieldsSchema = z.object({
  location: LocationSchema.optional(),
  nature: NatureValueSchema.optional(),
  priority: PrioritySchema.optional(),
  callback: Text(40).optional(),
  caller: Text(120).optional(),
  patient: Text(240).optional(),
  /** Fire alarm level, 1… */
  alarm: z.int().min(1).max(20).optional(),
});
export type IncidentFields = z.infer<typeof IncidentFieldsSchema>;
export const INCIDENT_FIELDS = Object.keys(IncidentFieldsSchema.shape) as (keyof IncidentFields)[];

/** A place a unit takes a patient to. `id` of the facility where it is known, else only its name. */
export const DestinationSchema = z.object({ id: Text(64).optional(), name: z.string().min(1).max(120) });
export type Destination = z.infer<typeof DestinationSchema>;

const first = (fact: Fact, kind: string): EntityRef | undefined => fact.about.find((ref) => kindOf(ref) === kind);

function setAll(on: EntityRef | undefined, values: { readonly [register: string]: Json | undefined }): Effect[] {
  if (!on) return [];
  return Object.entries(values).flatMap(([set, value]) => (value === undefined ? [] : [{ on, set, value }]));
}

/** When a call first had a location and a nature: both make it dispatchable, and a later correction does not move that. */
function firstKnown(on: EntityRef | undefined, at: number, values: IncidentFields): Effect[] {
  if (!on) return [];
  return [
    ...(values.location ? [{ on, first: 'locationKnown', at }] : []),
    ...(values.nature ? [{ on, first: 'natureKnown', at }] : []),
  ];
}

const incidentOpened = factType({
  type: 'incident.opened',
  v: 1,
  title: 'Incident opened',
  classification: 'PHI',
  may: CALL_TAKING,
  opens: 'incident',
  body: IncidentFieldsSchema.extend({
    number: z.string().min(1).max(32),
    /** When the call was answered: the incident's clock runs from here. */
    answeredAt: Millis,
    source: z.enum(['call', 'walk-in', 'radio', 'transfer', 'replay']),
    /** Numbers that others know it by, `system → number`. */
    references: z.record(z.string().max(32).regex(/^\w+$/), Text(64)).optional(),
  }),
  effects: (fact, { references, ...values }) => {
    const on = first(fact, 'incident');
    const named = Object.entries(references ?? {}).map(([system, number]) => [`ref:${system}`, number] as const);
    return setAll(on, { ...(values as { [key: string]: Json }), ...Object.fromEntries(named), life: 'open' }).concat(
      firstKnown(on, fact.at, values),
    );
  },
});

const incidentEdited = factType({
  type: 'incident.edited',
  v: 1,
  title: 'Incident changed',
  classification: 'PHI',
  may: CALL_TAKING,
  body: IncidentFieldsSchema.extend({
    references: z.record(z.string().max(32).regex(/^\w+$/), Text(64)).optional(),
  }),
  effects: (fact, { references, ...values }) => {
    const named = Object.entries(references ?? {}).map(([system, number]) => [`ref:${system}`, number] as const);
    const on = first(fact, 'incident');
    return setAll(on, { ...(values as { [key: string]: Json }), ...Object.fromEntries(named) }).concat(
      firstKnown(on, fact.at, values),
    );
  },
});

const incidentNoted = factType({
  type: 'incident.noted',
  v: 1,
  title: 'Note',
  classification: 'PHI',
  may: CALL_TAKING,
  body: z.object({ text: z.string().min(1).max(8_000) }),
  effects: (fact, { text }) => {
    const on = first(fact, 'incident');
    return on ? [{ on, add: 'notes', value: text }] : [];
  },
});

const incidentHeld = factType({
  type: 'incident.held',
  v: 1,
  title: 'Hold',
  classification: 'OPS',
  may: DISPATCHING,
  body: z.object({ held: z.boolean(), reason: Text(240).optional(), until: Millis.optional() }),
  effects: (fact, body) =>
    setAll(first(fact, 'incident'), {
      hold: body.held ? { reason: body.reason ?? '', until: body.until ?? null } : null,
    }),
});

export const MOST_CONFIRMED = 40;
export const MOST_CONFIRMED_TEXT = 2_000;
/**
 * What its author was warned of and confirmed, as they were shown it: `rule` is `name@version`. Nothing is folded from it, and
 * whoever does not know it reads past it. Left out where nothing was.
 */
const Confirmed = z
  .array(z.object({ rule: Text(80), said: Text(MOST_CONFIRMED_TEXT) }))
  .max(MOST_CONFIRMED)
  .optional();

const incidentClosed = factType({
  type: 'incident.closed',
  v: 1,
  title: 'Closed',
  classification: 'OPS',
  may: DISPATCHING,
  body: z.object({ disposition: z.string().min(1).max(80), confirmed: Confirmed }),
  effects: (fact, { disposition }) =>
    setAll(first(fact, 'incident'), { life: 'closed', disposition }).concat(
      first(fact, 'incident') ? [{ on: first(fact, 'incident') as EntityRef, first: 'closed', at: fact.at }] : [],
    ),
});

const incidentReopened = factType({
  type: 'incident.reopened',
  v: 1,
  title: 'Reopened',
  classification: 'OPS',
  may: DISPATCHING,
  body: z.object({ reason: Text(240).optional() }),
  effects: (fact) => setAll(first(fact, 'incident'), { life: 'open' }),
});

const incidentLinked = factType({
  type: 'incident.linked',
  v: 1,
  title: 'Linked',
  classification: 'OPS',
  may: CALL_TAKING,
  body: z.object({ linked: z.boolean() }),
  shares: ({ linked }) => linked,
  effects: (fact, { linked }) => {
    const [a, b] = fact.about.filter((ref) => kindOf(ref) === 'incident');
    return a && b ? [...setAll(a, { [`link:${b}`]: linked }), ...setAll(b, { [`link:${a}`]: linked })] : [];
  },
});

const incidentMerged = factType({
  type: 'incident.merged',
  v: 1,
  title: 'Merged',
  classification: 'OPS',
  may: CALL_TAKING,
  /** About the duplicate first and the incident it is merged into second. */
  body: z.object({ merged: z.boolean() }),
  shares: ({ merged }) => merged,
  effects: (fact, { merged }) => {
    const [from, into] = fact.about.filter((ref) => kindOf(ref) === 'incident');
    return from && into ? setAll(from, { mergedInto: merged ? into : null }) : [];
  },
});

export const MOST_COMMITMENTS = 16;
/** What a unit is committed to: incident refs, sorted, none twice. */
const Commitments = z.array(EntityRefSchema).max(MOST_COMMITMENTS);

const unitDispatched = factType({
  type: 'unit.dispatched',
  v: 1,
  title: 'Dispatched',
  classification: 'OPS',
  may: DISPATCHING,
  /** About the incident, the unit and the assignment. */
  body: z.object({ code: z.string().min(1).max(4), commitments: Commitments, confirmed: Confirmed }),
  shares: () => true,
  effects: (fact, { code, commitments }) => {
    const assignment = first(fact, 'assignment');
    return [
      ...setAll(first(fact, 'unit'), { commitments }),
      ...setAll(assignment, { status: { code, standard: 'dispatched' } }),
      ...(assignment ? [{ on: assignment, first: 'unitNotified', at: fact.at }] : []),
    ];
  },
});

const unitStatus = factType({
  type: 'unit.status',
  v: 1,
  title: 'Status',
  classification: 'OPS',
  may: DISPATCHING,
  /**
   * About the incident, the unit and the assignment where the unit is on one; about the unit alone otherwise. A status
   * that ends the assignment also sets the unit's own status and what it is still committed to. One that begins a run
   * without a dispatch (on view, or reported late) names the commitments too.
   */
  body: z.object({
    code: z.string().min(1).max(4),
    standard: StandardStatusSchema,
    commitments: Commitments.optional(),
    reason: Text(240).optional(),
    /** When it is expected back, ms UTC. */
    until: Millis.optional(),
    destination: DestinationSchema.optional(),
    /** Where it posts or stands by. */
    post: Text(80).optional(),
    /** The code its unit shows after this assignment ends (AV, OOS…). */
    after: z.object({ code: z.string().min(1).max(4), standard: StandardStatusSchema }).optional(),
  }),
  effects: (fact, body) => {
    const unit = first(fact, 'unit');
    const assignment = first(fact, 'assignment');
    const element = TIME_OF[body.standard];
    const status = { code: body.code, standard: body.standard };
    const stays = ON_INCIDENT.includes(body.standard);
    const own = body.after ?? status;
    const remarks = { reason: body.reason ?? null, until: body.until ?? null, post: body.post ?? null };
    return [
      ...setAll(assignment, { status, destination: body.destination as Json | undefined }),
      ...(assignment && element ? [{ on: assignment, first: element, at: fact.at }] : []),
      ...(assignment && !stays && element !== 'backInService'
        ? [{ on: assignment, first: 'backInService', at: fact.at }]
        : []),
      ...(stays
        ? setAll(unit, { commitments: body.commitments })
        : setAll(unit, { status: { ...own, ...remarks }, commitments: body.commitments ?? [] })),
    ];
  },
});

/** An ambulance bus carries as many. */
export const MOST_PATIENTS = 20;
/** Of one run; a count said of a later one is of the last of these. */
export const MOST_JOURNEYS = 99;

const unitPatients = factType({
  type: 'unit.patients',
  v: 1,
  title: 'Patients of a transport',
  classification: 'OPS',
  may: DISPATCHING,
  newer: {
    partlyShownIsEnough: 'The transport itself is shown at every build, and how many are aboard can be told by voice.',
  },
  /**
   * About the incident, the unit and the assignment. How many patients the unit takes on one of its journeys, 1… as its author was
   * shown them; of a journey of which nobody said it, one. It moves no status.
   */
  body: z.object({ patients: z.int().min(1).max(MOST_PATIENTS), journey: z.int().min(1).max(MOST_JOURNEYS) }),
  effects: (fact, { patients, journey }) => setAll(first(fact, 'assignment'), { [`patients:${journey}`]: patients }),
});

const unitCommitted = factType({
  type: 'unit.committed',
  v: 1,
  title: 'Commitment settled',
  classification: 'OPS',
  may: DISPATCHING,
  /** About the unit; settles what it is committed to without moving any status. */
  body: z.object({ commitments: Commitments }),
  effects: (fact, { commitments }) => setAll(first(fact, 'unit'), { commitments }),
});

/** A crew calls for help; a dispatcher has seen it; it is over. */
export const EmergencySchema = z.enum(['declared', 'seen', 'over']);
export type Emergency = z.infer<typeof EmergencySchema>;

const unitEmergency = factType({
  type: 'unit.emergency',
  v: 1,
  title: 'Emergency of a unit',
  classification: 'OPS',
  may: CALL_TAKING,
  newer: {
    partlyShownIsEnough: 'A crew in need is never refused: whoever runs an older build is told by voice.',
  },
  /** About what the unit is on, for their timelines, and the unit. It moves no status: a unit in need is still where it is. */
  body: z.object({ emergency: EmergencySchema }),
  effects: (fact, { emergency }) => setAll(first(fact, 'unit'), { emergency }),
});

const timeRecorded = factType({
  type: 'time.recorded',
  v: 1,
  title: 'Time recorded',
  classification: 'OPS',
  may: CALL_TAKING,
  /** About the assignment (and its incident and unit), or the incident alone. Fills a time; moves no status. */
  body: z.object({ element: TimeElementSchema, at: Millis }),
  effects: (fact, { element, at }) => {
    const on = first(fact, 'assignment') ?? first(fact, 'incident');
    return on ? [{ on, first: element, at }] : [];
  },
});

const timeAmended = factType({
  type: 'time.amended',
  v: 1,
  title: 'Time amended',
  classification: 'OPS',
  may: DISPATCHING,
  /** Corrects a time; the one it corrects is kept. `at` null strikes it. */
  body: z.object({ element: TimeElementSchema, at: Millis.nullable(), reason: z.string().min(1).max(240) }),
  effects: (fact, { element, at, reason }) =>
    setAll(first(fact, 'assignment') ?? first(fact, 'incident'), { [`time:${element}`]: { at, reason } }),
});

const journeyAmended = factType({
  type: 'journey.amended',
  v: 1,
  title: 'Time of one of several journeys amended',
  classification: 'OPS',
  may: DISPATCHING,
  newer: 'held back',
  /**
   * About the incident, the unit and the assignment. Corrects or fills a time of one of the run's journeys, 1… as its author was shown
   * them, that is not the one which the run shows as its own: that is what `time.amended` corrects. `at` null strikes it.
   */
  body: z.object({
    journey: z.int().min(1).max(MOST_JOURNEYS),
    element: z.enum(TIMES_OF_A_JOURNEY),
    at: Millis.nullable(),
    reason: z.string().min(1).max(240),
  }),
  effects: (fact, { journey, element, at, reason }) =>
    setAll(first(fact, 'assignment'), { [`journey:${journey}:${element}`]: { at, reason } }),
});

export const CAD_FACTS: readonly FactType[] = [
  incidentOpened,
  incidentEdited,
  incidentNoted,
  incidentHeld,
  incidentClosed,
  incidentReopened,
  incidentLinked,
  incidentMerged,
  unitDispatched,
  unitStatus,
  unitPatients,
  unitCommitted,
  unitEmergency,
  timeRecorded,
  timeAmended,
  journeyAmended,
];
