import { parseArgs } from 'node:util';
import { z } from 'zod';
import { done, type Outcome, refused } from '../../domain/kernel/refusal.ts';

const FlagsSchema = z.object({
  kills: z.coerce.number().int().min(1).max(10_000).default(20),
  seed: z.coerce.number().int().min(0).max(4_294_967_295).optional(),
  minutes: z.coerce.number().min(1).max(600).optional(),
  keep: z.boolean().default(false),
});

export interface TortureFlags {
  readonly kills: number;
  /** Null for one of the moment. */
  readonly seed: number | null;
  /** The run is broken off, and has failed, after this long. ms */
  readonly limitMs: number;
  /** Leaves the folder even where nothing was found. */
  readonly keep: boolean;
}

export const USAGE = `npm run torture -- [--kills N] [--seed S] [--minutes M] [--keep]
  --kills N     how many processes are killed with -9 (20)
  --seed S      chooses what is killed when, and what is done meanwhile
  --minutes M   the run has failed when it takes longer (3, and 10 s more for each kill beyond 10)
  --keep        leave the folder of the run behind; where something differs it is left in any case
`;

export function readTortureFlags(args: readonly string[]): Outcome<TortureFlags> {
  let values: Record<string, unknown>;
  try {
    values = parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string' },
        seed: { type: 'string' },
        minutes: { type: 'string' },
        keep: { type: 'boolean' },
      },
    }).values;
  } catch {
    return refused('flag.unknown', 'A flag is not known, or lacks its value.');
  }
  const checked = FlagsSchema.safeParse(values);
  if (!checked.success) {
    const flag = String(checked.error.issues[0]?.path[0] ?? '');
    return refused('flag.invalid', `--${flag} is not a number that can be used here.`, flag);
  }
  const { kills, seed, minutes, keep } = checked.data;
  const limitMs = minutes === undefined ? 180_000 + Math.max(0, kills - 10) * 10_000 : minutes * 60_000;
  return done({ kills, seed: seed ?? null, limitMs, keep });
}
