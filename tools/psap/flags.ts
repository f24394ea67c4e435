import { z } from 'zod';
import { SiteInSchema } from '#domain/cad/api.ts';
import { LoginSchema, PersonNameSchema } from '../../domain/identity/api/people.ts';
import type { CommandLine } from '../../domain/kernel/command-line.ts';

const FlagsSchema = z
  .object({
    name: z.string('is missing: say which PSAP').pipe(SiteInSchema.shape.name),
    zone: SiteInSchema.shape.timeZone.optional(),
    admin: LoginSchema.optional(),
    'admin-name': PersonNameSchema.optional(),
    org: z.string().optional(),
    'org-name': z.string().optional(),
    data: z.string().min(1).default('.data'),
    whole: z.boolean().default(false),
  })
  .refine(
    ({ zone, admin, whole }) => (zone === undefined) === (admin === undefined) || (admin !== undefined && whole),
    {
      path: [],
      message:
        'A new PSAP needs both --zone and --admin; for a code of one that is there, leave out both, and for one more administrator of the whole organisation give --admin and --whole',
    },
  )
  .refine((flags) => flags['admin-name'] === undefined || flags.admin !== undefined, {
    path: [],
    message: 'A name needs its administrator too: --admin USER',
  })
  .refine((flags) => flags['org-name'] === undefined || flags.org !== undefined, {
    path: [],
    message: 'A new organisation needs an id too: --org ID (lower-case letters, digits and hyphens)',
  })
  .transform(({ 'org-name': orgName, 'admin-name': adminName, ...flags }) => ({ orgName, adminName, ...flags }));

export type PsapFlags = z.output<typeof FlagsSchema>;

export const COMMAND_LINE: CommandLine<typeof FlagsSchema> = {
  command: 'npm run psap',
  usage: `npm run psap -- --name NAME --zone ZONE --admin USER [options]   add a PSAP; prints a code for its first workstation
npm run psap -- --name NAME [options]                             print a code for one more workstation of it
npm run psap -- --name NAME --admin USER --whole [options]        one more administrator of its whole organisation

  --name NAME       of the PSAP, as its people call it
  --zone ZONE       IANA time zone, such as America/Los_Angeles
  --admin USER      its first administrator; the password is asked for, or read from standard input
  --admin-name NAME what people call that administrator; as they sign in without it
  --org ID          the organisation it belongs to; may be left out where there is only one
  --whole           that administrator administers every PSAP of the organisation; the first of a new one always does
  --org-name NAME   makes the organisation --org ID under this name, if it is not there yet
  --data DIR        the center's folder (.data); DATABASE_URL as for the center
The center may be running only where DATABASE_URL names its database; with a PostgreSQL of its own, stop it first.
`,
  options: {
    name: { type: 'string' },
    zone: { type: 'string' },
    admin: { type: 'string' },
    'admin-name': { type: 'string' },
    org: { type: 'string' },
    'org-name': { type: 'string' },
    data: { type: 'string' },
    whole: { type: 'boolean' },
  },
  schema: FlagsSchema,
};
