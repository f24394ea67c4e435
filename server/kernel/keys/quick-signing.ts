import { quickenSigning } from '#sealing/signing.ts';

/**
 * Has libsodium sign and check from here on, where this platform has a build of it: signatures are the largest part of
 * what intake computes. Once for each thread; without it the center works on, slower.
 */
export async function loadQuickSigning(): Promise<void> {
  const sodium = await import('sodium-native').then(
    (module) => module.default,
    () => null,
  );
  if (sodium) quickenSigning(sodium);
}
