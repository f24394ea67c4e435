/** Sites and their rosters, as the center's API says them. */
import { z } from 'zod';
import { InvitedOutSchema, LoginSchema, PersonNameSchema } from '../identity/api/people.ts';
import { REQUEST_INPUTS } from '../wire/sync.ts';
import { isTimeZone } from './sentences/local-time.ts';

const Id = z.string().min(1).max(128);

export const SitesOutSchema = z.strictObject({ sites: z.array(z.strictObject({ site: Id, name: z.string() })) });
/** POST `/v1/sites` */
export const SiteInSchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  /** IANA zone that times are shown in. */
  timeZone: z.string().max(64).refine(isTimeZone, 'must be an IANA time zone such as America/Los_Angeles'),
  /** Who administers it first: invited, and so the one who chooses the password. */
  admin: z.strictObject({ user: LoginSchema, name: PersonNameSchema.optional() }),
});
/** The site, and the invitation of its first administrator; the code is shown this once. */
export const SiteMadeSchema = z.strictObject({ site: Id, invitation: InvitedOutSchema });

/** As a person asks it of the center for one site; a station asks the same as a request. */
export const SiteRecordsInSchema = REQUEST_INPUTS['record.put_many'];
export const SiteRecordsOutSchema = z.strictObject({
  versions: z.array(z.strictObject({ kind: z.string(), id: Id, version: z.int() })),
});
