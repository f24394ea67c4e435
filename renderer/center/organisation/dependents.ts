/** What goes with a module. Pure. */

interface Needing {
  readonly name: string;
  readonly title: string;
  readonly needs: readonly string[];
  readonly essential: boolean;
}

/** The modules that go off with this one, however far away; never the essential ones. In the order given. */
export function dependentsOf<M extends Needing>(modules: readonly M[], name: string): readonly M[] {
  const gone = new Set([name]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const module of modules) {
      if (module.essential || gone.has(module.name) || !module.needs.some((need) => gone.has(need))) continue;
      gone.add(module.name);
      grew = true;
    }
  }
  return modules.filter((module) => module.name !== name && gone.has(module.name));
}
