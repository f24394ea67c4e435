import { SyncFailure } from './ports.ts';

/**
 * Something that is done at the center when there is news, one at a time. `begin` says what there is to do, null where nothing is.
 * A center that does not answer is no trouble: it is asked again with the next news.
 */
export function createErrand(begin: () => (() => Promise<void>) | null, trouble: (error: unknown) => void): () => void {
  let going = false;
  return () => {
    const run = going ? null : begin();
    if (!run) return;
    going = true;
    run()
      .catch((error: unknown) => {
        if (!(error instanceof SyncFailure)) trouble(error);
      })
      .finally(() => {
        going = false;
      });
  };
}
