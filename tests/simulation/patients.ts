/** What is said of the patients that units take: how many go along, with the transport and afterwards, and when each journey was. */
import type { UnitRow } from '../../domain/bridge/topics.ts';
import type { Chance } from './chance.ts';
import type { Deed } from './people.ts';
import type { StationNode } from './station-node.ts';

/** One such thing; null where nobody is on a call. */
export function patientsDeed(station: StationNode, chance: Chance): Deed | null {
  const units = Object.values((station.board().units ?? {}) as unknown as Record<string, UnitRow>);
  const runs = units.flatMap((row) => row.incidents.map((run) => ({ ...run, unit: row.id, callsign: row.callsign })));
  if (runs.length === 0) return null;
  const run = chance.pick(runs);
  const patients = 1 + chance.below(4);
  const roll = chance.next();
  if (roll < 0.3)
    return {
      name: 'unit.status',
      input: {
        unit: run.unit,
        code: 'TR',
        incident: run.id,
        destination: { name: 'Mercy Hospital' },
        ...(chance.happens(0.7) ? { patients } : {}),
      },
    };
  if (roll < 0.4)
    return { name: 'unit.status', input: { unit: run.unit, code: chance.pick(['AH', 'OS']), incident: run.id } };
  if (roll < 0.55) {
    const line = chance.pick([`TR ${run.callsign} MERCY ${patients}`, `PT ${run.callsign} ${patients}`]);
    return { name: 'command.run', input: { line, selected: null, confirm: chance.happens(0.7) } };
  }
  if (roll < 0.8) return { name: 'unit.patients', input: { of: run.assignment, patients } };
  const element = chance.pick(['leftScene', 'atDestination'] as const);
  const time = station.store().now() - chance.below(600_000);
  return {
    name: 'time.amend',
    input: { of: run.assignment, element, journey: 1 + chance.below(2), time, reason: 'said by radio' },
  };
}
