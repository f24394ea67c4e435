/**
 * The bridge between a window and its station: `call(name, input) → result` and `watch(topic) → snapshot, then patches`.
 * The same over Electron's MessagePort and over the loopback WebSocket. This file says every call; zod checks it at the door.
 *
 * `at` (ms UTC) says when something happened where that is not now. `shown` lists the facts whose values the author was
 * shown (rows carry them): what is set replaces exactly those. Left out, the station takes what it holds at that moment.
 *
 * Ids of incidents and units are bare (`0199…`); where the kind is open (`of`, `entity`) it is a ref (`incident:0199…`).
 */
import { z } from 'zod';
import { LONGEST_LINE } from '../cad/command/verbs.ts';
import {
  DestinationSchema,
  EmergencySchema,
  IncidentFieldsSchema,
  MOST_JOURNEYS,
  MOST_PATIENTS,
} from '../cad/facts.ts';
import { TimeElementSchema } from '../cad/status.ts';
import { ConfirmedRulesSchema, DecisionSchema } from '../kernel/decision.ts';
import { RoleSchema } from '../kernel/permission.ts';

const Id = z.string().min(1).max(160);
/** One that a clock can show. */
const Moment = z.int().min(0).max(8_640_000_000_000_000);
const At = Moment.optional();
const Shown = z.array(z.string().max(128)).max(256).optional();
const Journey = z.int().min(1).max(MOST_JOURNEYS);
const Patients = z.int().min(1).max(MOST_PATIENTS);
const Text = (max: number) => z.string().max(max);
const Nothing = z.strictObject({});
const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });

const MeSchema = z.object({
  user: z.string(),
  login: z.string(),
  name: z.string(),
  roles: z.array(RoleSchema),
  session: z.string(),
  position: z.string().nullable(),
  positionName: z.string(),
  /** Signed in by grant, without the center. */
  offline: z.boolean(),
  /** The grant ran out: work goes on and is marked contested. */
  grantExpired: z.boolean(),
  /** The center ended the session from elsewhere: work goes on by the grant, and is marked contested. */
  ended: z.boolean(),
  /** Why the organisation keeps calls and units from roles that would see them; null where it does not. */
  keptBy: z.string().nullable(),
  locked: z.boolean(),
});
export type Me = z.infer<typeof MeSchema>;

/** What an action of the board answers: one plain sentence for the echo, and what it made. */
const Done = z.object({
  said: z.string(),
  incident: z.string().optional(),
  number: z.string().optional(),
  assignments: z.array(z.string()).optional(),
  /** What incidents are to be looked for by: the window watches the topic of it (`findTopic`). */
  find: z.string().optional(),
  /** Facts appended, durable before the answer. */
  facts: z.array(z.string()),
  /** What a gate warned of and did not hold up: to be shown with what was done. */
  warned: DecisionSchema.optional(),
});
export type Done = z.infer<typeof Done>;

/** Of an authenticator app, or a recovery code: asked for by the refusal `second_factor.needed`. */
const Code = z.string().min(1).max(64);

export const CALLS = {
  /** Over somebody else, locked or not, it is a change of operator: their session ends, what they typed stays at the position. */
  'session.sign_in': call(
    z.strictObject({
      user: z.string().min(1).max(120),
      password: z.string().min(1).max(1024),
      code: Code.optional(),
    }),
    MeSchema,
  ),
  'session.sign_out': call(Nothing, Nothing),
  'session.lock': call(Nothing, Nothing),
  /** A key or pointer was used at this seat; the console locks when that has been too long ago. */
  'session.active': call(Nothing, Nothing),
  'session.unlock': call(z.strictObject({ password: z.string().min(1).max(1024), code: Code.optional() }), MeSchema),
  /** Whoever is signed in knows of what was told of their account, up to and with this time. Told to the center when it is reached. */
  'notices.seen': call(z.strictObject({ upTo: z.int().min(0).max(9_007_199_254_740_991) }), Nothing),
  /** The machine of this window says that its network is back: the center is tried at once. */
  'network.returned': call(Nothing, Nothing),
  /** A one-time token for another window of this workstation: open the console with it as the URL's fragment. */
  'window.token': call(Nothing, z.object({ token: z.string() })),

  'incident.open': call(
    IncidentFieldsSchema.extend({
      /** When the call was answered; now where it is left out. */
      answeredAt: At,
      source: z.enum(['call', 'walk-in', 'radio', 'transfer', 'replay']).default('call'),
      references: z.record(z.string().max(32).regex(/^\w+$/), Text(64)).optional(),
      notes: Text(8_000).optional(),
      at: At,
    }).strict(),
    Done,
  ),
  'incident.edit': call(
    z.strictObject({
      incident: Id,
      set: IncidentFieldsSchema.extend({
        references: z.record(z.string().max(32).regex(/^\w+$/), Text(64)).optional(),
      }).strict(),
      shown: Shown,
      at: At,
    }),
    Done,
  ),
  'incident.note': call(z.strictObject({ incident: Id, text: z.string().min(1).max(8_000), at: At }), Done),
  'incident.hold': call(
    z.strictObject({ incident: Id, held: z.boolean(), reason: Text(240).optional(), until: At, at: At }),
    Done,
  ),
  /**
   * With units still on it, `units` says whether they are cleared with it or left; neither asks (`confirm.needed`). `confirmed`: what
   * was shown then, and confirmed; what came up since asks again.
   */
  'incident.close': call(
    z.strictObject({
      incident: Id,
      disposition: z.string().min(1).max(80),
      units: z.enum(['clear', 'leave']).optional(),
      confirmed: ConfirmedRulesSchema.optional(),
      at: At,
    }),
    Done,
  ),
  'incident.reopen': call(z.strictObject({ incident: Id, reason: Text(240).optional(), at: At }), Done),
  'incident.link': call(z.strictObject({ incident: Id, other: Id, linked: z.boolean(), at: At }), Done),
  'incident.merge': call(z.strictObject({ incident: Id, into: Id, merged: z.boolean(), at: At }), Done),

  /**
   * A busy unit is refused with code `confirm.needed` and a decision, until `confirm` is given. `confirmed`: the rules of the decision
   * that was shown, which the fact keeps; what came up since asks again.
   */
  'unit.dispatch': call(
    z.strictObject({
      incident: Id,
      units: z.array(Id).min(1).max(40),
      confirm: z.boolean().optional(),
      confirmed: ConfirmedRulesSchema.optional(),
      shown: Shown,
      at: At,
    }),
    Done,
  ),
  /**
   * `incident` names which run where the unit is on several; a unit that is not on it begins a run there without a dispatch
   * (on view). A status that ends the run clears it from that incident.
   */
  'unit.status': call(
    z.strictObject({
      unit: Id,
      code: z.string().min(1).max(4),
      incident: Id.optional(),
      reason: Text(240).optional(),
      until: At,
      destination: DestinationSchema.optional(),
      /** How many patients it takes, of a transport alone; left out, one. */
      patients: Patients.optional(),
      post: Text(80).optional(),
      shown: Shown,
      at: At,
    }),
    Done,
  ),
  /**
   * `of` is an assignment that took somebody, over or not. How many patients it took on its last journey, or on `journey`, 1…
   */
  'unit.patients': call(
    z.strictObject({
      of: Id,
      patients: Patients,
      journey: Journey.optional(),
      shown: Shown,
      at: At,
    }),
    Done,
  ),
  /**
   * The next logical status of a unit (F9). `to` is the step that was shown where it was asked for: none other is taken, and
   * none twice.
   */
  'unit.next': call(
    z.strictObject({ unit: Id, incident: Id.optional(), to: z.string().min(1).max(4).optional(), at: At }),
    Done,
  ),
  'unit.cancel': call(
    z.strictObject({ unit: Id, incident: Id.optional(), reason: Text(240).optional(), at: At }),
    Done,
  ),
  /** From what it is on to another incident, in one step. */
  'unit.move': call(z.strictObject({ unit: Id, to: Id, at: At }), Done),
  /** Two units trade what they are on. */
  'unit.swap': call(z.strictObject({ unit: Id, with: Id, at: At }), Done),
  /** A unit's call for help: declared, seen by whoever answers it, over. */
  'unit.emergency': call(z.strictObject({ unit: Id, emergency: EmergencySchema, at: At }), Done),

  /** `of` is an assignment or incident. Fills a time; moves no status. */
  'time.record': call(z.strictObject({ of: Id, element: TimeElementSchema, time: Moment, at: At }), Done),
  'time.amend': call(
    z.strictObject({
      of: Id,
      element: TimeElementSchema,
      time: Moment.nullable(),
      reason: z.string().min(1).max(240),
      /** Of which of a run's journeys, 1…, the time is; left out, of the first that has such a time. */
      journey: Journey.optional(),
      shown: Shown,
      at: At,
    }),
    Done,
  ),

  /** Chooses one side of a conflict; `side` is a fact of the side to keep. For a unit's commitments the other run is canceled. */
  'conflict.settle': call(z.strictObject({ entity: Id, register: Id, side: Id, at: At }), Done),
  'contested.settle': call(
    z.strictObject({ entity: Id, fact: Id, verdict: z.enum(['confirmed', 'set aside']), note: Text(240).optional() }),
    Done,
  ),

  /** A line of the command language, as typed. Same refusals as the calls it stands for. */
  'command.run': call(
    z.strictObject({
      line: z.string().min(1).max(LONGEST_LINE),
      selected: Id.nullable(),
      confirm: z.boolean().optional(),
      confirmed: ConfirmedRulesSchema.optional(),
    }),
    Done,
  ),

  /**
   * What `command.run` of this line would answer as things stand: its sentence with what a gate warns of, or its refusal,
   * with the decision of a gate that asks or holds back. Makes nothing.
   */
  'command.preview': call(
    z.strictObject({ line: z.string().min(1).max(LONGEST_LINE), selected: Id.nullable() }),
    z.object({ said: z.string(), warned: DecisionSchema.optional() }),
  ),

  /** Administrators: creates (version 0) or changes records of the roster, all or none. Waits in the outbox; the center decides. */
  'roster.put': call(
    z.strictObject({
      records: z
        .array(
          z.strictObject({
            kind: Id,
            id: Id.optional(),
            version: z.int().min(0),
            body: z.record(z.string(), z.json()).nullable(),
          }),
        )
        .min(1)
        .max(2_000),
    }),
    z.object({ request: z.string(), ids: z.array(z.string()) }),
  ),
  /** The answer to a request: resolves when it is accepted or refused, or after `waitMs` with what is known. */
  'request.await': call(
    z.strictObject({ request: Id, waitMs: z.int().min(0).max(30_000) }),
    z.object({ state: z.enum(['waiting', 'accepted', 'refused']), decision: DecisionSchema.nullable() }),
  ),
  'request.retry': call(z.strictObject({ request: Id }), Nothing),
  'request.withdraw': call(z.strictObject({ request: Id }), Nothing),

  'presence.editing': call(z.strictObject({ incident: Id.nullable(), field: Text(40).nullable() }), Nothing),
  /** Encrypted, per position; survives a restart. `value` null forgets it. */
  'draft.save': call(z.strictObject({ key: Id, value: z.json().nullable() }), Nothing),
  'layout.save': call(z.strictObject({ name: Id, layout: z.json() }), Nothing),
  /** A stored document, e.g. the incident report: base64 of its bytes, as last fetched in an outage. */
  'document.open': call(z.strictObject({ id: Id }), z.object({ media: z.string(), base64: z.string() })),
} as const;

export type CallName = keyof typeof CALLS;
export type CallInput<N extends CallName> = z.input<(typeof CALLS)[N]['input']>;
export type CallOutput<N extends CallName> = z.output<(typeof CALLS)[N]['output']>;
