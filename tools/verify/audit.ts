/** Holding an audit at its center, stretch by stretch, and what came of it in words. */
import { z } from 'zod';
import { type AuditVerification, verifiedSoFar } from '../../domain/identity/api/audit.ts';
import { whole } from '../../domain/kernel/command-line.ts';
import { allStretches, type Result } from './stretches.ts';

const Position = whole(0, 2_147_483_647);
/** What of the audit, or of the rows, is asked for. */
export const PlaceSchema = z.object({
  sealed: Position.default(0),
  from: Position.default(0),
  after: z.string().min(1).optional(),
  stretch: whole(1, 1_000_000).optional(),
});
export type Place = z.output<typeof PlaceSchema>;

/** Asks for one stretch of the audit after the other, and says on the error output how far it is. */
export function wholeAudit(
  { from, after, stretch }: Place,
  ask: (query: string) => Promise<AuditVerification>,
  named: string,
): Promise<AuditVerification> {
  return allStretches({ after, stretch }, (query) => ask(`?from=${from}${query}`), {
    soFar: verifiedSoFar,
    found: ({ breaks }) => breaks.map(sayBreak),
    say: ({ sealed, of, breaks }) => {
      const found = breaks.length === 0 ? '' : `; ${breaks.length} places do not hold`;
      return `Read to position ${sealed} of ${of}${found}.`;
    },
    named,
  });
}

export function judgeAudit(said: AuditVerification, { sealed: noted, from, after }: Place): Result {
  const { sealed, entries, breaks } = said;
  if (breaks.length > 0) return { holds: false, text: breaks.map(sayBreak).join('\n') };
  if (sealed < noted)
    return {
      holds: false,
      text: `The audit does not hold: it is sealed to position ${sealed}, and was to ${noted} before.`,
    };
  const since = after === undefined ? (from > 0 ? ` since position ${from}` : '') : ' since where it was broken off';
  return {
    holds: true,
    text: `The audit holds: sealed to position ${sealed}, ${entries} entries${since}.\n${sayCheckpoints(said)}`,
  };
}

function sayBreak({ position, why, at, ids }: AuditVerification['breaks'][number]): string {
  const when = at === null ? '' : ` (${new Date(at).toISOString()}${ids ? `, entries ${ids[0]} to ${ids[1]}` : ''})`;
  return `The audit does not hold at sealed position ${position}${when}: ${why}.`;
}

function sayCheckpoints({ checkpoints: { held, newest, unreadable } }: AuditVerification): string {
  const strange =
    unreadable > 0 ? ` ${unreadable} lines of the checkpoints cannot be read, or are not the center’s.` : '';
  return newest === null
    ? `No checkpoint was there to hold it against: that nothing was cut off is not shown.${strange}`
    : `It agrees with ${held} checkpoints outside of the database, the furthest at position ${newest}.${strange}`;
}
