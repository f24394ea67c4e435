/** The numbers of a run: leased by the shipped rule, and watched from outside for any that is leased twice. */
import { afterLoss, firstBlock, leaseFrom, type NumberBlock } from '../../server/kernel/intake/number-room.ts';

interface State {
  readonly blocks: ReadonlyMap<number, NumberBlock>;
  /** When the last epoch began that followed a loss; null before the first. */
  readonly lostAt: number | null;
}

export interface LeasesBackup extends State {
  readonly timeline: number;
  readonly at: number;
}

export interface Leases {
  readonly lease: (year: number, size: number) => { readonly from: number; readonly to: number } | null;
  /** An epoch begins. */
  readonly lost: () => void;
  readonly backup: () => LeasesBackup;
  /** `unnoticed`: no epoch begins with it. */
  readonly restore: (backup: LeasesBackup, unnoticed: boolean) => void;
  /** Numbers leased more than once, where no restore of the run was of those that docs/adr/0006 leaves out. */
  readonly twice: () => readonly string[];
}

export function createLeases(since: number, clock: () => number): Leases {
  let state: State = { blocks: new Map(), lostAt: null };
  const given: { readonly year: number; readonly from: number; readonly to: number }[] = [];
  /** The histories that the present one goes back to, and until when each is its past. */
  let past: readonly { readonly timeline: number; readonly until: number }[] = [{ timeline: 0, until: Infinity }];
  let timelines = 0;
  let sound = true;

  const blockOf = (year: number): NumberBlock => {
    const known = state.blocks.get(year);
    if (known) return known;
    const first = firstBlock(year, since);
    return state.lostAt === null ? first : afterLoss(first, state.lostAt);
  };

  return {
    lease: (year, size) => {
      const held = blockOf(year);
      const { size: got, block } = leaseFrom(held, size, clock());
      state = { ...state, blocks: new Map(state.blocks).set(year, block) };
      if (got === 0) return null;
      const lease = { from: held.next, to: held.next + got - 1 };
      given.push({ year, ...lease });
      return lease;
    },
    lost: () => {
      const blocks = new Map([...state.blocks].map(([year, block]) => [year, afterLoss(block, clock())]));
      state = { blocks, lostAt: clock() };
    },
    backup: () => ({ ...state, timeline: past.at(-1)?.timeline ?? 0, at: clock() }),
    restore: ({ blocks, lostAt, timeline, at }, unnoticed) => {
      const of = past.findIndex((one) => one.timeline === timeline && at <= one.until);
      if (unnoticed || of < 0) sound = false;
      past = [...past.slice(0, Math.max(0, of)), { timeline, until: at }, { timeline: ++timelines, until: Infinity }];
      state = { blocks, lostAt };
    },
    twice: () => {
      if (!sound) return [];
      const sorted = [...given].sort((a, b) => a.year - b.year || a.from - b.from);
      return sorted.flatMap(({ year, from }, i) => {
        const before = sorted[i - 1];
        return before && before.year === year && before.to >= from ? [`${year} ${from}`] : [];
      });
    },
  };
}
