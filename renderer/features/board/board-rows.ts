/** Which incidents stand in which list, and in what order. Pure. */
import type { IncidentRow, UnitRow } from '#domain/bridge/topics.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** From when a waiting call counts: since it could be dispatched, until then since it was answered. */
export function waitingSince(row: IncidentRow): number {
  return row.readyAt ?? row.answeredAt;
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
    row.conflicts.length,
    ...row.units.map((unit) => unit.unit + unit.code),
  ].join('|');
}

/** Conflicts and contested entries of incidents and units, as one list to settle. */
export interface ToSettle {
  readonly key: string;
  readonly kind: 'conflict' | 'contested';
  readonly entity: string;
  /** Whose it is: an incident's number or a callsign. */
  readonly whose: string;
  readonly incident: string | null;
  readonly unit: string | null;
  readonly index: number;
}

export function toSettleOf(incidents: readonly IncidentRow[], units: readonly UnitRow[]): ToSettle[] {
  const entries: ToSettle[] = [];
  const add = (
    row: IncidentRow | UnitRow,
    whose: string,
    where: { readonly incident: string | null; readonly unit: string | null },
  ): void => {
    row.conflicts.forEach((conflict, index) => {
      entries.push({
        key: `${conflict.entity} ${conflict.register}`,
        kind: 'conflict',
        entity: conflict.entity,
        whose,
        index,
        ...where,
      });
    });
    row.contested.forEach((contested, index) => {
      entries.push({ key: contested.fact, kind: 'contested', entity: contested.entity, whose, index, ...where });
    });
  };
  for (const row of incidents) add(row, row.number, { incident: row.id, unit: null });
  for (const row of units) add(row, row.callsign, { incident: row.incidents[0]?.id ?? null, unit: row.id });
  const seen = new Set<string>();
  return entries
    .filter((entry) => (seen.has(entry.key) ? false : seen.add(entry.key)))
    .sort((a, b) => byText(a.whose, b.whose) || byText(a.key, b.key));
}
