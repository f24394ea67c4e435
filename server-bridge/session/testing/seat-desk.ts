/** A workstation's seat on a desk of its own: accounts that answer or are away, grants that the center signed, timers turned by hand. */
import { type Grant, grantText, type Roster, rosterText, type SessionOut } from '../../../domain/wire/sync.ts';
import { newSigningKey, type Signer, signerOf } from '../../../sealing/signing.ts';
import { type Desk, IDENTITY, openDesk } from '../../dispatch/testing/desk.ts';
import { SyncFailure, type Timers } from '../../sync/ports.ts';
import type { AccountsPort, Sessions } from '../port.ts';
import { createSessions } from '../sessions.ts';
import { argon2Verifier } from '../verifier.ts';

export const HOUR = 3_600_000;
export const PASSWORD = 'correct horse';
export const SEAT = 'console';

interface Waiting {
  readonly ms: number;
  readonly run: () => void;
}

export interface SeatDesk {
  readonly desk: Desk;
  /** The center's key. */
  readonly key: Signer;
  /** Timers that wait to be turned, by when. */
  waiting: Waiting[];
  /** Signed by the center unless by another. */
  readonly grant: (over?: Partial<Grant>, by?: Signer) => Grant;
  readonly answer: (over?: Partial<SessionOut>) => SessionOut;
  /** A center that knows one person, Kim. */
  readonly there: (over?: Partial<AccountsPort>) => AccountsPort;
  readonly open: (accounts: AccountsPort, reached?: boolean, clock?: () => number) => Sessions;
}

/** A center that nobody reaches. */
export const away: AccountsPort = {
  signIn: () => Promise.reject(new SyncFailure('unreachable', 'no route')),
  refresh: () => Promise.reject(new SyncFailure('unreachable', 'no route')),
  end: () => Promise.reject(new SyncFailure('unreachable', 'no route')),
};

export function openSeatDesk(): SeatDesk {
  const desk = openDesk();
  const key = signerOf(newSigningKey());
  const roster: Omit<Roster, 'sig'> = {
    org: IDENTITY.org,
    site: IDENTITY.site,
    version: 1,
    centerKeys: [key.publicKey],
    peers: [],
  };
  desk.store.saveRoster({ ...roster, sig: key.sign(rosterText(roster)) }, []);
  const timers: Timers = {
    after: (ms, run) => {
      const entry = { ms, run };
      seat.waiting.push(entry);
      return () => {
        seat.waiting = seat.waiting.filter((other) => other !== entry);
      };
    },
  };
  const seat: SeatDesk = {
    desk,
    key,
    waiting: [],
    grant: (over = {}, by = key) => {
      const { org, site, station } = IDENTITY;
      const now = Date.now();
      const unsigned = {
        id: 'grant-1',
        org,
        site,
        station,
        session: 'session-1',
        user: 'kim',
        login: 'kim',
        name: 'Kim Lee',
        roles: ['dispatcher' as const],
        issuedAt: now - HOUR,
        expiresAt: now + 12 * HOUR,
        ...over,
      };
      return { ...unsigned, sig: by.sign(grantText(unsigned)) };
    },
    answer: (over = {}) => ({
      session: 'session-1',
      user: 'kim',
      name: 'Kim Lee',
      roles: ['dispatcher'],
      accessToken: 'access-1',
      accessExpiresAt: Date.now() + 15 * 60_000,
      refreshToken: 'refresh-1',
      grant: seat.grant(),
      idleLockMinutes: 30,
      ...over,
    }),
    there: (over = {}) => ({
      signIn: async ({ user, password }) => {
        if (user !== 'kim' || password !== PASSWORD) throw new SyncFailure('unauthorized', 'no', 401);
        return seat.answer();
      },
      refresh: async () => seat.answer({ accessToken: 'access-2', refreshToken: 'refresh-2' }),
      end: async () => undefined,
      ...over,
    }),
    open: (accounts, reached = true, clock = Date.now) =>
      createSessions({
        store: desk.store,
        accounts,
        verifier: argon2Verifier,
        timers,
        clock,
        position: 'p1',
        centerReached: () => reached,
      }),
  };
  return seat;
}
