/** What speaks before a unit is sent. Gates ask; a fact once made is never refused. */
import { type Decision, decide, type Rule } from '../../kernel/decision.ts';
import type { EntityRef } from '../../kernel/ids.ts';
import { listed, patientsWords } from '../sentences/words.ts';
import { locationOf, natureOf } from '../views/incident-row.ts';
import { patientsAboard } from '../views/journeys.ts';
import {
  callsignOf,
  destinationOf,
  lenderOf,
  type Run,
  runsOfUnit,
  statusesOfUnit,
  statusOf,
} from '../views/reading.ts';
import { labelOf } from '../views/status-set.ts';
import type { World } from '../views/world.ts';
import { inNeed } from './in-need.ts';

const AWAY = ['outOfService', 'offDuty'];

function busy(unit: EntityRef, incident: EntityRef, world: World): Rule[] {
  const elsewhere = runsOfUnit(world, unit).filter((run) => run.incident !== incident);
  if (elsewhere.length === 0) return [];
  const statuses = statusesOfUnit(world, unit);
  const doing = elsewhere.map(
    (run) => `${labelOf(statuses, run.status.code, run.status.standard)} ${world.numberOf(run.incident)}`,
  );
  return [
    {
      rule: 'unit.busy@1',
      verdict: 'REQUIRE_CONFIRMATION',
      reason: `${callsignOf(world, unit)} is ${listed(doing)}.`,
      evidence: elsewhere.map((run) => run.ref),
    },
  ];
}

function away(unit: EntityRef, world: World): Rule[] {
  const status = statusOf(world.entity(unit));
  if (!status || !AWAY.includes(status.standard) || runsOfUnit(world, unit).length > 0) return [];
  const label = labelOf(statusesOfUnit(world, unit), status.code, status.standard);
  return [
    {
      rule: 'unit.away@1',
      verdict: 'REQUIRE_CONFIRMATION',
      reason: `${callsignOf(world, unit)} is ${label}${status.reason ? ` (${status.reason})` : ''}.`,
      evidence: [unit, status.fact],
    },
  ];
}

/** Its own site is a step away, and nobody there has been asked yet. */
function lent(unit: EntityRef, world: World): Rule[] {
  const site = lenderOf(world, unit);
  if (site === null) return [];
  return [
    {
      rule: 'unit.lent@1',
      verdict: 'WARN',
      reason: `${callsignOf(world, unit)} is of ${site}: they are shown the call through the center, and a supervisor there confirms it.`,
      evidence: [unit],
    },
  ];
}

function notReady(incident: EntityRef, world: World): Rule[] {
  const folded = world.entity(incident);
  const lacks = [...(locationOf(folded) ? [] : ['location']), ...(natureOf(folded) ? [] : ['nature'])];
  if (lacks.length === 0) return [];
  return [
    {
      rule: 'incident.not_ready@1',
      verdict: 'REQUIRE_CONFIRMATION',
      reason: `${world.numberOf(incident)} has no ${lacks.join(' and no ')} yet.`,
      evidence: [incident],
    },
  ];
}

/**
 * Before units are sent to an incident: one that calls for help, that is elsewhere, out of service, off duty or another site's; a
 * call not yet dispatchable.
 */
export function dispatchGate(incident: EntityRef, units: readonly EntityRef[], world: World): Decision {
  const rules = [
    ...notReady(incident, world),
    ...units.flatMap((unit) => [
      ...inNeed(unit, 'REQUIRE_CONFIRMATION', world),
      ...busy(unit, incident, world),
      ...away(unit, world),
      ...lent(unit, world),
    ]),
  ];
  return decide(rules, rules.length > 0 ? ['confirm', 'choose another unit'] : []);
}

/**
 * Where a unit comes to be on an incident without being sent there by the form: reported there (on view), or traded for another.
 * It may be true, so it goes in, but never without a word: that it calls for help, is on another as well, out of service or off
 * duty.
 */
export function beginningGate(incident: EntityRef, unit: EntityRef, world: World): Decision {
  const rules = [...inNeed(unit, 'WARN', world), ...busy(unit, incident, world), ...away(unit, world)];
  return decide(rules.map((rule): Rule => ({ ...rule, verdict: 'WARN' })));
}

/** Where a unit comes off a call by what it says itself: with its emergency not over it goes on to be looked for, and nobody knows where. */
export function clearingGate(unit: EntityRef, world: World): Decision {
  return decide(inNeed(unit, 'WARN', world));
}

/**
 * Where a unit is taken off calls otherwise than by what it says itself: canceled, moved, traded for another. With a patient aboard,
 * or while it calls for help, that is mostly the wrong callsign; it may be true, so it goes in, but never without a word.
 */
export function leavingGate(leaves: readonly Run[], world: World): Decision {
  return decide([
    ...[...new Set(leaves.map((run) => run.unit))].flatMap((unit) => inNeed(unit, 'WARN', world)),
    ...leaves.flatMap((run): Rule[] => {
      const { ref, unit, incident, folded, status } = run;
      if (status.standard !== 'transporting') return [];
      const label = labelOf(statusesOfUnit(world, unit), status.code, status.standard);
      const to = destinationOf(folded)?.name;
      const where = `${world.numberOf(incident)}${to ? ` to ${to}` : ''}`;
      const count = patientsAboard(run, world) ?? 1;
      const aboard = count === 1 ? 'a patient is' : `${patientsWords(count)} are`;
      const reason = `${callsignOf(world, unit)} is ${label} ${where}: ${aboard} aboard.`;
      return [{ rule: 'unit.with_patient@1', verdict: 'WARN', reason, evidence: [ref, status.fact] }];
    }),
  ]);
}
