/** How the station's process is started. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type CommandLine, objectionToGiven, whole } from '../domain/kernel/command-line.ts';
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';

const Port = whole(0, 65_535).default(0);
const Address = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[\w.-]{1,253}):\d{1,5}$/, 'must be host:port')
  .max(255);

const THIS_MACHINE: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Address of a center, as its origin. Nothing goes to another machine in clear. */
export const CenterUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://center.example', abort: true })
  .transform((text) => new URL(text))
  .refine(
    ({ protocol, hostname }) => protocol === 'https:' || THIS_MACHINE.has(hostname),
    'must be an address such as https://center.example: http is for this machine alone',
  )
  .transform(({ origin }) => origin);

/** Why no `--lan-host` may stand for every address of a machine where others are told to dial it; null where it does not. */
export function objectionToDialed(host: string): string | null {
  return /^[0:.]+$/.test(host) ? 'must be the one address of this machine that the others dial' : null;
}

/** Address of this machine that it listens on. */
export const LanHost = z
  .string()
  .regex(/^[\w.:-]+$/, 'must be an address of this machine')
  .max(253);

/** One-time code of an enrolment. */
export const EnrolCode = z.string().min(8).max(64);

/** What whoever started the station asks by its channel for the address of another window; answered as `ready` says it. */
export const ANOTHER_WINDOW = 'another window';

/** The variable with one-time codes, for whom a command line is too public: every user of a machine reads those of all. */
export const ENROL_VARIABLE = 'QD_ENROL';

/** The one-time codes in {@link ENROL_VARIABLE}, with commas between several; none where it is not set. */
export function enrolCodesIn(text: string | undefined): Outcome<readonly string[]> {
  const codes = (text ?? '').split(',').flatMap((code) => (code.trim() === '' ? [] : [code.trim()]));
  if (codes.every((code) => EnrolCode.safeParse(code).success && objectionToGiven(code) === null)) return done(codes);
  const what = 'must be a one-time code of 8 to 64 characters, or several with commas between';
  return refused('variable.invalid', `${ENROL_VARIABLE} ${what}.`, ENROL_VARIABLE);
}

const FlagsSchema = z
  .object({
    data: z.string('is missing: name the folder of this station').min(1),
    center: CenterUrl.optional(),
    'center-ca': z.string().min(1).optional(),
    'console-port': Port,
    'lan-port': Port,
    'lan-host': LanHost.default('127.0.0.1'),
    'lan-address': Address.optional(),
    name: z.string().min(1).max(120).optional(),
    position: z
      .string()
      .max(128)
      .regex(/^[\w.:-]+$/, 'must be the id of a position')
      .optional(),
    enrol: EnrolCode.optional(),
    console: z.string().min(1).optional(),
    'no-host': z.boolean().default(false),
  })
  .superRefine(({ 'lan-host': host, 'lan-address': dialed }, context) => {
    const message = dialed === undefined ? objectionToDialed(host) : null;
    if (message !== null)
      context.addIssue({ code: 'custom', path: ['lan-host'], message: `${message}, or goes with --lan-address` });
  })
  .transform((flags) => ({
    /** Absolute. */
    data: resolve(flags.data),
    center: flags.center ?? null,
    /** File of the authority that the center's certificate is of; null for those that the system knows, or as remembered. */
    centerCa: flags['center-ca'] === undefined ? null : resolve(flags['center-ca']),
    consolePort: flags['console-port'],
    lanPort: flags['lan-port'],
    lanHost: flags['lan-host'],
    lanAddress: flags['lan-address'] ?? null,
    name: flags.name ?? null,
    position: flags.position ?? null,
    code: flags.enrol ?? null,
    /** Folder of the built console, absolute; null for the one beside the program. */
    console: flags.console === undefined ? null : resolve(flags.console),
    host: !flags['no-host'],
  }));

export type StationFlags = z.output<typeof FlagsSchema>;

export const STATION_LINE = {
  command: 'node server-bridge/main.mjs',
  help: '--help',
  usage: `Station of Quantum Dispatch
  --data DIR             folder of its store and keys
  --center URL           address of the center; remembered once enrolled
  --center-ca FILE       PEM of your own authority, which alone is then trusted to vouch for the center; remembered
  --enrol CODE           one-time code, for a workstation that is not enrolled yet (QD_ENROL, where others use the machine)
  --name NAME            what this workstation is called
  --position ID          the position it is
  --console-port N       loopback port of the console (a free one without it)
  --console DIR          folder of the built console
  --no-host              no loopback console: windows come from the desktop shell
  --lan-port N           port that stations of the room reach it at (a free one without it)
  --lan-host ADDRESS     the address of this machine that it listens on (127.0.0.1)
  --lan-address H:P      what they are told to dial, where that is another
  --help                 this text
`,
  options: {
    data: { type: 'string' },
    center: { type: 'string' },
    'center-ca': { type: 'string' },
    'console-port': { type: 'string' },
    'lan-port': { type: 'string' },
    'lan-host': { type: 'string' },
    'lan-address': { type: 'string' },
    name: { type: 'string' },
    position: { type: 'string' },
    enrol: { type: 'string' },
    console: { type: 'string' },
    'no-host': { type: 'boolean' },
  },
  schema: FlagsSchema,
} as const satisfies CommandLine<typeof FlagsSchema>;
