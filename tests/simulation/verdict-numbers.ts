/** What must hold of the numbers of incidents. */
import type { IncidentRow } from '../../domain/bridge/topics.ts';
import { wallTime } from '../../domain/cad/sentences/local-time.ts';
import type { Fact } from '../../domain/kernel/fact.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { CenterNode } from './center-node.ts';
import type { Oracle } from './oracle.ts';
import { ORG, SITE, type Site } from './roster.ts';
import type { StationNode } from './station-node.ts';

const LEASED = /^[0-9]{2}-[0-9]+$/;

/** No two incidents are shown by one number. Two may carry one after two restores: then one is shown as an alias. */
export function numbers(station: StationNode, diverged: string[]): void {
  const seen = new Map<string, string>();
  for (const [id, row] of Object.entries((station.board().incidents ?? {}) as unknown as Record<string, IncidentRow>)) {
    if (row.number === 'no number') continue;
    if (seen.has(row.number)) diverged.push(`${row.number} is the number of ${id} and of ${seen.get(row.number)}`);
    seen.set(row.number, id);
  }
}

/** No number that was leased is on two incidents of the organisation, whichever of its sites opened them. */
export function openedTwice(center: CenterNode, oracle: Oracle, diverged: string[]): void {
  const on = new Map<string, EntityRef>();
  for (const { fact } of center.log.facts(ORG)) {
    const [incident] = fact.about;
    const number = numberIn(fact, oracle);
    if (!incident || !number || !LEASED.test(number)) continue;
    const other = on.get(number) ?? incident;
    if (other !== incident) diverged.push(`${number} was given to ${other} and to ${incident}`);
    on.set(number, other);
  }
}

interface Numbered {
  readonly number: string;
  readonly at: number;
}

/** The number that an opening gives, also where its incident was erased since. */
function numberIn(fact: Fact, oracle: Oracle): string | undefined {
  if (fact.type !== 'incident.opened') return undefined;
  const content = fact.content ?? oracle.facts().get(fact.id)?.fact.content;
  return (content as { readonly number?: string } | undefined)?.number;
}

function numbered(center: CenterNode, oracle: Oracle): Numbered[] {
  return [...center.log.facts(ORG)].flatMap(({ fact }) => {
    const number = fact.site === SITE ? numberIn(fact, oracle) : undefined;
    return number === undefined ? [] : [{ number, at: fact.at }];
  });
}

/** Years of the incident numbers that were given, as they stand in them, ascending. */
export function yearsGiven(center: CenterNode, oracle: Oracle): string[] {
  return [...new Set(numbered(center, oracle).map(({ number }) => number.slice(0, 2)))].sort();
}

/** A number is of the year that the site's clocks showed when its incident was opened. */
export function years(site: Site, center: CenterNode, oracle: Oracle, diverged: string[]): void {
  for (const { number, at } of numbered(center, oracle)) {
    const year = new Date(wallTime(at, site.calendar.zone)).getUTCFullYear();
    if (number.slice(0, 2) !== String(year % 100)) diverged.push(`${number} was given in ${year}`);
  }
}
