/**
 * argon2id with 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet): the store around it is encrypted already, and
 * a console has to stay small. Loaded when somebody signs in.
 */
import type { Verifier } from './port.ts';

const SETTINGS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, algorithm: 2 } as const;

/** In the form that the center compares them in: what it takes is taken without it, too. */
const composed = (password: string): string => password.normalize('NFKC');

export const argon2Verifier: Verifier = {
  of: async (password) => {
    const { hash } = await import('@node-rs/argon2');
    return hash(composed(password), SETTINGS);
  },
  holds: async (verifier, password) => {
    const { verify } = await import('@node-rs/argon2');
    // One that was made by an older build is of the other form until its person signs in at the center again.
    const forms = new Set([composed(password), password.normalize('NFC')]);
    try {
      for (const form of forms) if (await verify(verifier, form)) return true;
    } catch {}
    return false;
  },
};
