/** `numbers.lease`: blocks of incident numbers, never given twice. */
import type { z } from 'zod';
import { uuidV7 } from '#domain/kernel/ids.ts';
import type { Lease, REQUEST_INPUTS } from '#domain/wire/sync.ts';
import type { Asking as Client } from '../../kernel/db/flight.ts';
import {
  afterLoss,
  beyond,
  firstBlock,
  furthest,
  leaseFrom,
  type NumberBlock,
} from '../../kernel/intake/number-room.ts';
import type { CenterContext } from '../../kernel/part.ts';
import type { Asking } from './asking.ts';
import { accepted, type Decided, refusedBy } from './decisions.ts';

type LeaseIn = z.infer<(typeof REQUEST_INPUTS)['numbers.lease']>;

/**
 * Leases the next block of a year to a log: as many numbers as were asked for, or fewer where others ask much at once or
 * the center was put back lately. Of all the organisation's sites together: they show each other incidents, and a number that
 * meant two of them would be misheard. What is next is kept with the oldest site; its row is the lock. What a log leaves
 * unused is a gap and nothing else.
 */
export async function leaseNumbers(
  context: Pick<CenterContext, 'clock' | 'random'>,
  client: Client,
  asking: Asking,
  input: LeaseIn,
): Promise<Decided> {
  if (asking.station === null) {
    return refusedBy('numbers.station@1', 'Numbers are leased to workstations only.', [input.log]);
  }
  const { rows: owners } = await client.query<{ station: string }>(
    `
    select station from kernel.log_head where org = $1 and log = $2`,
    [asking.org, input.log],
  );
  if (owners[0] && owners[0].station !== asking.station) {
    return refusedBy('numbers.station@1', 'This log is another workstation’s.', [input.log]);
  }
  const now = context.clock();
  const { size, block, from, keeper } = await taken(client, asking, input, now);
  if (size === 0) {
    const reason =
      'The numbers that may be given out by now are given out; this workstation numbers on under its own suffix.';
    return refusedBy('numbers.room@1', reason, [input.log]);
  }
  const lease: Lease = { log: input.log, year: input.year, from, to: from + size - 1 };
  await client.query(
    `update kernel.number_block set next = $1, room = $2, room_at = $3
    where org = $4 and site = $5 and year = $6`,
    [block.next, block.room, block.roomAt, asking.org, keeper, input.year],
  );
  await client.query(
    `insert into kernel.number_lease (org, site, id, log, year, first, last, leased_at)
    values ($1, $2, $3, $4, $5,
            $6, $7, $8)`,
    [asking.org, asking.site, uuidV7(now, context.random), lease.log, lease.year, lease.from, lease.to, now],
  );
  return accepted({ ...lease });
}

/** What is leased of the organisation's block of the year, which is locked until the transaction ends. */
async function taken(
  client: Client,
  { org }: Asking,
  { year, size }: LeaseIn,
  now: number,
): Promise<ReturnType<typeof leaseFrom> & { readonly from: number; readonly keeper: string }> {
  const { rows: epochs } = await client.query<{ began_at: number }>(
    'select began_at from kernel.epoch where org = $1 order by began_at desc limit 2',
    [org],
  );
  // The first epoch is the organisation's own: only a later one follows a loss.
  const lostAt = epochs.length < 2 ? null : (epochs[0]?.began_at ?? null);
  const { rows: sites } = await client.query<{ site: string; created_at: number }>(
    'select site, created_at from kernel.site where org = $1 order by created_at, site limit 1',
    [org],
  );
  const [{ site: keeper, created_at }] = sites as [{ site: string; created_at: number }];
  const first = unleased(created_at, year, lostAt);
  await client.query(
    `insert into kernel.number_block (org, site, year, next, room, room_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing`,
    [org, keeper, year, first.next, first.room, first.roomAt],
  );
  const { rows } = await client.query<{ next: number; room: number; room_at: number }>(
    `
    select next, room, room_at from kernel.number_block
    where org = $1 and year = $2 order by site for update`,
    [org, year],
  );
  const held = furthest(rows.map((row) => ({ next: row.next, room: row.room, roomAt: row.room_at }))) ?? first;
  const block = lostAt === null ? held : beyond(held, await highestSeen(client, org, year));
  return { ...leaseFrom(block, size, now), from: block.next, keeper };
}

/** A block of which nothing is known to be leased; where the center was put back since it may have been. */
function unleased(since: number, year: number, lostAt: number | null): NumberBlock {
  const block = firstBlock(year, since);
  return lostAt === null || lostAt < block.roomAt ? block : afterLoss(block, lostAt);
}

/** The highest leased number of a year on any incident: more than the block knows where a clock was wrong. */
async function highestSeen(client: Client, org: string, year: number): Promise<number> {
  const like = `${String(year % 100).padStart(2, '0')}-%`;
  const { rows } = await client.query<{ seen: number | null }>(
    `
    select max(substr(number, 4)::bigint) as seen from cad.incident
    where org = $1 and number like $2 and number ~ '^[0-9]{2}-[0-9]{1,12}$'`,
    [org, like],
  );
  return rows[0]?.seen ?? 0;
}
