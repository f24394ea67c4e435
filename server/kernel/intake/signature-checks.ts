/** Checking signatures, and nothing else: the threads that do it (verify-thread.ts) load this and no more of the intake. */
import { signatureHolds } from '#sealing/signing.ts';

/** A signature to check, by any of these public keys. */
export interface SignatureCheck {
  readonly keys: readonly string[];
  readonly text: string;
  readonly signature: string;
}

/** Whether each signature holds. */
export type Verify = (checks: readonly SignatureCheck[]) => Promise<readonly boolean[]>;

/** On this thread. */
export const verifyHere: Verify = async (checks) =>
  checks.map(({ keys, text, signature }) => keys.some((key) => signatureHolds(key, text, signature)));
