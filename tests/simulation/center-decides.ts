/** What the center of a run decides of what workstations ask for: numbers, and records of the site. Each once, by its id. */
import { openingOf } from '../../domain/cad/views/numbers.ts';
import type { RequestIn, RequestOut } from '../../domain/wire/sync.ts';
import type { MemoryLog } from '../../server/kernel/intake/testing/memory.ts';
import { SyncFailure } from '../../server-bridge/sync/ports.ts';
import { CenterDown } from './dying-log.ts';
import { type Leases, leaseAnswer, leasedNumber } from './leases.ts';
import { putAtCenter } from './records.ts';
import { ORG, type Site } from './roster.ts';

export interface CenterDecides {
  readonly request: (station: string, input: RequestIn) => Promise<RequestOut>;
  readonly backup: () => ReadonlyMap<string, RequestOut>;
  readonly restore: (backup: ReadonlyMap<string, RequestOut>) => void;
}

/** `life` tells which life of the center's process this is. */
export function createCenterDecides(
  log: MemoryLog,
  site: Site,
  leases: Pick<Leases, 'lease'>,
  clock: () => number,
  life: () => number,
): CenterDecides {
  let decided = new Map<string, RequestOut>();
  /** The center asks its rows for it. */
  const highestSeen = (year: number): number =>
    [...log.entities(ORG).values()].reduce((most, folded) => {
      const number = openingOf(folded)?.number;
      return Math.max(most, number === undefined ? 0 : (leasedNumber(number, year) ?? 0));
    }, 0);

  const lease = async (station: string, { id, input }: RequestIn): Promise<RequestOut> => {
    const { log: of, year, size } = input as { log: string; year: number; size: number };
    const mine = life();
    const owner = (await log.positions(ORG, [of])).get(of)?.station ?? null;
    if (life() !== mine) throw new CenterDown();
    // What is leased and the word of it are one step, as in the center's transaction.
    const before = decided.get(id);
    if (before) return before;
    const answer = leaseAnswer(
      id,
      { log: of, year },
      leases.lease({ station, log: of, owner, year, size }, highestSeen),
    );
    decided.set(id, answer);
    return answer;
  };

  return {
    request: async (station, input) => {
      const put = decided.get(input.id) ?? (await putAtCenter(log, site, station, input, clock()));
      if (put) {
        decided.set(input.id, put);
        return put;
      }
      if (input.kind !== 'numbers.lease') throw new SyncFailure('refused', 'Not in this simulation.');
      return lease(station, input);
    },
    backup: () => new Map(decided),
    restore: (backup) => {
      decided = new Map(backup);
    },
  };
}
