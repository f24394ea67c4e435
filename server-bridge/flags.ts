/** How the station's process is started. Every flag is checked; the first that is wrong is named in one sentence. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';

const Port = z.coerce.number('must be a number').int('must be a whole number').min(0).max(65_535);
const Address = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[\w.-]{1,253}):\d{1,5}$/, 'must be host:port')
  .max(255);

const FlagsSchema = z.object({
  data: z.string('is missing: name the folder of this station').min(1),
  center: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://center.example' })
    .transform((text) => new URL(text).origin)
    .optional(),
  'console-port': Port.default(0),
  'lan-port': Port.default(0),
  'lan-host': z
    .string()
    .max(253)
    .regex(/^[\w.:-]+$/, 'must be an address of this machine')
    .default('127.0.0.1'),
  'lan-address': Address.optional(),
  name: z.string().min(1).max(120).optional(),
  position: z
    .string()
    .max(128)
    .regex(/^[\w.:-]+$/, 'must be the id of a position')
    .optional(),
  enrol: z.string().min(8).max(64).optional(),
  console: z.string().min(1).optional(),
  'no-host': z.boolean().default(false),
  help: z.boolean().default(false),
});

const OPTIONS = {
  data: { type: 'string' },
  center: { type: 'string' },
  'console-port': { type: 'string' },
  'lan-port': { type: 'string' },
  'lan-host': { type: 'string' },
  'lan-address': { type: 'string' },
  name: { type: 'string' },
  position: { type: 'string' },
  enrol: { type: 'string' },
  console: { type: 'string' },
  'no-host': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

export const USAGE = `Station of Quantum Dispatch
  --data DIR             folder of its store and keys
  --center URL           address of the center; remembered once enrolled
  --enrol CODE           one-time code, for a workstation that is not enrolled yet
  --name NAME            what this workstation is called
  --position ID          the position it is
  --console-port N       loopback port of the console (a free one without it)
  --console DIR          folder of the built console
  --no-host              no loopback console: windows come from the desktop shell
  --lan-port N           port that stations of the room reach it at (a free one without it)
  --lan-host ADDRESS     the address of this machine that it listens on (127.0.0.1)
  --lan-address H:P      what they are told to dial, where that is another
  --help                 this text
`;

export interface StationFlags {
  /** Absolute. */
  readonly data: string;
  readonly center: string | null;
  readonly consolePort: number;
  readonly lanPort: number;
  readonly lanHost: string;
  readonly lanAddress: string | null;
  readonly name: string | null;
  readonly position: string | null;
  readonly code: string | null;
  /** Folder of the built console, absolute; null for the one beside the program. */
  readonly console: string | null;
  readonly host: boolean;
  readonly help: boolean;
}

function parsed(args: readonly string[]): Outcome<Record<string, unknown>> {
  try {
    return done({ ...parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values });
  } catch (error) {
    const flag = /'(--?[\w-]+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const code = (error as { code?: string }).code;
    const what =
      code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE'
        ? `${flag ?? 'A flag'} has no value, or one that it does not take`
        : code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL'
          ? 'There is a word that belongs to no flag'
          : `There is no flag ${flag ?? 'of that name'}`;
    return refused('flag.unknown', `${what}. See --help.`);
  }
}

export function readStationFlags(args: readonly string[]): Outcome<StationFlags> {
  const given = parsed(args);
  if (!given.ok) return given;
  if (given.value.help === true) given.value.data ??= '.';
  const checked = FlagsSchema.safeParse(given.value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const flag = String(issue?.path[0] ?? '');
    const why =
      issue?.code === 'too_small'
        ? `must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters long' : ''}`
        : issue?.code === 'too_big'
          ? `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}`
          : (issue?.message ?? 'is not valid');
    return refused('flag.invalid', `--${flag} ${why}. See --help.`, flag);
  }
  const flags = checked.data;
  return done({
    data: resolve(flags.data),
    center: flags.center ?? null,
    consolePort: flags['console-port'],
    lanPort: flags['lan-port'],
    lanHost: flags['lan-host'],
    lanAddress: flags['lan-address'] ?? null,
    name: flags.name ?? null,
    position: flags.position ?? null,
    code: flags.enrol ?? null,
    console: flags.console === undefined ? null : resolve(flags.console),
    host: !flags['no-host'],
    help: flags.help,
  });
}
