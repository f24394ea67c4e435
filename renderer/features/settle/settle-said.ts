/** What came to be settled, in words, for whoever hears it and does not see the rows. Pure. */
import type { IncidentRow, UnitRow } from '#domain/bridge/topics.ts';
import type { ToSettle } from './to-settle.ts';

interface Board {
  readonly incidents: { readonly [id: string]: IncidentRow };
  readonly units: { readonly [id: string]: UnitRow };
}

/** Of more at once it is said how many others there are. */
const MOST = 3;

function said({ kind, whose, unit, incident, index }: ToSettle, { incidents, units }: Board): string {
  const row = unit !== null ? units[unit] : incidents[incident ?? ''];
  switch (kind) {
    case 'conflict': {
      const title = row?.conflicts[index]?.title ?? 'conflict';
      // A unit's says its callsign.
      return unit === null ? `${whose}, ${title}` : title;
    }
    case 'contested':
      return `${whose}, contested entry`;
    case 'ended':
      return `${whose}, ended with a unit still on it`;
    case 'crossed':
      return `${whose}, merged into each other`;
  }
}

/** In the order in which `key` goes through them; empty where there are none. */
export function settleSaid(entries: readonly ToSettle[], board: Board, key: string): string {
  if (entries.length === 0) return '';
  const more = entries.length - MOST;
  const first = entries.slice(0, MOST).map((entry) => said(entry, board));
  return `To settle: ${[...first, ...(more > 0 ? [`${more} more`] : [])].join('; ')}. ${key} goes there.`;
}
