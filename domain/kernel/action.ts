/** The declaration of an action: who may do it, on whose records, and what it is for. */
import type { Purpose } from './organisation.ts';
import type { Role } from './permission.ts';

/**
 * On whose records a role lets its holder act:
 *  organisation  any; only people who belong to no site and no agency in particular
 *  site          those of the person's site; all, for people of no site in particular
 *  agency        those of the person's site and agency
 *  own           the person's own
 */
export type Reach = 'organisation' | 'site' | 'agency' | 'own';

export interface ActionType {
  /** `subject.verb`, unique in the product: `people.invite`. */
  readonly name: string;
  /** The module that declares it; with the module off, nobody may. */
  readonly module: string;
  /** As the permission matrix says it. */
  readonly title: string;
  readonly purpose: Purpose;
  readonly may: readonly Role[];
  /** Those of them that may do it to what is their own alone, however far the reach. */
  readonly own: readonly Role[];
  readonly reach: Reach;
  /** The person must have proven themselves anew within STEP_UP_MS. */
  readonly stepUp: boolean;
}

/** How long a proof of who one is opens sensitive actions. ms */
export const STEP_UP_MS = 10 * 60_000;

/** Declares the actions of a module. */
export function actionsOf<const N extends string>(
  module: string,
  declared: {
    readonly [name in N]: Pick<ActionType, 'title' | 'purpose' | 'may' | 'reach'> &
      Partial<Pick<ActionType, 'own' | 'stepUp'>>;
  },
): { readonly [name in N]: ActionType } {
  const made: { [name: string]: ActionType } = {};
  for (const name of Object.keys(declared) as N[]) {
    made[name] = { name, module, own: [], stepUp: false, ...declared[name] };
  }
  return made as { readonly [name in N]: ActionType };
}
