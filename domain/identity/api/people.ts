/** People, invitations and passwords, as the center's API says them. Times in ms UTC. */
import { z } from 'zod';
import { RoleSchema } from '../../kernel/permission.ts';

const Id = z.string().min(1).max(128);
export const LoginSchema = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(120)
  .regex(/^[\p{L}\p{N}._@+-]+$/u, 'must be letters, digits and ._@+- without blanks');
export const PersonNameSchema = z.string().trim().min(1).max(120);
const EmailSchema = z.email().max(254);
/** As typed: every character counts, none is asked for. What is too short or too common is refused with the reason. */
export const PasswordSchema = z.string().min(1).max(1_024);
/** Of an invitation or a reset, as it was read out or pasted: case, blanks and hyphens make no difference. */
const CodeSchema = z.string().min(8).max(64);

const PersonOutSchema = z.strictObject({
  person: Id,
  login: z.string(),
  name: z.string(),
  roles: z.array(RoleSchema),
  /** Where they work; null for every site. */
  site: Id.nullable(),
  /** For whom; null for every agency of their site. */
  agency: Id.nullable(),
  email: z.string().nullable(),
  active: z.boolean(),
  /** Counts the changes of what is above; goes back with a change that was made from it. */
  version: z.int(),
  createdAt: z.int(),
  passwordChangedAt: z.int().nullable(),
  /** When they last signed in or renewed a session. */
  lastSeenAt: z.int().nullable(),
  /** Sessions that go on. */
  sessions: z.int(),
  /** Sign-in is paused until then, at a console or without one; null where it is not. */
  pausedUntil: z.int().nullable(),
});
export type PersonOut = z.infer<typeof PersonOutSchema>;
/** GET `/v1/people` */
export const PeopleOutSchema = z.strictObject({ people: z.array(PersonOutSchema) });

/**
 * POST `/v1/people/{person}/change`: what is left out stays. Taking something away ends their sessions at once. With `version`,
 * somebody else's change since then refuses with `person.changed`; without, what is set here counts over theirs.
 */
export const PersonChangeSchema = z.strictObject({
  name: PersonNameSchema.optional(),
  roles: z.array(RoleSchema).min(1, 'must name at least one').optional(),
  agency: Id.nullable().optional(),
  email: EmailSchema.nullable().optional(),
  active: z.boolean().optional(),
  version: z.int().min(0).optional(),
});

/** POST `/v1/invitations` */
export const InvitationInSchema = z.strictObject({
  login: LoginSchema,
  name: PersonNameSchema,
  roles: z.array(RoleSchema).min(1, 'must name at least one'),
  site: Id.nullable(),
  agency: Id.nullable().default(null),
  email: EmailSchema.nullable().default(null),
});

const InvitationOutSchema = z.strictObject({
  invitation: Id,
  login: z.string(),
  name: z.string(),
  roles: z.array(RoleSchema),
  site: Id.nullable(),
  agency: Id.nullable(),
  email: z.string().nullable(),
  madeBy: z.string().nullable(),
  madeAt: z.int(),
  expiresAt: z.int(),
  state: z.enum(['open', 'accepted', 'revoked', 'expired']),
  /** Who came of it. */
  person: Id.nullable(),
});
export type InvitationOut = z.infer<typeof InvitationOutSchema>;
/** GET `/v1/invitations`, newest first */
export const InvitationsOutSchema = z.strictObject({ invitations: z.array(InvitationOutSchema) });
/** The only time the code is said: it is kept as a hash. In a link it goes behind the `#`, which no server is sent. */
export const InvitedOutSchema = z.strictObject({ invitation: Id, code: z.string(), expiresAt: z.int() });

/** POST `/v1/invitations/look`, by whoever holds the code */
export const CodeInSchema = z.strictObject({ code: CodeSchema });
export const InvitationLookSchema = z.strictObject({
  organisation: z.string(),
  login: z.string(),
  name: z.string(),
  /** Shortest password, in characters. */
  passwordAtLeast: z.int(),
  expiresAt: z.int(),
});
/** POST `/v1/invitations/accept`: the person is made, with the password they choose. Then they sign in. */
export const InvitationAcceptSchema = z.strictObject({
  code: CodeSchema,
  password: PasswordSchema,
  /** How they write their name themselves. */
  name: PersonNameSchema.optional(),
});
/** What to sign in as without a workstation. */
export const AcceptedOutSchema = z.strictObject({ person: Id, user: z.string() });

/** POST `/v1/people/{person}/reset`: a code, valid a day, by which they set a new password themselves. */
export const ResetOutSchema = z.strictObject({ code: z.string(), expiresAt: z.int() });
/** POST `/v1/password/reset` */
export const ResetInSchema = z.strictObject({ code: CodeSchema, password: PasswordSchema });

/** GET `/v1/me` */
export const MeOutSchema = z.strictObject({
  person: Id,
  login: z.string(),
  name: z.string(),
  org: Id,
  organisation: z.string(),
  site: Id.nullable(),
  agency: Id.nullable(),
  roles: z.array(RoleSchema),
  session: Id,
  /** Shortest password, in characters. */
  passwordAtLeast: z.int(),
  /** Null where nobody has chosen one. */
  passwordChangedAt: z.int().nullable(),
  /** Whether the organisation's provider of single sign-on, where it has one, knows them as this person. */
  provider: z.enum(['none', 'linked', 'not linked']),
});
/** POST `/v1/me/password`: every other session of theirs ends. */
export const PasswordChangeSchema = z.strictObject({ old: PasswordSchema, new: PasswordSchema });
