/** Tab: how the word under the caret can go on. */
import { patientsWords } from '../sentences/words.ts';
import { onIncident } from '../views/reading.ts';
import { ALARMS, PRIORITIES } from './incident-verbs.ts';
import { newCallLines, opensCall } from './new-verb.ts';
import { parseCommand, readerOf } from './parse.ts';
import {
  byCallsign,
  type Choice,
  codeOption,
  findIncident,
  findStatus,
  incidentOption,
  namesUnits,
  naturesMeant,
  type Parsed,
  placeOption,
  unitOption,
  type Word,
  wordsOf,
} from './reading.ts';
import { LONGEST_LINE, VERBS, verbOf, type WordKind } from './verbs.ts';
import type { UnitWord, Vocabulary } from './vocabulary.ts';

interface Option {
  readonly insert: string;
  readonly label: string;
}

const MOST = 20;

/** They offer what there is to be settled, and of it what it says. */
const SETTLING: ReadonlySet<string> = new Set(['SETTLE', 'CONFIRM', 'SETASIDE']);

function statusOptions(vocabulary: Vocabulary): Option[] {
  const found = new Map<string, Option>();
  for (const unit of vocabulary.units())
    for (const { code, label } of unit.statuses) if (!found.has(code)) found.set(code, { insert: code, label });
  return [...found.values()];
}

/** What there is to be taken off, moved or carried on stands on an incident; what can be sent mostly does not. */
const RUNNING: ReadonlySet<string> = new Set(['X', 'MV', 'SW', 'NX', 'PT', 'NR', 'C', 'T']);

/** Units, those first that the command is most likely about. */
function unitOptions(command: string, vocabulary: Vocabulary): Option[] {
  const verb = verbOf(command)?.verb;
  const status = verb === undefined ? findStatus(vocabulary, command) : undefined;
  const first = verb === 'D' ? 'free' : status ? onIncident(status.standard) : RUNNING.has(verb ?? '');
  const units = byCallsign(vocabulary.units());
  if (first === false) return units.map(unitOption);
  const likely = (unit: UnitWord): boolean =>
    first === 'free' ? unit.on.length === 0 && !unit.inNeed : unit.on.length > 0;
  return [...units.filter(likely), ...units.filter((unit) => !likely(unit))].map(unitOption);
}

function optionsOf(kind: WordKind, command: string, vocabulary: Vocabulary): readonly Option[] {
  switch (kind) {
    case 'unit':
      return unitOptions(command, vocabulary);
    case 'incident':
      return vocabulary.incidents.open().map(incidentOption);
    case 'hospital':
      return vocabulary.hospitals().map(placeOption);
    case 'post':
      return vocabulary.posts().map(placeOption);
    case 'disposition':
      return vocabulary.dispositions(null).map(codeOption);
    case 'nature':
      return vocabulary.natures().map(codeOption);
    case 'priority':
      return PRIORITIES;
    case 'alarm':
      return ALARMS;
    case 'agency':
      return vocabulary.agencies().map(codeOption);
    case 'patients':
      return [1, 2, 3, 4].map((count) => ({ insert: String(count), label: patientsWords(count) }));
    case 'status':
      return statusOptions(vocabulary);
    default:
      return [];
  }
}

/** What the words after a verb or status can be. */
function kindsAfter(word: string, vocabulary: Vocabulary): readonly WordKind[] {
  const verb = verbOf(word);
  if (verb) return verb.takes;
  const status = findStatus(vocabulary, word);
  if (!status) return [];
  const asks: readonly WordKind[] = status.asks === 'nothing' ? [] : [status.asks];
  return onIncident(status.standard) ? ['unit', 'incident', ...asks] : ['unit', ...asks];
}

function verbOptions(vocabulary: Vocabulary): Option[] {
  return [...VERBS.map((verb) => ({ insert: verb.verb, label: verb.title })), ...statusOptions(vocabulary)];
}

function fits(option: Option, typed: string): boolean {
  const insert = option.insert.toUpperCase();
  return insert.startsWith(typed) || (/^\d+$/.test(typed) && insert.endsWith(typed));
}

/** A nature is said in several words, and found by all of them: they are completed together. */
function natureLines(text: string, before: readonly Word[], verb: Word, vocabulary: Vocabulary): readonly Choice[] {
  const incidents = before.filter((word) => findIncident(vocabulary, word.text)).map(({ from }) => from);
  const first = wordsOf(text).find(({ from }) => from > verb.from && !incidents.includes(from));
  const typed = first ? text.slice(first.from) : '';
  const found = naturesMeant(vocabulary.natures(), typed);
  return found
    .map((nature) => ({ line: `${text.slice(0, first?.from)}${nature.code} `, label: nature.text }))
    .slice(0, MOST);
}

/** Candidates for the last word of a line, as whole lines. */
export function completeCommand(
  text: string,
  vocabulary: Vocabulary,
  selected: string | null = null,
): readonly Choice[] {
  if (text.length > LONGEST_LINE) return [];
  const words = wordsOf(text);
  const last = /\s$/.test(text) || words.length === 0 ? undefined : words[words.length - 1];
  const before = last ? words.slice(0, -1) : words;
  const part = last ? last.text.slice(last.text.lastIndexOf(',') + 1) : '';
  const head = text.slice(0, text.length - part.length);
  const typed = part.toUpperCase();
  const lines = (options: readonly Option[]): Choice[] =>
    options.filter((option) => fits(option, typed)).map(({ insert, label }) => ({ line: `${head}${insert} `, label }));
  const verb = before.find((word) => readerOf(word.text, vocabulary) && !namesUnits(vocabulary, word.text));
  if (verb) {
    if (SETTLING.has(verbOf(verb.text)?.verb ?? '')) return choicesOf(parseCommand(text, vocabulary, selected));
    const kinds = kindsAfter(verb.text, vocabulary);
    if (kinds.includes('nature')) {
      const natures = opensCall(text)
        ? newCallLines(text, vocabulary, MOST)
        : natureLines(text, before, verb, vocabulary);
      if (natures.length > 0) return natures;
    }
    const taken = new Set<WordKind>();
    for (const word of before) {
      if (word !== verb && namesUnits(vocabulary, word.text)) taken.add('unit');
      else if (word !== verb && findIncident(vocabulary, word.text)) taken.add('incident');
    }
    const several = verbOf(verb.text)?.verb === 'SW' || part !== (last?.text ?? '');
    const open = (opensCall(text) ? [] : kinds).filter(
      (kind) => !taken.has(kind) || (kind === 'unit' && several) || pairs(verb.text, kind),
    );
    const found = open.flatMap((kind) => lines(optionsOf(kind, verb.text, vocabulary)));
    const asked = choicesOf(parseCommand(text, vocabulary, selected));
    // A word that is whole already has nothing to go on with: what is missing before it has.
    const isWhole = found.length === 1 && found[0]?.line.trimEnd() === text;
    return found.length > 0 && !(isWhole && asked.length > 0) ? found.slice(0, MOST) : asked;
  }
  const subject = before[0];
  if (subject) return before.length === 1 ? lines(verbOptions(vocabulary)).slice(0, MOST) : [];
  const subjects = typed === '' ? [] : [...optionsOf('unit', '', vocabulary), ...optionsOf('incident', '', vocabulary)];
  return lines([...verbOptions(vocabulary), ...subjects]).slice(0, MOST);
}

const choicesOf = (parsed: Parsed): readonly Choice[] => (parsed.kind === 'needs' ? parsed.choices : []);

function pairs(verb: string, kind: WordKind): boolean {
  return kind === 'incident' && ['L', 'UL', 'M'].includes(verbOf(verb)?.verb ?? '');
}
