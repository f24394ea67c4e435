/** What must hold of incidents that were erased: nothing of what their keys sealed is anywhere, and all that is not theirs is. */
import type { Fact } from '../../domain/kernel/fact.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import { isErasure } from '../../domain/kernel/kernel.ts';
import type { CenterNode } from './center-node.ts';
import type { Oracle } from './oracle.ts';
import { ORG } from './roster.ts';
import type { StationNode } from './station-node.ts';

/** What an incident may still say at the center: operations, for the figures. */
const PHI = ['location', 'caller', 'callback', 'patient', 'notes'] as const;
const FEW = 6;

/** Incidents of whose erasure somebody knows, or must: only where every copy of that word was taken by damage is it forgotten. */
export function erasedOf(oracle: Oracle): ReadonlySet<EntityRef> {
  const words = [...oracle.facts().values()].filter(({ fact, excused }) => isErasure(fact) && !excused);
  return new Set(words.flatMap(({ fact }) => fact.about));
}

export function erased(
  refs: ReadonlySet<EntityRef>,
  center: CenterNode,
  stations: readonly StationNode[],
  oracle: Oracle,
  diverged: string[],
): void {
  if (refs.size === 0) return;
  const said: string[] = [];
  const say = (text: string): void => {
    if (said.push(text) <= FEW) diverged.push(text);
  };
  // What speaks of nothing else: what else a fact may be about, is not erased with it.
  const isTheirs = (fact: Pick<Fact, 'about' | 'station'>): boolean =>
    fact.station !== 'center' && fact.about.length === 1 && refs.has(fact.about[0] as EntityRef);
  const isAlone = aboutAlone(refs);
  const theirs = new Set([...oracle.facts().values()].flatMap(({ fact }) => (isTheirs(fact) ? [fact.id] : [])));

  for (const { frame, fact } of center.log.facts(ORG))
    if (isTheirs(fact) && (frame.b !== null || fact.content !== undefined))
      say(`the center can read ${fact.type} of ${fact.station} about ${fact.about.join(', ')}, which was erased`);
  for (const { entity } of center.envelopes())
    if (refs.has(entity)) say(`the center has a key of ${entity}, which was erased`);
  for (const ref of refs) {
    const state = center.log.entity(ORG, ref);
    const left = PHI.filter((name) => state?.registers[name] ?? state?.lists[name]);
    if (left.length > 0) say(`the center has ${left.join(', ')} of ${ref}, which was erased`);
  }

  for (const station of stations) {
    const store = station.store();
    for (const ref of refs) if (store.entity(ref)) say(`${station.name} has ${ref}, which was erased`);
    for (const id of theirs)
      if (store.fact(id)?.content !== undefined) say(`${station.name} can read ${id} of what was erased`);
    for (const { log } of store.heads()) {
      const { frames, keys } = store.framesFrom(log, 1, 1_000_000);
      for (const { h, b } of frames) if (b !== null && isAlone(h)) say(`${station.name} has a body of what was erased`);
      for (const { entity } of keys)
        if (refs.has(entity)) say(`${station.name} has a key of ${entity}, which was erased`);
    }
    for (const row of Object.keys(station.board().incidents ?? {}))
      if (refs.has(`incident:${row}` as EntityRef)) say(`${station.name} shows ${row}, which was erased`);
  }
}

/** By the text of headers: there are thousands, and of most it is enough to see what they are about. */
function aboutAlone(refs: ReadonlySet<EntityRef>): (h: string) => boolean {
  const texts = new Set([...refs].map((ref) => `"about":["${ref}"]`));
  return (h) => {
    const from = h.indexOf('"about":[');
    return texts.has(h.slice(from, h.indexOf(']', from) + 1));
  };
}
