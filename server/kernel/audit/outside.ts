/**
 * The chain held against its checkpoints outside of the database. There are a million of them in a year: they are read through once,
 * some at a time, and never all in memory.
 */
import { signatureHolds } from '#sealing/signing.ts';
import type { Database, Scope } from '../db/database.ts';
import type { Checkpoint } from './checkpoints.ts';
import { sealText } from './sealer.ts';

/** Checkpoints held against the chain in one round trip. */
const BATCH = 1_000;

export interface Against {
  /** Every key the center ever signed with for the organisation. */
  readonly publicKeys: readonly string[];
  readonly checkpoints: AsyncIterable<Checkpoint | null>;
  /** A seal that this center made before this is asked and may not have noted outside yet. */
  readonly remembered: Checkpoint | undefined;
}

export interface Agreement {
  /** Those outside of the database that the chain agrees with, and the furthest of them. */
  readonly held: number;
  readonly newest: number | null;
  /** Lines of them that cannot be read, or that no key of the center signed. */
  readonly unreadable: number;
}

export interface HeldOutside extends Agreement {
  /** The first position at which the chain is another than its checkpoint, and the furthest before it at which it was the same. */
  readonly rewritten: { readonly position: number; readonly after: number | null } | null;
  /** The furthest seal beyond the end of the chain. */
  readonly furthest: Checkpoint | null;
}

/**
 * Holds what was noted after position `from` and up to `to`, and what lies beyond the end of the chain. A seal is committed before it is noted, so
 * each is looked for once it was read: one that is made meanwhile is there. Another in its place is no growth: the end was cut off and
 * continued meanwhile.
 */
export async function holdOutside(
  db: Database,
  scope: Scope,
  against: Against,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<HeldOutside> {
  const { publicKeys, checkpoints, remembered } = against;
  let [held, unreadable] = [0, 0];
  let newest: number | null = null;
  let rewritten: HeldOutside['rewritten'] = null;
  let furthest: Checkpoint | null = null;
  const holdBatch = async (batch: readonly Checkpoint[]): Promise<void> => {
    const { seals, sealed } = await sealsAt(
      db,
      scope,
      batch.map(({ position }) => position),
    );
    for (const one of batch) {
      const hash = seals.get(one.position);
      if (hash === undefined || one.position <= from) continue;
      if (hash === one.hash) {
        // One that was made since the chain was read counts with the next reading.
        if (one.position > to) continue;
        if (one.position !== newest) held++;
        newest = Math.max(newest ?? 0, one.position);
      } else if (!isOurs(one, publicKeys)) unreadable++;
      else rewritten ??= { position: one.position, after: newest };
    }
    const beyond = batch.filter(({ position }) => position > Math.max(sealed, furthest?.position ?? 0));
    beyond.sort((a, b) => b.position - a.position);
    furthest = beyond.find((one) => isOurs(one, publicKeys)) ?? furthest;
  };
  let batch: Checkpoint[] = [];
  for await (const one of checkpoints) {
    if (one === null) unreadable++;
    else if (batch.push(one) === BATCH) {
      await holdBatch(batch);
      batch = [];
    }
  }
  if (remembered) batch.push(remembered);
  if (batch.length > 0) await holdBatch(batch);
  return { held, newest, unreadable, rewritten, furthest };
}

function sealsAt(
  db: Database,
  scope: Scope,
  positions: readonly number[],
): Promise<{ readonly seals: ReadonlyMap<number, string>; readonly sealed: number }> {
  return db.inOrgClient(scope, async (client) => {
    const { rows } = await client.query<{ position: number; hash: Buffer }>(
      'select position, hash from audit.seal where org = $1 and position = any ($2::bigint[])',
      [scope.org, positions],
    );
    const end = await client.query<{ sealed: number | null }>(
      `select greatest((select max(position) from audit.seal where org = $1), (select max(position) from audit.stub where org = $1)) as sealed`,
      [scope.org],
    );
    const seals = new Map(rows.map(({ position, hash }) => [position, hash.toString('hex')]));
    return { seals, sealed: end.rows[0]?.sealed ?? 0 };
  });
}

/** Looked at only where one speaks against the chain: one that agrees with a signed seal adds nothing by being forged. */
function isOurs({ org, position, total, hash, key, sig }: Checkpoint, publicKeys: readonly string[]): boolean {
  return publicKeys.includes(key) && signatureHolds(key, sealText(org, position, total, hash), sig);
}
