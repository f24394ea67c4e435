/** What a greeting leaves behind: where peers reach the station, and what it can read. */
import { type ReadersWord, readersOf } from '#domain/kernel/readers.ts';
import { READS } from '#domain/modules.ts';
import type { HelloIn } from '#domain/wire/sync.ts';
import type { Database } from '../db/database.ts';

export interface Greeting extends ReadersWord {
  readonly rosterChanged: boolean;
  /** The others have to hear that more or less may be emitted now. */
  readonly readersChanged: boolean;
}

/** Takes note of what a workstation reads and where peers reach it, and says the same of the others of its site. */
export function greeted(
  db: Database,
  { org, site, station }: { readonly org: string; readonly site: string; readonly station: string },
  input: Pick<HelloIn, 'reads' | 'lanAddress'>,
): Promise<Greeting> {
  return db.inOrgClient({ org, actor: `station:${station}`, device: station }, async (client) => {
    const { rows } = await client.query<{ station: string; reads: string[]; lan_address: string }>(
      'select station, reads, lan_address from kernel.device where org = $1 and site = $2 and revoked_at is null',
      [org, site],
    );
    const before = rows.find((row) => row.station === station);
    const moved = before !== undefined && before.lan_address !== input.lanAddress;
    if (before && (moved || before.reads.join() !== input.reads.join())) {
      await client.query('update kernel.device set reads = $3, lan_address = $4 where org = $1 and station = $2', [
        org,
        station,
        input.reads,
        input.lanAddress,
      ]);
    }
    if (moved)
      await client.query('update kernel.site set roster_version = roster_version + 1 where org = $1 and site = $2', [
        org,
        site,
      ]);
    const word = readersOf(
      READS,
      rows.map((row) => ({ station: row.station, reads: row.station === station ? input.reads : row.reads })),
    );
    const readersChanged = JSON.stringify(word) !== JSON.stringify(readersOf(READS, rows));
    return { ...word, rosterChanged: moved, readersChanged };
  });
}
