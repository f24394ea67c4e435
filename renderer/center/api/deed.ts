/** Doing something at the center: once at a time, its refusal kept for the place it was asked from, its step-up with it. */
import { useCallback, useState } from 'react';
import { say } from '../frame/said.ts';
import type { Answer, Problem } from './problem.ts';
import { changed } from './use-center.ts';

/** Asks the center for it, with the reason where one was given. */
export type Attempt<T> = () => Promise<Answer<T>>;

export interface Deed {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** Set while the center wants to know anew who asks; the deed waits and is repeated by itself. */
  readonly waiting: { readonly proven: () => void; readonly leave: () => void } | null;
  /** Does it. `done` returns what the footer says of it. */
  readonly run: <T>(attempt: Attempt<T>, done: (value: T) => string) => void;
  readonly clear: () => void;
}

interface State {
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly again: (() => void) | null;
}
const IDLE: State = { busy: false, problem: null, again: null };

export function useDeed(): Deed {
  const [state, setState] = useState<State>(IDLE);
  const clear = useCallback(() => setState(IDLE), []);
  const run = useCallback(<T>(attempt: Attempt<T>, done: (value: T) => string): void => {
    setState({ ...IDLE, busy: true });
    void attempt().then((answer) => {
      if (answer.ok) {
        setState(IDLE);
        say(true, done(answer.value));
        changed();
        return;
      }
      const again = answer.problem.code === 'step_up.needed' ? () => run(attempt, done) : null;
      setState({ busy: false, problem: answer.problem, again });
    });
  }, []);
  const { busy, problem, again } = state;
  return { busy, problem, run, clear, waiting: again ? { proven: again, leave: clear } : null };
}
