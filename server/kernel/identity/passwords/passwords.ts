/** Passwords at rest: argon2id at OWASP's first choice (Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1). */
import { hash, verify } from '@node-rs/argon2';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { Problem } from '../../http/problem.ts';
import { type Breached, NONE_KNOWN } from './breached.ts';
import { whyGuessable } from './common-passwords.ts';

/** `algorithm` 2 is argon2id; the package's enum is ambient and has no value under type stripping. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Passwords worked on at once. Each takes one of the process's four threads for some 25 ms, and what workstations send is
 * unpacked by the same threads: however many sign in, two of them stay free.
 */
const AT_ONCE = 2;
/** Whoever would wait behind more than this (a few seconds) is asked to come again. */
const MOST_WAITING = 100;

/** Every password up to so long is taken; NIST SP 800-63B-4, 3.1.1.2, asks for at least 64. */
const LONGEST = 1_024;
export const PRODUCT_WORDS = ['quantum', 'dispatch', 'quantum dispatch'];

export interface Passwords {
  /** The PHC string to keep. */
  readonly hash: (password: string) => Promise<string>;
  /** Whether the password is the one behind `kept`. With null it does the same work and answers false. */
  readonly holds: (kept: string | null, password: string) => Promise<boolean>;
  /** Throws Problem 503 where too many wait already. Asked before anything is counted against an account. */
  readonly mustHaveRoom: () => void;
  /** Whether it was in a leak that the operator's list knows of. */
  readonly isBreached: (password: string) => Promise<boolean>;
}

/** Composed form (NFKC), so that one password typed on two keyboards is one password. */
function composed(password: string): string {
  return password.normalize('NFKC');
}

/**
 * What nobody's account is checked against, made once by the first check of the process: a sign-in with an unknown name costs
 * what one with a known name costs.
 */
let nobody: Promise<string> | null = null;

/** The password checks of one process. */
export function makePasswords(breached: Pick<Breached, 'has'> = NONE_KNOWN, mostWaiting = MOST_WAITING): Passwords {
  let working = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (working < AT_ONCE) working++;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else working--;
    }
  };
  const hashOf = (password: string): Promise<string> => inTurn(() => hash(composed(password), ARGON2ID));
  return {
    hash: hashOf,
    mustHaveRoom: () => {
      if (waiting.length < mostWaiting) return;
      throw new Problem(503, 'center.busy', 'Many sign in at this moment; try again shortly.', { retryAfter: 1 });
    },
    holds: async (kept, password) => {
      nobody ??= hashOf('nobody has this one');
      const against = kept ?? (await nobody);
      const same = await inTurn(() => verify(against, composed(password))).catch(() => false);
      return kept !== null && same;
    },
    isBreached: breached.has,
  };
}

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly login: string;
  readonly name: string;
  /** Id and name of the organisation. */
  readonly organisation: readonly string[];
}

/** Whether a password may be set: its length in characters and the blocklist, and no rule of composition. */
export function acceptablePassword(password: string, owner: PasswordOwner, atLeast: number): Outcome<string> {
  const length = [...composed(password)].length;
  if (length < atLeast) {
    return refused(
      'password.short',
      `Choose a password of at least ${atLeast} characters; a few words do.`,
      'password',
    );
  }
  if (length > LONGEST)
    return refused('password.long', `Choose a password of ${LONGEST} characters at most.`, 'password');
  const known = [
    owner.login,
    owner.login.split('@')[0] ?? '',
    owner.name,
    ...owner.name.split(/\s+/),
    ...owner.organisation,
  ];
  const why = whyGuessable(password, [...known, ...PRODUCT_WORDS]);
  return why === null ? done(password) : refused('password.guessable', `Choose another password: ${why}.`, 'password');
}
