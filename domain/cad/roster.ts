/** Records of a site that stations hold: who and what there is to send, and the words to choose from. */
import { z } from 'zod';
import { RoleSchema } from '../kernel/permission.ts';
import type { RecordVersion } from '../kernel/stream.ts';
import { verbOf } from './command/verbs.ts';
import { PrioritySchema } from './facts.ts';
import { StatusCodeSchema } from './status.ts';

const Name = z.string().min(1).max(120);
const Id = z.string().min(1).max(128);
const Point = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);

export const SiteSchema = z.strictObject({
  name: Name,
  /** IANA zone that times are shown in. */
  timeZone: z.string().min(1).max(64),
  /** Seconds within which a waiting call turns amber, and red, by priority. */
  waiting: z.record(PrioritySchema, z.tuple([z.number(), z.number()])),
});
export const AgencySchema = z.strictObject({
  name: Name,
  short: z.string().min(1).max(12),
  discipline: z.enum(['ems', 'fire', 'law', 'other']),
});
export const FacilitySchema = z.strictObject({
  name: Name,
  short: z.string().min(1).max(24),
  kind: z.enum(['station', 'post', 'hospital']),
  address: z.string().max(240).optional(),
  coordinates: Point.optional(),
  zone: z.string().max(32).optional(),
});
export const DistrictSchema = z.strictObject({
  name: Name,
  short: z.string().min(1).max(24),
  kind: z.enum(['battalion', 'beat', 'zone', 'esz']),
});
/** One word of a command line: no blank, no comma, no small letter, and not `.`, `?` or `#1`, which are words of it already. */
const CALLSIGN = /^[\p{Lu}\p{Lo}\p{Nd}-][\p{Lu}\p{Lo}\p{Nd}/._+&:;'#()-]*$/u;
export const RosterUnitSchema = z.strictObject({
  callsign: z
    .string()
    .min(1)
    .max(12)
    .regex(CALLSIGN, "must be capital letters, digits and hyphens, with / . _ + & : ; ' # ( ) behind the first"),
  /** What kind of unit: `ambulance`, `engine`… Units are shown in columns by it. */
  kind: z.string().min(1).max(40),
  agency: Id.nullable(),
  home: Id.nullable(),
  capabilities: z.array(z.string().max(24)).max(12),
  active: z.boolean(),
});
export const NatureSchema = z.strictObject({
  code: z.string().min(1).max(32),
  text: Name,
  priority: PrioritySchema,
  needs: z.string().max(80).optional(),
  /** What else people call it, who look for it by that: `heart attack`, `MI`. It is shown by its own words alone. */
  alsoCalled: z.array(z.string().min(1).max(60)).max(40).optional(),
  /** Codes of the dispositions that such calls mostly end in, the commonest first. */
  endings: z.array(z.string().min(1).max(24)).max(9).optional(),
});
export const DispositionSchema = z.strictObject({ code: z.string().min(1).max(24), text: Name });
/** A code says one thing, can be typed where commands are, and leads on to one that is there; one of them clears a unit. */
const StatusSetSchema = z.strictObject({
  agency: Id.nullable(),
  statuses: z
    .array(StatusCodeSchema)
    .min(1)
    .max(40)
    .superRefine((statuses, { addIssue }) => {
      const codes = statuses.map(({ code }) => code.toUpperCase());
      if (!statuses.some(({ standard }) => standard === 'available'))
        addIssue({ code: 'custom', message: 'none of them means available: no unit could be cleared' });
      statuses.forEach(({ code, next }, i) => {
        const refuse = (field: string, message: string): void =>
          addIssue({ code: 'custom', path: [i, field], message });
        if (!/^[A-Z0-9-]+$/i.test(code)) refuse('code', 'must be letters, digits and hyphens, as it is typed');
        else if (verbOf(code)) refuse('code', `is ${code.toUpperCase()}, a command already`);
        else if (codes.indexOf(code.toUpperCase()) < i) refuse('code', `is there twice: ${code}`);
        if (next !== null && !codes.includes(next.toUpperCase())) refuse('next', `names no code of these: ${next}`);
      });
    }),
});
export const PositionSchema = z.strictObject({
  name: Name,
  covers: z.string().max(120),
  /** In a physically secure location: its console does not lock by itself (CJIS 6.0, AC-11, exempts dispatch there). */
  secured: z.boolean().optional(),
});
/** A person as stations know one: enough to name who did what. Secrets are never in it. */
export const PersonSchema = z.strictObject({
  user: z.string().min(1).max(120),
  name: Name,
  roles: z.array(RoleSchema),
  active: z.boolean(),
});

export const ROSTER_SCHEMAS = {
  site: SiteSchema,
  agency: AgencySchema,
  facility: FacilitySchema,
  district: DistrictSchema,
  roster_unit: RosterUnitSchema,
  nature: NatureSchema,
  disposition: DispositionSchema,
  status_set: StatusSetSchema,
  position: PositionSchema,
  person: PersonSchema,
} as const;
export type RosterKind = keyof typeof ROSTER_SCHEMAS;

/**
 * The organisation's other sites and their units, as far as they have to be called by name here: a unit of theirs is asked for, or
 * sent. The center makes these of those sites' own records; nobody puts them.
 */
const NEIGHBOUR_SCHEMAS = {
  /** By the id of the site. */
  neighbour: z.strictObject({ name: Name }),
  /** By the id of the unit. */
  neighbour_unit: z.strictObject({
    callsign: RosterUnitSchema.shape.callsign,
    kind: RosterUnitSchema.shape.kind,
    site: Id,
  }),
} as const;
export type NeighbourKind = keyof typeof NEIGHBOUR_SCHEMAS;
export const NEIGHBOUR_KINDS = Object.keys(NEIGHBOUR_SCHEMAS) as readonly NeighbourKind[];

const HELD_SCHEMAS = { ...ROSTER_SCHEMAS, ...NEIGHBOUR_SCHEMAS } as const;
/** What a station holds beside facts to read them by. */
export type HeldKind = keyof typeof HELD_SCHEMAS;
export type RosterBody<K extends HeldKind> = z.infer<(typeof HELD_SCHEMAS)[K]>;

/** Kinds of which the last body is kept, and told to new stations, once they are archived: what a unit did is told under its callsign for years. */
export const KEPT_OF_ARCHIVED: readonly string[] = ['roster_unit', 'neighbour_unit'] satisfies HeldKind[];

/** What the organisation's other sites are shown of a record of this site; null where they are shown nothing of its kind. */
export function asNeighboursSee(site: string, { kind, id, version, body }: RecordVersion): RecordVersion | null {
  if (kind === 'site') return { kind: 'neighbour', id, version, body: body && { name: body.name ?? '' } };
  if (kind !== 'roster_unit') return null;
  const { callsign = '', kind: of = '', active } = body ?? {};
  return { kind: 'neighbour_unit', id, version, body: active === true ? { callsign, kind: of, site } : null };
}
