/** What speaks where a unit that called for help is sent somewhere else or taken off its call. */
import type { Rule } from '../../kernel/decision.ts';
import type { EntityRef } from '../../kernel/ids.ts';
import { callsignOf, emergencyOf } from '../views/reading.ts';
import type { World } from '../views/world.ts';

/** Whoever looks for it goes by the call that it is on: nothing is said of one whose emergency is over. */
export function inNeed(unit: EntityRef, verdict: 'WARN' | 'REQUIRE_CONFIRMATION', world: World): Rule[] {
  if (emergencyOf(world.entity(unit)) === null) return [];
  const reason = `${callsignOf(world, unit)} has an emergency that is not over.`;
  return [{ rule: 'unit.in_need@1', verdict, reason, evidence: [unit] }];
}
