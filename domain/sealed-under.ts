/** Whose key seals what a fact says: destroying an entity's keys takes that, and nothing else, from everybody. docs/adr/0033. */
import type { FactDraft } from './kernel/fact.ts';
import { type EntityRef, entityRef, type FactId, kindOf } from './kernel/ids.ts';
import { FACT_TYPES, OPERATIONAL_KINDS } from './modules.ts';

/**
 * What is about people goes with whom it is about: the first that the fact names. What is operations stays where it moves something
 * else too: a unit's part in an incident is the unit's, and what joins two incidents is neither's, but its own. So whoever holds a
 * fact that says something of two entities folds the one the same after the other was erased. Null where it is about nothing.
 */
export function sealedUnder(
  { type, v, about }: Pick<FactDraft, 'type' | 'v' | 'about'>,
  fact: FactId,
): EntityRef | null {
  const [first, second] = about;
  if (first === undefined) return null;
  if (FACT_TYPES.get(`${type}@${v}`)?.classification !== 'OPS') return first;
  const operational = about.find((ref) => OPERATIONAL_KINDS.has(kindOf(ref)));
  return operational ?? (second === undefined ? first : entityRef('fact', fact));
}
