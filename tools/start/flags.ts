import { resolve } from 'node:path';
import { z } from 'zod';
import { type CommandLine, whole } from '../../domain/kernel/command-line.ts';
import { done, type Outcome, refused } from '../../domain/kernel/refusal.ts';
import {
  CenterUrl,
  ENROL_VARIABLE,
  EnrolCode,
  enrolCodesIn,
  LanHost,
  objectionToDialed,
} from '../../server-bridge/flags.ts';

const Port = whole(1, 65_535);

const GivenSchema = z.object({
  data: z.string().min(1).default('.data'),
  'no-open': z.boolean().default(false),
  'center-port': Port.optional(),
  'console-port': Port.optional(),
  'lan-port': Port.optional(),
  'lan-host': LanHost.superRefine((host, context) => {
    const message = objectionToDialed(host);
    if (message !== null) context.addIssue({ code: 'custom', message: `${message}, not all of them` });
  }).optional(),
  stations: whole(1, 20).optional(),
  'center-only': z.boolean().default(false),
  'console-only': z.boolean().default(false),
  center: CenterUrl.optional(),
  'center-ca': z.string().min(1).optional(),
  enrol: z.array(EnrolCode).default([]),
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
  /** File of the authority that alone vouches for it, absolute; null for those that the system knows, or as remembered. */
  readonly centerCa: string | null;
  readonly consoles: boolean;
  /** One-time codes, for the first station, the second … */
  readonly codes: readonly string[];
}

function clashOf(flags: z.infer<typeof GivenSchema>): string | null {
  const consoleOnly = flags['console-only'];
  if (flags['center-only'] && consoleOnly) return '--center-only and --console-only leave nothing to start: give one';
  if (consoleOnly && flags.center === undefined) {
    return '--console-only needs to know its center: add --center URL, as your administrator gave it';
  }
  if (!consoleOnly && flags.center !== undefined) return '--center goes with --console-only: add that, or leave it out';
  if (!consoleOnly && flags['center-ca'] !== undefined) {
    return '--center-ca goes with --console-only: the center started here is asked on this machine alone';
  }
  if (!consoleOnly && flags.enrol.length > 0) {
    return '--enrol goes with --console-only: stations of the center started here are enrolled without a code';
  }
  const idle = (['stations', 'console-port', 'lan-port', 'lan-host'] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (flags['center-only'] && idle !== undefined) {
    return `--${idle} goes with consoles, and --center-only starts none: leave one of them out`;
  }
  if (consoleOnly && flags['center-port'] !== undefined) {
    return '--center-port is for a center started here; with --console-only the port is part of --center URL';
  }
  return clashOfPorts(flags);
}

const LAST_PORT = 65_535;

/** Each station has a port of its own, after that of the one before. */
function clashOfPorts(flags: z.infer<typeof GivenSchema>): string | null {
  const stations = flags.stations ?? 1;
  const given = [
    { flag: '--center-port', first: flags['center-port'], count: 1 },
    { flag: '--console-port', first: flags['console-port'], count: stations },
    { flag: '--lan-port', first: flags['lan-port'], count: stations },
  ].flatMap(({ first, count, flag }) => (first === undefined ? [] : [{ flag, first, last: first + count - 1 }]));
  for (const [n, { flag, first, last }] of given.entries()) {
    if (last > LAST_PORT)
      return `${flag} ${first} leaves no port for the last of ${stations} stations: give a lower one`;
    const other = given.slice(0, n).find((of) => of.first <= last && first <= of.last);
    if (other)
      return `${other.flag} and ${flag} want port ${Math.max(first, other.first)} both: give another with one of them`;
  }
  return null;
}

/**
 * What the n-th station is called at a center and on the screens of its colleagues. Of a center elsewhere each machine is
 * one seat among many, so it goes by the machine's name; beside a center of our own there is no other machine.
 */
export function stationName({ center, stations }: StartFlags, n: number, machine: string): string {
  const name = center === null ? 'Console' : machine.slice(0, 100);
  return stations === 1 ? name : `${name} ${n}`;
}

const FlagsSchema = GivenSchema.superRefine((flags, context) => {
  const clash = clashOf(flags);
  if (clash !== null) context.addIssue({ code: 'custom', path: [], message: clash });
}).transform(
  (flags): StartFlags => ({
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
    centerCa: flags['center-ca'] === undefined ? null : resolve(flags['center-ca']),
    consoles: !flags['center-only'],
    codes: flags.enrol,
  }),
);

export const COMMAND_LINE: CommandLine<typeof FlagsSchema> = {
  command: 'npm start',
  usage: `npm start [-- flags]
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
  --center-ca FILE     with --console-only: PEM of your own authority, which alone vouches for that center; remembered
  --enrol CODE         with --console-only: the one-time code for a workstation that is not enrolled (once a station)
  QD_ENROL             the same as a variable, with commas between several: command lines are read by every user of a machine
  --help               this text
`,
  options: {
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
    'center-ca': { type: 'string' },
    enrol: { type: 'string', multiple: true },
  },
  schema: FlagsSchema,
};

/**
 * With the one-time codes of {@link ENROL_VARIABLE}, which stand for `--enrol`. Refuses what is no code, codes in both places, and
 * codes where nothing is enrolled by one.
 */
export function withCodes(flags: StartFlags, text: string | undefined): Outcome<StartFlags> {
  const codes = enrolCodesIn(text);
  if (!codes.ok || codes.value.length === 0) return codes.ok ? done(flags) : codes;
  const clash =
    flags.center === null
      ? 'goes with --console-only: stations of the center started here are enrolled without a code'
      : flags.codes.length > 0
        ? 'and --enrol both give codes: leave one of them out'
        : null;
  if (clash !== null) return refused('variable.invalid', `${ENROL_VARIABLE} ${clash}.`, ENROL_VARIABLE);
  return done({ ...flags, codes: codes.value });
}
