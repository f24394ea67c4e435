import { resolve } from 'node:path';
import { z } from 'zod';
import { type CommandLine, whole } from '../../domain/kernel/command-line.ts';
import { CenterUrl, EnrolCode, LanHost } from '../../server-bridge/flags.ts';

const Port = whole(1, 65_535);

const GivenSchema = z.object({
  data: z.string().min(1).default('.data'),
  'no-open': z.boolean().default(false),
  'center-port': Port.optional(),
  'console-port': Port.optional(),
  'lan-port': Port.optional(),
  'lan-host': LanHost.optional(),
  stations: whole(1, 20).optional(),
  'center-only': z.boolean().default(false),
  'console-only': z.boolean().default(false),
  center: CenterUrl.optional(),
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
  if (!consoleOnly && flags.enrol.length > 0) {
    return '--enrol goes with --console-only: stations of the center started here are enrolled without a code';
  }
  if (flags['center-only'] && flags.stations !== undefined) {
    return '--stations goes with consoles, and --center-only starts none: leave one of them out';
  }
  if (consoleOnly && flags['center-port'] !== undefined) {
    return '--center-port is for a center started here; with --console-only the port is part of --center URL';
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
  --enrol CODE         with --console-only: the one-time code for a workstation that is not enrolled (once a station)
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
    enrol: { type: 'string', multiple: true },
  },
  schema: FlagsSchema,
};
