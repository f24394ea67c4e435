import type { ReactNode } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { listed } from '#domain/cad/sentences/words.ts';
import { crossMerged, endedOver } from '../board/board-rows.ts';
import { shortNumber } from '../board/short-number.ts';

interface DecidedTwiceProps {
  readonly row: IncidentRow;
  readonly numberOf: (id: string) => string;
}

/** What two people decided about a whole call without knowing of each other, and the commands that settle it. */
export function DecidedTwice({ row, numberOf }: DecidedTwiceProps): ReactNode {
  const number = shortNumber(row.number);
  if (crossMerged(row) && row.mergedInto !== null)
    return (
      <p className="strip strip-amber mt-2">
        Merged into {numberOf(row.mergedInto)}, which is merged back into it: both are still calls. UM {number} keeps
        this one, UM {shortNumber(numberOf(row.mergedInto))} the other.
      </p>
    );
  if (!endedOver(row)) return null;
  const callsigns = [...new Set(row.units.map((unit) => unit.callsign))].sort();
  return (
    <p className="strip strip-amber mt-2">
      {row.state === 'closed' ? 'Closed' : 'Merged'}, and {listed(callsigns)} {callsigns.length === 1 ? 'is' : 'are'}{' '}
      still on it. {row.state === 'closed' ? `RO ${number} reopens it` : `UM ${number} takes the merge back`}, X{' '}
      {callsigns.join(',')} takes {callsigns.length === 1 ? 'the unit' : 'the units'} off.
    </p>
  );
}
