/**
 * Signing out at this browser, the center reached or not. The session is in cookies that only the center takes away, so until
 * it has heard of the leaving that is noted here, and told again, before anybody is let in by what is left of the session.
 */

export interface LeavingPorts {
  /** Has the center end the session and take the cookies away. Whether it has heard. */
  readonly end: () => Promise<boolean>;
  /** Of this browser, for all its windows, as the cookies are. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly after: (ms: number, run: () => void) => unknown;
  /** The center has heard of one that it had not heard of. */
  readonly onHeard: () => void;
}

export interface Leaving {
  /** Whether the center has heard of it; otherwise it is told until it has. */
  readonly leave: () => Promise<boolean>;
  /** False while there is one that it has not heard of; it is told once more first. */
  readonly settled: () => Promise<boolean>;
  /** Signs somebody in by `ask`, which ends at the center what was there before. */
  readonly enter: <A extends { readonly ok: boolean }>(ask: () => Promise<A>) => Promise<A>;
}

const UNHEARD = 'qd-signed-out';
const AGAIN_MS = 5_000;

export function createLeaving({ end, storage, after, onHeard }: LeavingPorts): Leaving {
  // One after the other: an answer that takes cookies away must not meet those of a sign-in.
  let before: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const done = before.then(run);
    before = done.catch(() => undefined);
    return done;
  };
  const isUnheard = (): boolean => storage.getItem(UNHEARD) !== null;
  let waiting = false;

  const tell = async (): Promise<boolean> => {
    const heard = await end();
    if (heard) storage.removeItem(UNHEARD);
    else {
      storage.setItem(UNHEARD, '');
      tellAgain();
    }
    return heard;
  };
  const tellAgain = (): void => {
    if (waiting) return;
    waiting = true;
    after(AGAIN_MS, () => {
      waiting = false;
      void inTurn(async () => {
        // Somebody has signed in here meanwhile, or another window has told.
        if (isUnheard() && (await tell())) onHeard();
      });
    });
  };
  return {
    leave: () => inTurn(tell),
    settled: () => inTurn(async () => !isUnheard() || (await tell())),
    enter: (ask) =>
      inTurn(async () => {
        const answer = await ask();
        if (answer.ok) storage.removeItem(UNHEARD);
        return answer;
      }),
  };
}
