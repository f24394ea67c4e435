import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { now } from '../../app/clock/clock.ts';
import { echo } from '../../app/command-line/echo.ts';
import { useFocusKept } from './use-focus-kept.ts';

export interface Side {
  readonly key: string;
  readonly shown: ReactNode;
  /** What Enter does on this side, said while it is chosen: `keeps it, sets the other aside`. */
  readonly enter: string;
}

const STEPS: { readonly [key: string]: 1 | -1 } = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/**
 * What is to be settled, with one key for each side: its digit takes it at once; the arrows choose one, which says what Enter
 * will do, and Enter does it. Enter before a side was chosen does nothing, and a key that is held down counts once.
 */
export function SettleCard({
  tone,
  legend,
  head,
  sides,
  take,
  children,
}: {
  readonly tone: 'bad' | 'amber';
  readonly legend: string;
  readonly head: ReactNode;
  /** None where it is somebody else's to settle. */
  readonly sides: readonly Side[];
  readonly take: (index: number) => void;
  readonly children?: ReactNode;
}): ReactNode {
  const card = useRef<HTMLFieldSetElement>(null);
  useFocusKept(card);
  const [chosen, setChosen] = useState<string | null>(null);
  const [inHand, setInHand] = useState(false);

  const onKeyDown = (event: KeyboardEvent<HTMLFieldSetElement>): void => {
    if (sides.length === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = STEPS[event.key];
    const digit = /^[1-9]$/.test(event.key);
    const enter = event.key === 'Enter' || event.key === ' ';
    const onSide = event.target instanceof Element && event.target.closest('.side') !== null;
    if (step === undefined && !digit && !(enter && (event.repeat || event.target === card.current))) {
      // What the side's own button does with Enter is its own; the board's keys are not asked for it.
      if (enter && onSide) event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (step !== undefined) {
      const buttons = [...(card.current?.querySelectorAll<HTMLElement>('.side') ?? [])];
      const at = sides.findIndex(({ key }) => key === chosen);
      const next = at < 0 ? (step > 0 ? 0 : sides.length - 1) : Math.min(sides.length - 1, Math.max(0, at + step));
      buttons[next]?.focus();
    } else if (event.repeat) return;
    else if (digit) take(Number(event.key) - 1);
    else echo(false, 'no side is chosen: ↑ ↓ choose one, or press its digit', now());
  };

  return (
    <fieldset
      ref={card}
      tabIndex={-1}
      className={`strip strip-${tone} conflict`}
      data-settle=""
      onKeyDown={onKeyDown}
      onFocus={() => setInHand(true)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setInHand(false);
      }}
    >
      <legend className="sr-only-text">{legend}</legend>
      <p>
        {head}
        {inHand && chosen === null && sides.length > 0 ? (
          <span className="muted text-sm"> — its digit or ↑↓ Enter</span>
        ) : null}
      </p>
      {sides.map((side, index) => (
        <button
          type="button"
          key={side.key}
          className="choice side"
          onFocus={() => setChosen(side.key)}
          onBlur={() => setChosen(null)}
          onClick={() => take(index)}
        >
          <span className="mono muted">{index + 1}</span>
          {side.shown}
          {chosen === side.key ? (
            <span className="side-enter">
              <b>Enter</b> {side.enter}
            </span>
          ) : null}
        </button>
      ))}
      {children}
    </fieldset>
  );
}
