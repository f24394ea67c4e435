/** Waiting for the sealer of a center under test. */
import { setTimeout as delay } from 'node:timers/promises';
import { asMigrator } from './postgres.ts';

const PATIENCE_MS = 60_000;

/**
 * Waits until all that an organisation's audit holds by now is sealed. No fixed time will do: a transaction that has not
 * finished holds the sealer up, whichever database of the tests' server it is in.
 */
export function untilSealed(database: { readonly migratorUrl: string }, org: string): Promise<void> {
  return asMigrator(database, async (client) => {
    const { rows } = await client.query<{ last: number }>(
      'select coalesce(max(id), 0)::int as last from audit.entry where org = $1',
      [org],
    );
    const unsealed = async (): Promise<boolean> => {
      const left = await client.query(
        `select from audit.entry e where e.org = $1 and e.id <= $2
           and not exists (select from audit.seal s where s.org = e.org and (s.to_xid, s.to_id) >= (e.xid, e.id)) limit 1`,
        [org, rows[0]?.last],
      );
      return left.rowCount !== 0;
    };
    for (const deadline = Date.now() + PATIENCE_MS; await unsealed(); await delay(100)) {
      if (Date.now() > deadline) throw new Error('Waited in vain for the audit to be sealed.');
    }
  });
}
