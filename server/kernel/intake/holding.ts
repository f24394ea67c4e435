/**
 * Which sites hold what, fact by fact as they are placed. Inside an organisation a site holds what it made and what was shared
 * with it: that is what its stream carries, and what its facts count on. docs/adr/0023.
 *
 * Invariants:
 *  1. A fact counts on what its site holds. On what is another site's it is contested, and no stream grows wider by it.
 *  2. A site comes to hold an entity by making it, by a fact of a holder that shares it, or where a holder's supervisor lets
 *     the site's fact about it count; never by its own word about what is another's.
 *  3. What holds does so for good: what has been shown cannot be taken back.
 *  4. What was written after it had been shared counts, in whatever order the two come: after a restore they come in any.
 */
import type { Fact } from '#domain/kernel/fact.ts';
import { FACT_CONTESTED, FACT_SETTLED } from '#domain/kernel/fold.ts';
import { type EntityRef, kindOf, partsOfAssignment } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import { HOME_KINDS, MODULES } from '#domain/modules.ts';
import { CENTER_STATION } from './judge.ts';
import type { Holder, IntakeTransaction } from './port.ts';

/** Sorts before every other reason a fact is contested for: of several, the first is shown. */
export const OF_ANOTHER_SITE = 'About a record of another site that was not shared with this one.';

/** A fact, and the entities on which it does not count. */
export interface Foreign {
  readonly fact: Fact;
  readonly about: readonly EntityRef[];
}

export interface Holding {
  /**
   * Takes the next fact of the step. `counts`: its author had the right to it. Answers with what of its `about` is another
   * site's.
   */
  readonly take: (fact: Fact, counts: boolean) => Promise<readonly EntityRef[]>;
  /** As it stands after the facts that were taken. */
  readonly outcome: () => Outcome;
}

interface Outcome {
  readonly holders: ReadonlyMap<EntityRef, ReadonlySet<string>>;
  readonly held: readonly Holder[];
  readonly visited: readonly Holder[];
  readonly contested: readonly Foreign[];
  /** Facts that were contested in an earlier step, and were written after they might be. */
  readonly shared: readonly Foreign[];
}

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

function sharesWhatItNames(fact: Fact): boolean {
  const sharing = SHARING.get(`${fact.type}@${fact.v}`);
  const body = sharing?.body.safeParse(fact.content);
  return body?.success === true && sharing?.shares(body.data as never) === true;
}

function saidIn(fact: Fact, name: string): Json | undefined {
  return (fact.content as { readonly [field: string]: Json } | null | undefined)?.[name];
}

/** What a fact names, and what the assignments among it join: an assignment is of those who hold both. */
export function named(about: readonly EntityRef[]): readonly EntityRef[] {
  const parts = about.flatMap((ref) => {
    const of = partsOfAssignment(ref);
    return of ? [of.incident, of.unit] : [];
  });
  return parts.length === 0 ? about : [...new Set([...about, ...parts])];
}

function joins(assignment: EntityRef, ref: EntityRef): boolean {
  const parts = partsOfAssignment(assignment);
  return parts !== null && (parts.incident === ref || parts.unit === ref);
}

type Lookup = Pick<IntakeTransaction, 'sitesOf' | 'guestsOf' | 'homesOf' | 'factsAbout'>;

const NONE: readonly EntityRef[] = [];

/** `heldBy`: the holders, before this step, of all that the facts name. */
export async function holdingOf(
  tx: Lookup,
  facts: readonly Fact[],
  heldBy: ReadonlyMap<EntityRef, readonly string[]>,
): Promise<Holding> {
  const holders = new Map([...heldBy].map(([ref, sites]) => [ref, new Set(sites)]));
  const guests = new Map<EntityRef, Set<string>>();
  const homes = new Map<EntityRef, string>();
  const looked = new Set<EntityRef>();
  const holds = (ref: EntityRef, site: string): boolean => holders.get(ref)?.has(site) ?? false;

  /** Looks up what is known of entities beside who holds them. */
  const lookUp = async (refs: ReadonlySet<EntityRef>): Promise<void> => {
    if (refs.size === 0) return;
    const named = [...refs].filter((ref) => HOME_KINDS.has(kindOf(ref)));
    const [foundGuests, foundHomes] = await Promise.all([
      tx.guestsOf([...refs]),
      named.length > 0 ? tx.homesOf(named) : new Map<EntityRef, string>(),
    ]);
    for (const ref of refs) looked.add(ref);
    for (const [ref, sites] of foundGuests) guests.set(ref, new Set(sites));
    for (const [ref, site] of foundHomes) homes.set(ref, site);
  };
  /** The same for what no fact of this step names: nothing is known of it yet. */
  const learn = async (about: readonly EntityRef[]): Promise<void> => {
    const unknown = named(about).filter((ref) => !looked.has(ref) && !holders.has(ref));
    if (unknown.length === 0) return;
    for (const [ref, sites] of await tx.sitesOf(unknown)) holders.set(ref, new Set(sites));
    await lookUp(new Set(unknown));
  };

  const unheld = new Set<EntityRef>();
  for (const { about, site } of facts) {
    for (const ref of about) {
      if (holds(ref, site)) continue;
      for (const one of named([ref])) unheld.add(one);
    }
  }
  await lookUp(unheld);
  const held: Holder[] = [];
  const visited: Holder[] = [];
  const shared: Foreign[] = [];
  let contested: Foreign[] = [];
  const taken: Fact[] = [];
  const unentitled = new Set<string>();

  const hold = (ref: EntityRef, site: string): void => {
    const sites = holders.get(ref) ?? new Set<string>();
    holders.set(ref, sites);
    sites.add(site);
    held.push({ ref, site });
  };
  const visit = (ref: EntityRef, site: string): void => {
    const sites = guests.get(ref) ?? new Set<string>();
    guests.set(ref, sites);
    if (sites.has(site)) return;
    sites.add(site);
    visited.push({ ref, site });
  };

  /** All that is known about an entity so far, this step's facts among it. */
  const factsOf = async (ref: EntityRef): Promise<readonly Fact[]> => [
    ...(await tx.factsAbout(ref)),
    ...taken.filter((fact) => fact.about.includes(ref)),
  ];

  /** It is of a site that is not this one. */
  const isAnothers = (ref: EntityRef, site: string): boolean => {
    if (holds(ref, site)) return false;
    const home = homes.get(ref);
    return home === undefined ? (holders.get(ref)?.size ?? 0) > 0 : home !== site;
  };
  const isKeptFrom = (ref: EntityRef, site: string): boolean => {
    if (holds(ref, site)) return false;
    const parts = partsOfAssignment(ref);
    return parts === null ? isAnothers(ref, site) : isAnothers(parts.incident, site) || isAnothers(parts.unit, site);
  };

  /** Whose it is sees what others say of it, though it has said nothing itself: a roster's unit, an incident's assignment. */
  const tellOwners = (ref: EntityRef): void => {
    const parts = partsOfAssignment(ref);
    const home = homes.get(ref);
    const owners = parts ? (holders.get(parts.incident) ?? []) : home === undefined ? [] : [home];
    for (const owner of owners) if (!holds(ref, owner)) hold(ref, owner);
  };

  /** Its author may not have had the right to it. */
  const isDoubted = (id: string, known: readonly Fact[]): boolean =>
    unentitled.has(id) ||
    known.some(
      (one) =>
        one.type === FACT_CONTESTED &&
        isCenters(one) &&
        saidIn(one, 'fact') === id &&
        saidIn(one, 'reason') !== OF_ANOTHER_SITE,
    );
  /** A supervisor of a holder has said already that this fact counts: after a restore that may come first. */
  const isLetIn = (fact: Fact, ref: EntityRef, known: readonly Fact[]): boolean => {
    return known.some(
      (one) =>
        one.type === FACT_SETTLED &&
        !isCenters(one) &&
        saidIn(one, 'fact') === fact.id &&
        saidIn(one, 'verdict') === 'confirmed' &&
        holds(ref, one.site) &&
        !isDoubted(one.id, known),
    );
  };

  /** A site comes to hold what was another's. What it has written since then about it counts. */
  const give = async (ref: EntityRef, site: string, since: Fact): Promise<void> => {
    if (holds(ref, site)) return;
    hold(ref, site);
    const isDue = (fact: Fact): boolean => fact.site === site && fact.hlc > since.hlc;
    const nowHeld = (refs: readonly EntityRef[]): readonly EntityRef[] =>
      refs.filter((one) => {
        if (isKeptFrom(one, site)) return false;
        if (!holds(one, site)) hold(one, site);
        return true;
      });
    contested = contested.flatMap(({ fact, about }) => {
      if (!isDue(fact)) return [{ fact, about }];
      const counts = new Set(nowHeld(about));
      const left = about.filter((one) => !counts.has(one));
      return left.length > 0 ? [{ fact, about: left }] : [];
    });
    const known = await factsOf(ref);
    const byId = new Map(known.map((fact) => [fact.id, fact]));
    for (const word of known) {
      if (word.type !== FACT_CONTESTED || saidIn(word, 'reason') !== OF_ANOTHER_SITE) continue;
      const fact = byId.get(String(saidIn(word, 'fact')));
      if (!fact || !isDue(fact)) continue;
      await learn(word.about);
      shared.push({ fact, about: nowHeld(word.about) });
    }
  };

  /** What other sites had said of it before it was made: they may have heard of it, but it is none of theirs. */
  const judgeEarlier = async (ref: EntityRef, site: string): Promise<void> => {
    if (![...(guests.get(ref) ?? [])].some((guest) => guest !== site)) return;
    const known = await factsOf(ref);
    const judged = new Set(
      known
        .filter((one) => one.type === FACT_CONTESTED && saidIn(one, 'reason') === OF_ANOTHER_SITE)
        .map((one) => saidIn(one, 'fact')),
    );
    for (const fact of known) {
      if (fact.site === site || isCenters(fact) || judged.has(fact.id) || holds(ref, fact.site)) continue;
      if (isLetIn(fact, ref, known)) hold(ref, fact.site);
      else {
        const about = fact.about.filter((one) => one === ref || joins(one, ref));
        await learn(fact.about);
        contested.push({ fact, about });
        // It showed what is its own to whoever would turn out to hold this.
        const shows = sharesWhatItNames(fact) && !isDoubted(fact.id, known);
        if (shows) for (const one of fact.about) if (holds(one, fact.site)) await give(one, site, fact);
      }
    }
  };

  const place = async (fact: Fact): Promise<readonly EntityRef[]> => {
    const { site } = fact;
    if (fact.about.every((ref) => holds(ref, site))) return NONE;
    const foreign: EntityRef[] = [];
    // Assignments after what they join.
    const ordered = [...fact.about].sort((a, b) => Number(isAssignment(a)) - Number(isAssignment(b)));
    for (const ref of ordered) {
      if (holds(ref, site)) continue;
      if (isKeptFrom(ref, site)) {
        if (!isCenters(fact) && isLetIn(fact, ref, await factsOf(ref))) {
          hold(ref, site);
          continue;
        }
        foreign.push(ref);
        visit(ref, site);
        tellOwners(ref);
      } else if (isCenters(fact) || (OPENED_KINDS.has(kindOf(ref)) && OPENS.get(fact.type) !== kindOf(ref))) {
        // Said before it was made: a log may come before the one that opens what it speaks of.
        visit(ref, site);
      } else {
        hold(ref, site);
        await judgeEarlier(ref, site);
      }
    }
    return isCenters(fact) ? [] : foreign;
  };

  /** What a fact that counts shows to other sites. */
  const share = async (fact: Fact, foreign: readonly EntityRef[]): Promise<void> => {
    const { site } = fact;
    if (foreign.length > 0 && sharesWhatItNames(fact)) {
      const others = new Set(foreign.flatMap((ref) => [...(holders.get(ref) ?? []), homes.get(ref) ?? []].flat()));
      for (const ref of fact.about.filter((one) => holds(one, site))) {
        for (const other of others) await give(ref, other, fact);
      }
    }
    if (fact.type !== FACT_SETTLED || saidIn(fact, 'verdict') !== 'confirmed') return;
    for (const ref of fact.about.filter((one) => holds(one, site))) {
      const of = (await factsOf(ref)).find(({ id }) => id === saidIn(fact, 'fact'));
      if (of && of.site !== site) await give(ref, of.site, fact);
    }
  };

  return {
    take: async (fact, counts) => {
      const foreign = await place(fact);
      if (!counts) unentitled.add(fact.id);
      taken.push(fact);
      if (foreign.length > 0) contested.push({ fact, about: foreign });
      if (counts && !isCenters(fact)) await share(fact, foreign);
      return foreign;
    },
    outcome: () => ({
      holders,
      held,
      visited: visited.filter(({ ref, site }) => !holds(ref, site)),
      contested,
      shared,
    }),
  };
}

function isCenters({ station }: Fact): boolean {
  return station === CENTER_STATION;
}

function isAssignment(ref: EntityRef): boolean {
  return kindOf(ref) === 'assignment';
}
