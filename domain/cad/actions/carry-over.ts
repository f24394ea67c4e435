/** Runs that go on at another incident, because theirs was a duplicate of it. */
import { type EntityRef, idOf } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { TIME_ELEMENTS, type TimeElement } from '../status.ts';
import { claimOf, destinationOf, fieldsOf, numberIn, type Run, textOf } from '../views/reading.ts';
import { ENDS } from '../views/times.ts';
import type { World } from '../views/world.ts';
import { commitmentsAfter, endingSketches, nextAssignment, runsOn } from './commitment.ts';
import type { Sketch } from './drafting.ts';
import type { KnownUnit } from './lookup.ts';

/**
 * A run carried over from a duplicate: canceled there, and on the other incident with the status and the times it had,
 * so nothing that happened is lost. Where the unit is on the other already, its run there goes on with what was said of either.
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
  if (run.ref !== newest) return end;
  const there = unit.runs.find((one) => one.incident === into);
  if (there) return [...end, ...joinedTo(there, run, unit, commitments, at)];
  const about = [into, unit.ref, nextAssignment(world, into, unit.ref)];
  const { code, standard, since } = run.status;
  const destination = destinationOf(run.folded) as Json;
  const begin: Sketch = {
    type: 'unit.status',
    about,
    body: { code, standard, commitments, ...(destination ? { destination } : {}) },
    at: since,
  };
  const said = [...timesCarried(run), ...patientsCarried(run)];
  return [...end, begin, ...said.map((one): Sketch => ({ ...one, about, at }))];
}

/**
 * What a run of the same call under another number adds to this one: it was one unit on one way. Of two statuses the one that was taken
 * later is where it is, of two presses the earlier counts, and what was amended or counted here stays.
 */
function joinedTo(
  there: Run,
  run: Run,
  unit: KnownUnit,
  commitments: readonly EntityRef[],
  at: number,
): readonly Sketch[] {
  const about = [there.incident, unit.ref, there.ref];
  const times = timesCarried(run).filter(({ type, body }) => {
    const element = textOf(body.element) as TimeElement;
    if (type === 'time.amended') return claimOf(there.folded, `time:${element}`) === undefined;
    return (there.folded.firsts[element]?.at ?? Number.POSITIVE_INFINITY) > (numberIn(body.at) ?? 0);
  });
  const { code, standard, since, contested } = run.status;
  const destination = destinationOf(run.folded) as Json;
  const isLater = since > there.status.since && !contested && !there.status.contested;
  const body = { code, standard, commitments, ...(destination ? { destination } : {}) };
  return [
    ...(isLater ? [{ type: 'unit.status', about, body, at: since }] : []),
    ...[...times, ...patientsCarried(run, there)].map((one): Sketch => ({ ...one, about, at })),
  ];
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

/** How many patients were said to be on its journeys; of those of which the run there says that itself, nothing. */
function patientsCarried({ folded }: Run, there?: Run): readonly Pick<Sketch, 'type' | 'body'>[] {
  return Object.keys(folded.registers).flatMap((register) => {
    const claim = register.startsWith('patients:') ? claimOf(folded, register) : undefined;
    if (!claim || claim.contested || claimOf(there?.folded, register)) return [];
    const journey = Number(register.slice('patients:'.length));
    return [{ type: 'unit.patients', body: { patients: claim.value, journey } }];
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
