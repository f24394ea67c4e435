import { SyncFailure } from './ports.ts';

/**
 * Something that is done at the center when there is news, one at a time. `begin` says what there is to do, null where nothing is.
 * News that come meanwhile are looked at when it is done. A center that does not answer is no trouble: it is asked again with the
 * next news.
 */
export function createErrand(begin: () => (() => Promise<void>) | null, trouble: (error: unknown) => void): () => void {
  let going = false;
  let missed = false;
  const look = (): void => {
    if (going) {
      missed = true;
      return;
    }
    const run = begin();
    if (!run) return;
    going = true;
    missed = false;
    run()
      .catch((error: unknown) => {
        if (!(error instanceof SyncFailure)) trouble(error);
      })
      .then(() => {
        going = false;
        // Also after one that the center did not answer: it may have waited long, and the news be that the center is back.
        if (missed) look();
      })
      .catch(trouble);
  };
  return look;
}
