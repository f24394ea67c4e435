import type { ReactNode } from 'react';
import { type Question, useEcho } from './echo.ts';
import type { Explained } from './explain.ts';
import type { Caution } from './foreseen.ts';

const GHOST = { plain: 'command-ghost', asks: 'command-question', wrong: 'command-wrong' } as const;

/** What stands behind the typed line: the question that was put, else what speaks against it, else what it will do. */
export function Says({
  id,
  blank,
  explained,
  caution,
}: {
  readonly id: string;
  readonly blank: boolean;
  readonly explained: Explained;
  readonly caution: Caution | null;
}): ReactNode {
  const { question } = useEcho();
  return (
    <span id={id} className={question ? 'command-question' : caution ? 'command-caution' : GHOST[explained.tone]}>
      {question ? (
        <>
          {question.asks} {question.reasons.join(' ')} <b>Enter</b> again confirms · <b>Esc</b> leaves it
        </>
      ) : caution ? (
        <>
          {caution.says}
          {caution.stops ? null : <span className="command-goes-on"> · {explained.says}</span>}
        </>
      ) : (
        explained.says || (blank ? 'verb or unit first: D M36 10418 · M36 ER · ? lists them' : '')
      )}
    </span>
  );
}

/** The question where it is heard: what stands behind the line is read when the line is come to, and not when it changes. */
export function QuestionSaid({ question }: { readonly question: Question | null }): ReactNode {
  return (
    <div role="alert" aria-label="Question" className="sr-only-text">
      {question ? [question.asks, ...question.reasons, 'Enter again confirms, Escape leaves it.'].join(' ') : ''}
    </div>
  );
}
