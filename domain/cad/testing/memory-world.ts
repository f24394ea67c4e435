/** A console's world in memory, for tests: folds what it is given, appends what actions draft, and meets others. */
import type { Fact, FactDraft } from '../../kernel/fact.ts';
import { type Folded, foldAll } from '../../kernel/fold.ts';
import { hlcFormat, hlcParse } from '../../kernel/hlc.ts';
import { type EntityRef, idOf, kindOf, partsOfAssignment } from '../../kernel/ids.ts';
import { effectsOf } from '../../modules.ts';
import type { Means } from '../actions/deed.ts';
import type { HeldKind, RosterBody } from '../roster.ts';
import { createNumberBook, openingOf } from '../views/numbers.ts';
import { lifeOf } from '../views/reading.ts';
import { statusesFor } from '../views/status-set.ts';
import type { IndexedWorld } from '../views/world.ts';

export type RecordsOf = { readonly [K in HeldKind]?: { readonly [id: string]: RosterBody<K> } };

export interface MemoryWorld extends IndexedWorld {
  readonly facts: () => readonly Fact[];
  /** Takes facts, in any order and with repetitions. */
  readonly add: (facts: Iterable<Fact>) => void;
}

export function createMemoryWorld(facts: Iterable<Fact> = [], records: RecordsOf = {}): MemoryWorld {
  const held = new Map<string, Fact>();
  const about = new Map<EntityRef, Fact[]>();
  const folds = new Map<EntityRef, Folded>();
  const assignments = new Map<EntityRef, EntityRef[]>();
  const numbers = createNumberBook();

  const index = (ref: EntityRef): void => {
    const parts = partsOfAssignment(ref);
    if (!parts) return;
    for (const side of [parts.incident, parts.unit]) assignments.set(side, [...(assignments.get(side) ?? []), ref]);
  };
  const factsOf = (ref: EntityRef): readonly Fact[] => about.get(ref) ?? [];
  const entity = (ref: EntityRef): Folded | undefined => {
    const known = folds.get(ref);
    if (known || !about.has(ref)) return known;
    const folded = foldAll(ref, factsOf(ref), effectsOf);
    folds.set(ref, folded);
    return folded;
  };
  const add = (more: Iterable<Fact>): void => {
    for (const fact of more) {
      if (held.has(fact.id)) continue;
      held.set(fact.id, fact);
      for (const ref of new Set(fact.about)) {
        if (!about.has(ref)) index(ref);
        about.set(ref, [...factsOf(ref), fact]);
        folds.delete(ref);
      }
      const incident = fact.type === 'incident.opened' ? entity(fact.about[0] as EntityRef) : undefined;
      const opening = incident && openingOf(incident);
      if (opening) numbers.add(opening);
    }
  };
  const recordsOf = <K extends HeldKind>(kind: K): { readonly [id: string]: RosterBody<K> } =>
    (records[kind] ?? {}) as { readonly [id: string]: RosterBody<K> };

  const incidents = (): readonly EntityRef[] => [...about.keys()].filter((ref) => kindOf(ref) === 'incident');

  add(facts);
  return {
    facts: () => [...held.values()],
    add,
    entity,
    incidents,
    openIncidents: () => incidents().filter((ref) => lifeOf(entity(ref), { entity }) === 'open'),
    byNumber: numbers,
    holds: (ref) => about.has(ref),
    assignmentsOf: (incident) => assignments.get(incident) ?? [],
    assignmentsOfUnit: (unit) => assignments.get(unit) ?? [],
    factsOf,
    record: (kind, id) => recordsOf(kind)[id],
    formerUnit: () => undefined,
    records: (kind) => Object.entries(recordsOf(kind)).map(([id, body]) => ({ id, body })),
    statuses: (agency) => statusesFor(Object.values(recordsOf('status_set')), agency),
    numberOf: numbers.numberOf,
    personName: (by) => by ?? '',
    positionName: (position) => position ?? '',
    stationName: (station) => `console ${station}`,
    unsentOf: (ref) => factsOf(ref).length,
    isUnsent: () => true,
    fact: (id) => held.get(id) ?? null,
    unread: () => null,
  };
}

/** A console: its world, its clock, and the facts it makes of drafts. */
export interface Console {
  readonly world: MemoryWorld;
  readonly means: Means;
  /** Appends drafts as facts of this console, a second after the newest it holds. */
  readonly append: (drafts: readonly FactDraft[]) => readonly Fact[];
}

const START = Date.UTC(2026, 10, 22, 12);

export function createConsole(station: string, records: RecordsOf, facts: Iterable<Fact> = []): Console {
  const world = createMemoryWorld(facts, records);
  let seq = 0;
  let ids = 0;
  let numbers = 0;
  let now = START;
  const append = (drafts: readonly FactDraft[]): readonly Fact[] => {
    const made = drafts.map((draft): Fact => {
      seq++;
      for (const fact of world.facts()) now = Math.max(now, hlcParse(fact.hlc).ms);
      now += 1000;
      return {
        f: 1,
        id: `${station}-${seq}`,
        log: station,
        seq,
        prev: null,
        hlc: hlcFormat({ ms: now, count: 0 }, station),
        at: draft.at,
        org: 'o',
        site: 's',
        station,
        position: `position ${station}`,
        session: null,
        by: `person ${station}`,
        type: draft.type,
        v: draft.v,
        about: [...draft.about],
        replaces: [...draft.replaces],
        body: '',
        content: draft.body,
      };
    });
    world.add(made);
    return made;
  };
  return {
    world,
    append,
    means: {
      get now() {
        return now;
      },
      newId: () => `${station}${++ids}`,
      takeNumber: () => `26-${station.toUpperCase()}${String(++numbers).padStart(4, '0')}`,
    },
  };
}

/** Lets consoles exchange everything they have. */
export function meet(...consoles: readonly Console[]): void {
  const all = consoles.flatMap((one) => one.world.facts());
  for (const one of consoles) one.world.add(all);
}

/** Ids of a kind that a world holds, bare. */
export function idsOf(world: MemoryWorld, kind: string): string[] {
  return [...new Set(world.facts().flatMap((fact) => fact.about))].filter((ref) => kindOf(ref) === kind).map(idOf);
}
