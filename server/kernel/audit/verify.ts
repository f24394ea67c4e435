/** Holds an organisation's audit against its seals, stretch by stretch, and against the checkpoints outside. */
import { NAMED_BREAKS } from '#domain/identity/api/audit.ts';
import type { Database, Scope } from '../db/database.ts';
import { type Against, type Agreement, type HeldOutside, holdOutside } from './outside.ts';
import { breakOf, type ReadStretch, readStretch, reckon, type Stretch } from './stretch.ts';

const WHOLE: Stretch = { from: 0, after: null, limit: Number.MAX_SAFE_INTEGER };

export interface Verified extends ReadStretch {
  /** The first position that does not hold, null where all do. */
  readonly brokenAt: number | null;
  readonly why: string | null;
  /** Of the last stretch, for those of all. */
  readonly checkpoints: Agreement;
}

/**
 * Reads a stretch of seals at one moment, and at the end of the chain what was noted of it outside. Changes nothing. Whatever is done to
 * the chain between two stretches is found: the second goes on from the very hash at which the first ended, or says that it is gone.
 */
export async function verifyAudit(
  db: Database,
  scope: Scope,
  against: Against,
  stretch: Stretch = WHOLE,
): Promise<Verified> {
  const { org } = scope;
  const read = await db.inOrgClient(scope, (client) => readStretch(client, org, against.publicKeys, stretch), 'moment');
  const { sealed, entries, next } = read;
  const breaks = [...read.breaks];
  const { rewritten, furthest, ...checkpoints } =
    next === null ? await holdOutside(db, scope, against, { from: stretch.from, to: sealed }) : NOT_YET;
  if (rewritten) {
    const since = rewritten.after === null ? '' : `, after position ${rewritten.after}`;
    const why = `it is another than this center made: the chain was written anew${since}`;
    const seal = await db.inOrgClient(scope, (client) => reckon(client, org, rewritten.position - 1, 1));
    breaks.push(seal[0] ? breakOf(seal[0], why) : { position: rewritten.position, why, at: null, ids: null });
  }
  const come = Math.max(stretch.from, stretch.after?.position ?? 0);
  if (furthest) {
    const why = `it is gone: this center has sealed to position ${furthest.position}`;
    breaks.push({ position: sealed + 1, why, at: furthest.at, ids: null });
  } else if (sealed < come) {
    const why = `it is gone: a verification had come to position ${come}`;
    breaks.push({ position: sealed + 1, why, at: null, ids: null });
  }
  breaks.sort((a, b) => a.position - b.position);
  return {
    sealed,
    of: read.of,
    entries,
    brokenAt: breaks[0]?.position ?? null,
    why: breaks[0]?.why ?? null,
    breaks: breaks.slice(0, NAMED_BREAKS),
    checkpoints,
    next,
  };
}

/** Of a stretch that is not the last. */
const NOT_YET: HeldOutside = { held: 0, newest: null, unreadable: 0, rewritten: null, furthest: null };
