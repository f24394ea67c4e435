/** `numbers.lease`: blocks of incident numbers, never given twice. */
import { type QueryExecutorProvider, sql } from 'kysely';
import type { z } from 'zod';
import { uuidV7 } from '#domain/kernel/ids.ts';
import type { Lease, REQUEST_INPUTS } from '#domain/wire/sync.ts';
import type { CenterContext } from '../../kernel/part.ts';
import type { Asking } from './asking.ts';
import { accepted, type Decided, refusedBy } from './decisions.ts';

type LeaseIn = z.infer<(typeof REQUEST_INPUTS)['numbers.lease']>;

/**
 * Leases the next block of a year to a log. The row of the year is the lock; blocks are counted in leases only, so what
 * a log leaves unused is a gap and nothing else. Beginning a new epoch moved `next` by a margin for what may have been
 * leased after the backup; numbers that come back from stations since then move it on where the margin was too small.
 */
export async function leaseNumbers(
  context: Pick<CenterContext, 'clock' | 'random'>,
  trx: QueryExecutorProvider,
  asking: Asking,
  input: LeaseIn,
): Promise<Decided> {
  if (asking.station === null) {
    return refusedBy('numbers.station@1', 'Numbers are leased to workstations only.', [input.log]);
  }
  const { rows: owners } = await sql<{ station: string }>`
    select station from kernel.log_head where org = ${asking.org} and log = ${input.log}`.execute(trx);
  if (owners[0] && owners[0].station !== asking.station) {
    return refusedBy('numbers.station@1', 'This log is another workstation’s.', [input.log]);
  }
  const seen = await highestSeen(trx, asking, input.year);
  const { rows } = await sql<{ first: number }>`
    insert into kernel.number_block as b (org, site, year, next)
    values (${asking.org}, ${asking.site}, ${input.year}, ${seen + 1 + input.size})
    on conflict (org, site, year) do update set next = greatest(b.next, ${seen + 1}::bigint) + ${input.size}
    returning b.next - ${input.size}::bigint as first`.execute(trx);
  const first = rows[0]?.first ?? 1;
  const lease: Lease = { log: input.log, year: input.year, from: first, to: first + input.size - 1 };
  await sql`insert into kernel.number_lease (org, site, id, log, year, first, last, leased_at)
    values (${asking.org}, ${asking.site}, ${uuidV7(context.clock(), context.random)}, ${lease.log}, ${lease.year},
            ${lease.from}, ${lease.to}, ${context.clock()})`.execute(trx);
  return accepted({ ...lease });
}

/** More than a center leases between a backup and its loss; as beginning an epoch has it for years that are known. */
const MARGIN = 10_000;

/**
 * How far the numbers of a site and year are known to reach beyond its leases: the highest on any incident, and a margin
 * for a year that has no lease here although it had begun, or nearly, when a backup was put back. Looked for only once
 * that has happened.
 */
async function highestSeen(trx: QueryExecutorProvider, asking: Asking, year: number): Promise<number> {
  const { rows: epochs } = await sql<{ began_at: number }>`
    select began_at from kernel.epoch where org = ${asking.org} order by began_at desc limit 2`.execute(trx);
  if (epochs.length < 2) return 0;
  const prefix = `${String(year % 100).padStart(2, '0')}-`;
  const { rows } = await sql<{ seen: number | null; leased: boolean }>`
    select max(substr(number, 4)::bigint) as seen,
      exists (select from kernel.number_block b where b.site = ${asking.site} and b.year = ${year}) as leased
    from cad.incident
    where org = ${asking.org} and site = ${asking.site} and number like ${`${prefix}%`} and number ~ '^[0-9]{2}-[0-9]{1,12}$'`.execute(
    trx,
  );
  const seen = rows[0]?.seen ?? 0;
  const mayHaveBegun = (epochs[0]?.began_at ?? 0) >= Date.UTC(year, 0, 1) - DAY_MS;
  return rows[0]?.leased || !mayHaveBegun ? seen : seen + MARGIN;
}

const DAY_MS = 86_400_000;
