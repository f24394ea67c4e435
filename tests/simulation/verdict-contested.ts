/** What must be seen as contested once everything has healed, and what must not. */
import { FACT_SETTLED, OF_ANOTHER_SITE } from '../../domain/kernel/fold.ts';
import { hlcParse } from '../../domain/kernel/hlc.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { CenterNode } from './center-node.ts';
import { isTheirs, type Neighbour } from './neighbour.ts';
import { ORG } from './roster.ts';
import type { StationNode } from './station-node.ts';

/** Nothing stays contested that was written by right, as long as a station holds the word of the center for it. */
export function contested(
  stations: readonly StationNode[],
  center: CenterNode,
  gone: ReadonlySet<EntityRef>,
  diverged: string[],
  neighbour: Neighbour | null,
): void {
  const shown = new Set(
    stations.flatMap((station) =>
      station
        .store()
        .grants()
        .flatMap(({ grant }) => [grant.id, grant.session]),
    ),
  );
  const facts = new Map([...center.log.facts(ORG)].map(({ fact }) => [fact.id, fact]));
  for (const [ref, folded] of center.log.entities(ORG))
    for (const { fact: id, reason } of folded.contested) {
      const fact = facts.get(id);
      // What was erased is shown to nobody, and no word about it can be read any more.
      if (!fact?.session || !shown.has(fact.session) || gone.has(ref)) continue;
      if (neighbour && reason === OF_ANOTHER_SITE && isTheirs(neighbour, ref)) continue;
      if (center.accounts.entitled(fact.session, hlcParse(fact.hlc).ms))
        diverged.push(`${ref} shows ${fact.type} of ${fact.station} as contested, which had the right: ${reason}`);
    }
}

/** What was written by a sign-in that was over counts nowhere unasked, and is seen not to. */
export function lapsed(center: CenterNode, gone: ReadonlySet<EntityRef>, diverged: string[]): void {
  const facts = [...center.log.facts(ORG)].map(({ fact }) => fact);
  const settled = new Set(
    facts
      .filter(({ type }) => type === FACT_SETTLED)
      .map(({ content }) => (content as { fact?: string } | undefined)?.fact),
  );
  for (const { id, type, session, station, hlc, about } of facts) {
    if (session === null || settled.has(id) || !center.accounts.lapsed(session, hlcParse(hlc).ms)) continue;
    for (const ref of about)
      if (!gone.has(ref) && !center.log.entity(ORG, ref)?.contested.some((one) => one.fact === id))
        diverged.push(`${ref} does not show ${type} of ${station} as contested, whose sign-in was over`);
  }
}
