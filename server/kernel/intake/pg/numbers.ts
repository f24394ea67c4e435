/** Blocks of incident numbers as rows. What may be leased from them: ../number-room.ts. */
import type pg from 'pg';
import { afterLoss, type NumberBlock } from '../number-room.ts';

interface BlockRow {
  readonly site: string;
  readonly year: number;
  readonly next: number;
  readonly room: number;
  readonly room_at: number;
}

/** All blocks of an organisation go past what may have been leased in a future that was lost. */
export async function moveNumbersOn(client: pg.ClientBase, org: string, now: number): Promise<void> {
  const { rows } = await client.query<BlockRow>(
    'select site, year, next, room, room_at from kernel.number_block where org = $1 order by site, year for update',
    [org],
  );
  for (const { site, year, next, room, room_at: roomAt } of rows) {
    const block: NumberBlock = afterLoss({ next, room, roomAt }, now);
    await client.query(
      'update kernel.number_block set next = $4, room = $5, room_at = $6 where org = $1 and site = $2 and year = $3',
      [org, site, year, block.next, block.room, block.roomAt],
    );
  }
}
