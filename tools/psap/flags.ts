import { parseArgs } from 'node:util';

export const USAGE = `npm run psap -- --name NAME --zone ZONE --admin USER [options]   add a PSAP; prints a code for its first workstation
npm run psap -- --name NAME [options]                             print a code for one more workstation of it

  --name NAME       of the PSAP, as its people call it
  --zone ZONE       IANA time zone, such as America/Los_Angeles
  --admin USER      its first administrator; the password is asked for, or read from standard input
  --org ID          the organisation it belongs to; may be left out where there is only one
  --whole           that administrator administers every PSAP of the organisation; the first of a new one always does
  --org-name NAME   makes the organisation --org ID under this name, if it is not there yet
  --data DIR        the center's folder (.data); DATABASE_URL as for the center
The center may be running only where DATABASE_URL names its database; with a PostgreSQL of its own, stop it first.
`;

export interface PsapFlags {
  readonly name: string;
  readonly zone: string | undefined;
  readonly admin: string | undefined;
  readonly org: string | undefined;
  readonly orgName: string | undefined;
  readonly data: string;
  readonly whole: boolean;
}

/** The flags, or the sentence that says what is wrong with them; null where help was asked for. */
export function readFlags(args: readonly string[]): PsapFlags | string | null {
  let given: Record<string, string | boolean | undefined>;
  try {
    given = parseArgs({
      args: [...args],
      options: {
        name: { type: 'string' },
        zone: { type: 'string' },
        admin: { type: 'string' },
        org: { type: 'string' },
        'org-name': { type: 'string' },
        data: { type: 'string', default: '.data' },
        whole: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return `${error instanceof Error ? error.message : 'These flags cannot be read'}. --help shows them.`;
  }
  if (given.help) return null;
  const text = (name: string): string | undefined => (typeof given[name] === 'string' ? given[name] : undefined);
  const name = text('name');
  if (!name) return 'Say which PSAP: --name NAME. --help shows the flags.';
  if ((text('zone') === undefined) !== (text('admin') === undefined)) {
    return 'A new PSAP needs both --zone and --admin; for a code of one that is there, leave out both.';
  }
  if (text('org-name') !== undefined && text('org') === undefined) {
    return 'A new organisation needs an id too: --org ID (lower-case letters, digits and hyphens).';
  }
  return {
    name,
    zone: text('zone'),
    admin: text('admin'),
    org: text('org'),
    orgName: text('org-name'),
    data: text('data') ?? '.data',
    whole: given.whole === true,
  };
}
