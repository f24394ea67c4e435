/** A password as it is kept, for people of tests that are about something else than what it costs to check one. */
import { hash } from '@node-rs/argon2';

/** argon2id at the least that it takes: a thousandth of what the product asks for (kernel/identity/passwords). */
const LEAST = { algorithm: 2, memoryCost: 64, timeCost: 1, parallelism: 1 } as const;

export function quickHash(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), LEAST);
}
