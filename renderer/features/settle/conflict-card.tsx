import type { ReactNode } from 'react';
import type { ConflictRow } from '#domain/bridge/topics.ts';
import { useAct } from '../../app/act.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { clockOn } from '../../app/clock/format.ts';
import { useIncident } from '../../app/connection/use-station.ts';
import { seatSaid } from '../../ui/seat-said.ts';
import { SettleCard } from './settle-card.tsx';

/** Values that were set without either knowing of the other: every side, and one key that keeps it. */
export function ConflictCard({
  conflict,
  whose,
}: {
  readonly conflict: ConflictRow;
  /** Of what it is, where the place does not say so. */
  readonly whose?: ReactNode;
}): ReactNode {
  const act = useAct();
  const zone = useZone();
  const others = conflict.sides.length > 2 ? 'the others' : 'the other';
  return (
    <SettleCard
      tone="bad"
      legend={`Conflict: ${conflict.title}`}
      head={
        <>
          {whose} <b className="text-bad">Settle</b> · {conflict.title}
        </>
      }
      sides={conflict.sides.map((side) => ({
        key: side.fact,
        enter: `keeps it, sets ${others} aside`,
        shown: (
          <>
            <b>{side.said}</b>
            {side.on.map((id) => (
              <CallInWords key={id} id={id} />
            ))}
            <span className="muted">
              {[side.by, seatSaid(side.position)].filter(Boolean).join(' · ')} {clockOn(side.at, now(), zone)}
            </span>
          </>
        ),
      }))}
      take={(index) => {
        const side = conflict.sides[index];
        if (side) act('conflict.settle', { entity: conflict.entity, register: conflict.register, side: side.fact });
      }}
    />
  );
}

/** Which call a number is: nobody keeps a unit on one by its number alone. */
function CallInWords({ id }: { readonly id: string }): ReactNode {
  const row = useIncident(id);
  const said = [row?.nature?.text, row?.location?.text].filter(Boolean).join(', ');
  return said === '' ? null : <span>{said}</span>;
}
