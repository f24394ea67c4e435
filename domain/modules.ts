/** Every module of the product, and what derives from all of them together. */
import { CAD } from './cad/module.ts';
import { KERNEL } from './kernel/kernel.ts';
import { effectsFrom, type Module } from './kernel/module.ts';

export const MODULES: readonly Module[] = [KERNEL, CAD];

/** Folds with the rules of every module. */
export const effectsOf = effectsFrom(MODULES);

/** `type@v` of all facts that this build reads: what a station announces when it opens a log. */
export const READS: readonly string[] = MODULES.flatMap((module) =>
  module.facts.map((fact) => `${fact.type}@${fact.v}`),
);
