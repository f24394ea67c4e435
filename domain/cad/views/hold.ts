/** A call that is held: why, and until when it should be looked at again. What a further hold does not name stays. Pure. */
import type { IncidentRow } from '../../bridge/topics.ts';
import { type Folded, shownValue } from '../../kernel/fold.ts';
import type { Json } from '../../kernel/json.ts';
import { clockText } from '../sentences/local-time.ts';
import { fieldsOf, numberIn, textOf } from './reading.ts';

/** `reason` is empty where none was given; `until` in ms UTC. */
export type Hold = NonNullable<IncidentRow['hold']>;

/** The value of the register `hold`; null where it is not held. */
export function readHoldValue(value: Json): Hold | null {
  const { reason, until } = fieldsOf(value);
  return value === null ? null : { reason: textOf(reason), until: numberIn(until) };
}

/** Why and until when an incident is on hold; null where it is not. */
export function holdOf(folded: Folded): Hold | null {
  return readHoldValue(shownValue(folded, 'hold') ?? null);
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
