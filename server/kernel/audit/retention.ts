/**
 * How long the audit is kept. Whole sealed stretches that are older go, and a signed stub stays in their place, from which the
 * chain goes on and is verified.
 */
import type { Database, Scope } from '../db/database.ts';
import { mustStandBeside } from '../identity/must-stand.ts';
import type { KeyRing } from '../keys/ring.ts';
import type { Chore } from '../organisation/daily.ts';

/** Not less (45 CFR 164.316(b)(2)(i)). */
const LEAST_YEARS = 6;

/** What the center's key signs of a stretch that was removed: where the chain stood at its end. */
export function stubText(org: string, position: number, total: number, hash: string): string {
  return `qd.audit_stub.1|${org}|${position}|${total}|${hash}`;
}

/** Removes what an organisation need not keep any more; how many entries. Null where there is nothing. */
export function removeExpired(db: Database, keys: Pick<KeyRing, 'centerKeys'>, org: string): Promise<number | null> {
  return db.inOrgClient({ org, actor: 'center', reason: 'kept for as long as it has to be' }, async (client) => {
    const { rows } = await client.query<{ position: number | null; total: number; hash: Buffer }>(
      'select position, total, hash from audit.removable()',
    );
    const last = rows[0];
    if (!last || last.position === null) return null;
    const { signer } = await keys.centerKeys(org);
    const sig = signer.sign(stubText(org, last.position, last.total, last.hash.toString('hex')));
    const gone = await client.query<{ gone: number }>('select audit.remove_through($1, $2, $3) as gone', [
      last.position,
      signer.publicKey,
      sig,
    ]);
    return gone.rows[0]?.gone ?? 0;
  });
}

export function auditRetention(db: Database, keys: Pick<KeyRing, 'centerKeys'>): Chore {
  return { failing: 'the audit could not be shortened', work: (org) => removeExpired(db, keys, org) };
}

/** Has the audit kept for so many years, or for more where it is already. Throws Problem `session.ended`. */
export async function keepFor(db: Database, scope: Scope, years: number): Promise<void> {
  await db.inOrgClient(scope, async (client) => {
    await mustStandBeside(client, scope);
    await client.query(
      `insert into audit.retention (org, years) values ($1, $2)
       on conflict (org) do update set years = greatest(audit.retention.years, excluded.years)`,
      [scope.org, years],
    );
  });
}

export async function retentionOf(db: Database, org: string): Promise<number> {
  return db.inOrgClient({ org }, async (client) => {
    const { rows } = await client.query<{ years: number }>('select years from audit.retention where org = $1', [org]);
    return rows[0]?.years ?? LEAST_YEARS;
  });
}
