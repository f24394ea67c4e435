/** What a fact says, by its declaration, that bears on who holds what. Pure. */
import type { Fact } from '#domain/kernel/fact.ts';
import { FACT_CONTESTED, FACT_SETTLED, OF_ANOTHER_SITE } from '#domain/kernel/fold.ts';
import { type EntityRef, kindOf, partsOfAssignment } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import { CENTER_STATION } from '#domain/kernel/kernel.ts';
import { MODULES } from '#domain/modules.ts';

const OPENS: ReadonlyMap<string, string> = new Map(
  MODULES.flatMap(({ facts }) =>
    facts.flatMap(({ type, opens }) => (opens === undefined ? [] : [[type, opens] as const])),
  ),
);
const OPENED_KINDS: ReadonlySet<string> = new Set(OPENS.values());
const SHARING = new Map(
  MODULES.flatMap(({ facts }) =>
    facts.flatMap(({ type, v, body, shares }) =>
      shares === undefined ? [] : [[`${type}@${v}`, { body, shares }] as const],
    ),
  ),
);

/** It makes a thing of this one's kind. */
export function opens(fact: Fact, ref: EntityRef): boolean {
  return OPENS.get(fact.type) === kindOf(ref);
}

/** A thing of its kind is made by a fact that says so. */
export function isOpened(ref: EntityRef): boolean {
  return OPENED_KINDS.has(kindOf(ref));
}

/** It shows what it is about of its author's to those whose the rest is. */
export function sharesWhatItNames(fact: Fact): boolean {
  const sharing = SHARING.get(`${fact.type}@${fact.v}`);
  const body = sharing?.body.safeParse(fact.content);
  return body?.success === true && sharing?.shares(body.data as never) === true;
}

function saidIn(fact: Fact, name: string): Json | undefined {
  return (fact.content as { readonly [field: string]: Json } | null | undefined)?.[name];
}

/** The fact that a word about one names; undefined where it names none. */
export function factNamed(word: Fact): Json | undefined {
  return saidIn(word, 'fact');
}

export function isCenters({ station }: Fact): boolean {
  return station === CENTER_STATION;
}

/** The center's word that a fact is about what is another site's. */
export function isWordOfAnothers(fact: Fact): boolean {
  return fact.type === FACT_CONTESTED && isCenters(fact) && saidIn(fact, 'reason') === OF_ANOTHER_SITE;
}

/** The center's word that a fact's author had not the right to it. */
export function isWordOfDoubt(fact: Fact): boolean {
  return fact.type === FACT_CONTESTED && isCenters(fact) && !isWordOfAnothers(fact);
}

/** Somebody lets a fact count. */
export function isConfirmation(fact: Fact): boolean {
  return fact.type === FACT_SETTLED && saidIn(fact, 'verdict') === 'confirmed';
}

/** Said of a thing before the fact that makes it: a log may come before the one that opens what it speaks of. */
export function isBeforeItsMaking(fact: Fact, ref: EntityRef): boolean {
  return isOpened(ref) && !opens(fact, ref);
}

/** Assignments after what they join. */
export function inOrder(about: readonly EntityRef[]): readonly EntityRef[] {
  const rank = (ref: EntityRef): number => Number(kindOf(ref) === 'assignment');
  return [...about].sort((a, b) => rank(a) - rank(b));
}

/** It is this, or an assignment that joins this with another. */
export function isOrJoins(one: EntityRef, ref: EntityRef): boolean {
  const parts = partsOfAssignment(one);
  return one === ref || parts?.incident === ref || parts?.unit === ref;
}
