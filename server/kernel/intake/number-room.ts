/**
 * How fast an organisation's incident numbers of a year may be leased, so that none is leased twice whatever is put back. Pure.
 *
 * A block has room, which comes back with time. `next + room`, and what time adds to it, is more than any future of the
 * block can have leased by then, also a future that was lost: a center that was put back goes on from there and with no
 * room, so that this stays true however often one backup is put back. docs/adr/0006.
 */

/** The numbers of an organisation and year: the first that was never leased, and how many may be leased at once from there. */
export interface NumberBlock {
  readonly next: number;
  readonly room: number;
  /** When `room` was that. ms UTC. */
  readonly roomAt: number;
}

const MOST_ROOM = 20_000;
const MS_PER_NUMBER = 4_000;
/** Many consoles that start at once share the room: none gets more than this part of it, where that is not too few to use. */
const SHARE = 50;
const FEWEST = 20;
/** What was lost may have been leased by a clock that was so far ahead of the one that a center is put back by. ms */
const CLOCK_AHEAD = 20 * 60_000;
/** A year's numbers are leased from shortly before it, in whatever zone. ms */
const BEFORE_THE_YEAR = 8 * 86_400_000;

/** From when on numbers of a year are leased, ms UTC. Not before: a center that was put back earlier takes it that none was. */
export function opensAt(year: number): number {
  return Date.UTC(year, 0, 1) - BEFORE_THE_YEAR;
}

/** The block of a year of which nothing was leased yet; `since`: when its first site was made, ms UTC. */
export function firstBlock(year: number, since: number): NumberBlock {
  return { next: 1, room: MOST_ROOM, roomAt: Math.max(since, opensAt(year)) };
}

/** A block of which nothing is known to be leased; `lostAt`: when the center was put back last, by which something may have been. */
export function unleased(year: number, since: number, lostAt: number | null): NumberBlock {
  const block = firstBlock(year, since);
  return lostAt === null || lostAt + CLOCK_AHEAD < block.roomAt ? block : afterLoss(block, lostAt);
}

function grown(block: NumberBlock, now: number): NumberBlock {
  const more = Math.max(0, Math.floor((now - block.roomAt) / MS_PER_NUMBER));
  return { next: block.next, room: block.room + more, roomAt: block.roomAt + more * MS_PER_NUMBER };
}

/** Leases up to `size` numbers, fewer where there is little room, 0 where there is none: from the block's `next`. */
export function leaseFrom(
  block: NumberBlock,
  size: number,
  now: number,
): { readonly size: number; readonly block: NumberBlock } {
  const { room: had, ...at } = grown(block, now);
  const room = Math.min(MOST_ROOM, had);
  const given = Math.min(size, room, Math.max(FEWEST, Math.floor(room / SHARE)));
  return { size: given, block: { ...at, next: at.next + given, room: room - given } };
}

/** The block of a center that was put back: past whatever may have been leased since, by a clock ten minutes off either way. */
export function afterLoss(block: NumberBlock, now: number): NumberBlock {
  const { next, room, roomAt } = grown(block, now + CLOCK_AHEAD);
  return { next: next + room, room: 0, roomAt };
}

/** Numbers beyond the block came back from stations: it goes on after them. */
export function beyond(block: NumberBlock, seen: number): NumberBlock {
  return { ...block, next: Math.max(block.next, seen + 1) };
}

/**
 * The block to go on from, where sites once had numbers of their own: none of them leased beyond it, nor did any future of it that was
 * lost. Undefined where there are none.
 */
export function furthest(blocks: readonly NumberBlock[]): NumberBlock | undefined {
  return [...blocks].sort((a, b) => b.next - a.next || a.room - b.room)[0];
}
