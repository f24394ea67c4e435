/**
 * What each caller may ask in a minute, by class of route: a flood of one class leaves the others untouched, and facts have
 * a class of their own. Decided here at once, in memory; what was spent is told to the shared counters a few times a second,
 * and what the other nodes spent comes back with it. A call costs no question to any store, and all nodes together give out
 * at most a fraction of a second more than the budget.
 */
import type { Clock } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';
import { holdsStill } from '../holds-still.ts';
import type { Counter, Counters } from './counters.ts';
import { networkOf } from './network-of.ts';

export type RouteClass = 'emergency' | 'open' | 'read' | 'write';
export type SpentBy = 'address' | 'account' | 'device' | 'organisation';

const WINDOW_S = 60;
const WINDOW_MS = WINDOW_S * 1_000;
/**
 * Calls a minute. A whole room may share one address. `open`: whoever is not known yet; what guesses could be made at has
 * stricter counts of its own (identity/limits.ts).
 */
export const BUDGETS: { readonly [C in RouteClass]: { readonly [B in SpentBy]?: number } } = {
  emergency: { address: 120_000, device: 30_000, organisation: 600_000 },
  open: { address: 3_000 },
  read: { address: 30_000, account: 6_000, device: 6_000, organisation: 120_000 },
  write: { address: 12_000, account: 3_000, device: 6_000, organisation: 60_000 },
};

const SPENDERS: readonly SpentBy[] = ['address', 'account', 'device', 'organisation'];

interface Kept {
  readonly by: SpentBy;
  readonly policy: string;
  readonly points: number;
}

/** The budgets of each class by their names, put together once and not for every call. */
const keptOf = (of: RouteClass): readonly Kept[] =>
  SPENDERS.flatMap((by) => {
    const points = BUDGETS[of][by];
    return points === undefined ? [] : [{ by, policy: `${of}-${by}`, points }];
  });
const KEPT: { readonly [C in RouteClass]: readonly Kept[] } = {
  emergency: keptOf('emergency'),
  open: keptOf('open'),
  read: keptOf('read'),
  write: keptOf('write'),
};

/** How the budget stands that is nearest to its end (draft-ietf-httpapi-ratelimit-headers). */
export interface Standing {
  readonly policy: string;
  readonly quota: number;
  readonly windowS: number;
  readonly remaining: number;
  readonly resetS: number;
  readonly spent: boolean;
}

export interface Budgets {
  /** Spends one call of each. The tightest of them; null where none is kept for these. */
  readonly spend: (of: RouteClass, by: { readonly [B in SpentBy]?: string | null }) => Standing | null;
  /** The same for a budget of one route's own. */
  readonly spendOwn: (route: string, perMinute: number, address: string) => Standing | null;
  readonly stop: () => Promise<void>;
}

interface Account {
  /** What the nodes call it together: no address or id as it is, and of one length. */
  readonly name: string;
  /** By all nodes, as it was told last. */
  consumed: number;
  /** Here, since then. */
  pending: number;
  resetAt: number;
}

const TELL_EVERY_MS = 250;
const MOST_KEYS = 100_000;

/** `scale` multiplies every budget, for a center larger than any that these were measured for. */
export function makeBudgets(counters: Counters, clock: Clock, scale = 1): Budgets {
  const kept = new Map<
    string,
    { readonly quota: number; readonly counter: Counter; readonly of: Map<string, Account> }
  >();
  const keep = (policy: string, points: number): void => {
    const quota = Math.max(1, Math.round(points * scale));
    kept.set(policy, {
      quota,
      counter: counters.counter(policy, { points: quota, duration: WINDOW_S }),
      of: new Map(),
    });
  };
  for (const { policy, points } of Object.values(KEPT).flat()) keep(policy, points);

  const tell = async (): Promise<void> => {
    const telling: Promise<void>[] = [];
    for (const { counter, of } of kept.values()) {
      for (const [value, account] of of) {
        if (account.pending === 0) {
          if (!holdsStill(account.resetAt, clock(), WINDOW_MS)) of.delete(value);
          continue;
        }
        const points = account.pending;
        account.pending = 0;
        account.consumed += points;
        telling.push(
          counter.add(account.name, points).then(({ consumed, resetMs }) => {
            account.consumed = consumed;
            account.resetAt = clock() + Math.min(resetMs, WINDOW_MS);
          }),
        );
      }
    }
    await Promise.all(telling);
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void tell().finally(() => {
      busy = false;
    });
  }, TELL_EVERY_MS);
  timer.unref();

  const spendOne = (policy: string, value: string): Standing | null => {
    const budget = kept.get(policy);
    if (!budget) return null;
    const now = clock();
    let account = budget.of.get(value);
    if (!account) {
      // More callers than fit: nobody's count is worth the memory of the center.
      if (budget.of.size >= MOST_KEYS) budget.of.clear();
      const name = sha256(`qd.budget.1|${policy}|${value}`).slice(0, 22);
      account = { name, consumed: 0, pending: 0, resetAt: now + WINDOW_MS };
      budget.of.set(value, account);
    } else if (!holdsStill(account.resetAt, now, WINDOW_MS)) {
      account.consumed = 0;
      account.pending = 0;
      account.resetAt = now + WINDOW_MS;
    }
    const used = account.consumed + account.pending;
    const spent = used >= budget.quota;
    // What is refused is not counted: whoever waits as long as they were told comes in.
    if (!spent) account.pending++;
    return {
      policy,
      quota: budget.quota,
      windowS: WINDOW_S,
      remaining: Math.max(0, budget.quota - used - 1),
      resetS: Math.max(1, Math.ceil((account.resetAt - now) / 1_000)),
      spent,
    };
  };

  return {
    spend: (of, by) => {
      let tightest: Standing | null = null;
      for (const { by: kind, policy } of KEPT[of]) {
        const value = by[kind];
        if (value === null || value === undefined) continue;
        const standing = spendOne(policy, kind === 'address' ? networkOf(value) : value);
        if (standing === null) continue;
        if (standing.spent) return standing;
        if (tightest === null || standing.remaining / standing.quota < tightest.remaining / tightest.quota) {
          tightest = standing;
        }
      }
      return tightest;
    },
    spendOwn: (route, perMinute, address) => {
      const policy = route.replace(/\W+/g, '-').replace(/^-|-$/g, '');
      if (!kept.has(policy)) keep(policy, perMinute);
      return spendOne(policy, networkOf(address));
    },
    stop: async () => {
      clearInterval(timer);
    },
  };
}
