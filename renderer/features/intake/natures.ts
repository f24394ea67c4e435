/** What is offered where a nature is typed. Pure. */
import type { Priority } from '#domain/cad/facts.ts';
import { NATURE_FIT, type NatureNames, natureFit } from '#domain/cad/natures.ts';

export interface NatureChoice extends NatureNames {
  readonly priority: Priority;
}

/** A nature, and by which of its other names it was found, where it was by one. */
export interface NatureOffered extends NatureChoice {
  readonly by: string | null;
}

const MOST_CHOICES = 9;

const inOrder = new Intl.Collator('en');

/**
 * Best first. Of equally good ones the most urgent: who takes the first one unread has sent too much, not too little. With
 * nothing typed, all of them.
 */
export function naturesFor(all: readonly NatureChoice[], typed: string): NatureOffered[] {
  const isAny = typed.trim() === '';
  return all
    .flatMap((choice) => {
      const found = isAny ? { fit: NATURE_FIT.within, by: null } : natureFit(choice, typed);
      return found ? [{ choice: { ...choice, by: found.by }, fit: found.fit }] : [];
    })
    .sort(
      ({ choice: a, fit: x }, { choice: b, fit: y }) =>
        x - y || Number(a.priority) - Number(b.priority) || inOrder.compare(a.text, b.text),
    )
    .slice(0, MOST_CHOICES)
    .map(({ choice }) => choice);
}
