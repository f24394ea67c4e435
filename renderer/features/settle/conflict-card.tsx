import { type ReactNode, useRef } from 'react';
import type { ConflictRow } from '#domain/bridge/topics.ts';
import { useAct } from '../../app/act.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime } from '../../app/clock/format.ts';
import { seatSaid } from '../../ui/seat-said.ts';
import { useFocusKept } from './use-focus-kept.ts';

/** Values that were set without either knowing of the other: every side, and one key that keeps it. */
export function ConflictCard({
  conflict,
  whose,
  focusable = true,
}: {
  readonly conflict: ConflictRow;
  /** Of what it is, where the place does not say so. */
  readonly whose?: ReactNode;
  readonly focusable?: boolean;
}): ReactNode {
  const act = useAct();
  const card = useRef<HTMLFieldSetElement>(null);
  useFocusKept(card);
  const zone = useZone();
  const keep = (index: number): void => {
    const side = conflict.sides[index];
    if (side) act('conflict.settle', { entity: conflict.entity, register: conflict.register, side: side.fact });
  };
  return (
    <fieldset
      ref={card}
      className="strip strip-bad conflict"
      data-settle=""
      onKeyDown={(event) => {
        if (!/^[1-9]$/.test(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        keep(Number(event.key) - 1);
      }}
    >
      <legend className="sr-only-text">Conflict: {conflict.title}</legend>
      <p>
        {whose} <b className="text-bad">Settle</b> · {conflict.title}
      </p>
      {conflict.sides.map((side, index) => (
        <button
          type="button"
          key={side.fact}
          tabIndex={focusable ? 0 : -1}
          className="choice side"
          onClick={() => keep(index)}
        >
          <span className="mono muted">{index + 1}</span>
          <b>{side.said}</b>
          <span className="muted">
            {[side.by, seatSaid(side.position)].filter(Boolean).join(' · ')} {clockTime(side.at, zone)}
          </span>
        </button>
      ))}
    </fieldset>
  );
}
