/** Which incidents stand in which list, and in what order. Pure. */
import type { IncidentRow } from '#domain/bridge/topics.ts';
import type { Priority } from '#domain/cad/facts.ts';

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * From when a waiting call counts: since it could be dispatched, until then since it was answered. One that was reopened, or
 * that its last unit has left, waits anew: its limit is for the sending that is owed now.
 */
export function waitingSince({ readyAt, answeredAt, reopenedAt, left }: IncidentRow): number {
  return Math.max(readyAt ?? answeredAt, reopenedAt ?? 0, left?.at ?? 0);
}

/** What a call waits and rings by. One that nobody has given a priority may be anything: it counts as the most urgent until then. */
export const urgencyOf = ({ priority }: IncidentRow): Priority => priority ?? '1';

/** Whether the time has come at which a call on hold was to be looked at again. It stays on hold until somebody does. */
export const holdIsOver = ({ hold }: IncidentRow, now: number): boolean => hold?.until != null && now >= hold.until;

/**
 * Why it waits once more: `again` for a unit, `cleared` by its last unit and mostly only to be closed; null where it waits for
 * the first time. Where no unit ever came to the scene it waits for one, whatever was pressed: the only ambulance broke down.
 */
export function waitsOnceMore(row: IncidentRow): 'again' | 'cleared' | null {
  if (row.state !== 'pending') return null;
  const { left, reopenedAt } = row;
  if (left && left.at >= (reopenedAt ?? 0)) return left.standard === 'canceled' || !left.reached ? 'again' : 'cleared';
  return reopenedAt === null ? null : 'again';
}

/** Waiting calls, oldest first; held ones after them. */
export function pendingOf(rows: readonly IncidentRow[]): IncidentRow[] {
  return rows
    .filter((row) => row.state === 'pending' || (row.state === 'held' && row.units.length === 0))
    .sort(
      (a, b) =>
        Number(a.state === 'held') - Number(b.state === 'held') ||
        waitingSince(a) - waitingSince(b) ||
        byText(a.number, b.number),
    );
}

/** Somebody closed or merged it while a unit was sent to it elsewhere, or let its units finish. */
export function endedOver(row: IncidentRow): boolean {
  return (row.state === 'closed' || row.state === 'merged') && row.units.length > 0;
}

/** Merged into another that is merged back into it: both are still calls. */
export function crossMerged(row: IncidentRow): boolean {
  return row.mergedInto !== null && row.state !== 'merged';
}

/** Incidents that units are on, closed ones too: by priority, then oldest first. */
export function activeOf(rows: readonly IncidentRow[]): IncidentRow[] {
  return rows
    .filter((row) => row.state === 'active' || (row.state === 'held' && row.units.length > 0) || endedOver(row))
    .sort(
      (a, b) =>
        Number(a.priority ?? 5) - Number(b.priority ?? 5) || a.answeredAt - b.answeredAt || byText(a.number, b.number),
    );
}

/** Closed and merged ones that the board still carries and no unit is on, the newest first. */
export function closedOf(rows: readonly IncidentRow[]): IncidentRow[] {
  return rows
    .filter((row) => (row.state === 'closed' || row.state === 'merged') && row.units.length === 0)
    .sort((a, b) => (b.closedAt ?? b.answeredAt) - (a.closedAt ?? a.answeredAt) || byText(b.number, a.number));
}

/** Rows in which every typed word stands somewhere: number, nature, place, unit. */
export function filtered(rows: readonly IncidentRow[], typed: string): readonly IncidentRow[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = [
      row.number,
      row.nature?.code,
      row.nature?.text,
      row.location?.text,
      row.location?.detail,
      row.location?.zone,
      row.disposition,
      ...Object.values(row.references),
      ...row.units.map((unit) => `${unit.callsign} ${unit.code}`),
    ]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What a row's tint answers to: what a dispatcher should notice, not what ticks. */
export function freshnessOf(row: IncidentRow): string {
  return [
    row.state,
    row.priority,
    row.nature?.text,
    row.location?.text,
    row.notes,
    row.conflicts.length,
    ...row.units.map((unit) => unit.unit + unit.code),
  ].join('|');
}
