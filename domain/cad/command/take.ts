/** Taking units and incidents from the words of a line; where one is missing or unclear, the question to ask. */
import {
  byCallsign,
  findIncident,
  findUnit,
  incidentOption,
  type Line,
  namesPartly,
  namesUnits,
  needs,
  openOptions,
  type Parsed,
  placeBefore,
  refusal,
  unitOption,
} from './reading.ts';
import type { IncidentWord, UnitWord } from './vocabulary.ts';

export type Taken<T> =
  | { readonly ok: true; readonly value: T; readonly next: number }
  | { readonly ok: false; readonly answer: Parsed };

export const taken = <T>(value: T, next: number): Taken<T> => ({ ok: true, value, next });
const answer = (parsed: Parsed): { ok: false; answer: Parsed } => ({ ok: false, answer: parsed });

/** Digits that are surely of an incident: fewer may be of what is said. */
export const SURELY_A_NUMBER = /\d{3}$/;

/** Which units a line without one is most likely about, besides those of the incident in hand: those that are free, or on something. */
export type Likely = 'free' | 'running' | 'any';

/** Units in the order in which they are asked for. */
function likeliestFirst(line: Line, incident: IncidentWord | null, likely: Likely): readonly UnitWord[] {
  const rank = ({ on, inNeed }: UnitWord): number => {
    if (likely === 'free') return on.length === 0 && !inNeed ? 0 : 1;
    if (on.some(({ id }) => id === incident?.id)) return 0;
    return likely === 'running' && on.length > 0 ? 1 : 2;
  };
  return byCallsign(line.vocabulary.units()).toSorted((a, b) => rank(a) - rank(b));
}

/** Fewer digits may be anything, such as minutes; nothing but a number follows where a unit is sent. */
const isNumberOf = ({ vocabulary }: Line, text: string, likely: Likely): boolean =>
  (likely === 'free' || SURELY_A_NUMBER.test(text)) && findIncident(vocabulary, text) !== null;

/** Asks which unit; where an incident stands in its place, for that one, and before it: `D 10418`. */
function askUnit(line: Line, n: number, likely: Likely): Parsed {
  const text = line.words[n]?.text ?? '';
  const found = text === '' ? null : findIncident(line.vocabulary, text);
  const incident = found ? ('one' in found ? found.one : null) : line.incident;
  const options = likeliestFirst(line, incident, likely).map(unitOption);
  const ask = found && incident ? `Which unit, ${likely === 'free' ? 'to' : 'of'} ${incident.number}?` : 'Which unit?';
  return needs(line, 'unit', ask, options, found ? placeBefore(line, n) : undefined);
}

/**
 * Units from word `n` on, joined by commas or side by side; the selected one where none is named. `likely`: who is offered first where
 * it has to be asked.
 */
export function takeUnits(line: Line, n: number, likely: Likely = 'running'): Taken<readonly UnitWord[]> {
  const units = new Map<string, UnitWord>();
  let next = n;
  for (let word = line.words[next]; word; word = line.words[++next]) {
    if (next > n && !namesUnits(line.vocabulary, word.text)) break;
    const parts = word.text.split(',').filter(Boolean);
    const found: UnitWord[] = [];
    for (const part of parts) {
      const unit = findUnit(line.vocabulary, part);
      if (unit && 'one' in unit) {
        found.push(unit.one);
        continue;
      }
      if (next === n && line.unit && parts.length === 1) break;
      if (!unit && next === n && parts.length === 1 && isNumberOf(line, part, likely))
        return answer(askUnit(line, n, likely));
      if (!unit) return answer(refusal('unit.unknown', `There is no unit ${part.toUpperCase()}.`, 'unit'));
      const options = unit.many.map((one) => ({
        ...unitOption(one),
        insert: word.text.replace(part, one.callsign),
      }));
      return answer(needs(line, 'unit', `${part.toUpperCase()} could be several units. Which?`, options, word));
    }
    if (found.length < parts.length) break;
    for (const unit of found) units.set(unit.id, unit);
  }
  if (units.size > 0) return taken([...units.values()], next);
  if (line.unit) return taken([line.unit], n);
  return answer(askUnit(line, n, likely));
}

/** Before free text a shorter number is taken as part of the text, where an incident is selected: `N 2 patients`. */
const FEWEST_DIGITS = 3;

/**
 * Whether word `n`, before free text, is part of it: a number too short to be meant for an incident, unless another number
 * follows it (`LOC 1 41 First St`: a house has one).
 */
function isOfText(line: Line, n: number): boolean {
  const [text, after] = [line.words[n]?.text ?? '', line.words[n + 1]?.text ?? ''];
  return /^\d+$/.test(text) && text.length < FEWEST_DIGITS && !/^\d+[a-z]?$/i.test(after);
}

/** What a number of an incident looks like, whole or by its last digits. */
export const LIKE_A_NUMBER = /^(\d{2}-([0-9A-Z]+-?)?)?\d{3,}$/i;

/** What may have been meant where a finger did wrong: one digit, or two beside each other that came the wrong way round. */
function* slipsOf(digits: string): Iterable<string> {
  for (const [i, typed] of [...digits].entries()) {
    const [head, next = '', tail] = [digits.slice(0, i), digits[i + 1], digits.slice(i + 2)];
    for (const digit of '0123456789') if (digit !== typed) yield head + digit + next + tail;
    if (next !== '' && next !== typed) yield head + next + typed + tail;
  }
}

/**
 * Whether word `n`, before free text, is a number that nobody would begin the text with: one with a year, one before another
 * (`LOC 10419 41 First St`: a house has one), or one that is a slip away from an incident's. Where it names none it is one.
 */
function isMeantForIncident(line: Line, n: number): boolean {
  const [number, after] = [line.words[n]?.text ?? '', line.words[n + 1]?.text ?? ''];
  if (!LIKE_A_NUMBER.test(number)) return false;
  if (!/^\d+$/.test(number) || /^\d+[a-z]?$/i.test(after)) return true;
  return [...slipsOf(number)].some(line.vocabulary.incidents.endsInDigits);
}

/**
 * The incident at word `n` where that word names one, `.` being the selected one; null where it names none. `text`: free
 * text may follow, which can begin with a number itself; where one is selected and the number may be either, it is asked.
 */
export function takeIncidentIfNamed(
  line: Line,
  n: number,
  text: 'text' | 'no text' = 'no text',
): Taken<IncidentWord | null> {
  const word = line.words[n];
  if (!word) return taken(null, n);
  if (word.text === '.') {
    if (line.incident) return taken(line.incident, n + 1);
    return answer(needs(line, 'incident', 'No incident is selected. Which one?', openOptions(line), word));
  }
  const { incident } = line;
  if (text === 'text' && incident && isOfText(line, n)) return taken(null, n);
  const said = incident
    ? [{ insert: `. ${word.text}`, label: `${incident.number}: “${line.text.slice(word.from).trim()}”` }]
    : [];
  const found = findIncident(line.vocabulary, word.text);
  if (!found) {
    if (text === 'no text' || !incident || !isMeantForIncident(line, n)) return taken(null, n);
    const ask = `There is no incident ${word.text}. Which, or is it said of ${incident.number}?`;
    return answer(needs(line, 'incident', ask, said, word));
  }
  const mayBeText = text === 'text' && incident && line.words[n + 1] && /^\d+$/.test(word.text);
  if ('one' in found) {
    const { one } = found;
    if (!mayBeText || incident.id === one.id || !namesPartly(one, word.text)) return taken(one, n + 1);
    const ask = `Is ${word.text} the incident ${one.number}, or said of ${incident.number}?`;
    return answer(needs(line, 'incident', ask, [incidentOption(one), ...said], word));
  }
  const several = found.many.map(incidentOption);
  if (!mayBeText) return answer(needs(line, 'incident', `${word.text} could be several. Which?`, several, word));
  const ask = `${word.text} could be several incidents, or said of ${incident.number}. Which?`;
  return answer(needs(line, 'incident', ask, [...said, ...several], word));
}

/** A neighbour may have read the number out; what was not shared is not known here. */
export function unknownIncident({ vocabulary }: Line, said: string): Parsed {
  const how = vocabulary.units().some(({ of }) => of !== null)
    ? ' One of another site can be named once it shares it: by sending one of your units, or by linking it.'
    : '';
  return refusal('incident.unknown', said + how, 'incident');
}

/** The incident at word `n`, or the selected one. */
export function takeIncident(line: Line, n: number, text: 'text' | 'no text' = 'no text'): Taken<IncidentWord> {
  const named = takeIncidentIfNamed(line, n, text);
  if (!named.ok) return named;
  if (named.value) return taken(named.value, named.next);
  if (line.incident) return taken(line.incident, n);
  const word = line.words[n];
  if (word && /^\d+$/.test(word.text)) return answer(unknownIncident(line, `No incident ends in ${word.text}.`));
  return answer(needs(line, 'incident', 'Which incident?', openOptions(line), placeBefore(line, n)));
}

/** Refuses words that were not understood. */
export function nothingMore(line: Line, n: number): Parsed | null {
  const word = line.words[n];
  if (!word) return null;
  // Here no digit is a choice, a minute or a priority any more.
  if (LIKE_A_NUMBER.test(word.text) || /^\d+$/.test(word.text)) {
    const found = findIncident(line.vocabulary, word.text);
    const another = found && ('one' in found ? found.one.number : word.text);
    return another === null
      ? unknownIncident(line, `There is no incident ${word.text}.`)
      : refusal('incident.many', `${another} is one incident more than this takes. Leave one of them out.`, 'incident');
  }
  return refusal('word.unknown', `“${word.text.slice(0, 40)}” is not understood here.`);
}

/**
 * Refuses a word that looks like an incident's number and names none, where other words may begin: a slip of one digit would
 * otherwise do it to another incident, with the number as its reason or disposition.
 */
export function numberOfNone(
  line: Line,
  n: number,
  what: 'reason' | 'disposition' | 'place' = 'reason',
): Parsed | null {
  const text = line.words[n]?.text ?? '';
  if (!LIKE_A_NUMBER.test(text)) return null;
  const rule = what === 'place' ? 'A number alone is no place.' : `A ${what} begins with a word.`;
  return refusal('incident.unknown', `There is no incident ${text}. ${rule}`, 'incident');
}
