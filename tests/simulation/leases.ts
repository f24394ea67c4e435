/** The numbers of a run: leased by the shipped decision, kept on the center's disk, and watched from outside for any that is leased twice. */
import { decide } from '../../domain/kernel/decision.ts';
import type { RequestOut } from '../../domain/wire/sync.ts';
import {
  decideLease,
  type LeaseAsked,
  type LeaseGiven,
  type LeaseRefused,
  lostAt,
} from '../../server/kernel/intake/number-lease.ts';
import { afterLoss, type NumberBlock } from '../../server/kernel/intake/number-room.ts';

/** The number that a lease of the year gave, as it stands in `YY-N…`; null for one of another year or under a log's own suffix. */
export function leasedNumber(number: string, year: number): number | null {
  const [, of, n] = /^([0-9]{2})-([0-9]{1,12})$/.exec(number) ?? [];
  return of === String(year % 100).padStart(2, '0') ? Number(n) : null;
}

/** What whoever asked for a lease is told, under the id of the request. */
export function leaseAnswer(
  id: string,
  asked: { readonly log: string; readonly year: number },
  lease: LeaseGiven | LeaseRefused,
): RequestOut {
  if (lease.rule === null) {
    const result = { ...asked, from: lease.from, to: lease.to };
    return { id, state: 'accepted', decision: decide([]), result };
  }
  const decision = decide([{ ...lease, evidence: [...lease.evidence], verdict: 'BLOCK' }], ['withdraw']);
  return { id, state: 'refused', decision, result: null };
}

/** What the center keeps of its organisation's numbers. */
interface State {
  /** By year and site: the organisation's own, and those that sites once had. */
  readonly blocks: ReadonlyMap<number, ReadonlyMap<string, NumberBlock>>;
  /** When each epoch began, the organisation's own first. ms UTC */
  readonly epochs: readonly number[];
}

export interface LeasesBackup extends State {
  readonly timeline: number;
  readonly at: number;
}

export interface Leases {
  /** `seen`: the highest leased number of a year on any incident. */
  readonly lease: (asked: LeaseAsked, seen: (year: number) => number) => LeaseGiven | LeaseRefused;
  /** An epoch begins. */
  readonly lost: () => void;
  readonly backup: () => LeasesBackup;
  /** `unnoticed`: no epoch begins with it. */
  readonly restore: (backup: LeasesBackup, unnoticed: boolean) => void;
  /** Whether no restore of the run was of those that docs/adr/0006 leaves out. */
  readonly sound: () => boolean;
  /** Numbers leased more than once. */
  readonly twice: () => readonly string[];
}

/** `keeper` is the oldest site, made at `since`; `legacy`: how far each site had leased numbers of its own in the year, before they leased together. */
export function createLeases(
  keeper: string,
  since: number,
  legacy: { readonly year: number; readonly furthest: ReadonlyMap<string, number> } | null,
  clock: () => number,
): Leases {
  const once = [...(legacy?.furthest ?? [])].map(([site, furthest]): readonly [string, NumberBlock] => [
    site,
    { next: furthest + 1, room: 20_000 - furthest, roomAt: since },
  ]);
  let state: State = { blocks: new Map(legacy ? [[legacy.year, new Map(once)]] : []), epochs: [since] };
  const given: { readonly year: number; readonly from: number; readonly to: number }[] = legacy
    ? [{ year: legacy.year, from: 1, to: Math.max(...legacy.furthest.values()) }]
    : [];
  /** The histories that the present one goes back to, and until when each is its past. */
  let past: readonly { readonly timeline: number; readonly until: number }[] = [{ timeline: 0, until: Infinity }];
  let timelines = 0;
  let sound = true;

  return {
    lease: (asked, seen) => {
      const { year } = asked;
      const held = state.blocks.get(year) ?? new Map<string, NumberBlock>();
      const known = { since, lostAt: lostAt(state.epochs), blocks: [...held.values()], seen: seen(year) };
      const decided = decideLease(asked, known, clock());
      if (decided.rule !== null) return decided;
      const blocks = new Map(state.blocks).set(year, new Map(held).set(keeper, decided.block));
      state = { ...state, blocks };
      given.push({ year, from: decided.from, to: decided.to });
      return decided;
    },
    lost: () => {
      const now = clock();
      const moved = [...state.blocks].map(
        ([year, blocks]) => [year, new Map([...blocks].map(([site, block]) => [site, afterLoss(block, now)]))] as const,
      );
      state = { blocks: new Map(moved), epochs: [...state.epochs, now] };
    },
    backup: () => ({ ...state, timeline: past.at(-1)?.timeline ?? 0, at: clock() }),
    restore: ({ blocks, epochs, timeline, at }, unnoticed) => {
      const of = past.findIndex((one) => one.timeline === timeline && at <= one.until);
      if (unnoticed || of < 0) sound = false;
      past = [...past.slice(0, Math.max(0, of)), { timeline, until: at }, { timeline: ++timelines, until: Infinity }];
      state = { blocks, epochs };
    },
    sound: () => sound,
    twice: () => {
      const sorted = [...given].sort((a, b) => a.year - b.year || a.from - b.from);
      return sorted.flatMap(({ year, from }, i) => {
        const before = sorted[i - 1];
        return before && before.year === year && before.to >= from ? [`${year} ${from}`] : [];
      });
    },
  };
}
