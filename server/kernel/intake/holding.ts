/**
 * What counts, fact by fact as they are placed. Inside an organisation a site holds what it made and what was shared with it:
 * that is what its stream carries, and what its facts count on. docs/adr/0023.
 *
 * Invariants:
 *  1. A fact counts on what its site holds. On what is another site's it is contested, and no stream grows wider by it.
 *  2. A site comes to hold an entity by making it, by a fact of a holder that shares it, or where a holder's supervisor lets
 *     the site's fact about it count; never by its own word about what is another's.
 *  3. What holds does so for good: what has been shown cannot be taken back.
 *  4. What was written after it had been shared counts, in whatever order the two come: after a restore they come in any.
 */

import type { Fact } from '#domain/kernel/fact.ts';
import type { Folded } from '#domain/kernel/fold.ts';
import { type EntityRef, kindOf, partsOfAssignment } from '#domain/kernel/ids.ts';
import { type HoldersNow, holdersIn } from './holders.ts';
import {
  factNamed,
  inOrder,
  isBeforeItsMaking,
  isCenters,
  isConfirmation,
  isOpened,
  isOrJoins,
  isWordOfAnothers,
  opens,
  sharesWhatItNames,
} from './holding-facts.ts';
import { knownSoFar } from './known-so-far.ts';
import type { IntakeTransaction } from './port.ts';

/** A fact, and the entities on which it does not count. */
export interface Foreign {
  readonly fact: Fact;
  readonly about: readonly EntityRef[];
}

export interface Holding {
  /** Takes the next fact of the step. `counts`: its author had the right to it. */
  readonly take: (fact: Fact, counts: boolean) => Promise<void>;
  /** As it stands after the facts that were taken. */
  readonly outcome: () => Outcome;
}

interface Outcome extends HoldersNow {
  readonly contested: readonly Foreign[];
  /** Facts that were contested in an earlier step, and were written after they might be. */
  readonly shared: readonly Foreign[];
}

const NONE: readonly EntityRef[] = [];

/** `heldBy`, `before`: the holders of all that the facts name, and the states of what they are about, before this step. */
export async function holdingOf(
  tx: Pick<IntakeTransaction, 'sitesOf' | 'guestsOf' | 'homesOf' | 'visitedRuns' | 'factsAbout'>,
  facts: readonly Fact[],
  heldBy: ReadonlyMap<EntityRef, readonly string[]>,
  before: ReadonlyMap<EntityRef, Folded | null>,
): Promise<Holding> {
  const sites = await holdersIn(tx, facts, heldBy);
  const { holds, isKeptFrom, hold } = sites;
  const shared: Foreign[] = [];
  let contested: Foreign[] = [];
  const { factsOf, isDoubted, isLetIn, comesLetIn, take } = knownSoFar(tx, holds, before);

  /** A site comes to hold what was another's. What it has written since then about it counts. */
  const give = async (ref: EntityRef, site: string, since: Fact): Promise<void> => {
    if (holds(ref, site)) return;
    hold(ref, site);
    const isDue = (fact: Fact): boolean => fact.site === site && fact.hlc > since.hlc;
    const nowHeld = (refs: readonly EntityRef[]): readonly EntityRef[] => {
      const open = refs.filter((one) => !isKeptFrom(one, site));
      for (const one of open) hold(one, site);
      return open;
    };
    contested = contested.flatMap(({ fact, about }) => {
      const counts = isDue(fact) ? nowHeld(about) : NONE;
      const left = about.filter((one) => !counts.includes(one));
      return left.length > 0 ? [{ fact, about: left }] : [];
    });
    const known = await factsOf(ref);
    const byId = new Map(known.map((fact) => [fact.id, fact]));
    for (const word of known.filter(isWordOfAnothers)) {
      const fact = byId.get(String(factNamed(word)));
      if (!fact || !isDue(fact) || isDoubted(fact, known)) continue;
      await sites.learn(word.about);
      const about = nowHeld(word.about);
      if (about.length > 0) shared.push({ fact, about });
    }
  };

  /** The site that it is of: of an incident the one that opened it, and was not another's guest when it did. */
  const homeOf = async (ref: EntityRef): Promise<string | undefined> => {
    if (!isOpened(ref)) return sites.homeOf(ref);
    const known = await factsOf(ref);
    const others = new Set([
      ...known.filter(isWordOfAnothers).map(factNamed),
      ...contested.filter(({ about }) => about.includes(ref)).map(({ fact }) => fact.id),
    ]);
    return known.find((fact) => opens(fact, ref) && !others.has(fact.id))?.site;
  };

  /**
   * What is one's own is shown to those whose the rest is, who have the runs that join the two then. Theirs it stays where it was
   * shown before; that it was is no reason to show more.
   */
  const shareWith = async (foreign: readonly EntityRef[], own: readonly EntityRef[], fact: Fact): Promise<void> => {
    const others = new Set(sites.ownersOf(foreign));
    const isDue = sites.besides(fact.about, fact.site).some((site) => own.some((ref) => !holds(ref, site)));
    for (const ref of isDue ? fact.about : NONE) {
      const home = await homeOf(ref);
      if (home !== undefined && home !== fact.site) others.add(home);
    }
    for (const other of others) for (const ref of own) await give(ref, other, fact);
    for (const ref of fact.about)
      if (kindOf(ref) === 'assignment') for (const owner of sites.whoseIs(ref)) hold(ref, owner);
  };

  /**
   * What another site said of it is seen by those whose it is, and where that is an assignment by the incident's site, whose own
   * words on it count from then on: what is done at its incident is its business, whosever the unit is. Where the incident is not
   * known yet, it is seen to when it is.
   */
  const tell = async (ref: EntityRef, by: string): Promise<void> => {
    for (const owner of sites.whoseIs(ref)) hold(ref, owner);
    const incident = partsOfAssignment(ref)?.incident;
    if (incident === undefined) return;
    const home = await homeOf(incident);
    if (home === undefined) sites.visit(incident, by);
    else if (holds(incident, home)) hold(ref, home);
  };

  /** What was said of it before it was made: other sites may have heard of it, but it is none of theirs. */
  const judgeEarlier = async (ref: EntityRef, site: string): Promise<void> => {
    if (!sites.hasGuests(ref)) return;
    for (const run of kindOf(ref) === 'incident' ? await sites.runsOfNobody(ref) : NONE)
      for (const owner of [...sites.whoseIs(run), site]) hold(run, owner);
    const known = await factsOf(ref);
    const judged = new Set(known.filter(isWordOfAnothers).map(factNamed));
    for (const fact of known) {
      if (isCenters(fact)) continue;
      await sites.learn(fact.about);
      const isShared = sharesWhatItNames(fact) && !isDoubted(fact, known);
      if (fact.site === site) {
        if (isShared)
          await shareWith(
            fact.about.filter((one) => isKeptFrom(one, site)),
            [ref],
            fact,
          );
        continue;
      }
      if (judged.has(fact.id) || holds(ref, fact.site)) continue;
      if (isLetIn(fact, ref, known)) {
        hold(ref, fact.site);
        continue;
      }
      contested.push({ fact, about: fact.about.filter((one) => isOrJoins(one, ref)) });
      // It showed what is its own to whoever would turn out to hold this.
      if (isShared) for (const one of fact.about) if (holds(one, fact.site)) await give(one, site, fact);
    }
  };

  const place = async (fact: Fact): Promise<readonly EntityRef[]> => {
    const { site } = fact;
    if (fact.about.every((ref) => holds(ref, site))) return NONE;
    const foreign: EntityRef[] = [];
    for (const ref of inOrder(fact.about)) {
      if (holds(ref, site)) continue;
      if (isKeptFrom(ref, site)) {
        if (!isCenters(fact) && (await comesLetIn(fact, ref))) {
          hold(ref, site);
          continue;
        }
        foreign.push(ref);
        sites.visit(ref, site);
        await tell(ref, site);
      } else if (isCenters(fact) || isBeforeItsMaking(fact, ref)) sites.visit(ref, site);
      else {
        hold(ref, site);
        await judgeEarlier(ref, site);
      }
    }
    return isCenters(fact) ? NONE : foreign;
  };

  /** What a fact that counts shows to other sites. */
  const share = async (fact: Fact, foreign: readonly EntityRef[]): Promise<void> => {
    const own = fact.about.filter((ref) => holds(ref, fact.site));
    if (sharesWhatItNames(fact)) await shareWith(foreign, own, fact);
    if (!isConfirmation(fact)) return;
    for (const ref of own) {
      const of = (await factsOf(ref)).find(({ id }) => id === factNamed(fact));
      if (of && of.site !== fact.site) await give(ref, of.site, fact);
    }
  };

  return {
    take: async (fact, counts) => {
      const foreign = await place(fact);
      take(fact, counts);
      if (foreign.length > 0) contested.push({ fact, about: foreign });
      if (counts && !isCenters(fact)) await share(fact, foreign);
    },
    outcome: () => ({ ...sites.outcome(), contested, shared }),
  };
}
