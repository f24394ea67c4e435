/** Holding an audit at its center, stretch by stretch, and what came of it in words. */
import { z } from 'zod';
import { type AuditVerification, verifiedSoFar } from '../../domain/identity/api/audit.ts';
import { whole } from '../../domain/kernel/command-line.ts';

const Position = whole(0, 2_147_483_647);
/** What of the audit is asked for. */
export const PlaceSchema = z.object({
  sealed: Position.default(0),
  from: Position.default(0),
  after: z.string().min(1).optional(),
  stretch: whole(1, 1_000_000).optional(),
});
export type Place = z.output<typeof PlaceSchema>;
export interface Result {
  readonly holds: boolean;
  readonly text: string;
}

/**
 * Asks for one stretch of the audit after the other, and says on the error output how far it is. Where one is not answered after all,
 * says what was found so far and how to go on from there, and rejects.
 */
export async function wholeAudit(
  { from, after, stretch }: Place,
  ask: (query: string) => Promise<AuditVerification>,
  named: string,
): Promise<AuditVerification> {
  const limit = stretch === undefined ? '' : `&limit=${stretch}`;
  let soFar: AuditVerification | null = null;
  for (let next: string | null = after ?? null; ; ) {
    const place: string = next === null ? '' : `&after=${encodeURIComponent(next)}`;
    try {
      soFar = verifiedSoFar(soFar, await ask(`?from=${from}${limit}${place}`));
    } catch (error) {
      const found = soFar?.breaks.map((one) => `${named}${sayBreak(one)}\n`) ?? [];
      if (next !== null) process.stderr.write(`${found.join('')}${named}Broken off; to go on there: --after ${next}\n`);
      throw error;
    }
    next = soFar.next;
    if (next === null) return soFar;
    const { sealed, of, breaks } = soFar;
    const found = breaks.length === 0 ? '' : `; ${breaks.length} places do not hold`;
    process.stderr.write(`${named}Read to position ${sealed} of ${of}${found}.\n`);
  }
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
