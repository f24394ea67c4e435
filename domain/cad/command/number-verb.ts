/**
 * `NR 10418 HCFD 26-4411`, `NR M36 26-4411`: the number under which an agency has a call, as its own dispatch or its crew says it. A
 * unit stands for its agency and the call that it is on. `-` takes the number back.
 */
import { LONGEST_REFERENCE, systemOf } from '../references.ts';
import { codeOption, findCode, type Line, namesUnits, needs, type Parsed, placeBefore, refusal } from './reading.ts';
import {
  nothingMore,
  type Taken,
  takeIncident,
  takeIncidentIfNamed,
  taken,
  takeUnits,
  unknownIncident,
} from './take.ts';
import { askWhich, ownRun } from './unit-verbs.ts';
import type { CodeWord, IncidentWord, UnitWord } from './vocabulary.ts';

/** What takes a number back, as it strikes a time. */
const NONE = '-';

interface Subject {
  readonly incident: IncidentWord;
  /** The unit's own; null where none is named by a unit. */
  readonly agency: CodeWord | null;
  readonly next: number;
}

/** The call of a unit: named where another word comes before the number, else the one that it is on. */
function callOf(line: Line, unit: UnitWord, n: number): Taken<IncidentWord | null> {
  if (line.words.length - n < 2) return taken(null, n);
  const own = ownRun(line, [unit], n);
  return own ? taken(own, n + 1) : takeIncidentIfNamed(line, n);
}

function subjectByUnit(line: Line): Subject | Parsed {
  const units = takeUnits(line, 0);
  if (!units.ok) return units.answer;
  const [unit, another] = units.value;
  if (!unit || another) return refusal('unit.many', 'Name one unit: the number is its agency’s.', 'unit');
  const named = callOf(line, unit, units.next);
  if (!named.ok) return named.answer;
  const { agency } = unit;
  if (named.value) return { incident: named.value, agency, next: named.next };
  const asked = askWhich(line, unit, units.next);
  if (asked) return asked;
  const [run] = unit.on;
  const incident = run ? line.vocabulary.incidents.ofId(run.id) : line.incident;
  if (incident) return { incident, agency, next: units.next };
  const ask = `${unit.callsign} is on nothing now. Of which call?`;
  return needs(line, 'incident', ask, [], placeBefore(line, units.next));
}

function subjectOf(line: Line): Subject | Parsed {
  const [first, second] = line.words;
  const isUnit = first !== undefined && namesUnits(line.vocabulary, first.text);
  if (isUnit || (line.unit && !second)) return subjectByUnit(line);
  // What may be the number itself names no call.
  const incident = line.incident && !second ? taken(line.incident, 0) : takeIncident(line, 0);
  return incident.ok ? { incident: incident.value, agency: null, next: incident.next } : incident.answer;
}

/** The agency at word `n`; where a unit stands for its own, only where another word follows. */
function takeAgency(line: Line, { incident, agency, next }: Subject): Taken<CodeWord> {
  const known = line.vocabulary.agencies();
  const [word, after] = [line.words[next], line.words[next + 1]];
  const found = word && (after || !agency) ? findCode(known, word.text) : null;
  if (found && 'one' in found) return taken(found.one, next + 1);
  if (agency && !after) return taken(agency, next);
  const options = (found?.many ?? known).map(codeOption);
  if (known.length === 0)
    return {
      ok: false,
      answer: refusal('agency.none', 'This site has no agencies: an administrator adds them in Setup.'),
    };
  if (word && !found && /^\d{3,}$/.test(word.text) && after && !line.incident)
    return { ok: false, answer: unknownIncident(line, `There is no incident ${word.text}.`) };
  const ask = !word
    ? `Whose number of ${incident.number}?`
    : found
      ? `${word.text} could be several agencies. Which?`
      : after
        ? `No agency is called ${word.text}. Which?`
        : `Whose number of ${incident.number} is ${word.text}?`;
  // The only word may be the number: the agency goes before it.
  const at = word && !after && !found ? placeBefore(line, next) : word;
  return { ok: false, answer: needs(line, 'agency', ask, options, at) };
}

export function readAgencyNumber(line: Line): Parsed {
  const subject = subjectOf(line);
  if ('kind' in subject) return subject;
  const { incident } = subject;
  const agency = takeAgency(line, subject);
  if (!agency.ok) return agency.answer;
  const { code } = agency.value;
  const word = line.words[agency.next];
  if (!word) return needs(line, 'number', `Which number has ${code} for ${incident.number}?`);
  const more = nothingMore(line, agency.next + 1);
  if (more) return more;
  const system = systemOf({ short: code });
  if (system === null)
    return refusal(
      'agency.letters',
      `A number of ${code} cannot be kept: its short name needs letters from A to Z.`,
      'agency',
    );
  if (word.text.length > LONGEST_REFERENCE)
    return refusal('field.invalid', `A number has at most ${LONGEST_REFERENCE} characters.`, 'number');
  const number = word.text === NONE ? '' : word.text;
  const input = { incident: incident.id, set: { references: { [system]: number } } };
  const said = number === '' ? 'taken back' : number;
  return {
    kind: 'calls',
    calls: [{ name: 'incident.edit', input }],
    ghost: `${incident.number} ${code} number ${said}`,
  };
}
