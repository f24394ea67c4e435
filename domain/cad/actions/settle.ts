/**
 * Settling: one action replaces every value that stands in a register by the one that is kept.
 *
 * Invariant: after it, on a console that knows what its author knew, that register is not in conflict.
 */
import { FACT_SETTLED, inConflict, shownValue, sidesOf } from '../../kernel/fold.ts';
import { type EntityRef, type FactId, kindOf, partsOfAssignment } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { INCIDENT_FIELDS } from '../facts.ts';
import { isOfTime, journeyTimeOf, nameOf, registerWords, valueWords } from '../sentences/words.ts';
import type { StandardStatus } from '../status.ts';
import { contestedOf, registersInConflict, settledBefore } from '../views/conflicts.ts';
import { fieldsOf, numberIn, onIncident, type Run, runOf, statusOf, textOf } from '../views/reading.ts';
import { codeFor } from '../views/status-set.ts';
import type { World } from '../views/world.ts';
import { commitmentsAfter, type Ending, endingSketches } from './commitment.ts';
import type { Decide, Decided } from './deed.ts';
import { draftsOf, type Sketch } from './drafting.ts';
import type { ActionInput } from './inputs.ts';
import { type KnownUnit, unitIn } from './lookup.ts';

/** The side that is kept, and when it was said. */
interface Kept {
  readonly ref: EntityRef;
  readonly register: string;
  readonly value: Json;
  readonly fact: FactId;
  readonly saidAt: number;
  readonly at: number;
}

function incidentSketch(kept: Kept, world: World): Sketch | null {
  const { ref, register, value, at } = kept;
  const sketch = (type: string, body: Sketch['body'], about: readonly EntityRef[] = [ref]): Sketch => ({
    type,
    about,
    body,
    at,
  });
  if ((INCIDENT_FIELDS as readonly string[]).includes(register))
    return sketch('incident.edited', { [register]: value });
  if (register.startsWith('ref:')) return sketch('incident.edited', { references: { [register.slice(4)]: value } });
  if (register.startsWith('link:'))
    return sketch('incident.linked', { linked: value === true }, [ref, register.slice(5) as EntityRef]);
  if (register === 'hold') {
    const hold = fieldsOf(value);
    const until = numberIn(hold.until);
    const body = { held: true, reason: textOf(hold.reason), ...(until === null ? {} : { until }) };
    return sketch('incident.held', value === null ? { held: false } : body);
  }
  if (register === 'disposition') return sketch('incident.closed', { disposition: textOf(value) });
  if (register === 'life') {
    // Of several that closed it, what the one said that is kept; another may have taken its own back by reopening.
    const closed = world.factsOf(ref).find(({ id }) => id === kept.fact);
    const said = textOf(fieldsOf(closed?.content).disposition);
    const disposition = said || textOf(shownValue(world.entity(ref), 'disposition')) || 'Not recorded';
    return value === 'closed' ? sketch('incident.closed', { disposition }) : sketch('incident.reopened', {});
  }
  if (register === 'mergedInto') {
    const into = sidesOf(world.entity(ref), register).find((side) => textOf(side.value) !== '');
    const about = textOf(value) || textOf(into?.value);
    return sketch('incident.merged', { merged: textOf(value) !== '' }, [ref, about as EntityRef]);
  }
  return null;
}

function timeSketch(kept: Kept): Sketch {
  const { ref, register, value, at } = kept;
  const ofJourney = journeyTimeOf(register);
  const parts = partsOfAssignment(ref);
  const { at: time, reason } = fieldsOf(value);
  const about = parts ? [parts.incident, parts.unit, ref] : [ref];
  const said = { at: numberIn(time), reason: textOf(reason) || 'settled' };
  if (ofJourney) return { type: 'journey.amended', about, body: { ...ofJourney, ...said }, at };
  return { type: 'time.amended', about, body: { element: register.slice(5), ...said }, at };
}

/** The status that a unit shows by itself, to be left as it is. */
function ownStatus(world: World, unit: KnownUnit): Pick<Ending, 'afterwards' | 'reason' | 'until' | 'post'> {
  const own = statusOf(world.entity(unit.ref));
  if (!own || onIncident(own.standard)) {
    return { afterwards: { code: codeFor(unit.statuses, 'available'), standard: 'available' } };
  }
  return {
    afterwards: { code: own.code, standard: own.standard },
    ...(own.reason ? { reason: own.reason } : {}),
    ...(own.until === null ? {} : { until: own.until }),
    ...(own.post ? { post: own.post } : {}),
  };
}

/** Keeps one side of a unit's commitments: its runs elsewhere are canceled. */
function commitmentSketches(kept: Kept, unit: KnownUnit, world: World): Sketch[] {
  const wanted = Array.isArray(kept.value) ? (kept.value as readonly EntityRef[]) : [];
  const stays = unit.runs.filter((run) => wanted.includes(run.incident));
  const commitments = [...new Set(stays.map((run) => run.incident))].sort();
  const leaves = unit.runs.filter((run) => !wanted.includes(run.incident));
  if (leaves.length === 0) return [{ type: 'unit.committed', about: [unit.ref], body: { commitments }, at: kept.at }];
  const ending: Ending = { standard: 'canceled', commitments, ...ownStatus(world, unit) };
  return leaves.flatMap((run) => endingSketches(unit, run, ending, kept.at));
}

function keptStatusBody(value: Json): { code: string; standard: StandardStatus } {
  const { code, standard } = fieldsOf(value);
  return { code: textOf(code), standard: textOf(standard) as StandardStatus };
}

/** Keeps one status of a run, with the time it was said; the unit's commitments go with it. */
function runSketches(kept: Kept, unit: KnownUnit, run: Run, world: World): Sketch[] {
  const { code, standard } = keptStatusBody(kept.value);
  const about = [run.incident, unit.ref, run.ref];
  if (onIncident(standard)) {
    // Where nobody said that the run is over, what the unit is committed to is another question, and may be one to settle.
    const asked = inConflict(world.entity(unit.ref), 'commitments');
    const goesOn = sidesOf(run.folded, 'status').every((side) => onIncident(textOf(fieldsOf(side.value).standard)));
    const commitments = asked && goesOn ? undefined : commitmentsAfter(unit, { plus: [run.incident] });
    return [{ type: 'unit.status', about, body: { code, standard, commitments }, at: kept.saidAt }];
  }
  const commitments = commitmentsAfter(unit, { without: [run.ref] });
  return endingSketches(unit, run, { code, standard, commitments }, kept.saidAt);
}

function ownStatusSketch(kept: Kept, unit: KnownUnit): Sketch {
  const { reason, until, post } = fieldsOf(kept.value);
  const body = {
    ...keptStatusBody(kept.value),
    commitments: commitmentsAfter(unit, {}),
    reason: textOf(reason) || undefined,
    until: numberIn(until) ?? undefined,
    post: textOf(post) || undefined,
  };
  return { type: 'unit.status', about: [unit.ref], body, at: kept.saidAt };
}

function destinationSketch(kept: Kept, unit: KnownUnit, run: Run): Sketch {
  const { code, standard, since } = run.status;
  const commitments = onIncident(standard) ? undefined : commitmentsAfter(unit, {});
  const body = { code, standard, destination: kept.value, commitments };
  return { type: 'unit.status', about: [run.incident, unit.ref, run.ref], body, at: since };
}

function patientsSketch(kept: Kept, unit: KnownUnit, run: Run): Sketch {
  const journey = Number(kept.register.slice('patients:'.length));
  const body = { patients: kept.value, journey };
  return { type: 'unit.patients', about: [run.incident, unit.ref, run.ref], body, at: kept.saidAt };
}

function sketchesFor(kept: Kept, world: World): Outcome<readonly Sketch[]> {
  const { ref, register } = kept;
  if (isOfTime(register)) return done([timeSketch(kept)]);
  if (kindOf(ref) === 'incident') {
    const sketch = incidentSketch(kept, world);
    if (sketch) return done([sketch]);
  }
  const run = runOf(world.entity(ref));
  const unitRef = run?.unit ?? (kindOf(ref) === 'unit' ? ref : null);
  const unit = unitRef && unitIn(world, unitRef);
  if (unit?.ok) {
    if (run && register === 'status') return done(runSketches(kept, unit.value, run, world));
    if (run && register === 'destination') return done([destinationSketch(kept, unit.value, run)]);
    if (run && register.startsWith('patients:')) return done([patientsSketch(kept, unit.value, run)]);
    if (!run && register === 'status') return done([ownStatusSketch(kept, unit.value)]);
    if (!run && register === 'emergency')
      return done([{ type: 'unit.emergency', about: [ref], body: { emergency: kept.value }, at: kept.saidAt }]);
    if (!run && register === 'commitments') return done(commitmentSketches(kept, unit.value, world));
  }
  return refused('register.unknown', 'That cannot be settled here.', 'register');
}

export const decideSettle: Decide<ActionInput<'conflict.settle'>> = (input, world, means): Decided => {
  const ref = input.entity as EntityRef;
  const folded = world.entity(ref);
  if (!folded) return refused('entity.unknown', 'There is nothing of that name here.', 'entity');
  const { register } = input;
  const words = `${nameOf(ref, world)} ${registerWords(register, world)}`;
  const first = inConflict(folded, register) ? settledBefore(folded, register) : null;
  if (first) return refused('conflict.waits', `${words}: settle the ${registerWords(first, world)} first.`, 'register');
  if (!registersInConflict(folded).includes(register))
    return refused('conflict.none', `${words}: there is nothing to settle any more.`, 'register');
  const claim = folded.registers[register]?.find((one) => one.fact === input.side);
  if (!claim) return refused('side.unknown', `${words}: that side does not stand any more. Choose again.`, 'side');
  const kept: Kept = {
    ref,
    register,
    value: claim.value,
    fact: claim.fact,
    saidAt: claim.at,
    at: input.at ?? means.now,
  };
  const sketches = sketchesFor(kept, world);
  if (!sketches.ok) return sketches;
  const said = `${words} settled: ${valueWords(ref, register, claim.value, world)}`;
  return done({ drafts: draftsOf(sketches.value, world), said });
};

/** A supervisor's word on a contested fact: its value counts from now on, or is set aside. Both stay in the log. */
export const decideContested: Decide<ActionInput<'contested.settle'>> = (input, world, means): Decided => {
  const ref = input.entity as EntityRef;
  const folded = world.entity(ref);
  const row = contestedOf(folded, world).find((one) => one.fact === input.fact);
  if (!row) return refused('contested.none', 'There is nothing contested there any more.', 'fact');
  if (row.waitsFor !== null)
    return refused('contested.theirs', `${nameOf(ref, world)}: a supervisor of ${row.waitsFor} settles this.`, 'fact');
  const facts = world.factsOf(ref);
  // Of what it is about, it may be contested on some alone: on what is another site's.
  const stands = (of: EntityRef): boolean =>
    world.entity(of)?.contested.some((one) => one.fact === input.fact) ?? false;
  const about = new Set<EntityRef>([ref, ...(facts.find(({ id }) => id === input.fact)?.about.filter(stands) ?? [])]);
  const earlier: FactId[] = facts
    .filter((fact) => fact.type === FACT_SETTLED && fieldsOf(fact.content).fact === input.fact)
    .map((fact) => fact.id);
  const body = { fact: input.fact, verdict: input.verdict, ...(input.note ? { note: input.note } : {}) };
  const draft = { type: FACT_SETTLED, v: 1, at: means.now, about: [...about], replaces: earlier, body };
  return done({ drafts: [draft], said: `${nameOf(ref, world)} ${input.verdict}: ${row.said}` });
};
