/** Passwords at rest: argon2id at OWASP's first choice (Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1). */
import { hash, verify } from '@node-rs/argon2';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';

/** `algorithm` 2 is argon2id; the package's enum is ambient and has no value under type stripping. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Shortest password accepted when one is set, in characters (OWASP ASVS 5.0, 6.2.1: at least 8; 15 recommended). */
const MIN_PASSWORD = 12;
const MAX_PASSWORD = 1_024;

export interface Passwords {
  /** The PHC string to keep. */
  readonly hash: (password: string) => Promise<string>;
  /** Whether the password is the one behind `kept`. With null it does the same work and answers false. */
  readonly holds: (kept: string | null, password: string) => Promise<boolean>;
}

/** Composed form (NFKC), so that one password typed on two keyboards is one password. */
function composed(password: string): string {
  return password.normalize('NFKC');
}

/**
 * The password checks of one process. What nobody's account is checked against is made once, here: a sign-in with an
 * unknown name costs what one with a known name costs.
 */
export function makePasswords(): Passwords {
  let nobody: Promise<string> | null = null;
  const hashOf = (password: string): Promise<string> => hash(composed(password), ARGON2ID);
  return {
    hash: hashOf,
    holds: async (kept, password) => {
      nobody ??= hashOf('nobody has this one');
      const against = kept ?? (await nobody);
      const same = await verify(against, composed(password)).catch(() => false);
      return kept !== null && same;
    },
  };
}

/** Whether a password may be set for this login. Length and not being the login itself; no rules of composition. */
export function acceptablePassword(password: string, login: string): Outcome<string> {
  if ([...password].length < MIN_PASSWORD) {
    return refused('password.short', `Choose a password of at least ${MIN_PASSWORD} characters.`, 'password');
  }
  if (password.length > MAX_PASSWORD) return refused('password.long', 'Choose a shorter password.', 'password');
  const plain = password.toLowerCase();
  if (plain.includes(login.toLowerCase()) || new Set(plain).size < 4) {
    return refused('password.guessable', 'Choose a password that does not hold the user name.', 'password');
  }
  return done(password);
}
