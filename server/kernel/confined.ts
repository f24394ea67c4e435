/** How the center's threads are kept: what goes wrong in one, or is made to, reaches no setting and takes no more than its share. */

/** Of the environment they see nothing: addresses and tokens of what the center asks are in it. Beyond its memory a thread ends, and no other. */
export const CONFINED = {
  env: {},
  resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64 },
} as const;
