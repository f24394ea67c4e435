/** Sends what is asked about an incident, once. */
import { useRef, useState } from 'react';
import type { CallInput, CallName } from '#domain/bridge/calls.ts';
import { useAct } from '../../app/act.ts';
import { typedNow } from '../../app/typed-kept.ts';

/** What is sent, whenever it is: pressed again, a hold of twenty minutes ends a moment later. */
const saidBy = (name: CallName, input: object): string => JSON.stringify([name, { ...input, until: undefined }]);

/**
 * Leaves the question standing with its text where it was refused, and where its author has typed on since. The same that is
 * still on its way is not sent again.
 */
export function useSend(
  question: string,
  onDone: () => void,
): {
  readonly send: <N extends CallName>(name: N, input: CallInput<N>) => void;
  readonly error: string;
  readonly fail: (message: string) => void;
} {
  const act = useAct();
  const [error, setError] = useState('');
  const onItsWay = useRef(new Set<string>());
  return {
    error,
    fail: setError,
    send: (name, input) => {
      const said = saidBy(name, input);
      if (onItsWay.current.has(said)) return;
      onItsWay.current.add(said);
      const typed = typedNow(question);
      act(name, input, (answer) => {
        onItsWay.current.delete(said);
        if (answer.ok && typedNow(question) === typed) onDone();
        else if (!answer.ok && answer.refusal.code !== 'confirm.needed') setError(answer.refusal.message);
      });
    },
  };
}
