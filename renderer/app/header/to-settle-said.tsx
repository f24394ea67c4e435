/** Says once what came to be settled, to whoever does not see rows turn red: nothing else of the board tells of it. */
import { type ReactNode, useEffect, useRef } from 'react';
import { settleSaid } from '../../features/settle/settle-said.ts';
import { useToSettle } from '../../features/settle/use-to-settle.ts';
import { useIncidents, useUnits } from '../connection/use-station.ts';
import { keyFor } from '../keys/actions.ts';
import { isThere } from '../sounds/board-sounds.ts';
import { usePreferences } from '../theme/preferences.ts';
import { useSaidTogether } from './said-together.ts';

export function ToSettleSaid(): ReactNode {
  const entries = useToSettle();
  const incidents = useIncidents();
  const units = useUnits();
  const { keys } = usePreferences();
  const there = isThere({ incidents, units });
  /** What stood on the board when it came is not news. */
  const before = useRef<ReadonlySet<string> | null>(null);
  const { said, add } = useSaidTogether((ids) => {
    const still = entries.filter(({ key }) => ids.includes(key));
    return settleSaid(still, { incidents, units }, keyFor('settle.next', keys));
  });
  useEffect(() => {
    if (!there) return;
    const known = before.current;
    before.current = new Set(entries.map(({ key }) => key));
    if (known) add(entries.filter(({ key }) => !known.has(key)).map(({ key }) => key));
  }, [entries, there, add]);
  return (
    <div role="status" aria-label="New to settle" className="sr-only-text">
      {said}
    </div>
  );
}
