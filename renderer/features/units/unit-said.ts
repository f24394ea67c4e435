/** A row of the units in words, for whoever hears it and does not see its columns. Its callsign is its name. Pure. */
import type { UnitRow } from '#domain/bridge/topics.ts';
import { listed, patientsWords } from '#domain/cad/sentences/words.ts';
import { shortTime } from '../../app/clock/format.ts';

/** `status`: what the agency calls its code. Times as times of day, in the zone of the site. */
export function unitSaid(unit: UnitRow, status: string, marked: boolean, zone: string): string {
  const onNothing = unit.incidents.length === 0;
  const said = [
    marked && 'marked to be sent',
    unit.emergency && (unit.emergency.emergency === 'declared' ? 'EMERGENCY' : 'emergency seen'),
    unit.conflicts.length > 0 && `to settle: ${listed(unit.conflicts.map(({ title }) => title))}`,
    status,
    unit.since > 0 && `since ${shortTime(unit.since, zone)}`,
    !onNothing && `on ${listed(unit.incidents.map(({ number }) => number))}`,
    unit.destination && `to ${unit.destination.name}`,
    unit.patients !== null && unit.patients > 1 && `with ${patientsWords(unit.patients)}`,
    onNothing && unit.reason,
    onNothing && unit.until !== null && `back ${shortTime(unit.until, zone)}`,
    onNothing && (unit.post || unit.home),
    unit.kind,
    unit.contested.length > 0 && 'contested',
    unit.partly && 'partly shown',
    unit.unsent > 0 && `${unit.unsent} not at the center yet`,
  ];
  return said.filter(Boolean).join(', ');
}
