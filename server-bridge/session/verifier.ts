/**
 * argon2id with 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet): the store around it is encrypted already, and
 * a console has to stay small. Loaded when somebody signs in.
 */
import type { Verifier } from './port.ts';

const SETTINGS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, algorithm: 2 } as const;

export const argon2Verifier: Verifier = {
  of: async (password) => {
    const { hash } = await import('@node-rs/argon2');
    return hash(password.normalize('NFC'), SETTINGS);
  },
  holds: async (verifier, password) => {
    const { verify } = await import('@node-rs/argon2');
    try {
      return await verify(verifier, password.normalize('NFC'));
    } catch {
      return false;
    }
  },
};
