/** Remembers for a moment whom a token speaks for: a station that pushes ten times a second is looked up once. */
import type { Clock } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';
import type { Bearers, Caller } from './auth.ts';

/** How long a workstation revoked or a session ended may still be let in. Milliseconds. */
const LIFE_MS = 1_000;
const MOST = 5_000;

export function cachedBearers(bearers: Bearers, clock: Clock): Bearers {
  const remembered = <C extends Caller>(
    ask: (token: string) => Promise<C | null>,
  ): ((token: string) => Promise<C | null>) => {
    const known = new Map<string, { readonly until: number; readonly caller: Promise<C | null> }>();
    return (token) => {
      const now = clock();
      const name = sha256(token);
      const held = known.get(name);
      if (held && held.until > now) return held.caller;
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
  return { deviceOf: remembered(bearers.deviceOf), userOf: remembered(bearers.userOf) };
}
