/** Actions of the board: decided by pure rules over what the station holds, durable before they are answered. */
import type { CallOutput, Done, Me } from '../../domain/bridge/calls.ts';
import type { Decided, Means } from '../../domain/cad/actions/deed.ts';
import { yearIn } from '../../domain/cad/sentences/local-time.ts';
import type { Author } from '../../domain/kernel/fact.ts';
import type { Role } from '../../domain/kernel/permission.ts';
import { done, refused } from '../../domain/kernel/refusal.ts';
import { type Restrictions, rolesLeft, withheldFrom } from '../../domain/kernel/restriction.ts';
import { FACT_TYPES } from '../../domain/modules.ts';
import { siteZone } from '../site-zone.ts';
import type { Store } from '../store/store.ts';
import type { Answer } from './port.ts';
import { restrictionsHeld } from './restrictions.ts';

/** Roles as people say them, for "needs a dispatcher". */
const CALLED: { readonly [R in Role]?: string } = {
  dispatcher: 'dispatcher',
  supervisor: 'supervisor',
  call_taker: 'call taker',
  admin: 'administrator',
};
const ORDER: readonly Role[] = ['call_taker', 'dispatcher', 'supervisor', 'admin'];

/**
 * The gate before a fact exists: its type's declaration says whose fact would count at once, less what the organisation has
 * taken away. Null where all may be made; else the reason in one sentence.
 */
function lacking(
  types: readonly { readonly type: string; readonly v: number }[],
  me: Me,
  restrictions: Restrictions,
): string | null {
  for (const { type, v } of types) {
    const name = `${type}@${v}`;
    const declared = FACT_TYPES.get(name);
    if (!declared || rolesLeft(me.roles, { name, may: declared.may }, restrictions).length > 0) continue;
    const withheld = withheldFrom(me.roles, { name, may: declared.may }, restrictions);
    if (withheld !== null) return `${declared.title}. ${withheld}`;
    const needs = ORDER.find((role) => declared.may.includes(role));
    const whom = (needs && CALLED[needs]) ?? 'somebody with that right';
    return `${declared.title}: this needs a ${whom}. Ask one, or sign in as one.`;
  }
  return null;
}

/** What was decided, or a refusal where the person's roles do not allow one of its facts. */
function allowed(decided: Decided, me: Me, store: Store): Decided {
  if (!decided.ok) return decided;
  const missing = lacking(decided.value.drafts, me, restrictionsHeld(store));
  return missing === null ? decided : refused('role.missing', missing);
}

/** What {@link carryOut} would answer, and nothing appended. */
export function previewOf(decided: Decided, me: Me, store: Store): Answer<CallOutput<'command.preview'>> {
  const answer = allowed(decided, me, store);
  if (!answer.ok) return answer;
  const { said, warned } = answer.value;
  return done(warned === undefined ? { said } : { said, warned });
}

/** Appends what was decided and says it; refuses where the person's roles do not allow one of its facts. */
export function carryOut(decided: Decided, me: Me, author: Author, store: Store): Answer<Done> {
  const answer = allowed(decided, me, store);
  if (!answer.ok) return answer;
  const { drafts, ...says } = answer.value;
  const facts = drafts.length > 0 ? store.append(drafts, author) : [];
  return {
    ok: true,
    value: {
      said: says.said,
      facts: facts.map((fact) => fact.id),
      ...(says.incident === undefined ? {} : { incident: says.incident }),
      ...(says.number === undefined ? {} : { number: says.number }),
      ...(says.assignments === undefined ? {} : { assignments: [...says.assignments] }),
      ...(says.find === undefined ? {} : { find: says.find }),
      ...(says.warned === undefined ? {} : { warned: says.warned }),
    },
  };
}

/** What the rules need from outside, for one action. */
export function meansOf(store: Store, newId: () => string): Means {
  const now = store.now();
  return { now, newId, takeNumber: () => store.takeNumber(yearIn(now, siteZone(store))) };
}
