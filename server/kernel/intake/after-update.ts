/** What a center of a newer build folds again: what another build could not read all of. */
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { forEachOrganisation } from '../organisation/each.ts';
import type { CenterLog } from './port.ts';
import { foldUnread } from './refold.ts';

const EVERY_MS = 10 * 60_000;

/**
 * Looks at once, beside the work of the day, and every ten minutes: a node of an older build may still take in beside this one,
 * and a database may have been put back under it. Returns how to stop.
 */
export function startFoldingUnread(
  db: Pick<Database, 'pool'>,
  log: CenterLog,
  logger: Logger,
  every: number = EVERY_MS,
): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const isStopped = (): boolean => stopped;
  const once = async (): Promise<void> => {
    await forEachOrganisation(
      db,
      isStopped,
      async (org) => {
        const entities = await foldUnread(log, org, isStopped);
        if (entities > 0) logger.info({ org, entities }, 'what another build could not read was folded again');
      },
      (of) => logger.warn(of, 'what another build could not read could not be folded again'),
    );
    if (stopped) return;
    timer = setTimeout(() => {
      running = once();
    }, every);
    timer.unref();
  };
  let running = once();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
