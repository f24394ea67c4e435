/** Who sits at which seat of a station: their sessions at the center are renewed, and ended by whoever sits down after them. */
import type { Clock } from '../../domain/kernel/ids.ts';
import type { SessionOut } from '../../domain/wire/sync.ts';
import { SyncFailure, type Timers } from '../sync/ports.ts';
import { createIdle } from './idle.ts';
import { createLeaving } from './leaving.ts';
import type { AccountsPort } from './port.ts';
import { type Seated, seatedOnline } from './seated.ts';

export interface Seats {
  readonly at: (seat: string) => Seated | undefined;
  readonly all: () => Iterable<readonly [seat: string, seated: Seated]>;
  /** Seats somebody, in place of whoever sat there; null for nobody. */
  readonly put: (seat: string, seated: Seated | null) => void;
  /** Seats somebody whom the center let in, and keeps their session renewed. */
  readonly putOnline: (seat: string, out: SessionOut) => void;
  readonly lock: (seat: string) => void;
  /** A key or pointer was used at the seat. */
  readonly touched: (seat: string) => void;
  /** The center ended a session from elsewhere. */
  readonly ended: (session: string) => void;
  /** Renews every session at once, for the center may have ended some. */
  readonly renewAll: () => void;
  /** Counts the sign-ins and sign-outs at a seat, so that an answer that comes too late opens nothing. */
  readonly turn: (seat: string) => number;
  readonly nextTurn: (seat: string) => void;
  /** Has whoever listens look at a seat again. */
  readonly say: (seat: string) => void;
  readonly onChange: (listener: (seat: string) => void) => () => void;
  readonly close: () => void;
}

export interface SeatsOptions {
  readonly accounts: AccountsPort;
  readonly timers: Timers;
  /** ms; any steady one. */
  readonly clock: Clock;
  /** ms UTC, as the center's tokens count it. */
  readonly now: Clock;
  /** How long a seat may lie untouched, ms; null where it never locks by itself. */
  readonly idleLimit: () => number | null;
  /** The center renewed a session. */
  readonly onRenewed: (out: SessionOut) => void;
}

/** A token is renewed this long before it ends. */
const RENEW_BEFORE_MS = 60_000;
const RETRY_MS = 20_000;

export function createSeats({ accounts, timers, clock, now, idleLimit, onRenewed }: SeatsOptions): Seats {
  const seats = new Map<string, Seated>();
  const turns = new Map<string, number>();
  const turn = (seat: string): number => turns.get(seat) ?? 0;
  const listeners = new Set<(seat: string) => void>();
  const leaving = createLeaving(accounts, timers);

  const lock = (seat: string): void => {
    const seated = seats.get(seat);
    if (seated) put(seat, { ...seated, locked: true });
  };
  const idle = createIdle({ timers, clock, limit: idleLimit, lock });

  const say = (seat: string): void => {
    for (const listener of listeners) listener(seat);
  };

  const put = (seat: string, seated: Seated | null): void => {
    const before = seats.get(seat);
    if (before && before.stopRefresh !== seated?.stopRefresh) before.stopRefresh();
    if (seated) seats.set(seat, seated);
    else seats.delete(seat);
    if (seated && !seated.locked) idle.touched(seat);
    else idle.left(seat);
    // Whoever sits down here ends the session of whoever sat here before.
    if (before?.online && before.online.session !== seated?.session) {
      leaving.end(before.online.refreshToken, seated !== null);
    }
    say(seat);
  };

  /** Puts what came of a refresh in its place; nobody touched a key for it. */
  const renewed = (seat: string, seated: Seated): void => {
    seats.get(seat)?.stopRefresh();
    seats.set(seat, seated);
    say(seat);
  };

  /** What is done at the seat from now on goes by the grant. */
  const wasEnded = (seat: string, seated: Seated): void =>
    renewed(seat, { ...seated, online: null, ended: true, stopRefresh: () => undefined });

  /** Renews a seat's session, `wait` ms from now or when its token is about to end. */
  const renew = (seat: string, held: SessionOut, wait = untilRenewed(held, now())): (() => void) =>
    timers.after(wait, () => {
      const still = (): Seated | undefined => {
        const seated = seats.get(seat);
        return seated?.online === held ? seated : undefined;
      };
      accounts.refresh(held.refreshToken).then(
        (fresh) => {
          const seated = still();
          if (!seated) return;
          renewed(seat, { ...seated, grant: fresh.grant, online: fresh, stopRefresh: renew(seat, fresh) });
          onRenewed(fresh);
        },
        (failure: unknown) => {
          const seated = still();
          if (!seated) return;
          if (failure instanceof SyncFailure && failure.kind !== 'unreachable') wasEnded(seat, seated);
          else renewed(seat, { ...seated, stopRefresh: renew(seat, held) });
        },
      );
    });

  return {
    at: (seat) => seats.get(seat),
    all: () => seats,
    put,
    putOnline: (seat, out) => put(seat, seatedOnline(out, renew(seat, out))),
    lock,
    touched: (seat) => {
      const seated = seats.get(seat);
      if (seated && !seated.locked) idle.touched(seat);
    },
    ended: (session) => {
      for (const [seat, seated] of seats) {
        if (seated.session === session || seated.grant.session === session) wasEnded(seat, seated);
      }
    },
    renewAll: () => {
      for (const [seat, seated] of seats) {
        if (seated.online) renewed(seat, { ...seated, stopRefresh: renew(seat, seated.online, 0) });
      }
    },
    turn,
    nextTurn: (seat) => void turns.set(seat, turn(seat) + 1),
    say,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      idle.close();
      leaving.close();
      for (const seated of seats.values()) seated.stopRefresh();
      seats.clear();
      listeners.clear();
    },
  };
}

/** ms from `now` (ms UTC) until a session is renewed. */
function untilRenewed(held: SessionOut, now: number): number {
  return Math.max(RETRY_MS, held.accessExpiresAt - now - RENEW_BEFORE_MS);
}
