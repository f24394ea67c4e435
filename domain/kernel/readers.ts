/**
 * Who of a site reads which types of facts (`type@v`): counted at the center from what stations say on greeting, and put
 * together at a station from the center's last word and from what its peers say of themselves.
 */

/** A station that does not read all that the center does: what it lacks. */
export interface Older {
  readonly station: string;
  readonly lacks: readonly string[];
}

/** The center's word on its stations. */
export interface ReadersWord {
  /** What every station reads. */
  readonly emit: readonly string[];
  readonly older: readonly Older[];
}

/** `known` is what the center reads itself. A station that has not greeted yet (`reads` empty) has said nothing of itself. */
export function readersOf(
  known: readonly string[],
  stations: Iterable<{ readonly station: string; readonly reads: readonly string[] }>,
): ReadersWord {
  const older: Older[] = [];
  for (const { station, reads } of stations) {
    if (reads.length === 0) continue;
    const lacks = lackedBy(reads, known);
    if (lacks.length > 0) older.push({ station, lacks });
  }
  older.sort((a, b) => (a.station < b.station ? -1 : 1));
  const unread = new Set(older.flatMap(({ lacks }) => lacks));
  return { emit: known.filter((type) => !unread.has(type)), older };
}

/** What of `known` somebody who reads `reads` does not. */
export function lackedBy(reads: readonly string[], known: readonly string[]): readonly string[] {
  const read = new Set(reads);
  return known.filter((type) => !read.has(type));
}

export interface Heard {
  /** The center's last word; null where it never gave one. */
  readonly center: ReadersWord | null;
  /** What stations said of themselves since, this one included. */
  readonly own: ReadonlyMap<string, Older>;
}

/**
 * The stations that do not read a type, as far as is known: of each the newest word counts. Empty where none is named and
 * the center has not said either that all of them read it: it is older itself, or was never reached. Null where all read it.
 */
export function notReadBy(type: string, { center, own }: Heard, enrolled: readonly string[]): readonly string[] | null {
  const lacking = new Set(center?.older.filter(({ lacks }) => lacks.includes(type)).map(({ station }) => station));
  const by = enrolled.filter((station) => own.get(station)?.lacks.includes(type) ?? lacking.has(station));
  if (by.length > 0) return by;
  return lacking.size > 0 || center?.emit.includes(type) ? null : [];
}
