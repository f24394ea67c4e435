/** Closing incidents and merging duplicates: what becomes of the units still on them. */
import { shownValue } from '../../kernel/fold.ts';
import { done, refused } from '../../kernel/refusal.ts';
import { closingGate } from '../gates/closing.ts';
import { confirmationIn, isConfirmed } from '../gates/confirmed.ts';
import { listed } from '../sentences/words.ts';
import { lifeOf, mergedIntoOf, mergesOf, type Run, runsOfIncident, textOf } from '../views/reading.ts';
import type { World } from '../views/world.ts';
import { begunOn, carryOver } from './carry-over.ts';
import { commitmentsAfter, endingSketches, runsOn } from './commitment.ts';
import { asks, type Decide } from './deed.ts';
import { draftsOf, type Sketch } from './drafting.ts';
import type { ActionInput } from './inputs.ts';
import { incidentIn, type KnownUnit, openIncidentIn, unitIn } from './lookup.ts';

function unitsOf(world: World, runs: readonly Run[]): readonly (readonly [Run, KnownUnit])[] {
  return runs.flatMap((run) => {
    const unit = unitIn(world, run.unit);
    return unit.ok ? [[run, unit.value] as const] : [];
  });
}

/** With units still on it and nothing said of them it asks; `clear` ends their runs with it, `leave` lets them finish. */
export const decideClose: Decide<ActionInput<'incident.close'>> = (input, world, means) => {
  const known = incidentIn(world, input.incident);
  if (known.ok && lifeOf(known.value.folded, world) === 'closed') {
    const disposition = textOf(shownValue(known.value.folded, 'disposition'));
    return refused('incident.closed', `${known.value.number} is closed already: ${disposition}.`, 'incident');
  }
  const found = openIncidentIn(world, input.incident);
  if (!found.ok) return found;
  const { ref, id, number } = found.value;
  const gate = closingGate(ref, world);
  if (gate.verdict !== 'ALLOW' && !(input.units && isConfirmed(gate, input.confirmed))) return asks(gate);
  const at = input.at ?? means.now;
  const clears = input.units === 'clear' ? unitsOf(world, runsOfIncident(world, ref)) : [];
  const sketches = clears.flatMap(([run, unit]) =>
    endingSketches(
      unit,
      run,
      { standard: 'available', commitments: commitmentsAfter(unit, { without: runsOn(unit, ref) }) },
      at,
    ),
  );
  const body = { disposition: input.disposition, confirmed: confirmationIn(gate, input.confirmed) };
  sketches.push({ type: 'incident.closed', about: [ref], body, at });
  const cleared = listed(clears.map(([, unit]) => unit.callsign).sort());
  return done({
    drafts: draftsOf(sketches, world),
    said: `${number} closed: ${input.disposition}${cleared ? `; ${cleared} cleared` : ''}`,
    incident: id,
    number,
  });
};

export const decideMerge: Decide<ActionInput<'incident.merge'>> = (input, world, means) => {
  const at = input.at ?? means.now;
  const from = input.merged ? openIncidentIn(world, input.incident) : incidentIn(world, input.incident);
  if (!from.ok) return from;
  const { ref, id, number, folded } = from.value;
  if (!input.merged) {
    const into = mergedIntoOf(folded);
    if (!into) return refused('incident.not_merged', `${number} is not merged into another.`, 'incident');
    const sketch: Sketch = { type: 'incident.merged', about: [ref, into], body: { merged: false }, at };
    const said = `${number} no longer merged into ${world.numberOf(into)}`;
    return done({ drafts: draftsOf([sketch], world), said, incident: id, number });
  }
  const into = openIncidentIn(world, input.into, 'into');
  if (!into.ok) return into;
  if (into.value.ref === ref || mergesOf(world, into.value.ref).has(ref))
    return refused('incident.same', `${number} cannot be merged into itself. Name the other incident.`, 'into');
  const moved = unitsOf(world, runsOfIncident(world, ref));
  const sketches: Sketch[] = [
    ...moved.flatMap(([run, unit]) => carryOver(world, run, unit, into.value.ref, at)),
    { type: 'incident.merged', about: [ref, into.value.ref], body: { merged: true }, at },
  ];
  const units = listed([...new Set(moved.map(([, unit]) => unit.callsign))].sort());
  return done({
    drafts: draftsOf(sketches, world),
    said: `${number} merged into ${into.value.number}${units ? `; ${units} carried over` : ''}`,
    incident: into.value.id,
    number: into.value.number,
    assignments: begunOn(sketches, into.value.ref),
  });
};
