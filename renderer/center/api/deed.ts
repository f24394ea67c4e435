/** Doing something at the center: once at a time, its refusal kept for the place it was asked from, its step-up with it. */
import { useCallback, useState } from 'react';
import type { z } from 'zod';
import { refusalOf } from '#domain/kernel/refusal.ts';
import { say } from '../frame/said.ts';
import { type Answer, CUT_OFF, type Problem } from './problem.ts';
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
  /** The same with what was typed. What the center takes no such body for is refused at its field, before anybody is asked for their password. */
  readonly runWith: <T>(schema: z.ZodType, body: object, attempt: Attempt<T>, done: (value: T) => string) => void;
  /** The same, where a reason has to be given: without one it is refused here, before anybody is asked for their password. */
  readonly runBecause: <T>(reason: string, attempt: Attempt<T>, done: (value: T) => string) => void;
  /** Refuses at a field what the center would refuse, without asking it. */
  readonly refuse: (field: string, detail: string) => void;
  readonly clear: () => void;
}

interface State {
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly again: (() => void) | null;
}
const IDLE: State = { busy: false, problem: null, again: null };

/** It was made from a version that is not the newest any more, or may have been done though no answer said so. */
const isOfOlder = (problem: Problem): boolean =>
  problem.code === CUT_OFF.code ||
  problem.code.endsWith('.changed') ||
  (problem.decision?.rules.some(({ rule }) => rule === 'record.version@1') ?? false);

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
      // What stands by now is to be seen beside what was typed.
      if (isOfOlder(answer.problem)) changed();
      const again = answer.problem.code === 'step_up.needed' ? () => run(attempt, done) : null;
      setState({ busy: false, problem: answer.problem, again });
    });
  }, []);
  const refuse = useCallback((field: string, detail: string): void => {
    setState({ ...IDLE, problem: { status: 422, code: 'field.invalid', field, detail } });
  }, []);
  const runWith = useCallback(
    <T>(schema: z.ZodType, body: object, attempt: Attempt<T>, done: (value: T) => string): void => {
      const read = schema.safeParse(body);
      if (read.success) {
        run(attempt, done);
        return;
      }
      const { field = '', message } = refusalOf(read.error);
      refuse(field, message);
    },
    [run, refuse],
  );
  const runBecause = useCallback(
    <T>(reason: string, attempt: Attempt<T>, done: (value: T) => string): void => {
      if (reason.trim() === '') refuse('reason', 'Say why, in a few words: it is kept in the audit.');
      else run(attempt, done);
    },
    [run, refuse],
  );
  const { busy, problem, again } = state;
  return {
    busy,
    problem,
    run,
    runWith,
    runBecause,
    refuse,
    clear,
    waiting: again ? { proven: again, leave: clear } : null,
  };
}
