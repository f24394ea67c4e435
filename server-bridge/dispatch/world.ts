/** The store as the pure rules of dispatch read it, with the indexes that make reading it cheap. */
import type { HeldKind, RosterBody } from '../../domain/cad/roster.ts';
import type { StatusCode } from '../../domain/cad/status.ts';
import { createNumberBook, openingOf } from '../../domain/cad/views/numbers.ts';
import { lifeOf } from '../../domain/cad/views/reading.ts';
import { statusesFor } from '../../domain/cad/views/status-set.ts';
import type { IndexedWorld } from '../../domain/cad/views/world.ts';
import { type EntityRef, kindOf } from '../../domain/kernel/ids.ts';
import type { Newer } from '../../domain/kernel/module.ts';
import { NEWER } from '../../domain/modules.ts';
import type { Change, Store } from '../store/store.ts';
import { createIndexes } from './indexes.ts';

export interface KeptWorld {
  readonly world: IndexedWorld;
  /** Brings the indexes up to a change. Returns the incidents whose shown number became another, also in the rows of their units. */
  readonly note: (change: Pick<Change, 'entities' | 'records'>) => readonly EntityRef[];
}

/** A unit that is archived, as it was last; undefined where it was archived before this store heard of it. */
export function formerUnit(store: Pick<Store, 'formerRecord'>, id: string): { readonly callsign: string } | undefined {
  const callsign = (store.formerRecord('roster_unit', id) ?? store.formerRecord('neighbour_unit', id))?.body?.callsign;
  return typeof callsign === 'string' ? { callsign } : undefined;
}

/** `newer`: the types that came after the first wire. */
export function createWorld(store: Store, newer: ReadonlyMap<string, Newer> = NEWER): KeptWorld {
  const indexes = createIndexes(store);
  const book = createNumberBook();
  const statuses = new Map<string | null, readonly StatusCode[]>();

  const bodies = function* <K extends HeldKind>(kind: K): Generator<{ id: string; body: RosterBody<K> }> {
    for (const { id, body } of store.records(kind)) if (body !== null) yield { id, body: body as RosterBody<K> };
  };
  const sets = function* (): Generator<RosterBody<'status_set'>> {
    for (const { body } of bodies('status_set')) yield body;
  };
  const body = <K extends HeldKind>(kind: K, id: string): RosterBody<K> | undefined =>
    (store.record(kind, id)?.body ?? undefined) as RosterBody<K> | undefined;

  const numbered = new Set<EntityRef>();
  const number = (incident: EntityRef): readonly EntityRef[] => {
    const folded = store.entity(incident);
    const opening = folded && openingOf(folded);
    if (!opening) {
      // Its opening was set aside: nobody shows its number any more, whoever saw it before.
      const own = numbered.delete(incident) ? [incident] : [];
      return [...own, ...book.remove(incident)];
    }
    // What was sent to it may have come before its opening.
    const before = numbered.has(incident) ? book.numberOf(incident) : null;
    numbered.add(incident);
    const others = book.add(opening);
    return book.numberOf(incident) === before ? others : [incident, ...others];
  };

  for (const folded of store.entities('incident')) {
    const opening = openingOf(folded);
    if (!opening) continue;
    numbered.add(folded.ref);
    book.add(opening);
  }

  const world: IndexedWorld = {
    entity: store.entity,
    incidents: function* () {
      for (const folded of store.entities('incident')) yield folded.ref;
    },
    openIncidents: function* () {
      for (const ref of indexes.notClosed()) if (lifeOf(store.entity(ref), store) === 'open') yield ref;
    },
    byNumber: book,
    holds: store.isKept,
    assignmentsOf: indexes.ofIncident,
    assignmentsOfUnit: indexes.ofUnit,
    factsOf: store.factsAbout,
    record: body,
    formerUnit: (id) => formerUnit(store, id),
    records: bodies,
    statuses: (agency) => {
      const held = statuses.get(agency) ?? statusesFor(sets(), agency);
      statuses.set(agency, held);
      return held;
    },
    numberOf: (incident) => {
      // An incident too old to be kept in memory is numbered when it is first asked for.
      if (!numbered.has(incident)) number(incident);
      return book.numberOf(incident);
    },
    personName: (by) => (by === null ? '' : (body('person', by)?.name ?? by)),
    positionName: (position) => (position === null ? '' : (body('position', position)?.name ?? position)),
    stationName: (station) => store.roster()?.peers.find((peer) => peer.station === station)?.name ?? '',
    unsentOf: store.unsentAbout,
    isUnsent: store.isUnsent,
    fact: store.fact,
    unread: (fact) => {
      const newness = newer.get(fact);
      const by = newness === undefined ? null : store.notReadBy(fact);
      return newness === undefined || by === null ? null : { newer: newness, by };
    },
  };

  return {
    world,
    note: (change) => {
      indexes.note(change.entities);
      if (change.records.some((record) => record.kind === 'status_set')) statuses.clear();
      return change.entities.flatMap((ref) => (kindOf(ref) === 'incident' ? number(ref) : []));
    },
  };
}
