/** Sending units and taking them off again. */
import { type Decision, decide, together } from '../../kernel/decision.ts';
import { type EntityRef, idOf } from '../../kernel/ids.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { confirmationIn, isConfirmed } from '../gates/confirmed.ts';
import { beginningGate, dispatchGate, leavingGate } from '../gates/dispatch.ts';
import { listed } from '../sentences/words.ts';
import { sidesDiffer } from '../views/conflicts.ts';
import { holdIn } from '../views/hold.ts';
import { mergesOf, statusOf } from '../views/reading.ts';
import { codeFor } from '../views/status-set.ts';
import { nextCode } from '../views/unit-row.ts';
import type { World } from '../views/world.ts';
import { begunOn, carryOver } from './carry-over.ts';
import { commitmentsAfter, dispatchSketch, endingSketches, leavingSketches, objectionToOneMore } from './commitment.ts';
import { asks, type Decide, type Deed } from './deed.ts';
import { draftsOf, type Sketch } from './drafting.ts';
import type { ActionInput } from './inputs.ts';
import { type KnownIncident, type KnownUnit, openIncidentIn, runMeant, unitIn, unitInUse } from './lookup.ts';
import { decideStatus } from './status.ts';

function isOn(unit: KnownUnit, incident: EntityRef): boolean {
  return unit.runs.some((run) => run.incident === incident);
}

/** The units to send: known, in use, none twice, none that is there already. */
function unitsToSend(world: World, ids: readonly string[], incident: KnownIncident): Outcome<readonly KnownUnit[]> {
  const units = new Map<string, KnownUnit>();
  for (const id of ids) {
    const found = unitInUse(world, id, 'units');
    if (!found.ok) return found;
    units.set(found.value.ref, found.value);
  }
  const fresh = [...units.values()].filter((unit) => !isOn(unit, incident.ref));
  if (fresh.length === 0) {
    const names = listed([...units.values()].map((unit) => unit.callsign));
    return refused(
      'unit.already',
      `${names} ${units.size === 1 ? 'is' : 'are'} on ${incident.number} already.`,
      'units',
    );
  }
  for (const unit of fresh) {
    const objection = objectionToOneMore(unit, incident.ref, 'units');
    if (objection) return objection;
  }
  return done(fresh);
}

function warnedBy(gate: Decision): Pick<Deed, 'warned'> {
  return gate.verdict === 'ALLOW' ? {} : { warned: gate };
}

/** A busy unit, one out of service, or a call without location or nature asks first; with `confirm` it is an edit, never a conflict. */
export const decideDispatch: Decide<ActionInput<'unit.dispatch'>> = (input, world, means) => {
  const incident = openIncidentIn(world, input.incident);
  if (!incident.ok) return incident;
  const { ref, id, number } = incident.value;
  const units = unitsToSend(world, input.units, incident.value);
  if (!units.ok) return units;
  const gate = dispatchGate(
    ref,
    units.value.map((unit) => unit.ref),
    world,
  );
  if (gate.verdict === 'REQUIRE_CONFIRMATION' && !(input.confirm && isConfirmed(gate, input.confirmed)))
    return asks(gate);
  const at = input.at ?? means.now;
  const sketches = units.value.map((unit) => {
    const sketch = dispatchSketch(world, unit, ref, commitmentsAfter(unit, { plus: [ref] }), at);
    const confirmed = confirmationIn(dispatchGate(ref, [unit.ref], world), input.confirmed);
    return { ...sketch, body: { ...sketch.body, confirmed } };
  });
  const before = holdIn(world, incident.value.folded);
  // Whoever confirmed was told in the decision what the unit is on, whatever their row had shown before.
  const shown = input.confirm && gate.verdict !== 'ALLOW' ? undefined : input.shown;
  return done({
    drafts: draftsOf(sketches, world, shown),
    said: `${listed(units.value.map((unit) => unit.callsign))} dispatched ${number}${before ? '; off hold' : ''}`,
    incident: id,
    number,
    assignments: sketches.map((sketch) => idOf(sketch.about[2] as EntityRef)),
    ...(gate.verdict === 'WARN' ? warnedBy(gate) : {}),
  });
};

/** The next logical status, of the run that is meant or of a unit on nothing. On one of two blind ones none follows. */
export const decideNext: Decide<ActionInput<'unit.next'>> = (input, world, means) => {
  const found = unitIn(world, input.unit);
  if (!found.ok) return found;
  const unit = found.value;
  const run = unit.runs.length > 0 || input.incident !== undefined ? runMeant(world, unit, input.incident) : null;
  if (run && !run.ok) return run;
  const folded = run ? run.value.folded : world.entity(unit.ref);
  if (folded && sidesDiffer(folded, 'status'))
    return refused(
      'status.unsettled',
      `${unit.callsign} has two statuses that nobody has settled. Settle them first (F7), or say which it has now.`,
      'unit',
    );
  const now = run ? run.value.status : statusOf(world.entity(unit.ref));
  const code = now ? nextCode(unit.statuses, now.code, now.standard) : null;
  if (code === null)
    return refused('status.no_next', `${unit.callsign} has no next status. Say which, for example OOS.`, 'unit');
  if (input.to !== undefined && input.to !== code)
    return refused('status.moved', `${unit.callsign} is ${now?.code} by now; its next status is ${code}.`, 'to');
  const incident = run ? { incident: idOf(run.value.incident) } : {};
  return decideStatus(
    { unit: unit.id, code, ...incident, ...(input.at === undefined ? {} : { at: input.at }) },
    world,
    means,
  );
};

export const decideCancel: Decide<ActionInput<'unit.cancel'>> = (input, world, means) => {
  const found = unitIn(world, input.unit);
  if (!found.ok) return found;
  const unit = found.value;
  const run = runMeant(world, unit, input.incident);
  if (!run.ok) return run;
  const at = input.at ?? means.now;
  const number = world.numberOf(run.value.incident);
  const sketches = leavingSketches(unit, run.value, { standard: 'canceled', reason: input.reason }, at);
  const gate = leavingGate([run.value], world);
  return done({
    drafts: draftsOf(sketches, world),
    said: `${unit.callsign} canceled ${number}`,
    incident: idOf(run.value.incident),
    number,
    assignments: [idOf(run.value.ref)],
    ...warnedBy(gate),
  });
};

/** Ends a unit's runs on some incidents and begins runs on others, as one change of its commitments. */
function reassign(world: World, unit: KnownUnit, to: readonly EntityRef[], at: number): Sketch[] {
  const leaves = unit.runs.filter((run) => !to.includes(run.incident));
  const commitments = [...new Set(to)].sort();
  return [
    ...leaves.flatMap((run) => endingSketches(unit, run, { standard: 'canceled', commitments }, at)),
    ...to
      .filter((incident) => !isOn(unit, incident))
      .map((incident) => dispatchSketch(world, unit, incident, commitments, at)),
  ];
}

export const decideMove: Decide<ActionInput<'unit.move'>> = (input, world, means) => {
  const found = unitInUse(world, input.unit);
  if (!found.ok) return found;
  const unit = found.value;
  const to = openIncidentIn(world, input.to, 'to');
  if (!to.ok) return to;
  const { ref, id, number } = to.value;
  if (unit.runs.length === 0)
    return refused('unit.not_on', `${unit.callsign} is not on an incident. Dispatch it to ${number} instead.`, 'unit');
  const at = input.at ?? means.now;
  const leaves = unit.runs.filter((run) => run.incident !== ref);
  // What was merged into it is the same call: the unit goes on there as it is.
  const [first] = leaves;
  const isSame =
    first !== undefined &&
    leaves.every(({ incident }) => incident === first.incident) &&
    mergesOf(world, first.incident).has(ref);
  const sketches = isSame
    ? leaves.flatMap((run) => carryOver(world, run, unit, ref, at))
    : reassign(world, unit, [ref], at);
  if (sketches.length === 0) return refused('unit.already', `${unit.callsign} is on ${number} already.`, 'to');
  const from = listed(leaves.map((run) => world.numberOf(run.incident)));
  const gate = isSame ? decide([]) : leavingGate(leaves, world);
  return done({
    drafts: draftsOf(sketches, world),
    said: `${unit.callsign} moved from ${from} to ${number}`,
    incident: id,
    number,
    assignments: begunOn(sketches, ref),
    ...warnedBy(gate),
  });
};

export const decideSwap: Decide<ActionInput<'unit.swap'>> = (input, world, means) => {
  const one = unitInUse(world, input.unit);
  if (!one.ok) return one;
  const other = unitInUse(world, input.with, 'with');
  if (!other.ok) return other;
  const [a, b] = [one.value, other.value];
  if (a.ref === b.ref) return refused('unit.same', 'A unit cannot be swapped with itself.', 'with');
  const incidentsOf = (unit: KnownUnit): EntityRef[] => unit.runs.map((run) => run.incident);
  const [from, to] = [incidentsOf(a), incidentsOf(b)];
  for (const incident of [...from, ...to]) {
    const open = openIncidentIn(world, incident);
    if (!open.ok) return open;
  }
  const at = input.at ?? means.now;
  const sketches = [...reassign(world, a, to, at), ...reassign(world, b, from, at)];
  if (sketches.length === 0) {
    const both = `${a.callsign} and ${b.callsign}`;
    return refused(
      'unit.nothing_to_swap',
      `${both} are on the same. Name two units that are on different incidents.`,
      'with',
    );
  }
  // What a unit was on before it trades; one that comes from nothing may be away.
  const away = [[a, to] as const, [b, from] as const].flatMap(([unit, on]) =>
    unit.runs.length === 0 && on[0] ? [beginningGate(on[0], unit.ref, world)] : [],
  );
  const leaves = [[a, to] as const, [b, from] as const].flatMap(([unit, on]) =>
    unit.runs.filter(({ incident }) => !on.includes(incident)),
  );
  const gate = together([...away, leavingGate(leaves, world)]);
  const said = (unit: KnownUnit, on: readonly EntityRef[]): string =>
    on.length === 0
      ? `${unit.callsign} ${codeFor(unit.statuses, 'available')}`
      : `${unit.callsign} ${listed(on.map(world.numberOf))}`;
  return done({
    drafts: draftsOf(sketches, world),
    said: `Swapped: ${said(a, to)}, ${said(b, from)}`,
    assignments: sketches.flatMap(({ type, about }) =>
      type === 'unit.dispatched' ? [idOf(about[2] as EntityRef)] : [],
    ),
    ...warnedBy(gate),
  });
};
