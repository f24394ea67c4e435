/**
 * `npm run verify -- audit|rows --center URL --user NAME@ORG`: asks a running center to hold its audit against the seals,
 * or its rows against the facts. Ends with 0 where all holds, 1 where it does not, 2 where it could not be asked.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type CenterApi, signInToCenter } from '../center-api/center-api.ts';
import { askPassword } from '../psap/password.ts';

const USAGE = `npm run verify -- audit --center URL --user NAME@ORG [--sealed POSITION]
npm run verify -- rows --center URL --user NAME@ORG

  --center URL       of the center
  --user NAME@ORG    an administrator of the organisation; for the audit an auditor too. The password is taken from
                     QD_PASSWORD, or asked for, or read from standard input
  --sealed POSITION  as an earlier run named it: fewer seals than that are a break
`;
/** Everything is read and reckoned anew; the answer comes at the end. */
const PATIENCE = 280_000;

const FlagsSchema = z.object({
  what: z.enum(['audit', 'rows'], 'say what to verify: audit or rows'),
  center: z.url({ protocol: /^https?$/, error: '--center URL is missing or no http address' }),
  user: z.string('--user NAME@ORG is missing').regex(/^[^@\s]+@[^@\s]+$/, '--user is not of the form NAME@ORG'),
  sealed: z.coerce.number().int().min(0).optional().catch(Number.NaN),
});
type Flags = z.infer<typeof FlagsSchema>;

const AuditSchema = z.object({
  sealed: z.number(),
  entries: z.number(),
  brokenAt: z.number().nullable(),
  why: z.string().nullable(),
});
const RowsSchema = z.object({ entities: z.number(), different: z.array(z.string()) });

interface Result {
  readonly holds: boolean;
  readonly text: string;
}

/** The flags, or the sentence that says what is wrong with them; null where help was asked for. */
function readFlags(): Flags | string | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        center: { type: 'string' },
        user: { type: 'string' },
        sealed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return null;
    if (positionals.length > 1) return `${positionals[1]} is one word too many`;
    const flags = FlagsSchema.safeParse({ what: positionals[0], ...values });
    if (!flags.success) return flags.error.issues[0]?.message ?? 'these flags cannot be read';
    if (Number.isNaN(flags.data.sealed)) return '--sealed is not a position: give the number that an earlier run named';
    return flags.data;
  } catch (error) {
    return error instanceof Error ? error.message : 'these flags cannot be read';
  }
}

async function verifyAudit(api: CenterApi, noted: number): Promise<Result> {
  const { sealed, entries, brokenAt, why } = AuditSchema.parse(await api.get('/v1/audit/verification', PATIENCE));
  if (brokenAt !== null)
    return { holds: false, text: `The audit does not hold from sealed position ${brokenAt} on: ${why}.` };
  if (sealed < noted)
    return {
      holds: false,
      text: `The audit does not hold: it is sealed to position ${sealed}, and was to ${noted} before.`,
    };
  return { holds: true, text: `The audit holds: sealed to position ${sealed}, ${entries} entries.` };
}

async function verifyRows(api: CenterApi): Promise<Result> {
  const { entities, different } = RowsSchema.parse(await api.get('/v1/rows/verification', PATIENCE));
  if (different.length === 0)
    return { holds: true, text: `The rows hold: ${entities} entities fold to what is stored.` };
  return {
    holds: false,
    text: `The rows do not hold: of ${entities} entities these are stored otherwise than their facts fold:\n${different.join('\n')}`,
  };
}

/** One sentence. Without a connection `fetch` says no more than that it failed; its cause says why. */
function sayOf(error: unknown, center: string): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error.cause as { readonly code?: unknown } | undefined)?.code;
  return error instanceof TypeError
    ? `There is no answer from ${center} (${String(code ?? error.message)}).`
    : error.message;
}

async function main(): Promise<number> {
  const flags = readFlags();
  if (flags === null || typeof flags === 'string') {
    process.stderr.write(flags === null ? USAGE : `${flags}\n${USAGE}`);
    return flags === null ? 0 : 2;
  }
  try {
    const password = process.env.QD_PASSWORD ?? (await askPassword(`Password of ${flags.user}: `));
    const api = await signInToCenter(flags.center, { user: flags.user, password });
    const { holds, text } = await (flags.what === 'audit' ? verifyAudit(api, flags.sealed ?? 0) : verifyRows(api));
    process.stdout.write(`${text}\n`);
    return holds ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${sayOf(error, flags.center)}\n`);
    return 2;
  }
}

process.exitCode = await main();
