/** What reading a line comes to, and finding what its words name. */
import type { Refusal } from '../../kernel/refusal.ts';
import type { ActionCall } from '../actions/inputs.ts';
import { NATURE_FIT, natureFit } from '../natures.ts';
import type { StatusCode } from '../status.ts';
import type { Verb, WordKind } from './verbs.ts';
import type { CodeWord, IncidentWord, NatureWord, PlaceWord, UnitWord, Vocabulary } from './vocabulary.ts';

export interface Choice {
  /** The whole line with this choice in it. */
  readonly line: string;
  readonly label: string;
}

export type Parsed =
  /** Understood: what is to be called, in order, and in plain words what will happen. */
  | { readonly kind: 'calls'; readonly calls: readonly ActionCall[]; readonly ghost: string }
  /** A word is missing, or means several things: asked inside the line, whose text stays. */
  | {
      readonly kind: 'needs';
      readonly what: WordKind | 'command';
      readonly ask: string;
      readonly choices: readonly Choice[];
      /** The word that the answer stands for, or the place before one that it goes in (`placeBefore`); null: at the end. */
      readonly at: Word | null;
    }
  | { readonly kind: 'help'; readonly verb: Verb | null }
  /** Incidents are to be looked for: the screen shows which. */
  | { readonly kind: 'find'; readonly text: string; readonly ghost: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** A word as it stands in the line. */
export interface Word {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The words of a line with where each begins and ends, in UTF-16 units. */
export function wordsOf(line: string): readonly Word[] {
  return [...line.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
  }));
}

/** A line being read: its words after the verb, and what is selected on the board. */
export interface Line {
  readonly text: string;
  readonly words: readonly Word[];
  readonly vocabulary: Vocabulary;
  readonly incident: IncidentWord | null;
  readonly unit: UnitWord | null;
}

const MOST_CHOICES = 12;

export function refusal(code: string, message: string, field?: string): Parsed {
  return { kind: 'refused', refusal: field === undefined ? { code, message } : { code, message, field } };
}

/** Where a word that is missing goes: before word `n`, as text may follow there; at the end where there is none. */
export function placeBefore(line: Line, n: number): Word | undefined {
  const from = line.words[n]?.from;
  return from === undefined ? undefined : { text: '', from, to: from };
}

/** Asks for a word: choices replace the word at fault, go in where it is missing, or are added at the end. */
export function needs(
  line: Line,
  what: WordKind | 'command',
  ask: string,
  options: readonly { readonly insert: string; readonly label: string }[] = [],
  at?: Word,
): Parsed {
  const head = at ? line.text.slice(0, at.from) : `${line.text.trimEnd()} `;
  const rest = at ? line.text.slice(at.to) : '';
  const tail = at?.text === '' ? ` ${rest}` : rest;
  const choices = options
    .slice(0, MOST_CHOICES)
    .map(({ insert, label }) => ({ line: `${head}${insert}${tail}`, label }));
  return { kind: 'needs', what, ask, choices, at: at ?? null };
}

export type Found<T> = { readonly one: T } | { readonly many: readonly T[] } | null;

function among<T>(matches: readonly T[]): Found<T> {
  const [first] = matches;
  if (first === undefined) return null;
  return matches.length === 1 ? { one: first } : { many: matches };
}

/** Leading zeros of a callsign's number do not count: `E6` is `E06`. */
export function plain(callsign: string): string {
  return callsign.toUpperCase().replace(/(^|\D)0+(?=\d)/g, '$1');
}

/**
 * A unit by its callsign, or by the beginning of only one; of another site where none of one's own is meant. A whole callsign,
 * whoever's, is never the beginning of another.
 */
export function findUnit(vocabulary: Vocabulary, text: string): Found<UnitWord> {
  const wanted = text.toUpperCase();
  const { own = [], theirs = [] } = Object.groupBy(vocabulary.units(), ({ of }) => (of === null ? 'own' : 'theirs'));
  const called = (units: readonly UnitWord[]): Found<UnitWord> => {
    const exact = units.find((unit) => unit.callsign.toUpperCase() === wanted);
    return exact ? { one: exact } : among(units.filter((unit) => plain(unit.callsign) === plain(wanted)));
  };
  const begun = (units: readonly UnitWord[]): Found<UnitWord> =>
    among(units.filter((unit) => unit.callsign.toUpperCase().startsWith(wanted)));
  return called(own) ?? called(theirs) ?? begun(own) ?? begun(theirs);
}

/** True where a word is exactly a unit, or several joined by commas: what makes a line unit-first. */
export function namesUnits(vocabulary: Vocabulary, text: string): boolean {
  const parts = text.split(',').filter(Boolean);
  return (
    parts.length > 0 &&
    parts.every((part) => {
      const wanted = plain(part);
      return vocabulary.units().some((unit) => plain(unit.callsign) === wanted);
    })
  );
}

/** An incident by its number or its last digits; open ones before closed ones. */
export function findIncident(vocabulary: Vocabulary, text: string): Found<IncidentWord> {
  if (!/\d/.test(text) || !/^[\w/-]+$/.test(text)) return null;
  const wanted = text.toUpperCase();
  const { incidents } = vocabulary;
  const exact = incidents.numbered(wanted);
  if (exact) return { one: exact };
  const open = incidents.open().filter((incident) => incident.number.toUpperCase().endsWith(wanted));
  return among(open) ?? among(incidents.ending(wanted, MOST_CHOICES));
}

/** A place by its short name, or by the beginning of it or of its name. */
export function findPlace(places: readonly PlaceWord[], text: string): Found<PlaceWord> {
  const wanted = text.toUpperCase();
  const exact = places.find((place) => place.short.toUpperCase() === wanted);
  if (exact) return { one: exact };
  const short = among(places.filter((place) => place.short.toUpperCase().startsWith(wanted)));
  return short ?? among(places.filter((place) => place.name.toUpperCase().startsWith(wanted)));
}

/** A place by the beginnings of words of its name: `general hosp` is Harbor General Hospital. */
export function findPlaceByWords(places: readonly PlaceWord[], text: string): Found<PlaceWord> {
  const wanted = wordsOf(text.toUpperCase());
  const fits = ({ name }: PlaceWord): boolean => {
    const named = wordsOf(name.toUpperCase());
    return wanted.every((typed) => named.some((word) => word.text.startsWith(typed.text)));
  };
  return wanted.length > 0 ? among(places.filter(fits)) : null;
}

/** A word of a list by its code, the beginning of it, or the beginning of its text. */
export function findCode<C extends CodeWord>(codes: readonly C[], text: string): Found<C> {
  const wanted = text.trim().toUpperCase();
  if (wanted === '') return null;
  const exact = codes.find((one) => one.code.toUpperCase() === wanted || one.text.toUpperCase() === wanted);
  if (exact) return { one: exact };
  const coded = among(codes.filter((one) => one.code.toUpperCase().startsWith(wanted)));
  return coded ?? among(codes.filter((one) => one.text.toUpperCase().startsWith(wanted)));
}

/** Natures that words may mean, the best fit first. What is only somewhere inside a word is no beginning, and is not meant. */
export function naturesMeant<N extends NatureWord>(natures: readonly N[], text: string): readonly N[] {
  return fitting(natures, text).map(({ nature }) => nature);
}

function fitting<N extends NatureWord>(natures: readonly N[], text: string): { nature: N; fit: number }[] {
  return natures
    .flatMap((nature) => {
      const fit = natureFit(nature, text)?.fit ?? NATURE_FIT.within;
      return fit === NATURE_FIT.within ? [] : [{ nature, fit }];
    })
    .sort((a, b) => a.fit - b.fit);
}

/** The nature that fits best: by its code or words, or by what else it is called, in whatever order. */
export function findNature<N extends NatureWord>(natures: readonly N[], text: string): Found<N> {
  const fits = fitting(natures, text);
  const found = fits.filter(({ fit }) => fit === fits[0]?.fit).map(({ nature }) => nature);
  return findCode(found, text) ?? among(found);
}

/** The status that a code means to any unit of the site. */
export function findStatus(vocabulary: Vocabulary, code: string): StatusCode | undefined {
  const wanted = code.toUpperCase();
  for (const unit of vocabulary.units()) {
    const status = unit.statuses.find((one) => one.code.toUpperCase() === wanted);
    if (status) return status;
  }
  return undefined;
}

/** Only the last digits of an incident's number, not all that tells it from others of its year. */
export function namesPartly(incident: IncidentWord, text: string): boolean {
  return text.length < incident.number.length - incident.number.lastIndexOf('-') - 1;
}

export const incidentOption = (incident: IncidentWord): { insert: string; label: string } => ({
  insert: incident.number,
  label: [incident.number, incident.what].filter(Boolean).join(', '),
});
/** As a person looks for one in a list: one's own first. */
export const byCallsign = (units: readonly UnitWord[]): readonly UnitWord[] =>
  units.toSorted((a, b) =>
    (a.of === null) === (b.of === null) ? (a.callsign < b.callsign ? -1 : 1) : a.of === null ? -1 : 1,
  );
export const unitOption = (unit: UnitWord): { insert: string; label: string } => ({
  insert: unit.callsign,
  label: [
    unit.of === null ? unit.callsign : `${unit.callsign} of ${unit.of}`,
    ...(unit.inNeed ? ['emergency'] : []),
    ...(unit.on[0] ? [`on ${unit.on.map((run) => run.number).join(' and ')}`] : []),
  ].join(', '),
});
export const placeOption = (place: PlaceWord): { insert: string; label: string } => ({
  insert: place.short,
  label: place.name,
});
export const codeOption = (one: CodeWord): { insert: string; label: string } => ({ insert: one.code, label: one.text });

/** What Tab offers where an incident is missing: those that are open. */
export function openOptions(line: Line): { insert: string; label: string }[] {
  return line.vocabulary.incidents.open().map(incidentOption);
}

/** The text of a line from a word on. */
export function restFrom(line: Line, n: number): string {
  const word = line.words[n];
  return word ? line.text.slice(word.from).trim() : '';
}

/** The same as one word, for what is said in several; undefined where there is none. */
export function restAsWord(line: Line, n: number): Word | undefined {
  const [word, text] = [line.words[n], restFrom(line, n)];
  return word && { text, from: word.from, to: word.from + text.length };
}
