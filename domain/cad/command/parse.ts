/**
 * Reading a line of the command language: verb first (`D M36 10418`), unit first (`M36 D 10418`) or incident first
 * (`10418 N text`). Pure and total; what is missing or unclear is asked for, and the text always stays.
 */
import { isReadable } from '../../kernel/readable.ts';
import { statusByCode } from '../views/status-set.ts';
import { readContested } from './contested-verbs.ts';
import { LONGEST_FIND, wantedOf, wantedSaid } from './find.ts';
import {
  readAlarm,
  readClose,
  readHold,
  readLink,
  readLocation,
  readMerge,
  readNature,
  readNote,
  readPriority,
  readReopen,
  readSaid,
  readUnmerge,
} from './incident-verbs.ts';
import { meantBy } from './meant.ts';
import { readNew } from './new-verb.ts';
import { readAgencyNumber } from './number-verb.ts';
import { readPatients } from './patients-verb.ts';
import {
  findIncident,
  findStatus,
  findUnit,
  type Line,
  namesUnits,
  needs,
  type Parsed,
  refusal,
  restFrom,
  type Word,
  wordsOf,
} from './reading.ts';
import { isOfIncidents, saidOfUnits } from './said-of-a-unit.ts';
import { readSettle } from './settle-verb.ts';
import { LIKE_A_NUMBER, SURELY_A_NUMBER, unknownIncident } from './take.ts';
import { readTime } from './time-verb.ts';
import { readCancel, readDispatch, readEmergency, readMove, readNext, readStatus, readSwap } from './unit-verbs.ts';
import { LONGEST_LINE, verbOf } from './verbs.ts';
import type { Vocabulary } from './vocabulary.ts';

function readFind(line: Line): Parsed {
  const text = restFrom(line, 0);
  if (text === '')
    return needs(
      line,
      'text',
      'Find which? Any of number, place, nature, callback, unit and day: FIND M36 oak yesterday.',
    );
  if (text.length > LONGEST_FIND)
    return refusal('find.too_long', `At most ${LONGEST_FIND} characters are looked for. Leave some out.`, 'text');
  const { now, timeZone } = line.vocabulary;
  return { kind: 'find', text, ghost: `Find incidents: ${wantedSaid(wantedOf(text, now, timeZone), timeZone)}` };
}

/** `? D` explains a command; `? 1200 Oak St` finds what is none. */
function readHelp(line: Line): Parsed {
  const [word] = line.words;
  const verb = word && verbOf(word.text);
  return word && !verb && !findStatus(line.vocabulary, word.text)
    ? readFind(line)
    : { kind: 'help', verb: verb ?? null };
}

const READERS: { readonly [verb: string]: (line: Line) => Parsed } = {
  NEW: readNew,
  D: readDispatch,
  X: readCancel,
  MV: readMove,
  SW: readSwap,
  EM: readEmergency,
  PT: readPatients,
  NX: readNext,
  C: readClose,
  RO: readReopen,
  N: readNote,
  P: readPriority,
  LOC: readLocation,
  NAT: readNature,
  LV: readAlarm,
  CB: readSaid('callback'),
  CN: readSaid('caller'),
  PI: readSaid('patient'),
  H: readHold,
  NR: readAgencyNumber,
  L: (line) => readLink(line, true),
  UL: (line) => readLink(line, false),
  M: readMerge,
  UM: readUnmerge,
  SETTLE: readSettle,
  CONFIRM: readContested('confirmed'),
  SETASIDE: readContested('set aside'),
  T: readTime,
  FIND: readFind,
  '?': readHelp,
};

type Reader = (line: Line) => Parsed;

/** Of what was typed, said back. Characters. */
const MOST_SHOWN = 40;

/** The reader of a verb or status code. */
export function readerOf(word: string, vocabulary: Vocabulary): Reader | null {
  const verb = verbOf(word);
  const reader = verb && READERS[verb.verb];
  if (reader) return reader;
  return findStatus(vocabulary, word) ? (line) => readStatus(line, word) : null;
}

/** How many words from `n` on name units. */
function unitsFrom(words: readonly Word[], n: number, vocabulary: Vocabulary): number {
  const after = words.slice(n).findIndex((word) => !namesUnits(vocabulary, word.text));
  return after < 0 ? words.length - n : after;
}

/** Units before a verb of incidents. */
interface SaidOf {
  readonly units: readonly Word[];
  readonly verb: string;
}

/** The words with the verb taken out, wherever it stands: first, or after units or an incident. */
function withoutVerb(
  words: readonly Word[],
  vocabulary: Vocabulary,
): { reader: Reader; words: readonly Word[]; of?: SaidOf } | null {
  const [first] = words;
  if (!first) return null;
  const units = unitsFrom(words, 0, vocabulary);
  const incident = units === 0 && (findIncident(vocabulary, first.text) !== null || first.text === '.');
  const reader = readerOf(first.text, vocabulary);
  const at = units > 0 ? units : 1;
  const verb = units > 0 || incident ? words[at] : undefined;
  const later = verb ? readerOf(verb.text, vocabulary) : null;
  if (later && (!reader || units > 0)) {
    const subject = words.slice(0, at);
    const rest = words.slice(at + 1);
    const known = verbOf(verb?.text ?? '')?.verb;
    if (known !== undefined && units > 0 && isOfIncidents(known))
      return { reader: later, words: rest, of: { units: subject, verb: known } };
    // `10418 D M36`: the verbs that take both want the units first.
    const last = incident ? unitsFrom(rest, 0, vocabulary) : 0;
    return { reader: later, words: [...rest.slice(0, last), ...subject, ...rest.slice(last)] };
  }
  return reader ? { reader, words: unitsAhead(first.text, words.slice(1), vocabulary) } : null;
}

/** Verbs that take units and then an incident, as every status does. */
const UNITS_FIRST: ReadonlySet<string> = new Set(['D', 'X', 'MV', 'NX', 'PT', 'NR']);

/** `D 10418 M36`: the words after the verb with the units before the incident, where both are surely meant. */
function unitsAhead(verb: string, words: readonly Word[], vocabulary: Vocabulary): readonly Word[] {
  const [incident] = words;
  const known = verbOf(verb);
  if (!incident || (known && !UNITS_FIRST.has(known.verb))) return words;
  if (!SURELY_A_NUMBER.test(incident.text) || namesUnits(vocabulary, incident.text)) return words;
  const units = unitsFrom(words, 1, vocabulary);
  if (units === 0 || !findIncident(vocabulary, incident.text)) return words;
  return [...words.slice(1, 1 + units), incident, ...words.slice(1 + units)];
}

/**
 * Units and nothing else, with a code that became a command after their agency had it as a status: the status is meant, which whoever
 * sets statuses up is told to name otherwise. Null for any other line.
 */
function statusKept(words: readonly Word[], vocabulary: Vocabulary): { code: string; units: readonly Word[] } | null {
  const named = words.filter(({ text }) => namesUnits(vocabulary, text));
  const [code, more] = words.filter((word) => !named.includes(word));
  if (!code || more || named.length === 0 || !verbOf(code.text)) return null;
  const has = ({ text }: Word): boolean =>
    text.split(',').every((part) => {
      const unit = part === '' ? null : findUnit(vocabulary, part);
      return unit === null || ('one' in unit && statusByCode(unit.one.statuses, code.text) !== undefined);
    });
  return named.every(has) ? { code: code.text, units: named } : null;
}

/** A line that is being read: `selected` is the id of the incident or unit that is selected on the board, or null. */
function lineOf(text: string, vocabulary: Vocabulary, selected: string | null): Line {
  const id = selected?.replace(/^(incident|unit):/, '');
  return {
    text,
    words: wordsOf(text),
    vocabulary,
    incident: id === undefined ? null : (vocabulary.incidents.ofId(id) ?? null),
    unit: id === undefined ? null : (vocabulary.units().find((unit) => unit.id === id) ?? null),
  };
}

/** Reads a line. Never throws; control characters count as spaces. */
export function parseCommand(text: string, vocabulary: Vocabulary, selected: string | null = null): Parsed {
  if (text.length > LONGEST_LINE)
    return refusal('command.too_long', `A command has at most ${LONGEST_LINE} characters. Leave something out.`);
  const line = lineOf(text.replace(/\p{Cc}/gu, ' '), vocabulary, selected);
  if (!isReadable(line.text)) return refusal('text.control', 'The line holds characters that cannot be read.');
  const [first] = line.words;
  if (!first) return refusal('command.empty', 'Type a command, or ? for the list.');
  const kept = statusKept(line.words, vocabulary);
  if (kept) return readStatus({ ...line, words: kept.units }, kept.code);
  const found = withoutVerb(line.words, vocabulary);
  if (!found) return noCommand(line, first);
  const { reader, words, of } = found;
  const read = of ? saidOfUnits(line, of.units, words, of.verb) : { ...line, words };
  return 'kind' in read ? read : reader(read);
}

/** What stands where a command should, and is none: with those that it may be meant for. */
function noCommand(line: Line, first: Word): Parsed {
  const { vocabulary, words } = line;
  const subjects = unitsFrom(words, 0, vocabulary) || (findIncident(vocabulary, first.text) ? 1 : 0);
  const word = words[subjects];
  if (subjects === 0 && LIKE_A_NUMBER.test(first.text))
    return unknownIncident(line, `There is no incident ${first.text}.`);
  const about = line.text.slice(first.from, words[subjects - 1]?.to ?? first.from).slice(0, MOST_SHOWN);
  if (!word)
    return refusal('command.no_verb', `What about ${about}? Add a command, for example D or OS; ? lists them.`);
  const shown = word.text.slice(0, MOST_SHOWN);
  const said = subjects > 0 ? `“${shown}” is no command for ${about}` : `There is no command “${shown}”`;
  // A callsign that is being typed is no command that went wrong.
  const meant = findUnit(vocabulary, word.text) ? [] : meantBy(word.text, vocabulary);
  if (meant.length > 0) return needs(line, 'command', `${said}. Nearest:`, meant, word);
  return refusal('command.unknown', `${said}. ? lists them.`);
}
