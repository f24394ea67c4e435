/** What is told to whoever does not see the board: what comes together in one sentence, heard out before the next. */
import { useCallback, useEffect, useRef, useState } from 'react';

/** What comes within it is said together. ms */
const TOGETHER_MS = 300;
/** One sentence is heard out before the next. ms */
const HEARD_MS = 4_000;

/** `say` is asked for the words of all that came, when they are to be said: what is news no more by then is left out there. */
export function useSaidTogether(say: (ids: readonly string[]) => string): {
  readonly said: string;
  readonly add: (ids: readonly string[]) => void;
} {
  const latest = useRef(say);
  latest.current = say;
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const lastSaid = useRef(Number.NEGATIVE_INFINITY);
  const [said, setSaid] = useState('');
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  const add = useCallback((ids: readonly string[]): void => {
    if (ids.length === 0) return;
    waiting.current.push(...ids);
    timer.current ??= setTimeout(
      () => {
        timer.current = undefined;
        lastSaid.current = performance.now();
        setSaid(latest.current(waiting.current.splice(0)));
      },
      Math.max(TOGETHER_MS, lastSaid.current + HEARD_MS - performance.now()),
    );
  }, []);
  return { said, add };
}
