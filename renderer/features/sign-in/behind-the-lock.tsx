/** What somebody before a locked console must not miss: what is heard there is in sight, too, and says nothing of anybody. */
import type { ReactNode } from 'react';
import { useIncidents, useOfReach, useUnits } from '../../app/connection/use-station.ts';
import { callingForHelp, unseenUrgent } from '../../app/sounds/board-sounds.ts';
import { seenCalls } from '../../app/sounds/seen-calls.ts';

export function BehindTheLock(): ReactNode {
  const calling = callingForHelp(useUnits()).length;
  const urgent = unseenUrgent(useIncidents(), seenCalls, useOfReach('station') ?? '').length;
  const said = [
    calling === 0 ? '' : calling === 1 ? 'A unit calls for help.' : `${calling} units call for help.`,
    urgent === 0 ? '' : urgent === 1 ? 'A call of priority 1 waits.' : `${urgent} calls of priority 1 wait.`,
  ].filter(Boolean);
  return (
    <div role="alert" aria-label="Behind the lock" className={said.length > 0 ? 'strip strip-bad' : 'sr-only-text'}>
      <b className="text-text">{said.join(' ')}</b>
    </div>
  );
}
