import { quickenSigning } from '../sealing/signing.ts';

/** Has libsodium sign and check from here on, where this platform has a build of it. */
export async function loadQuickSigning(): Promise<void> {
  const sodium = await import('sodium-native').then(
    (module) => module.default,
    () => null,
  );
  if (sodium) quickenSigning(sodium);
}
