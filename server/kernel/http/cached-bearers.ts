/** Remembers for a moment whom a token speaks for: a station that pushes ten times a second is looked up once. */
import type { Clock } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';
import { remembered } from '../remembered.ts';
import type { AuthenticatedDevice, AuthenticatedUser, Bearers, Caller } from './auth.ts';

/** How long one that was withdrawn may still be let in where nobody tells of it (the database is away). Milliseconds. */
const LIFE_MS = 1_000;
const MOST = 5_000;

interface CachedBearers extends Bearers {
  /** Something was withdrawn, at whatever node: everybody is looked up anew. */
  readonly forget: () => void;
}

export function cachedBearers(bearers: Bearers, clock: Clock): CachedBearers {
  const known = <C extends Caller>() =>
    remembered<C | null>({ clock, lifeMs: LIFE_MS, most: MOST, isKept: (caller) => caller !== null });
  const devices = known<AuthenticatedDevice>();
  const users = known<AuthenticatedUser>();
  return {
    deviceOf: (token) => devices.get(sha256(token), () => bearers.deviceOf(token)),
    userOf: (token) => users.get(sha256(token), () => bearers.userOf(token)),
    stands: bearers.stands,
    forget: () => {
      devices.forget();
      users.forget();
    },
  };
}
