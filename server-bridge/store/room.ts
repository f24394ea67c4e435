/** Whether a disk that refused takes something again, found out by writing to it. */
import type { Core } from './core.ts';
import { takesNothing } from './state.ts';

/** What is written: more than fits into the end of a log of writes that was once longer, and than is left of a full disk by chance. */
const ROOM = ' '.repeat(65_536);

/** True once it was written. Nothing of it stays. Throws as any other method does for whatever else is wrong. */
export function takesAgain(core: Core): boolean {
  try {
    core.write('here', () => core.meta.write('room', ROOM));
    core.write('here', () => core.meta.write('room', null));
  } catch (error) {
    if (takesNothing(error)) return false;
    throw error;
  }
  core.taken();
  return true;
}
