/** Who is signed in at a seat, as the board and the bridge ask. */
import type { Me } from '../../domain/bridge/calls.ts';
import type { Author } from '../../domain/kernel/fact.ts';
import type { Clock } from '../../domain/kernel/ids.ts';
import type { Outcome } from '../../domain/kernel/refusal.ts';
import type { SessionOut } from '../../domain/wire/sync.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../sync/ports.ts';

/** The center's accounts as a station reaches them. Rejects with SyncFailure: `unreachable`, `refused` or `unauthorized`. */
export interface AccountsPort {
  readonly signIn: (input: {
    readonly user: string;
    readonly password: string;
    readonly position: string | null;
    readonly code?: string;
  }) => Promise<SessionOut>;
  readonly refresh: (refreshToken: string) => Promise<SessionOut>;
  /** `replaced`: another operator took the seat. */
  readonly end: (refreshToken: string, replaced: boolean) => Promise<void>;
}

/** A password's verifier: argon2id in the product. */
export interface Verifier {
  readonly of: (password: string) => Promise<string>;
  readonly holds: (verifier: string, password: string) => Promise<boolean>;
}

export interface SessionsOptions {
  readonly store: Store;
  readonly accounts: AccountsPort;
  readonly verifier: Verifier;
  readonly timers: Timers;
  readonly clock: Clock;
  /** The position this workstation is, or null. */
  readonly position: string | null;
  /** Whether the center was reached lately: if not, an offline sign-in does not wait for its answer. */
  readonly centerReached: () => boolean;
}

export interface Sessions {
  readonly me: (seat: string) => Me | null;
  /** Who facts made at this seat are by. */
  readonly author: (seat: string) => Author;
  /** For what the center asks a person's own right for; null offline. */
  readonly accessToken: (seat: string) => string | null;
  /**
   * `code`: of an authenticator app, or a recovery code, where the refusal `second_factor.needed` asked for one. Without the
   * center none is asked for: the enrolled workstation is the second factor.
   */
  readonly signIn: (seat: string, user: string, password: string, code?: string) => Promise<Outcome<Me>>;
  readonly signOut: (seat: string) => void;
  readonly lock: (seat: string) => void;
  /** A key or pointer was used at the seat. */
  readonly active: (seat: string) => void;
  /** `code`: where unlocking begins another session at the center, as signing in does. */
  readonly unlock: (seat: string, password: string, code?: string) => Promise<Outcome<Me>>;
  /** The center ended a session from elsewhere: what is done in it from now on goes by the grant. */
  readonly ended: (session: string) => void;
  /** The center is reached again: it may have ended sessions meanwhile. */
  readonly reached: () => void;
  readonly onChange: (listener: (seat: string) => void) => () => void;
  readonly close: () => void;
}
