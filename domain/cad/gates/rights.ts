/** Who may do what at the console: whoever may make the facts that it makes. */
import type { FactDraft } from '../../kernel/fact.ts';
import { allowed, type Role } from '../../kernel/permission.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { MODULES } from '../../modules.ts';

const mayByType = new Map(MODULES.flatMap((module) => module.facts.map((fact) => [fact.type, fact.may] as const)));

/**
 * Speaks after an action was decided and before its facts exist. What was made while the right still stood is never
 * refused by it: the center judges that, and contests it.
 */
export function mayMake(drafts: readonly Pick<FactDraft, 'type'>[], roles: readonly Role[]): Outcome<null> {
  for (const { type } of drafts) {
    const may = mayByType.get(type) ?? [];
    if (allowed(roles, may)) continue;
    const names = may
      .filter((role) => role !== 'integration')
      .join(', ')
      .replace(/_/g, ' ');
    return refused('right.missing', `This needs one of these roles: ${names}. Ask a supervisor.`);
  }
  return done(null);
}
