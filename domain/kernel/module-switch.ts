/** Modules can be switched off by an organisation, or killed by whoever runs the center; those that need one go with it. */
import type { Module } from './module.ts';

export interface ModuleSwitch {
  readonly module: string;
  readonly position: 'off' | 'killed';
  /** Said to whoever meets the module while it is off. */
  readonly reason: string;
}

/**
 * Which modules are off, each with the sentence that says why. A module goes with any that it needs, however far away; one
 * that is essential is never off, whatever a switch says.
 */
export function modulesOff(modules: readonly Module[], switches: readonly ModuleSwitch[]): ReadonlyMap<string, string> {
  const title = new Map(modules.map((module) => [module.name, module.title]));
  const essential = new Set(modules.filter((module) => module.essential).map((module) => module.name));
  const off = new Map<string, string>();
  for (const { module, position, reason } of switches) {
    if (!title.has(module) || essential.has(module)) continue;
    const by = position === 'killed' ? 'stopped by the operator of the center' : 'switched off by your organisation';
    off.set(module, `${title.get(module)} is ${by}: ${reason}`);
  }
  for (let grew = true; grew; ) {
    grew = false;
    for (const module of modules) {
      if (off.has(module.name) || essential.has(module.name)) continue;
      const needed = module.needs.find((name) => off.has(name));
      if (needed === undefined) continue;
      off.set(module.name, `${module.title} needs ${title.get(needed)}, which is off. ${off.get(needed)}`);
      grew = true;
    }
  }
  return off;
}
