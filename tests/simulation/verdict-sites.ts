/** What must hold between this site and another of its organisation. */
import { type FactHeader, readHeader } from '../../domain/kernel/fact.ts';
import { FACT_SETTLED } from '../../domain/kernel/fold.ts';
import { type EntityRef, kindOf, partsOfAssignment } from '../../domain/kernel/ids.ts';
import type { CenterNode } from './center-node.ts';
import { FAR, isTheirs, type Neighbour } from './neighbour.ts';
import type { Oracle } from './oracle.ts';
import { ORG, SITE } from './roster.ts';

export function onStream(center: CenterNode): ReadonlySet<string> {
  return new Set(framesFor(center, SITE).map(({ id }) => id));
}

function framesFor(center: CenterNode, site: string): readonly FactHeader[] {
  return center.log.stream(ORG, site).flatMap((item) => ('frame' in item ? (readHeader(item.frame.h) ?? []) : []));
}

/**
 * What another site wrote about what is this site's: it is all there, it counts nowhere unasked and is seen not to, and
 * whatever of this site came onto that site's stream was shared by this site's own word. Judged by the facts alone.
 */
export function sites(
  neighbour: Neighbour,
  center: CenterNode,
  oracle: Oracle,
  gone: ReadonlySet<EntityRef>,
  lost: string[],
  diverged: string[],
): void {
  const known = new Map([...center.log.facts(ORG)].map(({ fact }) => [fact.id, fact]));
  for (const { fact } of neighbour.made)
    if (!known.has(fact.id)) lost.push(`${fact.type} of another site, ${fact.log} ${fact.seq}`);
  const written = new Map(neighbour.made.map(({ fact }) => [fact.id, fact]));
  const ours = [...oracle.facts().values()].map(({ fact }) => fact).filter(({ site }) => site === SITE);
  const settled = new Set<string>();
  const given = new Set<EntityRef>();
  for (const { type, about, content } of ours) {
    const { fact, verdict } = (content ?? {}) as { readonly fact?: string; readonly verdict?: string };
    if (type === FACT_SETTLED && fact !== undefined) settled.add(fact);
    const of = type === FACT_SETTLED && verdict === 'confirmed' ? written.get(fact ?? '') : undefined;
    const shares =
      ['unit.dispatched', 'incident.linked', 'incident.merged'].includes(type) &&
      about.some((ref) => isTheirs(neighbour, ref));
    if (of || shares) for (const ref of about) given.add(ref);
  }
  for (const { id, type, site, about } of framesFor(center, FAR)) {
    if (site === FAR || about.some((ref) => isTheirs(neighbour, ref) || given.has(ref))) continue;
    diverged.push(`another site was shown ${type} ${id} about ${about.join(', ')}, which nobody shared`);
  }
  // Also where nothing was said there since: what it holds, it would be shown, and its word counts on.
  for (const [ref] of center.log.entities(ORG)) {
    const parts = partsOfAssignment(ref);
    const isShared = given.has(ref) || (parts !== null && given.has(parts.incident) && given.has(parts.unit));
    if (center.log.holders(ORG, ref).includes(FAR) && !isTheirs(neighbour, ref) && !isShared)
      diverged.push(`another site holds ${ref}, which nobody shared`);
  }
  for (const { fact } of neighbour.made) {
    for (const ref of fact.about) {
      if (
        gone.has(ref) ||
        isTheirs(neighbour, ref) ||
        given.has(ref) ||
        kindOf(ref) === 'assignment' ||
        settled.has(fact.id)
      )
        continue;
      const shown = center.log.entity(ORG, ref)?.contested.some((one) => one.fact === fact.id);
      if (!shown) diverged.push(`${fact.type} of another site about ${ref} is not shown as contested`);
    }
  }
}
