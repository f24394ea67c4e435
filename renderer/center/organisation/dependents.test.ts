import { expect, it } from 'vitest';
import { modulesOff } from '#domain/kernel/module-switch.ts';
import { MODULES } from '#domain/modules.ts';
import { dependentsOf } from './dependents.ts';

it('what is named before a switch is what goes off with it', () => {
  for (const { name, essential } of MODULES) {
    if (essential) continue;
    const off = [...modulesOff(MODULES, [{ module: name, position: 'off', reason: 'a test' }]).keys()];
    expect([name, ...dependentsOf(MODULES, name).map((module) => module.name)].sort()).toEqual(off.sort());
  }
});
