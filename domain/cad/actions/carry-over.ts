/** Runs that go on at another incident, because theirs was a duplicate of it. */
import { type EntityRef, idOf } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { TIME_ELEMENTS, type TimeElement } from '../status.ts';
import { claimOf, destinationOf, fieldsOf, type Run } from '../views/reading.ts';
import { ENDS } from '../views/times.ts';
import type { World } from '../views/world.ts';
import { commitmentsAfter, endingSketches, nextAssignment, runsOn } from './commitment.ts';
import type { Sketch } from './drafting.ts';
import type { KnownUnit } from './lookup.ts';

/**
 * A run carried over from a duplicate: canceled there, and on the other incident with the status and the times it had,
 * so nothing that happened is lost. Where the unit is on the other already, only the duplicate's run ends.
 */
export function carryOver(world: World, run: Run, unit: KnownUnit, into: EntityRef, at: number): Sketch[] {
  const commitments = commitmentsAfter(unit, { without: runsOn(unit, run.incident), plus: [into] });
  const end = endingSketches(
    unit,
    run,
    { standard: 'canceled', commitments, reason: `merged into ${world.numberOf(into)}` },
    at,
  );
  const newest = runsOn(unit, run.incident)[0];
  if (run.ref !== newest || unit.runs.some((one) => one.incident === into)) return end;
  const about = [into, unit.ref, nextAssignment(world, into, unit.ref)];
  const { code, standard, since } = run.status;
  const destination = destinationOf(run.folded) as Json;
  const begin: Sketch = {
    type: 'unit.status',
    about,
    body: { code, standard, commitments, ...(destination ? { destination } : {}) },
    at: since,
  };
  return [...end, begin, ...timesCarried(run).map(({ type, body }): Sketch => ({ type, about, body, at }))];
}

/** What was first recorded, and what was amended or struck with the reason: the earliest press would count again otherwise. */
function timesCarried({ folded }: Run): readonly Pick<Sketch, 'type' | 'body'>[] {
  return (Object.keys(TIME_ELEMENTS) as TimeElement[]).flatMap((element) => {
    const first = folded.firsts[element];
    const claim = claimOf(folded, `time:${element}`);
    const amended = claim && !claim.contested ? fieldsOf(claim.value) : null;
    // The run goes on: an end of it that nobody amended is none.
    if (!amended && ENDS.includes(element)) return [];
    return [
      ...(first ? [{ type: 'time.recorded', body: { element, at: first.at } }] : []),
      ...(amended ? [{ type: 'time.amended', body: { element, ...amended } }] : []),
    ];
  });
}

/** Ids of the runs that begin on an incident by these: sent there, or carried over with the status they had. */
export function begunOn(sketches: readonly Sketch[], incident: EntityRef): string[] {
  return sketches.flatMap(({ type, about }) =>
    about[0] === incident && (type === 'unit.dispatched' || type === 'unit.status')
      ? [idOf(about[2] as EntityRef)]
      : [],
  );
}
