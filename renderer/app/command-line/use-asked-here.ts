import { type RefObject, useEffect, useRef } from 'react';
import { isTyping } from '../keys/actions.ts';
import { ask, type Question, questionSeen } from './echo.ts';

/**
 * A question is answered here, whoever's action put it; one that came late waits until nobody types elsewhere.
 * Asked once: whoever goes elsewhere with it standing there, to a call that rings, is left where they type.
 */
export function useAskedHere(
  question: Question | null,
  input: RefObject<HTMLInputElement | null>,
  leaveFrom: () => void,
): void {
  // The lock takes it with it: what stands in the line asks again, and nobody confirms what they do not see.
  useEffect(() => () => ask(null), []);
  const answering = useRef<Question['confirm'] | null>(null);
  useEffect(() => {
    const at = document.activeElement;
    if (question === null) answering.current = null;
    else if (at === input.current) answering.current = question.confirm;
    else if (answering.current !== question.confirm && !(question.late && isTyping(at))) {
      answering.current = question.confirm;
      leaveFrom();
      input.current?.focus();
      questionSeen();
    }
  });
}
