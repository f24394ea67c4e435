/** Which other incident is meant by what was typed. Pure. */

export interface Nameable {
  readonly id: string;
  readonly number: string;
  /** Number, nature and place, as they are listed. */
  readonly said: string;
}

export interface OthersNamed<T> {
  /** What may be meant, those whose number ends with what was typed first. */
  readonly options: readonly T[];
  /** Whether it is one alone: the only one whose number ends so, or the only one that says so at all. */
  readonly meant: T | null;
}

export function othersNamed<T extends Nameable>(others: readonly T[], typed: string): OthersNamed<T> {
  const text = typed.trim().toLowerCase();
  const said = others.filter((other) => other.said.toLowerCase().includes(text));
  const ends = text === '' ? [] : said.filter((other) => other.number.toLowerCase().endsWith(text));
  const meant = ends.length > 0 ? ends : text === '' ? [] : said;
  return {
    options: [...ends, ...said.filter((other) => !ends.includes(other))],
    meant: meant.length === 1 ? (meant[0] ?? null) : null,
  };
}
