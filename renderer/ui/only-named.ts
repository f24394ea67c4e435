/** What typed words mean among choices, where they mean one alone. Pure. */

/**
 * The choice that is named whole; else the only one of which a name begins so, else the only one in which a name says so.
 * Null where several could be meant: Enter must never take the first of them.
 */
export function onlyNamed<T>(
  choices: readonly T[],
  namesOf: (choice: T) => readonly string[],
  typed: string,
): T | null {
  const text = typed.trim().toLowerCase();
  if (text === '') return null;
  const among = (fits: (name: string) => boolean): readonly T[] =>
    choices.filter((choice) => namesOf(choice).some((name) => fits(name.toLowerCase())));
  for (const found of [
    among((name) => name === text),
    among((name) => name.startsWith(text)),
    among((name) => name.includes(text)),
  ])
    if (found.length > 0) return found.length === 1 ? (found[0] ?? null) : null;
  return null;
}

const MOST_NAMED = 4;

/** Why nothing was taken, and what to do. */
export function severalNamed(typed: string, choices: readonly string[]): string {
  if (choices.length === 0) return `Nothing here is named “${typed.trim()}”.`;
  const more = choices.length > MOST_NAMED ? ', …' : '';
  return `“${typed.trim()}” could be ${choices.slice(0, MOST_NAMED).join(', ')}${more}: type more of it.`;
}
