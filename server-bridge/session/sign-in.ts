/**
 * Signing in and unlocking. The center is asked first; without it, or where it does not take this workstation, a grant and the right
 * password open the same work.
 * Passwords that this station judges are counted in `guesses.ts`, those that the center judges are slowed down here.
 */
import type { Me } from '../../domain/bridge/calls.ts';
import { done, type Outcome } from '../../domain/kernel/refusal.ts';
import type { SessionOut } from '../../domain/wire/sync.ts';
import { keptIfRoom } from '../store/state.ts';
import { SyncFailure } from '../sync/ports.ts';
import { grantOf } from './grants.ts';
import type { Guesses } from './guesses.ts';
import { createPace } from './pace.ts';
import type { Sessions, SessionsOptions } from './port.ts';
import {
  centerRefused,
  grantRefused,
  NEVER_AT_THIS_ONE,
  NEVER_HERE,
  NOBODY_HERE,
  paused,
  refusesWorkstation,
  SUPERSEDED,
  slowedDown,
  WRONG,
  WRONG_AT_LOCK,
} from './refused-sign-in.ts';
import { type Person, type Seated, seatedOffline } from './seated.ts';
import type { Seats } from './seats.ts';

export interface SignInOptions extends SessionsOptions {
  readonly seats: Seats;
  readonly guesses: Guesses;
  readonly meOf: (seated: Seated) => Me;
  /** The center said anew what its organisation's policy is. */
  readonly onSaid: (out: SessionOut) => void;
}

/** How long a sign-in waits for a center that is thought to be away. */
const AWAY_WAIT_MS = 1_200;

export function createSignIn(options: SignInOptions): Pick<Sessions, 'signIn' | 'unlock'> {
  const { store, accounts, verifier, timers, position, centerReached, seats, guesses, meOf, onSaid } = options;
  const pace = createPace(options.clock);

  const seat = (at: string, seated: Seated): Outcome<Me> => {
    seats.put(at, seated);
    return done(meOf(seated));
  };

  const online = async (at: string, user: string, password: string, code?: string): Promise<void> => {
    const asked = seats.turn(at);
    const out = await accounts.signIn({ user, password, position, ...(code === undefined ? {} : { code }) });
    const opens = await verifier.of(password);
    // A disk that is full keeps nobody out whom the center lets in: its grant is kept with the next sign-in.
    keptIfRoom(() => store.saveGrant(out.grant, opens));
    onSaid(out);
    guesses.right(out.grant.login);
    pace.right(user);
    if (seats.turn(at) === asked) seats.putOnline(at, out);
  };

  /** `never`: what is answered to who never signed in here. */
  const offline = async (at: string, user: string, password: string, never: Outcome<Me>): Promise<Outcome<Me>> => {
    const held = grantOf(store, user);
    if (!held) return never;
    const { grant, verifier: opens } = held;
    const judged = await guesses.judge(grant.login, () => verifier.holds(opens, password));
    if (judged !== 'right') return judged === 'wrong' ? WRONG : paused(guesses.wait(grant.login));
    const person = store.record('person', grant.user)?.body as Person | null | undefined;
    return grantRefused(grant, person) ?? seat(at, seatedOffline(grant));
  };

  const late = (): Promise<'late'> => new Promise((resolve) => timers.after(AWAY_WAIT_MS, () => resolve('late')));

  /** `instead`: what is answered where the center is not reached after all, or does not take this workstation. */
  const asked = async (
    at: string,
    user: string,
    password: string,
    code: string | undefined,
    instead: (never: Outcome<Me>) => Outcome<Me> | Promise<Outcome<Me>>,
  ): Promise<Outcome<Me>> => {
    const slowed = pace.wait(user);
    if (slowed > 0) return slowedDown(slowed);
    seats.nextTurn(at);
    try {
      const asking = online(at, user, password, code);
      // Somebody new to this workstation needs the center: there is nothing to fall back to, so nothing is gained by hurry.
      const patient = centerReached() || grantOf(store, user) === null;
      const first = patient ? await asking : await Promise.race([asking, late()]);
      if (first === 'late') {
        asking.catch(() => undefined);
        seats.nextTurn(at);
        return await instead(NEVER_HERE);
      }
      const seated = seats.at(at);
      return seated ? done(meOf(seated)) : SUPERSEDED;
    } catch (failure) {
      if (!(failure instanceof SyncFailure)) throw failure;
      if (failure.kind === 'unreachable') return instead(NEVER_HERE);
      if (refusesWorkstation(failure)) return instead(NEVER_AT_THIS_ONE);
      const { answer, guess } = centerRefused(failure);
      if (guess) pace.wrong(user);
      return answer;
    }
  };

  const signIn = (at: string, user: string, password: string, code?: string): Promise<Outcome<Me>> =>
    asked(at, user, password, code, (never) => offline(at, user, password, never));

  const unlocked = async (at: string, password: string, code?: string): Promise<Outcome<Me>> => {
    const seated = seats.at(at);
    if (!seated) return NOBODY_HERE;
    const { login } = seated;
    const slowed = pace.wait(login);
    if (slowed > 0) return slowedDown(slowed);
    // The center ended the session: the password begins another, where there is a center to ask.
    if (seated.ended && centerReached()) return signIn(at, login, password, code);
    const held = grantOf(store, login);
    const looked = held ? () => verifier.holds(held.verifier, password) : () => Promise.resolve(false);
    const toCenter = centerReached();
    const judged = await guesses.judge(login, looked, toCenter);
    if (judged !== 'right') {
      const here = judged === 'wrong' ? WRONG : paused(guesses.wait(login));
      // The center, where it is reached, judges and counts what is wrong here, or may have been changed there.
      return toCenter ? asked(at, login, password, code, () => here) : here;
    }
    const now = seats.at(at);
    return now?.session === seated.session ? seat(at, { ...now, locked: false }) : NOBODY_HERE;
  };

  return {
    signIn,
    unlock: async (at, password, code) => {
      const answer = await unlocked(at, password, code);
      return answer.ok || answer.refusal.code !== 'session.wrong' ? answer : WRONG_AT_LOCK;
    },
  };
}
