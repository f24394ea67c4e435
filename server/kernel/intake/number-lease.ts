/**
 * Which incident numbers a log is leased: one decision of what is known, for whatever keeps it. Pure. The center keeps it in
 * PostgreSQL (server/modules/requests/leases.ts), the simulation on its disk. docs/adr/0006, docs/adr/0023.
 *
 * Invariant: within an organisation no number is leased twice, whichever of its sites asks, whatever backup is put back, by
 * clocks that are up to ten minutes off; but for the three limits that docs/adr/0006 names.
 */
import { beyond, furthest, leaseFrom, type NumberBlock, opensAt, unleased } from './number-room.ts';

/** What an organisation knows of its numbers of one year. */
export interface NumbersKnown {
  /** When its oldest site was made. ms UTC */
  readonly since: number;
  /** `lostAt` of its epochs. */
  readonly lostAt: number | null;
  /** Its blocks of the year: of all its sites, none where nothing was leased yet. */
  readonly blocks: readonly NumberBlock[];
  /** The highest leased number of the year on any incident, 0 for none; it matters only where `lostAt` is not null. */
  readonly seen: number;
}

export interface LeaseAsked {
  /** The workstation that asks; null where it is none. */
  readonly station: string | null;
  readonly log: string;
  /** The workstation of which the center holds the log; null while it holds nothing of it. */
  readonly owner: string | null;
  readonly year: number;
  /** How many numbers are wanted. */
  readonly size: number;
}

/** Not leased, by this rule and for this reason; nothing changes. */
export interface LeaseRefused {
  readonly rule: string;
  readonly reason: string;
  readonly evidence: readonly string[];
}

export interface LeaseGiven {
  readonly rule: null;
  /** The numbers, both included. */
  readonly from: number;
  readonly to: number;
  /** The organisation's block of the year from now on. */
  readonly block: NumberBlock;
}

/** When the last epoch began that followed a loss, by when each began (ms UTC): the first is the organisation's own. */
export function lostAt(began: readonly number[]): number | null {
  return began.length < 2 ? null : Math.max(...began);
}

const ALL_GIVEN =
  'The numbers that may be given out by now are given out; this workstation numbers on under its own suffix.';
const TOO_EARLY = 'Numbers of a year are leased from a week before it; look at the date of this workstation’s clock.';

/** Why nothing is leased whatever there is; null where it depends on that. `now` in ms UTC. */
export function refusedAnyway({ station, log, owner, year }: LeaseAsked, now: number): LeaseRefused | null {
  const refused = (rule: string, reason: string): LeaseRefused => ({ rule, reason, evidence: [log] });
  if (station === null) return refused('numbers.station@1', 'Numbers are leased to workstations only.');
  if (owner !== null && owner !== station) return refused('numbers.station@1', 'This log is another workstation’s.');
  return now < opensAt(year) ? refused('numbers.year@1', TOO_EARLY) : null;
}

/** As many numbers as were asked for, or fewer where others ask much at once or the center was put back lately. `now` in ms UTC. */
export function decideLease(asked: LeaseAsked, known: NumbersKnown, now: number): LeaseGiven | LeaseRefused {
  const refused = refusedAnyway(asked, now);
  if (refused) return refused;
  const { log, year, size: wanted } = asked;
  const held = furthest(known.blocks) ?? unleased(year, known.since, known.lostAt);
  const from = known.lostAt === null ? held : beyond(held, known.seen);
  const { size, block } = leaseFrom(from, wanted, now);
  if (size === 0) return { rule: 'numbers.room@1', reason: ALL_GIVEN, evidence: [log] };
  return { rule: null, from: from.next, to: from.next + size - 1, block };
}
