/** What whoever may not sign in or unlock is told, and what they can do about it. */
import { type Refusal, refused } from '../../domain/kernel/refusal.ts';
import type { Grant } from '../../domain/wire/sync.ts';
import type { SyncFailure } from '../sync/ports.ts';
import type { Person } from './seated.ts';

type Refused = { readonly ok: false; readonly refusal: Refusal };

export const WRONG = refused('session.wrong', 'User or password is not right.', 'password');
/** At a lock it is known who; only the password was asked for. */
export const WRONG_AT_LOCK = refused('session.wrong', 'The password is not right.', 'password');
export const NOBODY_HERE = refused('session.needed', 'Nobody is signed in here: sign in.');
export const SUPERSEDED = refused('session.superseded', 'Another sign-in came in between.');
export const NEVER_HERE = refused(
  'session.never_here',
  'The center is not reached, and this person has not signed in at this workstation before. Sign in at one where they have, or let somebody who has work on here.',
  'user',
);
export const NEVER_AT_THIS_ONE = refused(
  'session.never_here',
  'The center does not take this workstation, and this person has not signed in at it before. Sign in at another, or let somebody who has work on here.',
  'user',
);

/** Of the center's refusals those that are about the workstation, and say nothing of who signs in at it. */
const OF_THE_WORKSTATION: ReadonlySet<string> = new Set([
  'device.refused',
  'device.clock',
  'bearer.missing',
  'dpop.nonce',
  'dpop.proof',
]);

/** Whether the center did not look at who signs in: it works on alone, as without the center. */
export const refusesWorkstation = ({ code }: SyncFailure): boolean => OF_THE_WORKSTATION.has(code);

/** Too fast after wrong passwords that the center judged; `wait` in ms. */
export function slowedDown(wait: number): Refused {
  const seconds = Math.ceil(wait / 1000);
  return refused('session.wait', `Too many wrong passwords: wait ${seconds} s and try again.`, 'password');
}

/** Paused after wrong passwords that only this station could judge; `wait` in ms. */
export function paused(wait: number): Refused {
  const minutes = Math.max(1, Math.ceil(wait / 60_000));
  return refused(
    'session.wait',
    `Too many wrong passwords for this person here: wait ${minutes} min, or until the center is reached.`,
    'password',
  );
}

/** Why a person's grant opens no work without the center, though the password was right; null where it does. */
export function grantRefused(grant: Grant, person: Pick<Person, 'active'> | null | undefined): Refused | null {
  if (person?.active === false) {
    return refused('session.revoked', 'This person may no longer sign in. Ask a supervisor.', 'user');
  }
  if (grant.roles.length > 0) return null;
  return refused(
    'session.roles',
    'None of this person’s roles counts without the center; wait until it is reached, or ask a supervisor.',
    'user',
  );
}

/** What the center asks for besides a right password. */
const SECOND_FACTOR_MISSING: ReadonlySet<string> = new Set(['second_factor.needed', 'second_factor.enrol']);

/** What the center's refusal of a sign-in is told as, and whether it was a wrong guess. */
export function centerRefused(failure: SyncFailure): { readonly answer: Refused; readonly guess: boolean } {
  const { code, message, kind } = failure;
  // The password was right: what is missing is no wrong guess.
  if (SECOND_FACTOR_MISSING.has(code)) return { answer: refused(code, message, 'code'), guess: false };
  if (code === 'second_factor.refused') return { answer: refused(code, message, 'code'), guess: true };
  return { answer: kind === 'unauthorized' ? WRONG : refused('session.refused', message, 'user'), guess: true };
}
