/**
 * Facts about nothing: that a log was opened or closed, what a clock measured. Each start of a workstation leaves some, no entity leads to
 * them, and who begins from a snapshot never has them.
 */
import type { Fact } from '../../../domain/kernel/fact.ts';
import { hlcParse } from '../../../domain/kernel/hlc.ts';
import { CENTER_STATION } from '../../../domain/kernel/kernel.ts';
import type { Core } from '../core.ts';
import { type LogState, posOf, seqOf } from './logs.ts';

/** What says that positions are lost stays: the center may be put back to before it heard so. */
const STAYS = 'log.gap';
/** Logs looked at in one call. */
const LOOKED_AT = 200;
/** Facts of one log: what is left of an old one is little, and the rest goes with the next round. */
const OF_A_LOG = 100;

/** Those older than a moment that may go, in logs from a number on, and the number to go on at; null past the last log. */
export function aboutNothing(
  core: Core,
  before: number,
  from: number,
  most: number,
): { readonly found: ReadonlyMap<number, Fact>; readonly next: number | null } {
  const found = new Map<number, Fact>();
  const isOld = (fact: Fact): boolean => hlcParse(fact.hlc).ms < before;
  const logs = core.logs.withFacts(from, LOOKED_AT);
  for (const log of logs) {
    if (found.size >= most) return { found, next: log.num };
    // A log runs forward in time: where its last fact is recent, there are thousands before it that have to stay.
    const last = core.facts.at(posOf(log, log.seq));
    if (log.station === CENTER_STATION || (last && !isOld(last))) continue;
    for (const row of core.facts.range(posOf(log, 1), posOf(log, log.seq), OF_A_LOG)) {
      const fact = core.facts.open(row);
      if (fact.about.length > 0 || fact.type === STAYS || !isOld(fact)) continue;
      if (isSettled(core, log, row.pos)) found.set(row.pos, fact);
    }
  }
  const end = logs.at(-1);
  return { found, next: logs.length < LOOKED_AT || !end ? null : end.num + 1 };
}

/** The center holds it, and nothing of it is to come here yet: a body that is, is no part of what is folded. */
export function isSettled(core: Core, log: LogState, pos: number): boolean {
  return seqOf(pos) <= log.center && !core.strays.has(pos) && !core.facts.awaits(pos) && !core.facts.isBare(pos);
}
