/**
 * Whether the center's clock is to be believed where something is removed for good by it. A clock that is set forward by years makes
 * everything due that is kept for years; so the time is followed from what it was, and one that leaps ahead of that is not believed
 * until it is set right, or its operator says that it is.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '#domain/kernel/ids.ts';
import { jsonOf } from '#sealing/json-bytes.ts';

const DAY_MS = 86_400_000;
/** What is kept for years may go so much too early; a center that stood still for longer is asked about. */
const LEAP_MS = 31 * DAY_MS;
/** How far the clocks of the center and of its database may be apart: some of what is removed is removed by the database's. */
const APART_MS = DAY_MS;
const LOOK_MS = 60_000;
const SAVE_MS = 3_600_000;

const KeptSchema = z.object({
  /** The newest time that was believed, ms UTC. */
  believed: z.int(),
  leapt: z.boolean(),
});

export interface TimePorts {
  /** Where the time is kept that was believed last, apart from the database and its backups. */
  readonly file: string;
  /** When the newest of what the database holds was written, ms UTC; null where it holds nothing. */
  readonly newest: () => Promise<number | null>;
  /** What the database's own clock says, ms UTC. */
  readonly databaseNow: () => Promise<number>;
  readonly clock: Clock;
  /** Milliseconds that have passed, by a clock that nobody sets. */
  readonly elapsed: () => number;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
  /** Hears when the clock has leapt, and when it is believed again. */
  readonly changed: (leapt: boolean) => void;
}

export interface TimeWatch {
  /** Why nothing is to be removed by the clock of now, in one sentence; null where it is believed. */
  readonly objection: () => Promise<string | null>;
  /** The operator says that the clock is right. The time that was believed before, ms UTC. */
  readonly believe: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** In UTC, as ISO 8601 writes it. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** To be called before anything is written that bears the time of now. */
export async function watchTime(
  { file, newest, databaseNow, clock, elapsed, logger, changed }: TimePorts,
  everyMs: number = LOOK_MS,
): Promise<TimeWatch> {
  const kept = await readKept(file);
  // A folder that is new to this database has only that to go by.
  let believed = kept?.believed ?? Math.min((await newest()) ?? clock(), clock());
  let leapt = false;
  let at = elapsed();
  let savedAt = Number.NEGATIVE_INFINITY;

  const save = async (): Promise<void> => {
    savedAt = elapsed();
    try {
      await writeFile(`${file}.new`, JSON.stringify({ believed: Math.round(believed), leapt }), {
        mode: 0o600,
        flush: true,
      });
      await rename(`${file}.new`, file);
    } catch {
      logger.warn('the time that is believed could not be kept in the data folder');
    }
  };
  const ahead = (): string =>
    `The center’s clock says ${dayOf(clock())}, and by all that it knows it is ${dayOf(believed)}: nothing is removed by it until it is set right, or its operator says that it is right.`;
  const look = async (): Promise<void> => {
    const [now, passed] = [clock(), elapsed()];
    const expected = believed + (passed - at);
    const leaps = now - expected > LEAP_MS;
    at = passed;
    // A clock that is behind is one that was not set yet: what is believed does not go back with it.
    believed = leaps ? expected : Math.max(expected, now);
    if (leaps !== leapt) {
      leapt = leaps;
      changed(leapt);
      if (leapt)
        logger.error(
          { clock: dayOf(now), believed: dayOf(believed) },
          'the clock of the center has leapt: nothing is removed by it',
        );
      else logger.warn('the clock of the center is believed again');
      await save();
    } else if (passed - savedAt > SAVE_MS) await save();
  };

  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, everyMs);
  timer.unref();
  return {
    objection: async () => {
      await look();
      if (leapt) return ahead();
      const theirs = await databaseNow();
      if (Math.abs(theirs - clock()) <= APART_MS) return null;
      return `The center’s clock says ${dayOf(clock())}, and its database’s ${dayOf(theirs)}: nothing is removed by them until they agree.`;
    },
    believe: async () => {
      const before = believed;
      believed = clock();
      at = elapsed();
      if (leapt) changed(false);
      leapt = false;
      await save();
      return before;
    },
    stop: async () => {
      clearInterval(timer);
      await looking;
      await look();
      await save();
    },
  };
}

async function readKept(file: string): Promise<z.output<typeof KeptSchema> | null> {
  const bytes = await readFile(file).catch(() => null);
  return (bytes && KeptSchema.safeParse(jsonOf(bytes)).data) ?? null;
}
