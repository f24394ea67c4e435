/** A row of incidents in words, for whoever hears it and does not see its columns. Its number is its name. Pure. */
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { listed } from '#domain/cad/sentences/words.ts';
import { shortTime, when } from '../../app/clock/format.ts';
import { crossMerged, endedOver, waitingSince, waitsOnceMore } from './board-rows.ts';

const filled = (...parts: readonly (string | null | undefined | false)[]): string => parts.filter(Boolean).join(', ');

function standing(row: IncidentRow, now: number, zone: string): string {
  switch (row.state) {
    case 'pending':
      return filled(`waiting since ${shortTime(waitingSince(row), zone)}`, waitsOnceMore(row));
    case 'held':
      return filled(
        `held${row.hold?.reason ? `: ${row.hold.reason}` : ''}`,
        row.hold?.until != null && `until ${shortTime(row.hold.until, zone)}`,
      );
    case 'active':
      return `answered ${shortTime(row.answeredAt, zone)}`;
    case 'closed':
      return filled(`closed${row.closedAt === null ? '' : ` ${when(row.closedAt, now, zone)}`}`, row.disposition);
    case 'merged':
      return 'merged';
  }
}

/** Times as times of day: a span would be out of date while it is read. `now` and the zone of the site for them. */
export function rowSaid(row: IncidentRow, now: number, zone: string): string {
  const said = filled(
    row.priority === null ? 'no priority' : `priority ${row.priority}`,
    row.nature?.text ?? 'no nature yet',
    row.alarm > 1 && `alarm ${row.alarm}`,
    row.location?.text ?? 'no location yet',
    row.location?.detail,
    row.location?.zone && `zone ${row.location.zone}`,
    row.of !== null && `of ${row.of}`,
    standing(row, now, zone),
    row.units.length > 0 && `${listed(row.units.map(({ callsign, code }) => `${callsign} ${code}`))} on it`,
    row.conflicts.length > 0 && `to settle: ${listed(row.conflicts.map(({ title }) => title))}`,
    crossMerged(row) && 'cross-merged',
    endedOver(row) && 'ended with units on it',
    (row.contested.length > 0 || row.units.some(({ contested }) => contested)) && 'contested',
    row.unsent > 0 && `${row.unsent} not at the center yet`,
  );
  return said.charAt(0).toUpperCase() + said.slice(1);
}
