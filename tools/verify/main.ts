/**
 * `npm run verify -- audit|rows --center URL --user NAME@ORG`: asks a running center to hold its audit against the seals,
 * or its rows against the facts. `npm run verify -- audit --export FILE` holds an exported audit without one. Ends with 0
 * where all holds, 1 where it does not, 2 where it could not be asked.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type AuditVerification, AuditVerificationSchema } from '../../domain/identity/api/audit.ts';
import { type CommandLine, whole } from '../../domain/kernel/command-line.ts';
import { checkpointsIn } from '../../server/kernel/audit/checkpoints.ts';
import { checkExport } from '../../server/kernel/audit/export-check.ts';
import { CenterUrl } from '../../server-bridge/flags.ts';
import { type CenterApi, signInToCenter } from '../center-api/center-api.ts';
import { givenTo } from '../command-line.ts';
import { askPassword } from '../psap/password.ts';

/** Everything is read and reckoned anew; the answer comes at the end. */
const PATIENCE = 280_000;

const Position = whole(0, 2_147_483_647);
const CheckSchema = z.discriminatedUnion('what', [
  z.object({
    what: z.enum(['audit', 'rows']),
    center: CenterUrl,
    user: z.string('is missing: NAME@ORG').regex(/^[^@\s]+@[^@\s]+$/, 'must be NAME@ORG'),
    sealed: Position.default(0),
    from: Position.default(0),
  }),
  z.object({
    what: z.literal('export'),
    export: z.string().min(1),
    key: z.array(z.string()).optional(),
    checkpoints: z.string().optional(),
  }),
]);
type Check = z.infer<typeof CheckSchema>;
const WHAT = 'Say what to verify: audit or rows';
const FlagsSchema = z
  .looseObject({ words: z.tuple([z.enum(['audit', 'rows'], WHAT)], WHAT) })
  .transform(({ words: [what], ...flags }) => ({
    ...flags,
    what: what === 'audit' && flags.export !== undefined ? ('export' as const) : what,
  }))
  .pipe(CheckSchema);

const COMMAND_LINE: CommandLine<typeof FlagsSchema> = {
  command: 'npm run verify',
  usage: `npm run verify:audit -- --center URL --user NAME@ORG [--sealed POSITION] [--from POSITION]
npm run verify:audit -- --export FILE [--key KEY] [--checkpoints DIR]
npm run verify -- rows --center URL --user NAME@ORG

  --center URL       of the center
  --user NAME@ORG    an administrator of the organisation; for the audit an auditor too. The password is taken from
                     QD_PASSWORD, or asked for, or read from standard input; the code of a second factor from
                     QD_CODE, or asked for
  --sealed POSITION  as an earlier run named it: fewer seals than that are a break
  --from POSITION    as an earlier run named it: what was sealed up to it is not read again
  --export FILE      an export of the audit, held without the center
  --key KEY          what the center signs with, as it shows its keys; may be given several times
  --checkpoints DIR  the center's checkpoints, or a copy of them
`,
  words: true,
  options: {
    center: { type: 'string' },
    user: { type: 'string' },
    sealed: { type: 'string' },
    from: { type: 'string' },
    export: { type: 'string' },
    key: { type: 'string', multiple: true },
    checkpoints: { type: 'string' },
  },
  schema: FlagsSchema,
};

const RowsSchema = z.object({ entities: z.number(), different: z.array(z.string()) });

interface Result {
  readonly holds: boolean;
  readonly text: string;
}

async function verifyAudit(api: CenterApi, noted: number, from: number): Promise<Result> {
  const said = AuditVerificationSchema.parse(await api.get(`/v1/audit/verification?from=${from}`, PATIENCE));
  const { sealed, entries, breaks } = said;
  if (breaks.length > 0) return { holds: false, text: breaks.map(sayBreak).join('\n') };
  if (sealed < noted)
    return {
      holds: false,
      text: `The audit does not hold: it is sealed to position ${sealed}, and was to ${noted} before.`,
    };
  const since = from > 0 ? ` since position ${from}` : '';
  return {
    holds: true,
    text: `The audit holds: sealed to position ${sealed}, ${entries} entries${since}.\n${sayCheckpoints(said)}`,
  };
}

function sayBreak({ position, why, at, ids }: AuditVerification['breaks'][number]): string {
  const when = at === null ? '' : ` (${new Date(at).toISOString()}${ids ? `, entries ${ids[0]} to ${ids[1]}` : ''})`;
  return `The audit does not hold at sealed position ${position}${when}: ${why}.`;
}

function sayCheckpoints({ checkpoints: { held, newest, unreadable } }: AuditVerification): string {
  const strange =
    unreadable > 0 ? ` ${unreadable} lines of the checkpoints cannot be read, or are not the center’s.` : '';
  return newest === null
    ? `No checkpoint was there to hold it against: that nothing was cut off is not shown.${strange}`
    : `It agrees with ${held} checkpoints outside of the database, the furthest at position ${newest}.${strange}`;
}

async function verifyExport({ export: file, key, checkpoints }: Check & { what: 'export' }): Promise<Result> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const { head, seals, entries, keys, broken, ...held } = await checkExport(lines, {
    ...(key ? { keys: key } : {}),
    ...(checkpoints === undefined ? {} : { checkpoints: (org) => checkpointsIn(checkpoints, org) }),
  });
  if (broken) return { holds: false, text: `The export does not hold at line ${broken.line}: ${broken.why}.` };
  const what = head?.whole
    ? `all that was sealed from position ${head.from} to ${head.to}`
    : `what was asked for, of positions ${head?.from} to ${head?.to}`;
  const signed = key ? 'the keys that were given' : `${keys.join(', ')}; compare with the keys that the center shows`;
  const against = checkpoints === undefined ? '' : `\nIt agrees with ${held.checkpoints} checkpoints.`;
  return {
    holds: true,
    text: `The export holds: ${entries} entries under ${seals} seals, ${what}.\nSigned by ${signed}.${against}`,
  };
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
  const flags = givenTo(COMMAND_LINE);
  try {
    const { holds, text } = await (flags.what === 'export' ? verifyExport(flags) : ask(flags));
    process.stdout.write(`${text}\n`);
    return holds ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${sayOf(error, flags.what === 'export' ? flags.export : flags.center)}\n`);
    return 2;
  }
}

/** Of an authenticator app, or a recovery code. */
async function code(): Promise<string> {
  if (process.env.QD_CODE) return process.env.QD_CODE;
  if (process.stdin.isTTY) return askPassword('Code of the authenticator app: ');
  throw new Error('This account has a second factor: put its code into QD_CODE, or run this in a terminal.');
}

async function ask(flags: Exclude<Check, { what: 'export' }>): Promise<Result> {
  const password = process.env.QD_PASSWORD ?? (await askPassword(`Password of ${flags.user}: `));
  const api = await signInToCenter(flags.center, { user: flags.user, password }, code);
  return flags.what === 'audit' ? verifyAudit(api, flags.sealed, flags.from) : verifyRows(api);
}

process.exitCode = await main();
