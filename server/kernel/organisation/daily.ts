/** What is owed to every organisation once a day: what has been kept for long enough goes. */
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { forEachOrganisation } from './each.ts';

const EVERY_MS = 24 * 3_600_000;
const FIRST_MS = 10 * 60_000;

export interface Chore {
  /** What is logged where it fails: `old notices could not be taken away`. */
  readonly failing: string;
  /** `stopped`: the center closes; what is left is done another day. */
  readonly work: (org: string, stopped: () => boolean) => Promise<unknown>;
}

/**
 * Does one chore after the other, each for every organisation. `objection`: why nothing is to be removed by the clock of now, which is
 * logged in place of it; null where it may. Returns how to stop.
 */
export function startDaily(
  db: Pick<Database, 'pool'>,
  chores: readonly Chore[],
  logger: Pick<Logger, 'warn' | 'error'>,
  objection: () => Promise<string | null>,
  firstMs: number = FIRST_MS,
): () => Promise<void> {
  let over = false;
  let timer: NodeJS.Timeout;
  let running = Promise.resolve();
  const stopped = (): boolean => over;
  const once = async (): Promise<void> => {
    const why = await objection().catch(() => 'the database does not answer: what is due today is done tomorrow');
    if (over) return;
    if (why !== null) {
      logger.error(why);
      return;
    }
    for (const { failing, work } of chores)
      await forEachOrganisation(
        db,
        stopped,
        (org) => work(org, stopped),
        (of) => logger.warn(of, failing),
      );
  };
  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      running = once().then(() => {
        if (!over) wait(EVERY_MS);
      });
    }, ms);
    timer.unref();
  };
  wait(firstMs);
  return async () => {
    over = true;
    clearTimeout(timer);
    await running;
  };
}
