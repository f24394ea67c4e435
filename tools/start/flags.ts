import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { done, type Outcome, refused } from '../../domain/kernel/refusal.ts';

const Port = z.coerce.number('must be a number').int('must be a whole number').min(1).max(65_535);
const CenterUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://center.example' })
  .transform((text) => new URL(text).origin);

const FlagsSchema = z.object({
  data: z.string().min(1).default('.data'),
  'no-open': z.boolean().default(false),
  'center-port': Port.optional(),
  'console-port': Port.optional(),
  'lan-port': Port.optional(),
  'lan-host': z
    .string()
    .regex(/^[\w.:-]{1,255}$/, 'must be an address of this machine')
    .optional(),
  stations: z.coerce.number('must be a number').int('must be a whole number').min(1).max(20).optional(),
  'center-only': z.boolean().default(false),
  'console-only': z.boolean().default(false),
  center: CenterUrl.optional(),
  enrol: z.array(z.string().min(8).max(64)).default([]),
  help: z.boolean().default(false),
});

/** What `npm start` was asked to do. Ports are null where the user left the choice to us. */
export interface StartFlags {
  /** Absolute. */
  readonly data: string;
  readonly open: boolean;
  readonly ports: { readonly center: number | null; readonly console: number | null; readonly lan: number | null };
  readonly stations: number;
  /** The address of this machine that stations of the room reach it at; null for this machine alone. */
  readonly lanHost: string | null;
  /** Where the center is: started here (null), or somebody else's by its address. */
  readonly center: string | null;
  readonly consoles: boolean;
  /** One-time codes, for the first station, the second … */
  readonly codes: readonly string[];
  readonly help: boolean;
}

export const USAGE = `npm start [-- flags]
  --data DIR           folder that everything is kept in (.data)
  --no-open            open no window
  --stations N         that many workstations on this machine, each its own process (1)
  --center-port N      port of the center; a free one is chosen without it
  --console-port N     port of the first console; the next ones follow it
  --lan-port N         port that stations of the room reach the first one at; the next ones follow it
  --lan-host ADDRESS   this machine's address on the room's network; without it its stations reach each other alone
  --center-only        the center alone
  --console-only       consoles alone, of the center at --center
  --center URL         that center's address
  --enrol CODE         with --console-only: the one-time code for a workstation that is not enrolled (once a station)
  --help               this text
`;

const OPTIONS = {
  data: { type: 'string' },
  'no-open': { type: 'boolean' },
  'center-port': { type: 'string' },
  'console-port': { type: 'string' },
  'lan-port': { type: 'string' },
  'lan-host': { type: 'string' },
  stations: { type: 'string' },
  'center-only': { type: 'boolean' },
  'console-only': { type: 'boolean' },
  center: { type: 'string' },
  enrol: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

/** Reads the flags, or says in one sentence which of them is wrong and what to do. */
export function readFlags(args: readonly string[]): Outcome<StartFlags> {
  const given = parsed(args);
  if (!given.ok) return given;
  const checked = FlagsSchema.safeParse(given.value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const flag = String(issue?.path[0] ?? '');
    return refused('flag.invalid', `--${flag} ${why(issue)}. See npm start -- --help.`, flag);
  }
  const flags = checked.data;
  const clash = clashOf(flags);
  if (clash) return refused('flag.clash', clash);
  return done({
    data: resolve(flags.data),
    open: !flags['no-open'],
    ports: {
      center: flags['center-port'] ?? null,
      console: flags['console-port'] ?? null,
      lan: flags['lan-port'] ?? null,
    },
    lanHost: flags['lan-host'] ?? null,
    stations: flags.stations ?? 1,
    center: flags.center ?? null,
    consoles: !flags['center-only'],
    codes: flags.enrol,
    help: flags.help,
  });
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
    return refused('flag.unknown', `${what}. See npm start -- --help.`, flag?.replace(/^-+/, ''));
  }
}

function why(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'too_small')
    return `must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`;
  if (issue?.code === 'too_big')
    return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
  return issue?.message ?? 'is not valid';
}

function clashOf(flags: z.infer<typeof FlagsSchema>): string | null {
  const consoleOnly = flags['console-only'];
  if (flags['center-only'] && consoleOnly) return '--center-only and --console-only leave nothing to start: give one.';
  if (consoleOnly && flags.center === undefined) {
    return '--console-only needs to know its center: add --center URL, as your administrator gave it.';
  }
  if (!consoleOnly && flags.center !== undefined)
    return '--center goes with --console-only: add that, or leave it out.';
  if (!consoleOnly && flags.enrol.length > 0) {
    return '--enrol goes with --console-only: stations of the center started here are enrolled without a code.';
  }
  if (flags['center-only'] && flags.stations !== undefined) {
    return '--stations goes with consoles, and --center-only starts none: leave one of them out.';
  }
  if (consoleOnly && flags['center-port'] !== undefined) {
    return '--center-port is for a center started here; with --console-only the port is part of --center URL.';
  }
  return null;
}
