/** How far behind the center is with what it owes an organisation, counted when it is asked. */
import { sql } from 'kysely';
import type { CenterContext } from '../part.ts';

export interface Owed {
  /** Age of the oldest audit entry that is not sealed, ms; 0 for none. */
  readonly auditUnsealedMs: number;
  readonly auditSealedTo: number;
  readonly handoffDue: number;
  /** How long the oldest hand-off that is due has waited beyond its time, ms. */
  readonly handoffOldestMs: number;
  readonly securityOpen: number;
  readonly workstations: number;
}

/** What of an organisation waits to be done. */
export function owedTo({ db, clock }: Pick<CenterContext, 'db' | 'clock'>, org: string): Promise<Owed> {
  const now = clock();
  return db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<{
      unsealed: number | null;
      sealed: number | null;
      due: number;
      oldest: number | null;
      open: number;
      workstations: number;
    }>`
      with last as (select position, to_xid, to_id from audit.seal where org = ${org} order by position desc limit 1)
      select
        (select e.at from audit.entry e where e.org = ${org}
           and ((select to_xid from last) is null or (e.xid, e.id) > ((select to_xid from last), (select to_id from last)))
           order by e.xid, e.id limit 1) as unsealed,
        (select position from last) as sealed,
        (select count(*) from cad.handoff_due) as due,
        (select min(next_at) from cad.handoff_due where next_at > 0) as oldest,
        (select count(*) from security.event where state <> 'closed') as open,
        (select count(*) from kernel.device where revoked_at is null) as workstations`.execute(trx);
    const row = rows[0];
    const since = (at: number | null | undefined): number =>
      at === null || at === undefined ? 0 : Math.max(0, now - at);
    return {
      auditUnsealedMs: since(row?.unsealed),
      auditSealedTo: row?.sealed ?? 0,
      handoffDue: row?.due ?? 0,
      handoffOldestMs: since(row?.oldest),
      securityOpen: row?.open ?? 0,
      workstations: row?.workstations ?? 0,
    };
  });
}
