/** Carries out an action, says what came of it in the footer, and asks there where it has to be confirmed. */
import { useMemo } from 'react';
import type { CallInput, CallName, CallOutput, Done } from '#domain/bridge/calls.ts';
import type { Decision } from '#domain/kernel/decision.ts';
import { now } from './clock/clock.ts';
import { ask, echo, questionOf, shownIn, warningOf } from './command-line/echo.ts';
import type { Answer, Station } from './connection/station.ts';
import { useStation } from './connection/use-station.ts';
import { isTyping } from './keys/actions.ts';
import { play } from './sounds/player.ts';
import { keysFromHere, typesElsewhere } from './working-in.ts';

type Act = <N extends CallName>(name: N, input: CallInput<N>, heard?: (answer: Answer<CallOutput<N>>) => void) => void;

/** What an action says of itself; other calls say nothing. */
function saidBy(value: CallOutput<CallName>): Pick<Done, 'said' | 'warned'> {
  return 'said' in value ? { said: value.said ?? 'done', warned: value.warned } : { said: 'done' };
}

/** The same call once its question was answered with yes. Closing clears the units that are still on it. */
function confirmed<N extends CallName>(name: N, input: CallInput<N>, decision: Decision | undefined): CallInput<N> {
  const yes = name === 'incident.close' ? { units: 'clear' } : { confirm: true };
  return { ...(input as object), ...yes, ...shownIn(decision) } as CallInput<N>;
}

function actOn(station: Station): Act {
  const act: Act = (name, input, heard) => {
    const from = document.activeElement;
    const keys = keysFromHere();
    let pressed = false;
    station
      .call(name, input)
      .finally(() => {
        pressed = keys();
      })
      .then((answer) => {
        if (answer.ok) {
          const { said, warned } = saidBy(answer.value);
          echo(true, said, now(), warningOf(warned));
          play('done');
        } else if (answer.refusal.code === 'confirm.needed') {
          ask({
            ...questionOf(answer.refusal.message, answer.decision),
            confirm: () => act(name, confirmed(name, input, answer.decision), heard),
            // Whoever types on in the very field that they did it from has not looked up either.
            late: typesElsewhere(from) || (pressed && isTyping(document.activeElement)),
          });
          play('refused');
        } else {
          echo(false, answer.refusal.message, now());
          play('refused');
        }
        heard?.(answer);
      })
      .catch((failure: unknown) => echo(false, String(failure), now()));
  };
  return act;
}

export function useAct(): Act {
  const station = useStation();
  return useMemo(() => actOn(station), [station]);
}
