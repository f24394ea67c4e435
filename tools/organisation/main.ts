/** `npm run organisation`: what the operator of a center does with its organisations. */
import { z } from 'zod';
import { DestroyedOutSchema, ModulesOutSchema, OrganisationOutSchema } from '../../domain/identity/api/organisation.ts';
import type { CommandLine } from '../../domain/kernel/command-line.ts';
import { OrganisationStateSchema } from '../../domain/kernel/organisation.ts';
import { ROLE_TITLES } from '../../domain/kernel/permission.ts';
import { CenterUrl } from '../../server-bridge/flags.ts';
import { operatorOf, Refused } from '../center-api/operator.ts';
import { givenTo } from '../command-line.ts';

const FlagsSchema = z
  .object({
    words: z.union(
      [
        z.tuple([z.literal('list')]),
        z.tuple([z.literal('state'), z.string(), OrganisationStateSchema]),
        z.tuple([z.literal('destroy'), z.string(), z.string()]),
        z.tuple([z.literal('module'), z.string(), z.string(), z.enum(['on', 'off'])]),
      ],
      'Say what to do: list, state ORG STATE, module ORG MODULE on|off, or destroy ORG ORG',
    ),
    center: CenterUrl.prefault(process.env.QD_CENTER ?? 'http://127.0.0.1:8420'),
    data: z
      .string()
      .min(1)
      .prefault(process.env.QD_DATA ?? '.data/center'),
    reason: z.string().min(1).optional(),
  })
  .refine(({ words, reason }) => words[0] === 'list' || reason !== undefined, {
    path: ['reason'],
    message: 'is missing: say why',
  });

const COMMAND_LINE: CommandLine<typeof FlagsSchema> = {
  command: 'npm run organisation',
  usage: `npm run organisation -- list
npm run organisation -- state ORG ${OrganisationStateSchema.options.join('|')} --reason TEXT
npm run organisation -- module ORG MODULE on|off --reason TEXT
npm run organisation -- destroy ORG ORG --reason TEXT

  --center URL   of the running center (http://127.0.0.1:8420; QD_CENTER)
  --data DIR     its data folder, where operator.token is (.data/center; QD_DATA)
  destroy        after the retention of a terminated organisation: destroys its keys, for good, and prints the certificate;
                 its name is typed twice
  --reason TEXT  why; it stands in the audit, and is shown to the organisation
`,
  words: true,
  options: { center: { type: 'string' }, data: { type: 'string' }, reason: { type: 'string' } },
  schema: FlagsSchema,
};

async function run(flags: z.output<typeof FlagsSchema>): Promise<string> {
  const ask = await operatorOf(flags.center, flags.data);
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
    case 'module': {
      const path = `/${encodeURIComponent(to[1])}/modules/${encodeURIComponent(to[2])}`;
      const { modules } = await ask(path, ModulesOutSchema, { body: { on: to[3] === 'on', reason } });
      return modules
        .map(({ name, position, why }) => `${name}  ${position}${why === null ? '' : `  ${why}`}`)
        .join('\n');
    }
  }
}

run(givenTo(COMMAND_LINE)).then(
  (text) => process.stdout.write(`${text}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n`);
    process.exitCode = error instanceof Refused ? 1 : 2;
  },
);
