/** Whether the database has room for what is written. Told by its own refusals, and looked at anew only while it had none. */
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';

/** How often it is looked whether there is room again. ms */
const EVERY_MS = 5_000;

export interface Room {
  readonly isThere: () => boolean;
  readonly stop: () => Promise<void>;
}

/** `changed` hears when there is none any more, and when there is again. */
export function watchRoom(
  db: Pick<Database, 'onDiskFull' | 'hasRoom'>,
  logger: Pick<Logger, 'error' | 'warn'>,
  changed: (isThere: boolean) => void,
  everyMs: number = EVERY_MS,
): Room {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let looking = Promise.resolve();
  const lookSoon = (): void => {
    timer = setTimeout(() => {
      looking = look();
    }, everyMs);
    timer.unref();
  };
  const look = async (): Promise<void> => {
    // A database that does not answer says nothing about its room.
    const isThere = await db.hasRoom().catch(() => false);
    if (stopped) return;
    if (!isThere) {
      lookSoon();
      return;
    }
    timer = undefined;
    logger.warn('the disk of the database has room again');
    changed(true);
  };
  db.onDiskFull(() => {
    if (timer !== undefined || stopped) return;
    logger.error('the disk of the database is full: nothing is taken until there is room on it');
    changed(false);
    lookSoon();
  });
  return {
    isThere: () => timer === undefined,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
