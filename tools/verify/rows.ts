/** Holding the rows of an organisation against its facts, stretch by stretch, and what came of it in words. */
import { type RowsVerification, rowsHeldSoFar } from '../../domain/cad/rows-api.ts';
import type { Place } from './audit.ts';
import { allStretches, type Result } from './stretches.ts';

/** Asks for one stretch of the entities after the other, and says on the error output how far it is. */
export async function heldRows(
  { after, stretch }: Pick<Place, 'after' | 'stretch'>,
  ask: (query: string) => Promise<RowsVerification>,
  named: string,
): Promise<Result> {
  const { entities, different } = await allStretches({ after, stretch }, (query) => ask(query.replace(/^&/, '?')), {
    soFar: rowsHeldSoFar,
    found: (soFar) => soFar.different.map((ref) => `${ref} is stored otherwise than its facts fold.`),
    say: (soFar) => {
      const found = soFar.different.length === 0 ? '' : `; ${soFar.different.length} are stored otherwise`;
      return `Folded ${soFar.entities} of ${soFar.of} entities${found}.`;
    },
    named,
  });
  const since = after === undefined ? '' : ' since where it was broken off';
  if (different.length === 0)
    return { holds: true, text: `The rows hold: ${entities} entities${since} fold to what is stored.` };
  return {
    holds: false,
    text: `The rows do not hold: of ${entities} entities${since} these are stored otherwise than their facts fold:\n${different.join('\n')}`,
  };
}
