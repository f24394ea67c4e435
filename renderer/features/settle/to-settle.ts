/** What is to be settled on the board, as one list, and in what order. Pure. */
import type { IncidentRow, UnitRow } from '#domain/bridge/topics.ts';
import { byText, crossMerged, endedOver } from '../board/board-rows.ts';

/** `ended`: closed or merged over a unit that is still on it. `crossed`: merged into each other. */
export interface ToSettle {
  readonly key: string;
  readonly kind: 'conflict' | 'ended' | 'crossed' | 'contested';
  /** Whose it is: an incident's number or a callsign. */
  readonly whose: string;
  readonly incident: string | null;
  readonly unit: string | null;
  /** Which of the row's conflicts or contested entries. */
  readonly index: number;
}

/** Incidents of which each is merged into the next, and the last into the first; the one given stands first. */
export function mergedRound(row: IncidentRow, incidents: { readonly [id: string]: IncidentRow }): IncidentRow[] {
  const round: IncidentRow[] = [];
  for (let at: IncidentRow | undefined = row; at && !round.includes(at); at = incidents[at.mergedInto ?? ''])
    round.push(at);
  return round;
}

/** After a unit that two calls take for theirs, a call that nobody may have in hand; who had no right to what comes last. */
const RANK = { ended: 1, crossed: 2, conflict: 3, contested: 4 } as const;
const UNIT_RANK = 0;

/** By the priority of the call that it touches, then by how much it keeps from being sent. */
export function toSettleOf(incidents: readonly IncidentRow[], units: readonly UnitRow[]): ToSettle[] {
  const known = Object.fromEntries(incidents.map((row) => [row.id, row]));
  const entries: { readonly entry: ToSettle; readonly priority: number; readonly rank: number }[] = [];
  const add = (entry: ToSettle, of: readonly (IncidentRow | undefined)[]): void => {
    const priority = Math.min(...of.map((row) => Number(row?.priority ?? 5)), 5);
    const rank = entry.kind === 'conflict' && entry.unit !== null ? UNIT_RANK : RANK[entry.kind];
    entries.push({ entry, priority, rank });
  };
  const addOf = (
    row: IncidentRow | UnitRow,
    where: Pick<ToSettle, 'whose' | 'incident' | 'unit'>,
    of: readonly (IncidentRow | undefined)[],
  ): void => {
    row.conflicts.forEach((conflict, index) => {
      add({ key: `${conflict.entity} ${conflict.register}`, kind: 'conflict', index, ...where }, of);
    });
    row.contested.forEach((contested, index) => {
      add({ key: contested.fact, kind: 'contested', index, ...where }, of);
    });
  };
  for (const row of incidents) {
    const where = { whose: row.number, incident: row.id, unit: null };
    addOf(row, where, [row]);
    if (endedOver(row)) add({ key: `ended ${row.id}`, kind: 'ended', index: 0, ...where }, [row]);
    if (!crossMerged(row)) continue;
    const round = mergedRound(row, known);
    // Once for all of them, by the first number; what leads into a round is not of it.
    const first = round.toSorted((a, b) => byText(a.number, b.number))[0];
    if (round.length > 1 && round.at(-1)?.mergedInto === row.id && first === row)
      add({ key: `crossed ${row.id}`, kind: 'crossed', index: 0, ...where }, round);
  }
  for (const row of units) {
    const where = { whose: row.callsign, incident: row.incidents[0]?.id ?? null, unit: row.id };
    const on = row.incidents.map(({ id }) => known[id]);
    addOf(row, where, on);
  }
  const seen = new Set<string>();
  return entries
    .filter(({ entry }) => (seen.has(entry.key) ? false : seen.add(entry.key)))
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        a.rank - b.rank ||
        byText(a.entry.whose, b.entry.whose) ||
        byText(a.entry.key, b.entry.key),
    )
    .map(({ entry }) => entry);
}
