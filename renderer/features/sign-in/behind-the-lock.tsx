/** What somebody before a locked console must not miss: what is heard there is in sight, too, and says nothing of anybody. */
import type { ReactNode } from 'react';
import { useIncidents, useOfReach, useUnits } from '../../app/connection/use-station.ts';
import { callingForHelp, unseenUrgent } from '../../app/sounds/board-sounds.ts';
import { seenCalls } from '../../app/sounds/seen-calls.ts';
import { urgentSaid } from './urgent-said.ts';

export function BehindTheLock(): ReactNode {
  const calling = callingForHelp(useUnits()).length;
  const incidents = useIncidents();
  const urgent = unseenUrgent(incidents, seenCalls, useOfReach('station') ?? '');
  const said = [
    calling === 0 ? '' : calling === 1 ? 'A unit calls for help.' : `${calling} units call for help.`,
    urgentSaid(urgent.flatMap((id) => incidents[id] ?? [])),
  ].filter(Boolean);
  return (
    <div role="alert" aria-label="Behind the lock" className={said.length > 0 ? 'strip strip-bad' : 'sr-only-text'}>
      <b className="text-text">{said.join(' ')}</b>
    </div>
  );
}
