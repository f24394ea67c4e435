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
      .then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof SyncFailure)) trouble(error);
          return false;
        },
      )
      .then((isDone) => {
        going = false;
        if (isDone && missed) look();
      })
      .catch(trouble);
  };
  return look;
}
