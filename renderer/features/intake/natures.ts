/** Which natures what was typed may mean. Pure. */
import type { NatureValue, Priority } from '#domain/cad/facts.ts';

export interface NatureChoice extends NatureValue {
  readonly priority: Priority;
}

const MOST_CHOICES = 9;

const inOrder = new Intl.Collator('en');

/**
 * Best first: the code itself, then codes and words that begin with it, then anything that contains every word. Of equally
 * good ones the most urgent: who takes the first one unread has sent too much, not too little.
 */
export function naturesFor(all: readonly NatureChoice[], typed: string): NatureChoice[] {
  const text = typed.trim().toLowerCase();
  const words = text.split(/\s+/).filter(Boolean);
  const score = (choice: NatureChoice): number => {
    const [code, name] = [choice.code.toLowerCase(), choice.text.toLowerCase()];
    if (text === '') return 3;
    if (code === text || name === text) return 0;
    if (code.startsWith(text) || name.startsWith(text)) return 1;
    if (words.every((word) => name.split(/\W+/).some((part) => part.startsWith(word)))) return 2;
    return words.every((word) => `${code} ${name}`.includes(word)) ? 3 : 9;
  };
  return all
    .map((choice) => ({ choice, rank: score(choice) }))
    .filter(({ rank }) => rank < 9)
    .sort(
      ({ choice: a, rank: x }, { choice: b, rank: y }) =>
        x - y || Number(a.priority) - Number(b.priority) || inOrder.compare(a.text, b.text),
    )
    .slice(0, MOST_CHOICES)
    .map(({ choice }) => choice);
}

/** The priority that comes with a new nature, or null where someone had chosen another than the old nature gave. */
export function priorityWith(
  chosen: NatureChoice,
  before: { readonly nature: NatureValue | null; readonly priority: Priority | null },
  all: readonly NatureChoice[],
): Priority | null {
  if (before.priority === null) return chosen.priority;
  const given = all.find((choice) => choice.code === before.nature?.code)?.priority;
  return given === before.priority && chosen.priority !== before.priority ? chosen.priority : null;
}
