import { type RefObject, useRef, useState } from 'react';
import { opensCall } from '#domain/cad/command/new-verb.ts';
import type { Rule } from '#domain/kernel/decision.ts';
import { lookFor } from '../../features/found/found.ts';
import { now } from '../clock/clock.ts';
import { useMe, useStation } from '../connection/use-station.ts';
import { dock } from '../layout/dock-api.ts';
import { select, selection } from '../selection.ts';
import { play } from '../sounds/player.ts';
import { typesElsewhere } from '../working-in.ts';
import { ask, echo, questionOf, shownIn, warningOf } from './echo.ts';

/** What a line means where it names nothing: the unit of the units panel, the incident of any other. */
export function selectedInHand(): string | null {
  const { incident, unit } = selection();
  return dock.current() === 'units' ? (unit ?? incident) : incident;
}

export interface Entering {
  readonly running: boolean;
  /** What was entered and still stands in the line: on its way, refused, or not confirmed. */
  readonly standing: () => string | null;
  /** It stands there, though it was not confirmed. */
  readonly leaveStanding: (line: string) => void;
  /** Another line was begun: an answer that comes later takes nobody out of it. */
  readonly beginAnother: () => void;
  readonly enter: (line: string) => void;
}

/** Has the station do what a line says, and says what came of it. */
export function useEntering(
  input: RefObject<HTMLInputElement | null>,
  heard: {
    readonly goBack: () => void;
    readonly onDone: (line: string) => void;
    /** It cannot be done as long as something is missing in it. */
    readonly onMissing: () => void;
  },
): Entering {
  const station = useStation();
  const me = useMe()?.user ?? '';
  const [running, setRunning] = useState(false);
  const entered = useRef<string | null>(null);
  /** Counts what was begun in the line. */
  const turn = useRef(0);

  const run = (line: string, yes: { readonly confirm?: true; readonly confirmed?: Rule[] }): void => {
    setRunning(true);
    const mine = ++turn.current;
    entered.current = line;
    // Whoever went elsewhere meanwhile, or began the next line, stays there.
    const leave = (): void => {
      if (turn.current === mine && document.activeElement === input.current) heard.goBack();
    };
    station
      .call('command.run', { line, selected: selectedInHand(), ...yes })
      .then((answer) => {
        if (answer.ok) {
          echo(true, answer.value.said, now(), warningOf(answer.value.warned));
          play('done');
          heard.onDone(line);
          const { find, incident } = answer.value;
          // The call that was just opened is in hand, as after F5; whoever has begun something else keeps that.
          if (incident !== undefined && opensCall(line) && turn.current === mine) select({ incident });
          if (find === undefined) leave();
          else
            lookFor(station, me, find).then(
              () => {
                dock.open('found');
                if (!dock.isOpen('found')) leave();
              },
              () => undefined,
            );
        } else if (answer.refusal.code === 'confirm.needed') {
          ask({
            ...questionOf(answer.refusal.message, answer.decision),
            confirm: () => run(line, { confirm: true, ...shownIn(answer.decision) }),
            late: typesElsewhere(input.current) || input.current?.value.trim() !== line,
          });
          play('refused');
        } else {
          if (answer.refusal.code.startsWith('needs.')) heard.onMissing();
          echo(false, answer.refusal.message, now());
          play('refused');
        }
      })
      .catch((failure: unknown) => echo(false, String(failure), now()))
      .finally(() => setRunning(false));
  };

  return {
    running,
    standing: () => entered.current,
    leaveStanding: (line) => {
      entered.current = line;
    },
    beginAnother: () => {
      turn.current++;
    },
    enter: (line) => run(line, {}),
  };
}
