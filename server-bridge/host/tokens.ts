/**
 * Who may be a window of this station. A token opens one window once; the window keeps a bearer for as long as its tab
 * lives. Only hashes are kept, those of bearers durably, so that a tab finds its station again after a restart.
 */
import type { RandomBytes } from '../../domain/kernel/ids.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { done, type Outcome, refused } from '../../domain/kernel/refusal.ts';
import { sha256 } from '../../sealing/digest.ts';
import { keptIfRoom } from '../store/state.ts';
import type { Store } from '../store/store.ts';

export interface Tokens {
  /** A token for one more window of a seat; it works once. */
  readonly issue: (seat: string) => string;
  /** Refusals: `token.spent` (also for one that never was), `bearer.unknown`, `hello.needed`. */
  readonly admit: (given: { readonly token?: string | undefined; readonly bearer?: string | undefined }) => Outcome<{
    readonly seat: string;
    readonly bearer: string;
  }>;
}

const SECRET_BYTES = 32;
const MAX_UNUSED = 200;
const MAX_BEARERS = 64;

function firstOf<K>(map: ReadonlyMap<K, unknown>): K | undefined {
  for (const key of map.keys()) return key;
  return undefined;
}

export function createTokens(store: Pick<Store, 'value' | 'saveValue'>, random: RandomBytes): Tokens {
  const unused = new Map<string, string>();
  const held = store.value('setting', 'host', 'bearers');
  const bearers = new Map<string, string>(
    Array.isArray(held) ? held.map((row: Json) => row as unknown as [string, string]) : [],
  );
  const secret = (): string => Buffer.from(random(SECRET_BYTES)).toString('base64url');

  return {
    issue: (seat) => {
      const token = secret();
      unused.set(sha256(token), seat);
      const oldest = unused.size > MAX_UNUSED ? firstOf(unused) : undefined;
      if (oldest !== undefined) unused.delete(oldest);
      return token;
    },
    admit: ({ token, bearer }) => {
      const known = bearer === undefined ? undefined : bearers.get(sha256(bearer));
      if (bearer !== undefined && known !== undefined) return done({ seat: known, bearer });
      if (token === undefined) {
        return bearer === undefined
          ? refused('hello.needed', 'Open the console by the address that the station printed.', 'token')
          : refused(
              'bearer.unknown',
              'This window is not known here any more: run npm start once more, and it opens another. Nothing is lost.',
              'bearer',
            );
      }
      const key = sha256(token);
      const seat = unused.get(key);
      if (seat === undefined) {
        return refused(
          'token.spent',
          'This address opens one window once, and did: run npm start once more, and it opens another.',
          'token',
        );
      }
      unused.delete(key);
      const fresh = secret();
      bearers.set(sha256(fresh), seat);
      const oldest = bearers.size > MAX_BEARERS ? firstOf(bearers) : undefined;
      if (oldest !== undefined) bearers.delete(oldest);
      // Kept or not, the window is let in: its token is spent, and what it shows needs no room.
      keptIfRoom(() => store.saveValue('setting', 'host', 'bearers', [...bearers] as unknown as Json));
      return done({ seat, bearer: fresh });
    },
  };
}
