/**
 * Which assignments belong to which incident and unit: their names say it, so nothing has to be opened to know. Of a unit those
 * are kept apart that still say something of it, and of incidents those that are not closed: a busy unit has a hundred runs
 * behind it that are over, and a station ten thousand incidents.
 */
import { saysOfItsUnit } from '../../domain/cad/views/conflicts.ts';
import { type Folded, shownValue } from '../../domain/kernel/fold.ts';
import { hlcParse } from '../../domain/kernel/hlc.ts';
import { type EntityRef, idOf, kindOf, partsOfAssignment } from '../../domain/kernel/ids.ts';
import type { Store } from '../store/store.ts';

export interface Indexes {
  /** Every assignment ever made of an incident. */
  readonly ofIncident: (incident: EntityRef) => readonly EntityRef[];
  /** Assignments of a unit that say something of it now: see `saysOfItsUnit`. */
  readonly ofUnit: (unit: EntityRef) => readonly EntityRef[];
  /** Incidents that are not closed by a word about themselves; one that is merged is among them. */
  readonly notClosed: () => Iterable<EntityRef>;
  /** Takes note of entities that were refolded. */
  readonly note: (refs: readonly EntityRef[]) => void;
}

const NONE: readonly EntityRef[] = [];
/** Younger incidents have all their assignments in memory; of older ones some may have left it (the store keeps 72 h). */
const YOUNG_MS = 48 * 3_600_000;

export function createIndexes(store: Pick<Store, 'refs' | 'entity' | 'entities' | 'beginning' | 'now'>): Indexes {
  const of = new Map<EntityRef, EntityRef[]>();
  const known = new Set<EntityRef>();
  /** By unit, once somebody has asked of it. */
  const saying = new Map<EntityRef, Set<EntityRef>>();
  const complete = new Set<EntityRef>();
  const notClosed = new Set<EntityRef>();

  const under = (ref: EntityRef, assignment: EntityRef): void => {
    const held = of.get(ref);
    if (held) held.push(assignment);
    else of.set(ref, [assignment]);
  };
  const sayingOf = (unit: EntityRef): ReadonlySet<EntityRef> => {
    let held = saying.get(unit);
    if (!held) {
      held = new Set((of.get(unit) ?? NONE).filter((ref) => saysOfItsUnit(store.entity(ref))));
      saying.set(unit, held);
    }
    return held;
  };
  const look = (incident: EntityRef, folded: Folded | undefined): void => {
    if (folded && shownValue(folded, 'life') !== 'closed') notClosed.add(incident);
    else notClosed.delete(incident);
  };
  /** Takes note of an assignment as it is now; of anything else nothing. */
  const add = (ref: EntityRef): void => {
    const parts = partsOfAssignment(ref);
    if (!parts) return;
    if (!known.has(ref)) {
      known.add(ref);
      under(parts.incident, ref);
      under(parts.unit, ref);
    }
    const held = saying.get(parts.unit);
    if (!held) return;
    if (saysOfItsUnit(store.entity(ref))) held.add(ref);
    else held.delete(ref);
  };

  /** Those on disk alone are looked for once, by their names: of an old incident the facts may lie at the center. */
  const completed = (incident: EntityRef): void => {
    if (complete.has(incident)) return;
    const opened = store.entity(incident)?.opened;
    if (opened === undefined) return;
    complete.add(incident);
    if (hlcParse(opened).ms >= store.now() - YOUNG_MS) return;
    store.beginning(`assignment:${idOf(incident)}.`).forEach(add);
  };

  for (const ref of store.refs('assignment')) add(ref);
  for (const folded of store.entities('incident')) look(folded.ref, folded);
  return {
    ofIncident: (incident) => {
      completed(incident);
      return of.get(incident) ?? NONE;
    },
    ofUnit: (unit) => [...sayingOf(unit)],
    notClosed: () => notClosed,
    note: (refs) => {
      for (const ref of refs)
        if (kindOf(ref) === 'incident') look(ref, store.entity(ref));
        else add(ref);
    },
  };
}
