/**
 * `npm run verify -- audit|rows --center URL --user NAME@ORG`: asks a running center to hold its audit against the seals,
 * or its rows against the facts; with `--data DIR` in place of a user, as its operator on its machine. `npm run verify --
 * audit --export FILE` holds an exported audit without one. Ends with 0 where all holds, 1 where it does not, 2 where it could
 * not be asked.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { RowsVerificationSchema } from '../../domain/cad/rows-api.ts';
import { AuditVerificationSchema } from '../../domain/identity/api/audit.ts';
import { type CommandLine, ENDS } from '../../domain/kernel/command-line.ts';
import { checkpointsIn } from '../../server/kernel/audit/checkpoints.ts';
import { checkExport } from '../../server/kernel/audit/export-check.ts';
import { CenterUrl } from '../../server-bridge/flags.ts';
import { signInToCenter } from '../center-api/center-api.ts';
import { noAnswerFrom } from '../center-api/no-answer.ts';
import { noCenterAt, operatorOf } from '../center-api/operator.ts';
import { givenTo } from '../command-line.ts';
import { askPassword } from '../psap/password.ts';
import { judgeAudit, PlaceSchema, wholeAudit } from './audit.ts';
import { heldRows } from './rows.ts';
import type { Result } from './stretches.ts';

/** An answer is a stretch of seconds, but for the last of an audit: checkpoints of all years are read through before that. */
const PATIENCE = 280_000;

const WHAT = 'Say what to verify: audit or rows';
const WhatSchema = z.enum(['audit', 'rows'], WHAT);
const CheckSchema = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('person'),
    what: WhatSchema,
    center: CenterUrl,
    user: z
      .string('is missing: NAME@ORG (or --data DIR, on the machine of the center)')
      .regex(/^[^@\s]+@[^@\s]+$/, 'must be NAME@ORG'),
    ...PlaceSchema.shape,
  }),
  z
    .object({
      by: z.literal('operator'),
      what: WhatSchema,
      center: CenterUrl.prefault(process.env.QD_CENTER ?? 'http://127.0.0.1:8420'),
      data: z.string().min(1),
      org: z.string().min(1).optional(),
      ...PlaceSchema.shape,
    })
    .refine(
      ({ org, sealed, from, after }) => org !== undefined || (sealed === 0 && from === 0 && after === undefined),
      {
        path: ['org'],
        message: 'is missing: a position is one of an organisation',
      },
    ),
  z.object({
    by: z.literal('export'),
    what: WhatSchema,
    export: z.string().min(1),
    key: z.array(z.string()).optional(),
    checkpoints: z.string().optional(),
  }),
]);
type Check = z.infer<typeof CheckSchema>;
const FlagsSchema = z
  .looseObject({ words: z.tuple([WhatSchema], WHAT) })
  .transform(({ words: [what], ...flags }) => {
    const { export: file, user, data } = flags;
    const alone = user === undefined && data !== undefined ? ('operator' as const) : ('person' as const);
    return { ...flags, what, by: what === 'audit' && file !== undefined ? ('export' as const) : alone };
  })
  .pipe(CheckSchema);

const COMMAND_LINE: CommandLine<typeof FlagsSchema> = {
  command: 'npm run verify',
  usage: `npm run verify:audit -- --center URL --user NAME@ORG [--sealed POSITION] [--from POSITION]
                          [--after PLACE] [--stretch SEALS]
npm run verify:audit -- --export FILE [--key KEY] [--checkpoints DIR]
npm run verify -- rows --center URL --user NAME@ORG [--after PLACE] [--stretch ENTITIES]
npm run verify -- audit|rows --data DIR [--org ORG] [--center URL]

  --center URL       of the center (with --data: http://127.0.0.1:8420; QD_CENTER)
  --user NAME@ORG    an administrator of the organisation; for the audit an auditor too. The password is taken from
                     QD_PASSWORD, or asked for, or read from standard input; the code of a second factor from
                     QD_CODE, or asked for
  --data DIR         on the machine of the center, in place of a user: its data folder, where operator.token is. Nothing is
                     asked for, so it may run on a schedule
  --org ORG          with --data: that organisation alone, and not each in turn
  --sealed POSITION  as an earlier run named it: fewer seals than that are a break
  --from POSITION    as an earlier run named it: what was sealed up to it is not read again
  --after PLACE      as a run named it that was broken off: goes on there. Give the same --from and --sealed with it
  --stretch SEALS    so many, or so many entities, in one question at most, and not as many as the center reads in 15 s
  --export FILE      an export of the audit, held without the center
  --key KEY          what the center signs with, as it shows its keys; may be given several times
  --checkpoints DIR  the center's checkpoints, or a copy of them
`,
  words: true,
  options: {
    center: { type: 'string' },
    user: { type: 'string' },
    data: { type: 'string' },
    org: { type: 'string' },
    sealed: { type: 'string' },
    from: { type: 'string' },
    after: { type: 'string' },
    stretch: { type: 'string' },
    export: { type: 'string' },
    key: { type: 'string', multiple: true },
    checkpoints: { type: 'string' },
  },
  schema: FlagsSchema,
};

const OrganisationsSchema = z.object({
  organisations: z.array(z.object({ org: z.string(), destroyedAt: z.number().nullable() })),
});

async function verifyExport({ export: file, key, checkpoints }: Check & { by: 'export' }): Promise<Result> {
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

/** One sentence. */
function sayOf(error: unknown, center: string): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof z.ZodError) return noCenterAt(center);
  return error instanceof TypeError || error.name === 'TimeoutError' ? noAnswerFrom(center, error) : error.message;
}

/** Of an export: the file or the folder that could not be read, in one sentence. */
function sayOfFile(error: unknown, file: string): string {
  const { code, path, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `${path ?? file} cannot be read (${code}).`;
}

async function main(): Promise<number> {
  const flags = givenTo(COMMAND_LINE);
  try {
    const { holds, text } = await (flags.by === 'export'
      ? verifyExport(flags)
      : flags.by === 'person'
        ? ask(flags)
        : askEach(flags));
    process.stdout.write(`${text}\n`);
    return holds ? ENDS.done : ENDS.no;
  } catch (error) {
    process.stderr.write(`${flags.by === 'export' ? sayOfFile(error, flags.export) : sayOf(error, flags.center)}\n`);
    return ENDS.refused;
  }
}

/** Of an authenticator app, or a recovery code. */
async function code(): Promise<string> {
  if (process.env.QD_CODE) return process.env.QD_CODE;
  if (process.stdin.isTTY) return askPassword('Code of the authenticator app: ');
  throw new Error('This account has a second factor: put its code into QD_CODE, or run this in a terminal.');
}

async function ask({ center, user, what, ...place }: Check & { by: 'person' }): Promise<Result> {
  const password = process.env.QD_PASSWORD ?? (await askPassword(`Password of ${user}: `));
  const api = await signInToCenter(center, { user, password }, code);
  const stretch = (query: string): Promise<unknown> => api.get(`/v1/${what}/verification${query}`, PATIENCE);
  if (what === 'rows') return heldRows(place, async (query) => RowsVerificationSchema.parse(await stretch(query)), '');
  const held = await wholeAudit(place, async (query) => AuditVerificationSchema.parse(await stretch(query)), '');
  return judgeAudit(held, place);
}

/** As the operator: one organisation, or each in turn, under its name. */
async function askEach({ center, data, org, what, ...place }: Check & { by: 'operator' }): Promise<Result> {
  const { ask: operator } = await operatorOf(center, data);
  const known = org === undefined ? (await operator('', OrganisationsSchema)).organisations : [];
  const orgs =
    org === undefined
      ? // What is left of one whose keys were destroyed is its audit.
        known.filter(({ destroyedAt }) => what === 'audit' || destroyedAt === null).map((one) => one.org)
      : [org];
  const results: Result[] = [];
  for (const one of orgs) {
    const path = `/${encodeURIComponent(one)}/${what}/verification`;
    const stretch =
      <S extends z.ZodType>(answer: S) =>
      (query: string): Promise<z.output<S>> =>
        operator(`${path}${query}`, answer, { patience: PATIENCE });
    const { holds, text } =
      what === 'rows'
        ? await heldRows(place, stretch(RowsVerificationSchema), `${one}: `)
        : judgeAudit(await wholeAudit(place, stretch(AuditVerificationSchema), `${one}: `), place);
    results.push({ holds, text: `${one}: ${text}` });
  }
  return { holds: results.every(({ holds }) => holds), text: results.map(({ text }) => text).join('\n') };
}

process.exitCode = await main();
