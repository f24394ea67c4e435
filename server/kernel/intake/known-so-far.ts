/** All that is known of an entity while a step goes on: what the log has, and the step's own facts as they were taken. */
import type { Fact } from '#domain/kernel/fact.ts';
import { type Folded, mayBeJudged } from '#domain/kernel/fold.ts';
import type { EntityRef, FactId } from '#domain/kernel/ids.ts';
import { factNamed, isCenters, isConfirmation, isWordOfDoubt } from './holding-facts.ts';
import type { IntakeTransaction } from './port.ts';

export interface KnownSoFar {
  /** `counts`: its author had the right to it. */
  readonly take: (fact: Fact, counts: boolean) => void;
  readonly factsOf: (ref: EntityRef) => Promise<readonly Fact[]>;
  /** Its author may not have had the right to it, going by what is `known` of what it is about. */
  readonly isDoubted: (fact: Fact, known: readonly Fact[]) => boolean;
  /** A supervisor of a holder has said already that this fact counts: after a restore that may come first. */
  readonly isLetIn: (fact: Fact, ref: EntityRef, known: readonly Fact[]) => boolean;
  /** The same, of a fact that comes: where nobody has spoken of it, without reading all that was ever said of the entity. */
  readonly comesLetIn: (fact: Fact, ref: EntityRef) => Promise<boolean>;
}

/** `before`: the states, before this step, of all that its facts are about. */
export function knownSoFar(
  tx: Pick<IntakeTransaction, 'factsAbout'>,
  holds: (ref: EntityRef, site: string) => boolean,
  before: ReadonlyMap<EntityRef, Folded | null>,
): KnownSoFar {
  const taken: Fact[] = [];
  const unentitled = new Set<string>();
  const isDoubted: KnownSoFar['isDoubted'] = ({ id }, known) =>
    unentitled.has(id) || known.some((one) => isWordOfDoubt(one) && factNamed(one) === id);
  const factsOf: KnownSoFar['factsOf'] = async (ref) => [
    ...(await tx.factsAbout(ref)),
    ...taken.filter((fact) => fact.about.includes(ref)),
  ];
  const isLetIn: KnownSoFar['isLetIn'] = (fact, ref, known) =>
    known.some(
      (one) =>
        isConfirmation(one) &&
        !isCenters(one) &&
        factNamed(one) === fact.id &&
        holds(ref, one.site) &&
        !isDoubted(one, known),
    );
  const mayBeSpokenOf = (ref: EntityRef, id: FactId): boolean => {
    const state = before.get(ref);
    if (state === null || (state && mayBeJudged(state, id))) return true;
    return taken.some((one) => factNamed(one) === id);
  };
  return {
    take: (fact, counts) => {
      if (!counts) unentitled.add(fact.id);
      taken.push(fact);
    },
    factsOf,
    isDoubted,
    isLetIn,
    comesLetIn: async (fact, ref) => mayBeSpokenOf(ref, fact.id) && isLetIn(fact, ref, await factsOf(ref)),
  };
}
