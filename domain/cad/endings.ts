/**
 * In which order the ways a call can end are offered. It is the organisation's word, on the natures, and not counted from
 * what was closed lately: a digit chooses here, and a list that moved with the night's calls would close one with what
 * stood under that digit an hour ago. Pure.
 */
interface Ending {
  readonly code: string;
  readonly text: string;
}
interface NatureEndings {
  readonly code: string;
  readonly endings?: readonly string[] | undefined;
}

/**
 * Dispositions for a call of this nature: those that the nature names, in its order; then those that other natures name,
 * the most and soonest named first; then the rest by their words. The order is the same at every console.
 */
export function endingsFor<D extends Ending>(
  nature: string | null,
  natures: Iterable<NatureEndings>,
  dispositions: Iterable<D>,
): D[] {
  const named = new Map<string, number>();
  let own: readonly string[] = [];
  for (const { code, endings = [] } of natures) {
    if (code === nature) own = endings;
    endings.forEach((ending, place) => {
      named.set(ending, (named.get(ending) ?? 0) + 1 / (place + 1));
    });
  }
  const place = ({ code }: Ending): number => (own.includes(code) ? own.indexOf(code) : own.length);
  const weight = ({ code }: Ending): number => named.get(code) ?? 0;
  return [...dispositions].sort(
    (a, b) =>
      place(a) - place(b) || weight(b) - weight(a) || a.text.localeCompare(b.text, 'en') || (a.code < b.code ? -1 : 1),
  );
}
