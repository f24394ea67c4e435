/** The door's question whether a person may: once by what the route is, and again by the record it turns out to be about. */
import type { ActionType } from '#domain/kernel/action.ts';
import { authorise, authoriseStation, type Concerned } from '#domain/kernel/authorise.ts';
import type { Decision } from '#domain/kernel/decision.ts';
import type { Clock } from '#domain/kernel/ids.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { rolesLeft } from '#domain/kernel/restriction.ts';
import type { CircumstancesOf } from '../organisation/circumstances.ts';
import type { Browser, Caller, Operator, Visitor } from './auth.ts';
import { Problem } from './problem.ts';
import type { Permit, Route } from './route.ts';

export interface Asked {
  readonly permit: Permit;
  /** Throws where a person is being answered and nobody asked whether they may. */
  readonly mustHaveAsked: () => void;
}

const NOBODY_ASKS: Asked = { permit: () => [], mustHaveAsked: () => undefined };

/** Asks for the route; throws Problem 403 with the decision where the answer is no. */
export async function askedBy(
  caller: Caller | Operator | Browser | Visitor | null,
  action: Route['action'],
  { circumstancesOf, clock }: { readonly circumstancesOf: CircumstancesOf; readonly clock: Clock },
): Promise<Asked> {
  if (action === undefined || action === 'by request') return NOBODY_ASKS;
  if (caller?.kind !== 'user' && caller?.kind !== 'device') return NOBODY_ASKS;
  const circumstances = await circumstancesOf(caller.org);
  if (caller.kind === 'device') {
    return { ...NOBODY_ASKS, permit: (of) => mustAllow(authoriseStation(of, circumstances), []) };
  }
  let asked = false;
  const ask = (of: ActionType, about?: Concerned): readonly Role[] => {
    asked = true;
    const decision = authorise(of, caller, circumstances, clock(), about);
    return mustAllow(decision, rolesLeft(caller.roles, of, circumstances.restrictions));
  };
  if (action !== 'by record') ask(action);
  return {
    permit: (of, about) => ask(of, about),
    mustHaveAsked: () => {
      if (!asked) throw new Error('a person was answered without being asked for their right');
    },
  };
}

/** What is allowed by it; throws Problem 403 where it is not ALLOW. */
function mustAllow<T>(decision: Decision, allowed: T): T {
  if (decision.verdict === 'ALLOW') return allowed;
  throw refusedBy(decision);
}

/** The refusal of a decision that is not ALLOW: `role.missing`, `role.restricted`, `organisation.state`, `module.off`, `second_factor.missing`, `reach.beyond`, `record.not_own`, `step_up.needed`. */
function refusedBy(decision: Decision): Problem {
  const rule = decision.rules.find(({ verdict }) => verdict === decision.verdict);
  const code = CODES[rule?.rule ?? ''] ?? 'refused';
  return new Problem(403, code, rule?.reason ?? 'This is not allowed.', { decision });
}

const CODES: { readonly [rule: string]: string } = {
  'role@1': 'role.missing',
  'restriction@1': 'role.restricted',
  'organisation@1': 'organisation.state',
  'module@1': 'module.off',
  'mfa@1': 'second_factor.missing',
  'reach@1': 'reach.beyond',
  'own@1': 'record.not_own',
  'step-up@1': 'step_up.needed',
};
