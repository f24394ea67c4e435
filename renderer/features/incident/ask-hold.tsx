import type { ReactNode } from 'react';
import { holdTyped, MOST_MINUTES } from '#domain/cad/command/reason-and-minutes.ts';
import { holdSaid } from '#domain/cad/views/hold.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { questionOf } from '../../app/typed-kept.ts';
import { useAskBegun } from './ask-begun.ts';
import { AskLine } from './ask-line.tsx';
import type { AskProps } from './ask-props.ts';
import { useSend } from './use-send.ts';

/** Holds a call with a reason and minutes, or releases one that is held. */
export function AskHold({ row, onDone }: AskProps): ReactNode {
  const { text, setText, begun, overtaken } = useAskBegun(row, 'hold', row.hold === null ? 'hold' : 'release');
  const { send, error, fail } = useSend(questionOf(row.id, 'hold'), onDone);
  const zone = useZone();
  const release = begun === 'release';
  const { reason, minutes } = release ? { reason: text.trim(), minutes: null } : holdTyped(text);
  const tooLong = minutes !== null && minutes > MOST_MINUTES;
  const until = minutes === null || tooLong ? null : now() + minutes * 60_000;
  const held = holdSaid({ reason, until }, zone);
  const enter = (): void => {
    if (overtaken) fail(`It was ${release ? 'released' : 'put on hold'} meanwhile. Esc leaves this.`);
    else if (tooLong) fail('That is more than a week: give minutes.');
    else
      send('incident.hold', {
        incident: row.id,
        held: !release,
        ...(reason ? { reason } : {}),
        ...(until === null ? {} : { until }),
      });
  };
  return (
    <AskLine
      title={release ? 'Release' : 'Hold'}
      label={release ? 'Reason (may stay empty)' : 'Reason, and minutes until it is looked at again'}
      value={text}
      onChange={setText}
      onEnter={enter}
      onEscape={onDone}
      says={
        release
          ? `Enter takes it off hold${row.state === 'active' ? '' : ', and it is among the waiting calls again'}.`
          : `Enter holds it${held ? `: ${held}` : ''}; ${row.state === 'active' ? 'it stays in Active, and is on hold once its units have left it' : 'it stays in Pending, marked'}.`
      }
      error={error}
    />
  );
}
