/**
 * The number an incident is shown by. Numbers are unique by lease; should two incidents ever carry one, the one whose
 * opening has the lower (hlc, fact id) keeps it and the others show it with `/2`, `/3`… Nothing is overwritten.
 *
 * Invariant: the same openings give the same shown numbers, whatever order they came in.
 */
import type { Folded } from '../../kernel/fold.ts';
import type { EntityRef, FactId } from '../../kernel/ids.ts';

export interface Opening {
  readonly incident: EntityRef;
  readonly number: string;
  readonly hlc: string;
  readonly fact: FactId;
}

/** The opening of an incident as its fold knows it, one that counts before one that does not; null while none has come. */
export function openingOf(folded: Folded): Opening | null {
  const claims = folded.registers.number ?? [];
  const claim = claims.find(({ contested }) => !contested) ?? claims[0];
  return claim && typeof claim.value === 'string'
    ? { incident: folded.ref, number: claim.value, hlc: claim.hlc, fact: claim.fact }
    : null;
}

function before(a: Opening, b: Opening): number {
  if (a.hlc !== b.hlc) return a.hlc < b.hlc ? -1 : 1;
  return a.fact < b.fact ? -1 : a.fact > b.fact ? 1 : 0;
}

/** Incidents by the numbers they are shown by, in capitals: costs as much as there are that a word may mean, not as there are. */
export interface NumberIndex {
  readonly numbered: (number: string) => readonly EntityRef[];
  /** Whose number ends so. */
  readonly ending: (text: string) => Iterable<EntityRef>;
  /** Whether the digits at the end of any number are these, all of them. */
  readonly endsInDigits: (digits: string) => boolean;
}

export interface NumberBook extends NumberIndex {
  /** Takes note of the opening of an incident, in place of the one before. Returns the other incidents whose shown number changed by it: mostly none. */
  readonly add: (opening: Opening) => readonly EntityRef[];
  /** Takes an incident out whose opening no longer counts. Returns the other incidents whose shown number changed. */
  readonly remove: (incident: EntityRef) => readonly EntityRef[];
  /** The number to show; `no number` while its opening has not come. */
  readonly numberOf: (incident: EntityRef) => string;
}

/** What stands for the number of an incident whose opening has not come, or was erased. */
export const NO_NUMBER = 'no number';

/** So many last letters of a number are mostly those of ten others. */
const ENDS = 3;

/** `0412` of `26-K0412`: what people say of a number. Empty where it ends in a letter. */
export function digitsAtEnd(number: string): string {
  return /\d*$/.exec(number)?.[0] ?? '';
}

interface Ends extends NumberIndex {
  readonly add: (incident: EntityRef, number: string) => void;
  readonly remove: (incident: EntityRef, number: string) => void;
}

function createEnds(): Ends {
  /** By whole number, in capitals: mostly one. */
  const whole = new Map<string, readonly EntityRef[]>();
  /** Whole numbers by their last letters. */
  const ends = new Map<string, Set<string>>();
  /** How many whole numbers have these digits at their end. */
  const digits = new Map<string, number>();
  return {
    add: (incident, number) => {
      const key = number.toUpperCase();
      const held = whole.get(key);
      whole.set(key, held ? [...held, incident] : [incident]);
      if (held) return;
      digits.set(digitsAtEnd(key), (digits.get(digitsAtEnd(key)) ?? 0) + 1);
      const end = key.slice(-ENDS);
      const same = ends.get(end);
      if (same) same.add(key);
      else ends.set(end, new Set([key]));
    },
    remove: (incident, number) => {
      const key = number.toUpperCase();
      const left = (whole.get(key) ?? []).filter((one) => one !== incident);
      if (left.length > 0) whole.set(key, left);
      if (left.length > 0 || !whole.delete(key)) return;
      const others = (digits.get(digitsAtEnd(key)) ?? 1) - 1;
      if (others > 0) digits.set(digitsAtEnd(key), others);
      else digits.delete(digitsAtEnd(key));
      const end = key.slice(-ENDS);
      ends.get(end)?.delete(key);
      if (ends.get(end)?.size === 0) ends.delete(end);
    },
    numbered: (number) => whole.get(number) ?? [],
    *ending(text) {
      const all = text.length < ENDS ? [...ends.keys()].filter((end) => end.endsWith(text)) : [text.slice(-ENDS)];
      for (const end of all) for (const key of ends.get(end) ?? []) if (key.endsWith(text)) yield* whole.get(key) ?? [];
    },
    endsInDigits: (text) => digits.has(text),
  };
}

/** An index over all incidents; adding costs as much as there are incidents with that very number. */
export function createNumberBook(): NumberBook {
  const byNumber = new Map<string, Opening[]>();
  const held = new Map<EntityRef, Opening>();
  const shown = new Map<EntityRef, string>();
  const { add: name, remove: unname, ...index } = createEnds();
  const keep = (number: string, openings: Opening[], besides: EntityRef): EntityRef[] => {
    byNumber.set(number, openings);
    const changed: EntityRef[] = [];
    const were = openings.map((one) => shown.get(one.incident));
    openings.forEach((one, i) => {
      const [was, is] = [were[i], i === 0 ? one.number : `${one.number}/${i + 1}`];
      if (was === is) return;
      if (one.incident !== besides) changed.push(one.incident);
      if (was !== undefined) unname(one.incident, was);
      shown.set(one.incident, is);
    });
    openings.forEach((one, i) => {
      const is = shown.get(one.incident);
      if (is !== undefined && is !== were[i]) name(one.incident, is);
    });
    return changed;
  };
  const remove = (incident: EntityRef): readonly EntityRef[] => {
    const number = held.get(incident)?.number;
    if (number === undefined) return [];
    unname(incident, shown.get(incident) ?? '');
    held.delete(incident);
    shown.delete(incident);
    const left = (byNumber.get(number) ?? []).filter((one) => one.incident !== incident);
    return keep(number, left, incident);
  };
  return {
    ...index,
    add: (opening) => {
      const { incident, number } = opening;
      if (held.get(incident)?.fact === opening.fact) return [];
      const left = remove(incident);
      held.set(incident, opening);
      return [...left, ...keep(number, [...(byNumber.get(number) ?? []), opening].sort(before), incident)];
    },
    remove,
    numberOf: (incident) => shown.get(incident) ?? NO_NUMBER,
  };
}
