import { type ReactNode, useRef, useState } from 'react';
import type { ContestedRow } from '#domain/bridge/topics.ts';
import { allowed, SUPERVISING } from '#domain/kernel/permission.ts';
import { useAct } from '../../app/act.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime } from '../../app/clock/format.ts';
import { useMe } from '../../app/connection/use-station.ts';
import { seatSaid } from '../../ui/seat-said.ts';
import { useFocusKept } from './use-focus-kept.ts';

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
  const card = useRef<HTMLFieldSetElement>(null);
  useFocusKept(card);
  const zone = useZone();
  const [error, setError] = useState('');
  const settle = (verdict: 'confirmed' | 'set aside'): void =>
    act('contested.settle', { entity: contested.entity, fact: contested.fact, verdict }, (answer) =>
      setError(answer.ok ? '' : answer.refusal.message),
    );
  const { waitsFor } = contested;
  const may = me !== null && allowed(me.roles, SUPERVISING) && waitsFor === null;
  return (
    <fieldset
      ref={card}
      className="strip strip-amber conflict"
      data-settle=""
      onKeyDown={(event) => {
        if (!may || !/^[12]$/.test(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        settle(event.key === '1' ? 'confirmed' : 'set aside');
      }}
    >
      <legend className="sr-only-text">Contested: {contested.said}</legend>
      <p>
        {whose} <b className="text-amber">Contested</b> · {contested.said}
        <span className="muted">
          {' '}
          {[contested.by, seatSaid(contested.position)].filter(Boolean).join(' · ')} {clockTime(contested.at, zone)} —{' '}
          {contested.reason}
        </span>
      </p>
      {may ? (
        <>
          <button type="button" className="choice side" onClick={() => settle('confirmed')}>
            <span className="mono muted">1</span> Confirm it
          </button>
          <button type="button" className="choice side" onClick={() => settle('set aside')}>
            <span className="mono muted">2</span> Set it aside
          </button>
        </>
      ) : (
        <p className="muted text-sm">
          A supervisor{waitsFor === null ? '' : ` of ${waitsFor}`} settles this. Until then both values stand.
        </p>
      )}
      {error ? (
        <p role="alert" className="error-line">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
