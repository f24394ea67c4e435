/** A session in a browser at the center's own page, as the center's API says it. The tokens are in cookies alone. */
import { z } from 'zod';
import { RoleSchema } from '../../kernel/permission.ts';
import { AssertionSchema, CodeSchema } from './mfa.ts';

const Name = z.string().min(1).max(128);

/** POST `/v1/web/sessions`. */
export const WebSignInSchema = z.strictObject({
  /** `name@organisation`, or a name that is the only one of its kind at the center. */
  user: z.string().min(1).max(200),
  password: z.string().min(1).max(1_024),
  /** One of the two, where the problem `second_factor.needed` asks for it. */
  code: CodeSchema.optional(),
  passkey: AssertionSchema.optional(),
});

/** Answer of `/v1/web/sessions` and `/v1/web/refresh`. */
export const WebSessionOutSchema = z.strictObject({
  session: Name,
  user: Name,
  name: z.string(),
  roles: z.array(RoleSchema),
  /** ms UTC; refresh before. */
  accessExpiresAt: z.int(),
});
export type WebSessionOut = z.infer<typeof WebSessionOutSchema>;

/** GET `/v1/web/session`: who this browser is signed in as. */
export const WhoAmIOutSchema = z.strictObject({
  org: Name,
  session: Name,
  user: Name,
  name: z.string(),
  login: z.string(),
  roles: z.array(RoleSchema),
  /** Null for everyone of the organisation. */
  site: Name.nullable(),
  agency: Name.nullable(),
  /** When they last proved who they are, ms UTC. */
  provenAt: z.int(),
  /** `missing`: a role of theirs asks for one; until it is given, nothing but their own security is open to them. */
  secondFactor: z.enum(['given', 'not needed', 'missing']),
});
export type WhoAmIOut = z.infer<typeof WhoAmIOutSchema>;
