/** What happened, line by line, as the facts about one entity tell it. */
import type { TimelineRow } from '../../bridge/topics.ts';
import type { Fact } from '../../kernel/fact.ts';
import type { EntityRef } from '../../kernel/ids.ts';
import { factSaid } from '../sentences/fact-said.ts';
import { enteredLater } from './entered.ts';
import { authorOf } from './reading.ts';
import type { World } from './world.ts';

function inOrder(a: Fact, b: Fact): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.hlc !== b.hlc) return a.hlc < b.hlc ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** One row per fact about `of`, in the order they happened; ties in the order they were entered. */
export function timelineRows(of: EntityRef, facts: Iterable<Fact>, world: World): readonly TimelineRow[] {
  const byId = new Map<string, Fact>();
  for (const fact of facts) byId.set(fact.id, fact);
  const hearing = { world, of, fact: (id: string) => byId.get(id) };
  const contested = new Set(world.entity(of)?.contested.map((one) => one.fact));
  return [...byId.values()].sort(inOrder).map((fact) => ({
    fact: fact.id,
    at: fact.at,
    entered: enteredLater(fact),
    hlc: fact.hlc,
    ...factSaid(fact, hearing),
    ...authorOf(fact, world),
    unsent: world.isUnsent(fact.id),
    contested: contested.has(fact.id),
  }));
}
