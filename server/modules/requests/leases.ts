/** `numbers.lease`: blocks of incident numbers, never given twice. What is leased is decided in kernel/intake/number-lease.ts; here it is kept. */
import type { z } from 'zod';
import { uuidV7 } from '#domain/kernel/ids.ts';
import type { Lease, REQUEST_INPUTS } from '#domain/wire/sync.ts';
import type { Asking as Client } from '../../kernel/db/flight.ts';
import { decideLease, lostAt, type NumbersKnown, refusedAnyway } from '../../kernel/intake/number-lease.ts';
import { unleased } from '../../kernel/intake/number-room.ts';
import type { CenterContext } from '../../kernel/part.ts';
import type { Asking } from './asking.ts';
import { accepted, type Decided, refusedBy } from './decisions.ts';

type LeaseIn = z.infer<(typeof REQUEST_INPUTS)['numbers.lease']>;

/**
 * Leases the next block of a year to a log, of all the organisation's sites together: they show each other incidents, and a
 * number that meant two of them would be misheard. What is next is kept with the oldest site; its row is the lock. What a log
 * leaves unused is a gap and nothing else.
 */
export async function leaseNumbers(
  context: Pick<CenterContext, 'clock' | 'random'>,
  client: Client,
  asking: Asking,
  input: LeaseIn,
): Promise<Decided> {
  const { org, site, station } = asking;
  const { log, year, size } = input;
  const { rows: owners } = await client.query<{ station: string }>(
    'select station from kernel.log_head where org = $1 and log = $2',
    [org, log],
  );
  const now = context.clock();
  const asked = { station, log, owner: owners[0]?.station ?? null, year, size };
  // What is refused anyway leaves no row of a year that has not begun.
  const anyway = refusedAnyway(asked, now);
  if (anyway) return refusedBy(anyway.rule, anyway.reason, anyway.evidence);
  const { keeper, ...known } = await numbersKnown(client, org, year);
  const decided = decideLease(asked, known, now);
  if (decided.rule !== null) return refusedBy(decided.rule, decided.reason, decided.evidence);
  const { from, to, block } = decided;
  const lease: Lease = { log, year, from, to };
  await client.query(
    `update kernel.number_block set next = $1, room = $2, room_at = $3
    where org = $4 and site = $5 and year = $6`,
    [block.next, block.room, block.roomAt, org, keeper, year],
  );
  await client.query(
    `insert into kernel.number_lease (org, site, id, log, year, first, last, leased_at)
    values ($1, $2, $3, $4, $5,
            $6, $7, $8)`,
    [org, site, uuidV7(now, context.random), log, year, from, to, now],
  );
  return accepted({ ...lease });
}

/** What is known of the organisation's numbers of the year, which are locked until the transaction ends; `keeper`: its oldest site. */
async function numbersKnown(
  client: Client,
  org: string,
  year: number,
): Promise<NumbersKnown & { readonly keeper: string }> {
  const { rows: epochs } = await client.query<{ began_at: number }>(
    'select began_at from kernel.epoch where org = $1 order by began_at desc limit 2',
    [org],
  );
  const lost = lostAt(epochs.map((epoch) => epoch.began_at));
  const { rows: sites } = await client.query<{ site: string; created_at: number }>(
    'select site, created_at from kernel.site where org = $1 order by created_at, site limit 1',
    [org],
  );
  const [{ site: keeper, created_at: since }] = sites as [{ site: string; created_at: number }];
  // A row to lock, where there is none yet: it says no more than no row does.
  const none = unleased(year, since, lost);
  await client.query(
    `insert into kernel.number_block (org, site, year, next, room, room_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing`,
    [org, keeper, year, none.next, none.room, none.roomAt],
  );
  const { rows } = await client.query<{ next: number; room: number; room_at: number }>(
    `
    select next, room, room_at from kernel.number_block
    where org = $1 and year = $2 order by site for update`,
    [org, year],
  );
  const blocks = rows.map((row) => ({ next: row.next, room: row.room, roomAt: row.room_at }));
  return { keeper, since, lostAt: lost, blocks, seen: lost === null ? 0 : await highestSeen(client, org, year) };
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
