/** When something was entered that had happened well before: an investigator has to tell it from what was entered at once. */
import type { Fact } from '../../kernel/fact.ts';
import { HLC_MAX_AHEAD_MS, hlcParse } from '../../kernel/hlc.ts';

/**
 * When it was entered, ms UTC; null where that was as it happened. The reading of a fact is by so much ahead of the clock at most, so
 * what is nearer says nothing.
 */
export function enteredLater({ at, hlc }: Pick<Fact, 'at' | 'hlc'>): number | null {
  const { ms } = hlcParse(hlc);
  return ms - at > HLC_MAX_AHEAD_MS ? ms : null;
}
