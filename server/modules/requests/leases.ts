/** `numbers.lease`: blocks of incident numbers, never given twice. */
import { type QueryExecutorProvider, sql } from 'kysely';
import type { z } from 'zod';
import { uuidV7 } from '#domain/kernel/ids.ts';
import type { Lease, REQUEST_INPUTS } from '#domain/wire/sync.ts';
import { afterLoss, beyond, firstBlock, leaseFrom, type NumberBlock } from '../../kernel/intake/number-room.ts';
import type { CenterContext } from '../../kernel/part.ts';
import type { Asking } from './asking.ts';
import { accepted, type Decided, refusedBy } from './decisions.ts';

type LeaseIn = z.infer<(typeof REQUEST_INPUTS)['numbers.lease']>;

/**
 * Leases the next block of a year to a log: as many numbers as were asked for, or fewer where others ask much at once or
 * the center was put back lately. The row of the year is the lock; what a log leaves unused is a gap and nothing else.
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
  const now = context.clock();
  const { size, block, from } = await taken(trx, asking, input, now);
  if (size === 0) {
    const reason =
      'The numbers that may be given out by now are given out; this workstation numbers on under its own suffix.';
    return refusedBy('numbers.room@1', reason, [input.log]);
  }
  const lease: Lease = { log: input.log, year: input.year, from, to: from + size - 1 };
  await sql`update kernel.number_block set next = ${block.next}, room = ${block.room}, room_at = ${block.roomAt}
    where org = ${asking.org} and site = ${asking.site} and year = ${input.year}`.execute(trx);
  await sql`insert into kernel.number_lease (org, site, id, log, year, first, last, leased_at)
    values (${asking.org}, ${asking.site}, ${uuidV7(now, context.random)}, ${lease.log}, ${lease.year},
            ${lease.from}, ${lease.to}, ${now})`.execute(trx);
  return accepted({ ...lease });
}

/** What is leased of the year's block, which is locked until the transaction ends. */
async function taken(
  trx: QueryExecutorProvider,
  asking: Asking,
  { year, size }: LeaseIn,
  now: number,
): Promise<ReturnType<typeof leaseFrom> & { readonly from: number }> {
  const { rows: epochs } = await sql<{ began_at: number }>`
    select began_at from kernel.epoch where org = ${asking.org} order by began_at desc limit 2`.execute(trx);
  // The first epoch is the organisation's own: only a later one follows a loss.
  const lostAt = epochs.length < 2 ? null : (epochs[0]?.began_at ?? null);
  const first = await unleased(trx, asking, year, lostAt);
  await sql`insert into kernel.number_block (org, site, year, next, room, room_at)
    values (${asking.org}, ${asking.site}, ${year}, ${first.next}, ${first.room}, ${first.roomAt})
    on conflict do nothing`.execute(trx);
  const { rows } = await sql<{ next: number; room: number; room_at: number }>`
    select next, room, room_at from kernel.number_block
    where org = ${asking.org} and site = ${asking.site} and year = ${year} for update`.execute(trx);
  const held = rows[0] ? { next: rows[0].next, room: rows[0].room, roomAt: rows[0].room_at } : first;
  const block = lostAt === null ? held : beyond(held, await highestSeen(trx, asking, year));
  return { ...leaseFrom(block, size, now), from: block.next };
}

/** A block of which nothing is known to be leased; where the center was put back since it may have been. */
async function unleased(
  trx: QueryExecutorProvider,
  asking: Asking,
  year: number,
  lostAt: number | null,
): Promise<NumberBlock> {
  const { rows } = await sql<{ created_at: number }>`
    select created_at from kernel.site where org = ${asking.org} and site = ${asking.site}`.execute(trx);
  const block = firstBlock(year, rows[0]?.created_at ?? 0);
  return lostAt === null || lostAt < block.roomAt ? block : afterLoss(block, lostAt);
}

/** The highest leased number of a site and year on any incident: more than the block knows where a clock was wrong. */
async function highestSeen(trx: QueryExecutorProvider, asking: Asking, year: number): Promise<number> {
  const prefix = `${String(year % 100).padStart(2, '0')}-`;
  const { rows } = await sql<{ seen: number | null }>`
    select max(substr(number, 4)::bigint) as seen from cad.incident
    where org = ${asking.org} and site = ${asking.site} and number like ${`${prefix}%`} and number ~ '^[0-9]{2}-[0-9]{1,12}$'`.execute(
    trx,
  );
  return rows[0]?.seen ?? 0;
}
