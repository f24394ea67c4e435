/** Which journey of a run an input means. */
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { journeyNow } from '../views/journeys.ts';
import type { World } from '../views/world.ts';
import type { Timed } from './lookup.ts';

/** The named one, or the last. Refuses with `unit.needed` or `journey.unknown`. */
export function journeyMeant(
  { folded, about, name }: Timed,
  journey: number | undefined,
  { factsOf }: Pick<World, 'factsOf'>,
): Outcome<{ readonly journey: number; readonly last: number }> {
  if (about.length < 3) return refused('unit.needed', `Say which unit of ${name} it was.`, 'of');
  const last = journeyNow(folded.ref, factsOf(folded.ref));
  if (journey === undefined || journey <= last) return done({ journey: journey ?? last, last });
  const times = last === 1 ? 'once' : `${last} times`;
  return refused(
    'journey.unknown',
    `${name} has left with patients ${times} so far. Leave the journey out for the ${last === 1 ? 'one' : 'last'}.`,
    'journey',
  );
}
