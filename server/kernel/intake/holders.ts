/**
 * Which sites hold what, and which have only said something about it, as it stands within a step of intake. Knows whose a
 * thing is; what counts on it is holding.ts's.
 */
import type { Fact } from '#domain/kernel/fact.ts';
import { type EntityRef, kindOf, partsOfAssignment } from '#domain/kernel/ids.ts';
import { HOME_KINDS } from '#domain/modules.ts';
import type { Holder, IntakeTransaction } from './port.ts';

export interface Holders {
  readonly holds: (ref: EntityRef, site: string) => boolean;
  /** Whose it is is known, and it is not this site. */
  readonly isKeptFrom: (ref: EntityRef, site: string) => boolean;
  readonly hold: (ref: EntityRef, site: string) => void;
  /** A site says something about what it does not hold. */
  readonly visit: (ref: EntityRef, site: string) => void;
  /**
   * Whose it is, whether they have said anything of it or not: a unit is its roster's site's, an assignment of those who hold
   * incident and unit. Where no site holds both, it is the incident's. To be shown an incident is not to be shown the units of
   * others: who holds it and not the unit would have the assignment by their own word.
   */
  readonly whoseIs: (ref: EntityRef) => readonly string[];
  /** The site whose roster it is on, where its kind is on one. */
  readonly homeOf: (ref: EntityRef) => Promise<string | undefined>;
  /** The sites that hold any of these beside this one. */
  readonly besides: (refs: readonly EntityRef[], site: string) => readonly string[];
  /** The sites whose these are. */
  readonly ownersOf: (refs: readonly EntityRef[]) => ReadonlySet<string>;
  /** Somebody who did not hold it has said something about it. */
  readonly hasGuests: (ref: EntityRef) => boolean;
  /** Assignments on an incident that sites have said something about and nobody holds. */
  readonly runsOfNobody: (incident: EntityRef) => Promise<readonly EntityRef[]>;
  /** Looks up whose that is which no fact of this step names. */
  readonly learn: (about: readonly EntityRef[]) => Promise<void>;
  readonly outcome: () => HoldersNow;
}

export interface HoldersNow {
  readonly holders: ReadonlyMap<EntityRef, ReadonlySet<string>>;
  readonly held: readonly Holder[];
  readonly visited: readonly Holder[];
}

/** What a fact names, and what the assignments among it join: an assignment is of those who hold both. */
export function named(about: readonly EntityRef[]): readonly EntityRef[] {
  const parts = about.flatMap((ref) => {
    const of = partsOfAssignment(ref);
    return of ? [of.incident, of.unit] : [];
  });
  return parts.length === 0 ? about : [...new Set([...about, ...parts])];
}

function put(sites: Map<EntityRef, Set<string>>, ref: EntityRef, site: string): boolean {
  const known = sites.get(ref) ?? new Set<string>();
  sites.set(ref, known);
  const isNew = !known.has(site);
  known.add(site);
  return isNew;
}

/** `heldBy`: the holders, before this step, of all that the facts name. */
export async function holdersIn(
  tx: Pick<IntakeTransaction, 'sitesOf' | 'guestsOf' | 'homesOf' | 'visitedRuns'>,
  facts: readonly Fact[],
  heldBy: ReadonlyMap<EntityRef, readonly string[]>,
): Promise<Holders> {
  const holders = new Map([...heldBy].map(([ref, sites]) => [ref, new Set(sites)]));
  const guests = new Map<EntityRef, Set<string>>();
  const homes = new Map<EntityRef, string>();
  const looked = new Set<EntityRef>();
  const held: Holder[] = [];
  const visited: Holder[] = [];
  const holds = (ref: EntityRef, site: string): boolean => holders.get(ref)?.has(site) ?? false;
  const hold = (ref: EntityRef, site: string): void => {
    if (put(holders, ref, site)) held.push({ ref, site });
  };

  const lookUp = async (refs: readonly EntityRef[]): Promise<void> => {
    if (refs.length === 0) return;
    const ofRecords = refs.filter((ref) => HOME_KINDS.has(kindOf(ref)));
    const [foundGuests, foundHomes] = await Promise.all([
      tx.guestsOf(refs),
      ofRecords.length > 0 ? tx.homesOf(ofRecords) : new Map<EntityRef, string>(),
    ]);
    for (const ref of refs) looked.add(ref);
    for (const [ref, sites] of foundGuests) guests.set(ref, new Set(sites));
    for (const [ref, site] of foundHomes) homes.set(ref, site);
  };
  const isAnothers = (ref: EntityRef, site: string): boolean => {
    if (holds(ref, site)) return false;
    const home = homes.get(ref);
    return home === undefined ? (holders.get(ref)?.size ?? 0) > 0 : home !== site;
  };

  const learn = async (about: readonly EntityRef[]): Promise<void> => {
    const unknown = named(about).filter((ref) => !looked.has(ref) && !holders.has(ref));
    if (unknown.length === 0) return;
    for (const [ref, sites] of await tx.sitesOf(unknown)) holders.set(ref, new Set(sites));
    await lookUp(unknown);
  };

  const whoseIs = (ref: EntityRef): readonly string[] => {
    const parts = partsOfAssignment(ref);
    const home = homes.get(ref);
    if (parts === null) return home === undefined ? [] : [home];
    const ofIncident = [...(holders.get(parts.incident) ?? [])];
    const ofBoth = ofIncident.filter((site) => !isAnothers(parts.unit, site));
    return ofBoth.length > 0 ? ofBoth : ofIncident;
  };

  // Asked at once; of what its site holds already nothing else is to be known.
  const unheld = facts.flatMap(({ about, site }) => {
    const strange = about.filter((ref) => !holds(ref, site));
    return strange.length === 0 ? strange : named(strange).filter((ref) => !holds(ref, site));
  });
  await lookUp([...new Set(unheld)]);

  return {
    holds,
    isKeptFrom: (ref, site) => {
      if (holds(ref, site)) return false;
      const parts = partsOfAssignment(ref);
      return parts === null ? isAnothers(ref, site) : isAnothers(parts.incident, site) || isAnothers(parts.unit, site);
    },
    hold,
    visit: (ref, site) => {
      if (put(guests, ref, site)) visited.push({ ref, site });
    },
    whoseIs,
    homeOf: async (ref) => {
      if (HOME_KINDS.has(kindOf(ref)) && !looked.has(ref)) await lookUp([ref]);
      return homes.get(ref);
    },
    besides: (refs, site) =>
      [...new Set(refs.flatMap((ref) => [...(holders.get(ref) ?? [])]))].filter((one) => one !== site),
    ownersOf: (refs) => {
      const owners = refs.flatMap((ref) => [...(holders.get(ref) ?? []), homes.get(ref)]);
      return new Set(owners.filter((owner) => owner !== undefined));
    },
    hasGuests: (ref) => (guests.get(ref)?.size ?? 0) > 0,
    runsOfNobody: async (incident) => {
      const isRun = (ref: EntityRef): boolean => partsOfAssignment(ref)?.incident === incident;
      const runs = [...new Set([...(await tx.visitedRuns(incident)), ...[...guests.keys()].filter(isRun)])];
      await learn(runs);
      return runs.filter((run) => (holders.get(run)?.size ?? 0) === 0);
    },
    learn,
    outcome: () => ({ holders, held, visited: visited.filter(({ ref, site }) => !holds(ref, site)) }),
  };
}
