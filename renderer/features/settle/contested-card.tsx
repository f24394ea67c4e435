import { type ReactNode, useState } from 'react';
import type { ContestedRow } from '#domain/bridge/topics.ts';
import { allowed, SUPERVISING } from '#domain/kernel/permission.ts';
import { useAct } from '../../app/act.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { clockOn } from '../../app/clock/format.ts';
import { useMe } from '../../app/connection/use-station.ts';
import { seatSaid } from '../../ui/seat-said.ts';
import { SettleCard } from './settle-card.tsx';

/** An entry whose author had no right to it: it stands beside the old value until a supervisor settles it. */
export function ContestedCard({
  contested,
  whose,
}: {
  readonly contested: ContestedRow;
  /** Of what it is, where the place does not say so. */
  readonly whose?: ReactNode;
}): ReactNode {
  const me = useMe();
  const act = useAct();
  const zone = useZone();
  const [error, setError] = useState('');
  const settle = (verdict: 'confirmed' | 'set aside'): void =>
    act('contested.settle', { entity: contested.entity, fact: contested.fact, verdict }, (answer) =>
      setError(answer.ok ? '' : answer.refusal.message),
    );
  const { waitsFor } = contested;
  const may = me !== null && allowed(me.roles, SUPERVISING) && waitsFor === null;
  return (
    <SettleCard
      tone="amber"
      legend={`Contested: ${contested.said}`}
      head={
        <>
          {whose} <b className="text-amber">Contested</b> · {contested.said}
          <span className="muted">
            {' '}
            {[contested.by, seatSaid(contested.position)].filter(Boolean).join(' · ')}{' '}
            {clockOn(contested.at, now(), zone)} — {contested.reason}
          </span>
        </>
      }
      sides={
        may
          ? [
              { key: 'confirmed', shown: 'Confirm it', enter: 'lets it count' },
              { key: 'set aside', shown: 'Set it aside', enter: 'lets the value before it stand' },
            ]
          : []
      }
      take={(index) => {
        if (index < 2) settle(index === 0 ? 'confirmed' : 'set aside');
      }}
    >
      {may ? null : (
        <p className="muted text-sm">
          A supervisor{waitsFor === null ? '' : ` of ${waitsFor}`} settles this. Until then both values stand.
        </p>
      )}
      {error ? (
        <p role="alert" className="error-line">
          {error}
        </p>
      ) : null}
    </SettleCard>
  );
}
