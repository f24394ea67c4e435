/** libsodium, where this platform has a build of it; without it the center works on, slower. */
export const sodium = await import('sodium-native').then(
  (module) => module.default,
  () => null,
);
