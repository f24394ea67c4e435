/**
 * Signing by libsodium, as a station has it a moment after its start. What was checked once is not checked again: five workstations, a
 * center and the judge check the very same bytes, and a signature over a text by a key holds or it does not.
 */
import { quickenSigning } from '../../sealing/signing.ts';

/** Checks kept in mind: those of a day or two. */
const MOST = 30_000;

/** Where this platform has no build of it, each is checked by OpenSSL. */
export async function loadKnownSignatures(): Promise<void> {
  const sodium = await import('sodium-native').then(
    (module) => module.default,
    () => null,
  );
  if (!sodium) return;
  const checked = new Map<string, boolean>();
  quickenSigning({
    ...sodium,
    crypto_sign_verify_detached: (signature, message, publicKey) => {
      const what = [publicKey, signature, message].map((bytes) => bytes.toString('latin1')).join('');
      const known = checked.get(what);
      if (known !== undefined) return known;
      if (checked.size >= MOST) checked.clear();
      const holds = sodium.crypto_sign_verify_detached(signature, message, publicKey);
      checked.set(what, holds);
      return holds;
    },
  });
}
