/** Whether a disk that refused takes something again, found out by writing to it. */
import type { Core } from './core.ts';
import { takesNothing } from './state.ts';

/** What is written: more than fits into the end of a log of writes that was once longer, and than is left of a full disk by chance. */
const ROOM = ' '.repeat(65_536);

/** True once it was written. Nothing of it stays. Throws as any other method does for whatever else is wrong. */
export function takesAgain(core: Core): boolean {
  try {
    core.alone(() => core.db.sql(`INSERT OR REPLACE INTO meta(key, value) VALUES('room', ?)`).run(ROOM));
    core.alone(() => core.db.sql(`DELETE FROM meta WHERE key = 'room'`).run());
  } catch (error) {
    if (takesNothing(error)) return false;
    throw error;
  }
  core.taken();
  return true;
}
