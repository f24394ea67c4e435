import { z } from 'zod';
import { type CommandLine, whole } from '../../domain/kernel/command-line.ts';

const FlagsSchema = z
  .object({
    kills: whole(1, 10_000).default(20),
    seed: whole(0, 4_294_967_295).optional(),
    minutes: whole(1, 600).optional(),
    keep: z.boolean().default(false),
  })
  .transform(({ kills, seed, minutes, keep }) => ({
    kills,
    /** Null for one of the moment. */
    seed: seed ?? null,
    /** The run is broken off, and has failed, after this long. ms */
    limitMs: minutes === undefined ? 180_000 + Math.max(0, kills - 10) * 10_000 : minutes * 60_000,
    /** Leaves the folder even where nothing was found. */
    keep,
  }));

export type TortureFlags = z.output<typeof FlagsSchema>;

export const COMMAND_LINE: CommandLine<typeof FlagsSchema> = {
  command: 'npm run torture',
  usage: `npm run torture -- [--kills N] [--seed S] [--minutes M] [--keep]
  --kills N     how many processes are killed with -9 (20)
  --seed S      chooses what is killed when, and what is done meanwhile
  --minutes M   the run has failed when it takes longer (3, and 10 s more for each kill beyond 10)
  --keep        leave the folder of the run behind; where something differs it is left in any case
`,
  options: {
    kills: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    keep: { type: 'boolean' },
  },
  schema: FlagsSchema,
};
