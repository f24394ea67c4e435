/** What screens read: answers of the center, kept while they are asked anew, so that nothing in sight ever blanks. */
import { createContext, useCallback, useContext, useEffect, useRef, useState } from 'react';
import type { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Center } from './center.ts';
import { allPages, type Page } from './pages.ts';
import type { Answer, Problem } from './problem.ts';

export const CenterContext = createContext<Center | null>(null);

export function useCenter(): Center {
  const center = useContext(CenterContext);
  if (!center) throw new Error('no center around this component');
  return center;
}

interface Held {
  /** By what they are read as, and the path: one answer may be read as two things. */
  readonly answers: ReadonlyMap<z.ZodType, ReadonlyMap<string, unknown>>;
  /** Grows with every deed: what is in sight is asked anew. */
  readonly deeds: number;
}
const held = createStore<Held>(() => ({ answers: new Map(), deeds: 0 }));

function keep(schema: z.ZodType, path: string, value: unknown): void {
  held.setState(({ answers }) => ({
    answers: new Map(answers).set(schema, new Map(answers.get(schema)).set(path, value)),
  }));
}

/** What a deed was answered with, where that is what is read at this path: in sight before the deed is said to be done. */
export const cameTo = <S extends z.ZodType>(schema: S, path: string, value: z.output<S>): void =>
  keep(schema, path, value);

/** Something was changed at the center. */
export const changed = (): void => held.setState(({ deeds }) => ({ deeds: deeds + 1 }));
/** Nothing of the one who signed out stays. */
export const forget = (): void => held.setState({ answers: new Map(), deeds: 0 });

/** For what is typed over: what another administrator saves is seen before one's own save is refused for it. */
export const LOOK_AGAIN = { every: 10_000 } as const;

export interface Asked<T> {
  /** The newest answer; undefined until the first. */
  readonly value: T | undefined;
  readonly problem: Problem | null;
  readonly again: () => void;
}

/** `every`: also asked every so many ms, while the page is in sight. */
interface Often {
  readonly every?: number;
}

/** The answer to a GET, asked when it comes into sight and after every deed. A null path asks nothing. */
export function useAnswer<T>(schema: z.ZodType<T>, path: string | null, often: Often = {}): Asked<T> {
  return useAsked(schema, path, askOnce, often);
}

/** The same of a list, with all of its pages as one; `path` has a query. */
export function useWholeList<T>(schema: z.ZodType<Page<T>>, path: string | null, often: Often = {}): Asked<Page<T>> {
  return useAsked(schema, path, allPages, often);
}

type Ask<T> = (center: Center, path: string, schema: z.ZodType<T>, signal?: AbortSignal) => Promise<Answer<T>>;

const askOnce = <T>(...[center, path, answer, signal]: Parameters<Ask<T>>): Promise<Answer<T>> =>
  center.ask({ path, answer, signal });

/** What is asked again and again is not waited for longer. */
const PATIENCE_MS = 30_000;

function useAsked<T>(schema: z.ZodType<T>, path: string | null, ask: Ask<T>, { every }: Often): Asked<T> {
  const center = useCenter();
  const deeds = useStore(held, (at) => at.deeds);
  const value = useStore(held, (at) => (path === null ? undefined : at.answers.get(schema)?.get(path))) as
    | T
    | undefined;
  const [problem, setProblem] = useState<{ readonly path: string; readonly said: Problem } | null>(null);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  const isOnItsWay = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a deed and a new round are reasons to ask again
  useEffect(() => {
    if (path === null) return;
    let newest = true;
    isOnItsWay.current = true;
    void ask(center, path, schema, every === undefined ? undefined : AbortSignal.timeout(PATIENCE_MS)).then(
      (answer) => {
        if (!newest) return;
        isOnItsWay.current = false;
        setProblem(answer.ok ? null : { path, said: answer.problem });
        if (answer.ok) keep(schema, path, answer.value);
      },
    );
    return () => {
      newest = false;
      isOnItsWay.current = false;
    };
  }, [center, schema, path, ask, every, deeds, round]);
  useEffect(() => {
    if (every === undefined) return;
    const timer = setInterval(() => {
      // A new question gives the one before up: a center that answers slower than it is asked would never be heard.
      if (document.visibilityState === 'visible' && !isOnItsWay.current) again();
    }, every);
    return () => clearInterval(timer);
  }, [every, again]);
  return { value, problem: problem?.path === path ? problem.said : null, again };
}
