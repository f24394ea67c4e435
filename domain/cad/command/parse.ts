/**
 * Reading a line of the command language: verb first (`D M36 10418`), unit first (`M36 D 10418`) or incident first
 * (`10418 N text`). Pure and total; what is missing or unclear is asked for, and the text always stays.
 */
import {
  readClose,
  readHold,
  readLink,
  readLocation,
  readMerge,
  readNature,
  readNote,
  readPriority,
  readReopen,
  readUnmerge,
} from './incident-verbs.ts';
import {
  findIncident,
  findStatus,
  type Line,
  namesUnits,
  type Parsed,
  refusal,
  type Word,
  wordsOf,
} from './reading.ts';
import { readTime } from './time-verb.ts';
import { readCancel, readDispatch, readMove, readNext, readStatus, readSwap } from './unit-verbs.ts';
import { verbOf } from './verbs.ts';
import type { Vocabulary } from './vocabulary.ts';

const READERS: { readonly [verb: string]: (line: Line) => Parsed } = {
  D: readDispatch,
  X: readCancel,
  MV: readMove,
  SW: readSwap,
  NX: readNext,
  C: readClose,
  RO: readReopen,
  N: readNote,
  P: readPriority,
  LOC: readLocation,
  NAT: readNature,
  H: readHold,
  L: (line) => readLink(line, true),
  UL: (line) => readLink(line, false),
  M: readMerge,
  UM: readUnmerge,
  T: readTime,
  '?': (line) => ({ kind: 'help', verb: (line.words[0] && verbOf(line.words[0].text)) ?? null }),
};

type Reader = (line: Line) => Parsed;

/** The reader of a verb or status code. */
export function readerOf(word: string, vocabulary: Vocabulary): Reader | null {
  const verb = verbOf(word);
  const reader = verb && READERS[verb.verb];
  if (reader) return reader;
  return findStatus(vocabulary, word) ? (line) => readStatus(line, word) : null;
}

/** The words with the verb taken out, wherever it stands: first, or after units or an incident. */
function withoutVerb(
  words: readonly Word[],
  vocabulary: Vocabulary,
): { reader: Reader; words: readonly Word[] } | null {
  const [first, second] = words;
  if (!first) return null;
  const subject =
    namesUnits(vocabulary, first.text) || findIncident(vocabulary, first.text) !== null || first.text === '.';
  const reader = readerOf(first.text, vocabulary);
  const later = subject && second ? readerOf(second.text, vocabulary) : null;
  if (later && (!reader || namesUnits(vocabulary, first.text))) {
    const [third, ...rest] = words.slice(2);
    // `10418 D M36`: the verbs that take both want the units first.
    const unitsLast = third && !namesUnits(vocabulary, first.text) && namesUnits(vocabulary, third.text);
    return { reader: later, words: unitsLast ? [third, first, ...rest] : [first, ...words.slice(2)] };
  }
  return reader ? { reader, words: words.slice(1) } : null;
}

/** A line that is being read: `selected` is the id of the incident or unit that is selected on the board, or null. */
function lineOf(text: string, vocabulary: Vocabulary, selected: string | null): Line {
  const id = selected?.replace(/^(incident|unit):/, '');
  return {
    text,
    words: wordsOf(text),
    vocabulary,
    incident: vocabulary.incidents().find((incident) => incident.id === id) ?? null,
    unit: vocabulary.units().find((unit) => unit.id === id) ?? null,
  };
}

/** Reads a line. Never throws; control characters count as spaces. */
export function parseCommand(text: string, vocabulary: Vocabulary, selected: string | null = null): Parsed {
  const line = lineOf(text.replace(/\p{Cc}/gu, ' '), vocabulary, selected);
  const [first] = line.words;
  if (!first) return refusal('command.empty', 'Type a command, or ? for the list.');
  const found = withoutVerb(line.words, vocabulary);
  if (found) return found.reader({ ...line, words: found.words });
  const shown = first.text.slice(0, 40);
  if (namesUnits(vocabulary, first.text) || findIncident(vocabulary, first.text))
    return refusal('command.no_verb', `What about ${shown}? Add a command, for example D or OS; ? lists them.`);
  return refusal('command.unknown', `There is no command “${shown}”. ? lists them.`);
}
