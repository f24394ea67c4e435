/** Remembers for a moment whom a token speaks for: a station that pushes ten times a second is looked up once. */
import type { Clock } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';
import { holdsStill } from '../holds-still.ts';
import type { Bearers, Caller } from './auth.ts';

/** How long one that was withdrawn may still be let in where nobody tells of it (the database is away). Milliseconds. */
const LIFE_MS = 1_000;
const MOST = 5_000;

interface CachedBearers extends Bearers {
  /** Something was withdrawn, at whatever node: everybody is looked up anew. */
  readonly forget: () => void;
}

export function cachedBearers(bearers: Bearers, clock: Clock): CachedBearers {
  const all: { readonly clear: () => void }[] = [];
  const remembered = <C extends Caller>(
    ask: (token: string) => Promise<C | null>,
  ): ((token: string) => Promise<C | null>) => {
    const known = new Map<string, { readonly until: number; readonly caller: Promise<C | null> }>();
    all.push(known);
    return (token) => {
      const now = clock();
      const name = sha256(token);
      const held = known.get(name);
      if (held && holdsStill(held.until, now, LIFE_MS)) return held.caller;
      if (known.size >= MOST) known.clear();
      const caller = ask(token);
      known.set(name, { until: now + LIFE_MS, caller });
      caller.then(
        (found) => found === null && known.delete(name),
        () => known.delete(name),
      );
      return caller;
    };
  };
  return {
    deviceOf: remembered(bearers.deviceOf),
    userOf: remembered(bearers.userOf),
    stands: bearers.stands,
    forget: () => {
      for (const known of all) known.clear();
    },
  };
}
