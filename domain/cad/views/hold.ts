/** A call that is held: why, and until when it should be looked at again. What a further hold does not name stays. Pure. */
import type { IncidentRow } from '../../bridge/topics.ts';
import type { Folded } from '../../kernel/fold.ts';
import type { Hlc } from '../../kernel/hlc.ts';
import type { Json } from '../../kernel/json.ts';
import { clockText } from '../sentences/local-time.ts';
import { claimOf, fieldsOf, numberIn, runOf, textOf } from './reading.ts';
import type { World } from './world.ts';

/** `reason` is empty where none was given; `until` in ms UTC. */
export type Hold = NonNullable<IncidentRow['hold']>;

/** The value of the register `hold`; null where it is not held. */
export function readHoldValue(value: Json): Hold | null {
  const { reason, until } = fieldsOf(value);
  return value === null ? null : { reason: textOf(reason), until: numberIn(until) };
}

/**
 * Why and until when an incident is on hold; null where it is not. A hold is of a call that waits: it is over once a unit is sent
 * there after it, or once the call is closed. One that comes back from either waits for a unit again, and nobody is to find it
 * quiet under the reason of an hour ago. `assignments`: all that were made of it, as far as they are held.
 */
export function holdOf(folded: Folded, assignments: Iterable<Folded | undefined>): Hold | null {
  const claim = claimOf(folded, 'hold');
  const hold = claim ? readHoldValue(claim.value) : null;
  if (!claim || !hold) return null;
  const since = (state: Hlc | undefined): boolean => state !== undefined && state > claim.hlc;
  if ((folded.registers.life ?? []).some(({ hlc, contested }) => !contested && since(hlc))) return null;
  for (const assignment of assignments) {
    const run = runOf(assignment);
    if (run && !run.status.contested && since(run.folded.opened)) return null;
  }
  return hold;
}

/** {@link holdOf} of an incident with all that is held of it. */
export function holdIn(world: Pick<World, 'assignmentsOf' | 'entity'>, folded: Folded): Hold | null {
  return holdOf(folded, world.assignmentsOf(folded.ref).map(world.entity));
}

/** What is held once this is entered over what was there. */
export function holdOver(
  before: Hold | null,
  entered: { readonly reason?: string | undefined; readonly until?: number | undefined },
): Hold {
  return {
    reason: entered.reason?.trim() || (before?.reason ?? ''),
    until: entered.until ?? before?.until ?? null,
  };
}

/** `waiting for police, until 14:02`; empty where neither is known. */
export function holdSaid({ reason, until }: Hold, timeZone: string): string {
  return [reason, until === null ? '' : `until ${clockText(until, timeZone).slice(0, 5)}`].filter(Boolean).join(', ');
}
