/** Which units are left of all by what the panel is filtered by. */
import { useMemo } from 'react';
import type { UnitRow } from '#domain/bridge/topics.ts';
import { useUnits } from '../../app/connection/use-station.ts';
import { useFilter } from '../../app/filters.ts';

/** Who looks for units that are available is not shown one that called for help. */
export function matching(units: readonly UnitRow[], typed: string): readonly UnitRow[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return units;
  return units.filter((unit) => {
    const text = [
      unit.callsign,
      ...(unit.emergency && unit.standard === 'available' ? [] : [unit.code, unit.label]),
      unit.emergency ? 'emergency' : '',
      unit.kind,
      unit.home,
      unit.post,
      unit.reason,
      unit.destination?.name,
    ]
      .concat(unit.incidents.map((on) => on.number))
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function useShownUnits(): { readonly shown: readonly UnitRow[]; readonly typed: string } {
  const units = useUnits();
  const [{ typed }] = useFilter('units');
  return { shown: useMemo(() => matching(Object.values(units), typed), [units, typed]), typed: typed.trim() };
}
