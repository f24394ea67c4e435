/** `npm run organisation`: what the operator of a center does with its organisations. */
import { z } from 'zod';
import { DestroyedOutSchema, ModulesOutSchema, OrganisationOutSchema } from '../../domain/identity/api/organisation.ts';
import { type CommandLine, ENDS } from '../../domain/kernel/command-line.ts';
import { OrganisationStateSchema } from '../../domain/kernel/organisation.ts';
import { ROLE_TITLES } from '../../domain/kernel/permission.ts';
import { CenterUrl } from '../../server-bridge/flags.ts';
import { operatorOf } from '../center-api/operator.ts';
import { givenTo } from '../command-line.ts';
import { takeRecordsOut } from './records.ts';

const FlagsSchema = z
  .object({
    words: z.union(
      [
        z.tuple([z.literal('list')]),
        z.tuple([z.literal('state'), z.string(), OrganisationStateSchema]),
        z.tuple([z.literal('destroy'), z.string(), z.string()]),
        z.tuple([z.literal('module'), z.string(), z.string(), z.enum(['on', 'off'])]),
        z.tuple([z.literal('records'), z.string().min(1)]),
      ],
      'Say what to do: list, state ORG STATE, module ORG MODULE on|off, records ORG, or destroy ORG ORG',
    ),
    center: CenterUrl.prefault(process.env.QD_CENTER ?? 'http://127.0.0.1:8420'),
    data: z
      .string()
      .min(1)
      .prefault(process.env.QD_DATA ?? '.data/center'),
    reason: z.string().trim().min(1).max(400).optional(),
    to: z.string().min(1).optional(),
  })
  .refine(({ words, reason }) => words[0] === 'list' || reason !== undefined, {
    path: ['reason'],
    message: 'is missing: say why',
  })
  .refine(({ words, to }) => (words[0] === 'records') === (to !== undefined), {
    path: ['to'],
    message: 'is the folder that records go to: records ORG takes one, and nothing else does',
  });

const COMMAND_LINE: CommandLine<typeof FlagsSchema> = {
  command: 'npm run organisation',
  usage: `npm run organisation -- list
npm run organisation -- state ORG ${OrganisationStateSchema.options.join('|')} --reason TEXT
npm run organisation -- module ORG MODULE on|off --reason TEXT
npm run organisation -- records ORG --to DIR --reason TEXT
npm run organisation -- destroy ORG ORG --reason TEXT

  --center URL   of the running center (http://127.0.0.1:8420; QD_CENTER)
  --data DIR     its data folder, where operator.token is (.data/center; QD_DATA)
  records        of one that is READ_ONLY, SUSPENDED or TERMINATED: takes all its records out, in clear. One that was
                 broken off goes on where it stopped, by the same command
  --to DIR       a new folder for them
  destroy        after the retention of a terminated organisation: destroys its keys, for good, and prints the certificate;
                 its name is typed twice
  --reason TEXT  why; it stands in the audit, and is shown to the organisation
`,
  words: true,
  options: { center: { type: 'string' }, data: { type: 'string' }, reason: { type: 'string' }, to: { type: 'string' } },
  schema: FlagsSchema,
};

async function run(flags: z.output<typeof FlagsSchema>): Promise<string> {
  const operator = await operatorOf(flags.center, flags.data);
  const { ask } = operator;
  const line = (of: z.infer<typeof OrganisationOutSchema>): string => {
    const required = of.secondFactorRequired.map((role) => ROLE_TITLES[role].toLowerCase()).join(', ');
    const factor = required === '' ? 'nobody has to have a second factor' : `second factor required: ${required}`;
    const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
    const { destroyedAt, destroyAfter } = of;
    let end = destroyAfter === null ? '' : `  its keys can be destroyed from ${day(destroyAfter)}`;
    if (destroyedAt !== null) end = `  its keys were destroyed on ${day(destroyedAt)}`;
    return `${of.org}  ${of.state}  ${of.name}  ${of.means}  ${factor}${end}`;
  };
  const { reason, words: to } = flags;
  switch (to[0]) {
    case 'list':
      return (await ask('', z.object({ organisations: z.array(OrganisationOutSchema) }))).organisations
        .map(line)
        .join('\n');
    case 'state':
      return line(
        await ask(`/${encodeURIComponent(to[1])}/state`, OrganisationOutSchema, { body: { state: to[2], reason } }),
      );
    case 'destroy': {
      const body = { confirm: to[2], reason };
      return JSON.stringify(
        await ask(`/${encodeURIComponent(to[1])}/destruction`, DestroyedOutSchema, { body }),
        null,
        2,
      );
    }
    case 'records': {
      const asked = { org: to[1], center: flags.center, to: flags.to ?? '', reason: reason ?? '' };
      const { whole, text } = await takeRecordsOut(operator, asked, (far) => process.stderr.write(`${far}\n`));
      if (!whole) process.exitCode = ENDS.no;
      return text;
    }
    case 'module': {
      const path = `/${encodeURIComponent(to[1])}/modules/${encodeURIComponent(to[2])}`;
      const { modules } = await ask(path, ModulesOutSchema, { body: { on: to[3] === 'on', reason } });
      return modules
        .map(({ name, position, why }) => `${name}  ${position}${why === null ? '' : `  ${why}`}`)
        .join('\n');
    }
  }
}

/** One sentence; of a file, which, and why. */
function sayOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error.message;
  return `${path ?? 'The folder of the records'} cannot be written or read (${code ?? syscall}).`;
}

run(givenTo(COMMAND_LINE)).then(
  (text) => process.stdout.write(`${text}\n`),
  (error: unknown) => {
    process.stderr.write(`${sayOf(error)}\n`);
    process.exitCode = ENDS.refused;
  },
);
