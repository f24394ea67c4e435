/** Exchanges with the center: each is answered or fails once, unless it was given up meanwhile. */
import { SyncFailure } from './ports.ts';
import type { Failure } from './state.ts';

export interface Exchanges {
  /** `isGreeting`: one that is not given up with the others. */
  readonly run: <T>(
    ask: () => Promise<T>,
    then: (answer: T) => void,
    /** `code`: of the center's problem, empty where it said none. */
    failed: (why: Failure, said: string, code: string) => void,
    isGreeting?: boolean,
  ) => void;
  /** What is still to come of those that run is nobody's. */
  readonly giveUp: () => void;
  /** The same of a greeting. */
  readonly giveUpGreeting: () => void;
}

export function createExchanges(closed: () => boolean, trouble: (what: string, error: unknown) => void): Exchanges {
  let line = 0;
  let greetings = 0;
  return {
    run: <T>(
      ask: () => Promise<T>,
      then: (answer: T) => void,
      failed: (why: Failure, said: string, code: string) => void,
      isGreeting = false,
    ): void => {
      const now = (): number => (isGreeting ? greetings : line);
      const mine = now();
      const current = (): boolean => !closed() && mine === now();
      let begun: Promise<T>;
      try {
        begun = ask();
      } catch (error) {
        begun = Promise.reject(error);
      }
      begun.then(
        (answer) => {
          if (!current()) return;
          try {
            then(answer);
          } catch (error) {
            trouble('What the center answered could not be stored', error);
            failed('refused', 'What it answers cannot be kept here.', '');
          }
        },
        (error: unknown) => {
          if (!current()) return;
          if (!(error instanceof SyncFailure)) trouble('An exchange with the center failed', error);
          if (error instanceof SyncFailure) failed(error.kind, error.message, error.code);
          else failed('refused', 'It could not be asked.', '');
        },
      );
    },
    giveUp: () => {
      line++;
    },
    giveUpGreeting: () => {
      greetings++;
    },
  };
}
