/** What speaks before an incident is closed. */
import { type Decision, decide } from '../../kernel/decision.ts';
import type { EntityRef } from '../../kernel/ids.ts';
import { listed } from '../sentences/words.ts';
import { callsignOf, runsOfIncident } from '../views/reading.ts';
import type { World } from '../views/world.ts';
import { inNeed } from './in-need.ts';

/** Units that are still on it: the next actions are to clear them with it, or to leave them on their runs. */
export function closingGate(incident: EntityRef, world: World): Decision {
  const runs = runsOfIncident(world, incident);
  if (runs.length === 0) return decide([]);
  const units = [...new Set(runs.map((run) => callsignOf(world, run.unit)))].sort();
  return decide(
    [
      {
        rule: 'incident.units_on_it@1',
        verdict: 'REQUIRE_CONFIRMATION',
        reason: `${listed(units)} ${units.length === 1 ? 'is' : 'are'} still on ${world.numberOf(incident)}.`,
        evidence: runs.map((run) => run.ref),
      },
      ...[...new Set(runs.map((run) => run.unit))].flatMap((unit) => inNeed(unit, 'REQUIRE_CONFIRMATION', world)),
    ],
    ['clear', 'leave'],
  );
}
