/** `M36 N gate code`: what a verb of incidents says of units is said of the incident that they are on. Pure. */
import { listed } from '../sentences/words.ts';
import { findIncident, incidentOption, type Line, needs, type Parsed, placeBefore, refusal } from './reading.ts';
import { SURELY_A_NUMBER, takeUnits } from './take.ts';

/** Those that take no units. */
const OF_INCIDENTS: ReadonlySet<string> = new Set('N P LOC NAT LV CB CN PI H RO L UL M UM'.split(' '));

export const isOfIncidents = (verb: string | undefined): boolean => verb !== undefined && OF_INCIDENTS.has(verb);

/**
 * The line without its units, their incident being the one that is meant; where another is named after the verb, that one is.
 * Units on nothing are refused, and of several incidents it is asked which.
 */
export function saidOfUnits(line: Line, units: Line['words'], rest: Line['words'], verb: string): Line | Parsed {
  const taken = takeUnits({ ...line, words: units }, 0);
  if (!taken.ok) return taken.answer;
  const { incidents } = line.vocabulary;
  const after = { ...line, words: rest, incident: null };
  const ids = new Set(taken.value.flatMap(({ on }) => on.map(({ id }) => id)));
  const on = [...ids].flatMap((id) => incidents.ofId(id) ?? []);
  const [only, another] = on;
  if (only && !another) return { ...after, incident: only };
  const [first] = rest;
  if (first && SURELY_A_NUMBER.test(first.text) && findIncident(line.vocabulary, first.text)) return after;
  const names = listed(taken.value.map(({ callsign }) => callsign));
  const are = taken.value.length === 1 ? 'is' : 'are';
  if (only) {
    const ask = `${names} ${are} on ${listed(on.map(({ number }) => number))}. Which?`;
    return needs(line, 'incident', ask, on.map(incidentOption), placeBefore(after, 0));
  }
  const said = `${names} ${are} on nothing. Name the incident: ${verb} and its number.`;
  return refusal('unit.not_on', said, 'incident');
}
