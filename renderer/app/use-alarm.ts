/** What F7 goes to before anything that has time: a unit that calls for help, then a call of priority 1, or of none yet, that nobody has seen. */
import type { IncidentRow, UnitRow } from '#domain/bridge/topics.ts';
import { useIncidents, useOfReach, useUnits } from './connection/use-station.ts';
import { dock } from './layout/dock-api.ts';
import { callingForHelp, unseenUrgent } from './sounds/board-sounds.ts';
import { seenCalls } from './sounds/seen-calls.ts';

export type Alarm = { readonly unit: UnitRow } | { readonly call: IncidentRow };

/** Asked when the key is pressed: what has been seen since the last drawing counts. */
export function useAlarm(): () => Alarm | null {
  const incidents = useIncidents();
  const units = useUnits();
  const station = useOfReach('station') ?? '';
  return () => {
    const [unit] = callingForHelp(units);
    if (unit) return { unit };
    // Calls are looked at in the window of the board.
    const urgent = dock.isOpen('pending') ? unseenUrgent(incidents, seenCalls, station) : [];
    const call = incidents[urgent[0] ?? ''];
    return call ? { call } : null;
  };
}
