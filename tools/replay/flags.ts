import { z } from 'zod';
import { isTimeZone } from '../../domain/cad/sentences/local-time.ts';
import type { CommandLine } from '../../domain/kernel/command-line.ts';

const FlagsSchema = z
  .object({
    words: z.tuple([z.string().refine((file) => file !== '', 'Name one CSV file')], 'Name one CSV file'),
    speed: z.coerce.number('must be a number').min(0.001).max(1_000_000).optional(),
    data: z.string().min(1).optional(),
    outage: z.boolean().default(false),
    'verify-only': z.boolean().default(false),
    zone: z.string().refine(isTimeZone, 'must be a time zone such as America/Los_Angeles').optional(),
  })
  .refine((flags) => !flags['verify-only'] || flags.data !== undefined, {
    path: ['verify-only'],
    message: 'needs the kept folder: add --data DIR',
  })
  .transform(({ words: [file], 'verify-only': verifyOnly, ...flags }) => ({ file, verifyOnly, ...flags }));

export type ReplayFlags = z.output<typeof FlagsSchema>;

export const COMMAND_LINE: CommandLine<typeof FlagsSchema> = {
  command: 'npm run replay',
  usage: `npm run replay -- FILE.csv [flags]
  --speed X       so many times as fast as it happened; as fast as it goes without it
  --data DIR      keep everything in this folder; without it a temporary one that is removed
  --outage        kill the center in the middle and start it again later
  --verify-only   play nothing: compare what DIR holds with the file
  --zone ZONE     time zone of the file (America/Los_Angeles; with --verify-only that of the replay)
`,
  words: true,
  options: {
    speed: { type: 'string' },
    data: { type: 'string' },
    outage: { type: 'boolean' },
    'verify-only': { type: 'boolean' },
    zone: { type: 'string' },
  },
  schema: FlagsSchema,
};
