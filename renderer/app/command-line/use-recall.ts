import { useRef, useState } from 'react';
import { recalled } from './history.ts';

/** The arrows go through what was entered before, and back to what was being typed. */
export function useRecall(
  history: readonly string[],
  text: string,
  setText: (line: string) => void,
): {
  /** To the line before (-1) or after (+1). */
  readonly recall: (by: 1 | -1) => void;
  /** What stands in the line is being typed: the next arrow begins at the newest again. */
  readonly leave: () => void;
} {
  /** As it stood when the arrows began to go through it: what another window adds meanwhile moves no line. */
  const recalling = useRef(history);
  const typedBefore = useRef('');
  const [place, setPlace] = useState<number | null>(null);
  return {
    recall: (by) => {
      if (place === null) {
        typedBefore.current = text;
        recalling.current = history;
      }
      const found = recalled(recalling.current, place, by);
      setPlace(found.place);
      setText(found.line ?? (found.place === null ? typedBefore.current : text));
    },
    leave: () => setPlace(null),
  };
}
