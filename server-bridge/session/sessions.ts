/**
 * Who is signed in. The center is asked first; without it, a grant and the right password open the same work. An expired
 * grant warns and never stops dispatching. Nothing here survives a restart: a restarted station asks for the password again.
 */

import type { z } from 'zod';
import type { Me } from '../../domain/bridge/calls.ts';
import type { PersonSchema } from '../../domain/cad/roster.ts';
import type { Author } from '../../domain/kernel/fact.ts';
import type { Clock } from '../../domain/kernel/ids.ts';
import { done, type Outcome, refused } from '../../domain/kernel/refusal.ts';
import type { Grant, SessionOut } from '../../domain/wire/sync.ts';
import { patientsKeptBy } from '../dispatch/restrictions.ts';
import { keptIfRoom } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { SyncFailure, type Timers } from '../sync/ports.ts';
import { grantOf, grantTime } from './grants.ts';
import { createGuesses } from './guesses.ts';
import { createIdle } from './idle.ts';
import { createPace } from './pace.ts';
import type { AccountsPort, Sessions, Verifier } from './port.ts';

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

interface Seated {
  readonly session: string;
  readonly user: string;
  readonly login: string;
  readonly name: string;
  readonly grant: Grant;
  readonly online: SessionOut | null;
  readonly locked: boolean;
  /** The center ended the session from elsewhere. */
  readonly ended: boolean;
  readonly stopRefresh: () => void;
}

/** How long a sign-in waits for a center that is thought to be away. */
const AWAY_WAIT_MS = 1_200;
/** A token is renewed this long before it ends. */
const RENEW_BEFORE_MS = 60_000;
const RETRY_MS = 20_000;
/** Until a center has said how long a console may lie untouched. */
const IDLE_MINUTES = 30;
const CENTER = 'center';

const WRONG = refused('session.wrong', 'User or password is not right.', 'password');
/** At a lock it is known who; only the password was asked for. */
const WRONG_AT_LOCK = refused('session.wrong', 'The password is not right.', 'password');
/** What the center asks for besides a right password. */
const SECOND_FACTOR_MISSING: ReadonlySet<string> = new Set(['second_factor.needed', 'second_factor.enrol']);
const NOBODY: Author = { position: null, session: null, by: null };
const nothing = (): void => undefined;

export function createSessions(options: SessionsOptions): Sessions {
  const { store, accounts, verifier, timers, clock, position } = options;
  const seats = new Map<string, Seated>();
  const listeners = new Set<(seat: string) => void>();
  const guesses = createGuesses(store, () => grantTime(store));
  const pace = createPace(clock);
  /** Bumped at every sign-in and sign-out, so that an answer that comes too late opens nothing. */
  const turns = new Map<string, number>();
  const turn = (seat: string): number => turns.get(seat) ?? 0;
  /** Sessions whose end the center has not heard of yet. */
  const leaving = new Set<() => void>();
  let closed = false;

  const idleLimit = (): number | null => {
    const seat = position === null ? undefined : store.record('position', position)?.body;
    if (seat?.secured === true) return null;
    const minutes = store.value('setting', CENTER, 'idle lock');
    return (typeof minutes === 'number' ? minutes : IDLE_MINUTES) * 60_000;
  };
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
    if (before?.online && before.online.session !== seated?.session) leave(before.online, seated !== null);
    say(seat);
  };

  /** Ends a session at the center, as soon as it is reached. */
  const leave = (held: SessionOut, replaced: boolean): void => {
    accounts.end(held.refreshToken, replaced).catch((failure: unknown) => {
      const away = failure instanceof SyncFailure && failure.kind === 'unreachable';
      if (!away || closed) return;
      const forget = timers.after(RETRY_MS, () => {
        leaving.delete(forget);
        leave(held, replaced);
      });
      leaving.add(forget);
    });
  };

  const meOf = (seated: Seated): Me => {
    const person = store.record('person', seated.user)?.body as z.infer<typeof PersonSchema> | null | undefined;
    const has = person ? (person.active ? person.roles : []) : (seated.online?.roles ?? seated.grant.roles);
    const roles = seated.online ? has : has.filter((role) => seated.grant.roles.includes(role));
    const seat = position === null ? undefined : store.record('position', position)?.body;
    return {
      user: seated.user,
      login: seated.login,
      name: seated.name,
      roles: [...roles],
      session: seated.session,
      position,
      positionName: typeof seat?.name === 'string' ? seat.name : (position ?? store.identity.name),
      offline: seated.online === null,
      grantExpired: seated.online === null && grantTime(store) >= seated.grant.expiresAt,
      ended: seated.ended,
      keptBy: patientsKeptBy(store, roles),
      locked: seated.locked,
    };
  };

  const keepPolicy = (out: SessionOut): void => {
    keptIfRoom(() => store.saveValue('setting', CENTER, 'idle lock', out.idleLockMinutes));
    if (out.lockout) guesses.keepPolicy(out.lockout);
  };

  /** With the password that opened the one before: an outage that begins now finds the newest. */
  const keepGrant = ({ grant }: SessionOut): void => {
    const held = grantOf(store, grant.login);
    if (held?.grant.user === grant.user) keptIfRoom(() => store.saveGrant(grant, held.verifier));
  };

  /** Puts what came of a refresh in its place; nobody touched a key for it. */
  const renewed = (seat: string, seated: Seated): void => {
    seats.get(seat)?.stopRefresh();
    seats.set(seat, seated);
    say(seat);
  };

  /** Renews a seat's session; `at` once, or when its token is about to end. */
  const renew = (seat: string, held: SessionOut, at: 'once' | 'in time' = 'in time'): (() => void) => {
    const wait = at === 'once' ? 0 : Math.max(RETRY_MS, held.accessExpiresAt - store.now() - RENEW_BEFORE_MS);
    return timers.after(wait, () => {
      accounts.refresh(held.refreshToken).then(
        (fresh) => {
          const seated = seats.get(seat);
          if (seated?.online !== held) return;
          renewed(seat, { ...seated, grant: fresh.grant, online: fresh, stopRefresh: renew(seat, fresh) });
          keepPolicy(fresh);
          keepGrant(fresh);
        },
        (failure: unknown) => {
          const seated = seats.get(seat);
          if (seated?.online !== held) return;
          if (failure instanceof SyncFailure && failure.kind !== 'unreachable') wasEnded(seat, seated);
          else renewed(seat, { ...seated, stopRefresh: renew(seat, held) });
        },
      );
    });
  };

  const wasEnded = (seat: string, seated: Seated): void =>
    renewed(seat, { ...seated, online: null, ended: true, stopRefresh: nothing });

  const online = async (seat: string, user: string, password: string, code?: string): Promise<SessionOut> => {
    const asked = turn(seat);
    const out = await accounts.signIn({ user, password, position, ...(code === undefined ? {} : { code }) });
    const opens = await verifier.of(password);
    // A disk that is full keeps nobody out whom the center lets in: its grant is kept with the next sign-in.
    keptIfRoom(() => store.saveGrant(out.grant, opens));
    keepPolicy(out);
    guesses.right(out.grant.login);
    pace.right(user);
    if (turn(seat) === asked) seatOnline(seat, out);
    return out;
  };

  const seatOnline = (seat: string, out: SessionOut): void =>
    put(seat, {
      session: out.session,
      user: out.user,
      login: out.grant.login,
      name: out.name,
      grant: out.grant,
      online: out,
      locked: false,
      ended: false,
      stopRefresh: renew(seat, out),
    });

  const slowedDown = (login: string): Outcome<never> | null => {
    const wait = pace.wait(login);
    if (wait <= 0) return null;
    const seconds = Math.ceil(wait / 1000);
    return refused('session.wait', `Too many wrong passwords: wait ${seconds} s and try again.`, 'password');
  };
  const paused = (login: string): Outcome<never> => {
    const minutes = Math.max(1, Math.ceil(guesses.wait(login) / 60_000));
    return refused(
      'session.wait',
      `Too many wrong passwords for this person here: wait ${minutes} min, or until the center is reached.`,
      'password',
    );
  };

  const offline = async (seat: string, user: string, password: string): Promise<Outcome<Me>> => {
    const held = grantOf(store, user);
    if (!held) {
      return refused(
        'session.never_here',
        'The center is not reached, and this person has not signed in at this workstation before. Sign in at one where they have, or let somebody who has work on here.',
        'user',
      );
    }
    const judged = await guesses.judge(held.grant.login, () => verifier.holds(held.verifier, password));
    if (judged !== 'right') return judged === 'wrong' ? WRONG : paused(held.grant.login);
    const { grant } = held;
    const person = store.record('person', grant.user)?.body;
    if (person && person.active === false) {
      return refused('session.revoked', 'This person may no longer sign in. Ask a supervisor.', 'user');
    }
    if (grant.roles.length === 0) {
      return refused(
        'session.roles',
        'None of this person’s roles counts without the center; wait until it is reached, or ask a supervisor.',
        'user',
      );
    }
    const seated: Seated = {
      session: grant.id,
      user: grant.user,
      login: grant.login,
      name: grant.name,
      grant,
      online: null,
      locked: false,
      ended: false,
      stopRefresh: nothing,
    };
    put(seat, seated);
    return done(meOf(seated));
  };

  const after = (ms: number): Promise<'late'> => new Promise((resolve) => timers.after(ms, () => resolve('late')));

  const signIn = async (seat: string, user: string, password: string, code?: string): Promise<Outcome<Me>> => {
    const slowed = slowedDown(user);
    if (slowed) return slowed;
    turns.set(seat, turn(seat) + 1);
    try {
      const asking = online(seat, user, password, code);
      // Somebody new to this workstation needs the center: there is nothing to fall back to, so nothing is gained by hurry.
      const patient = options.centerReached() || grantOf(store, user) === null;
      const first = patient ? await asking : await Promise.race([asking, after(AWAY_WAIT_MS)]);
      if (first === 'late') {
        asking.catch(nothing);
        turns.set(seat, turn(seat) + 1);
        return await offline(seat, user, password);
      }
      const seated = seats.get(seat);
      return seated ? done(meOf(seated)) : refused('session.superseded', 'Another sign-in came in between.');
    } catch (failure) {
      if (!(failure instanceof SyncFailure)) throw failure;
      if (failure.kind === 'unreachable') return offline(seat, user, password);
      // The password was right: what is missing is no wrong guess.
      if (SECOND_FACTOR_MISSING.has(failure.code)) return refused(failure.code, failure.message, 'code');
      pace.wrong(user);
      if (failure.code === 'second_factor.refused') return refused(failure.code, failure.message, 'code');
      return failure.kind === 'unauthorized' ? WRONG : refused('session.refused', failure.message, 'user');
    }
  };

  const unlock = async (seat: string, password: string, code?: string): Promise<Outcome<Me>> => {
    const answer = await unlocked(seat, password, code);
    return answer.ok || answer.refusal.code !== 'session.wrong' ? answer : WRONG_AT_LOCK;
  };

  const unlocked = async (seat: string, password: string, code?: string): Promise<Outcome<Me>> => {
    const seated = seats.get(seat);
    if (!seated) return refused('session.needed', 'Nobody is signed in here: sign in.');
    const slowed = slowedDown(seated.login);
    if (slowed) return slowed;
    // The center ended the session: the password begins another, where there is a center to ask.
    if (seated.ended && options.centerReached()) return signIn(seat, seated.login, password, code);
    const held = grantOf(store, seated.login);
    const looked = held ? () => verifier.holds(held.verifier, password) : () => Promise.resolve(false);
    // The center, where it is reached, judges and counts what is wrong here, or may have been changed there.
    if (options.centerReached() && !(guesses.wait(seated.login) === 0 && (await looked()))) {
      return signIn(seat, seated.login, password, code);
    }
    const judged = await guesses.judge(seated.login, looked);
    if (judged === 'right') {
      const now = seats.get(seat);
      if (!now || now.session !== seated.session)
        return refused('session.needed', 'Nobody is signed in here: sign in.');
      const open = { ...now, locked: false };
      put(seat, open);
      return done(meOf(open));
    }
    return judged === 'wrong' ? WRONG : paused(seated.login);
  };

  const stop = store.onChange((change) => {
    const touched = new Set(
      change.records.filter((r) => r.kind === 'person' || r.kind === 'position').map((r) => r.id),
    );
    // What the organisation takes away from a role is everybody's to hear.
    const everybody = change.records.some((r) => r.kind === 'role_restriction');
    if (touched.size === 0 && !everybody) return;
    for (const [seat, seated] of seats) {
      if (everybody || touched.has(seated.user) || touched.has(position ?? '')) say(seat);
    }
  });

  return {
    me: (seat) => {
      const seated = seats.get(seat);
      return seated ? meOf(seated) : null;
    },
    author: (seat) => {
      const seated = seats.get(seat);
      return seated ? { position, session: seated.session, by: seated.user } : NOBODY;
    },
    accessToken: (seat) => seats.get(seat)?.online?.accessToken ?? null,
    signIn,
    signOut: (seat) => {
      turns.set(seat, turn(seat) + 1);
      put(seat, null);
    },
    lock,
    active: (seat) => {
      const seated = seats.get(seat);
      if (seated && !seated.locked) idle.touched(seat);
    },
    unlock,
    ended: (session) => {
      for (const [seat, seated] of seats) {
        if (seated.session === session || seated.grant.session === session) wasEnded(seat, seated);
      }
    },
    reached: () => {
      for (const [seat, seated] of seats) {
        if (seated.online) renewed(seat, { ...seated, stopRefresh: renew(seat, seated.online, 'once') });
      }
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      closed = true;
      stop();
      idle.close();
      for (const forget of leaving) forget();
      for (const seated of seats.values()) seated.stopRefresh();
      seats.clear();
      listeners.clear();
    },
  };
}
