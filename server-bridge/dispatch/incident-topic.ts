/** One incident in full: its row, its runs, its timeline, what the center derived. And the history of any one entity. */
import { assignmentRow } from '../../domain/cad/views/assignment-row.ts';
import { incidentRow } from '../../domain/cad/views/incident-row.ts';
import { timelineRows } from '../../domain/cad/views/timeline.ts';
import type { World } from '../../domain/cad/views/world.ts';
import type { Fact } from '../../domain/kernel/fact.ts';
import { type EntityRef, entityRef, idOf, partsOfAssignment } from '../../domain/kernel/ids.ts';
import type { Change, Store } from '../store/store.ts';
import { createFeed, type Feed, type Source } from './feed.ts';
import type { Handoffs } from './handoffs.ts';
import { erases } from './touched.ts';

export interface Followed extends Source {
  readonly note: (change: Change) => void;
}

/** Keeps the `timeline` table of a feed to the facts about an entity. They stay in memory while somebody watches. */
function timelineOf(feed: Feed, world: World, ref: EntityRef) {
  const facts = new Map<string, Fact>();
  let unsent = false;
  const put = (): void => {
    unsent = false;
    for (const row of timelineRows(ref, facts.values(), world)) {
      feed.put('timeline', row.fact, row);
      unsent ||= row.unsent;
    }
  };
  const whole = (): void => {
    facts.clear();
    for (const fact of world.factsOf(ref)) facts.set(fact.id, fact);
    for (const key of feed.keys('timeline')) if (!facts.has(key)) feed.drop('timeline', key);
    put();
  };
  return {
    whole,
    note: (change: Change): void => {
      const own = [...change.facts, ...change.opened].filter((fact) => fact.about.includes(ref));
      for (const fact of own) facts.set(fact.id, fact);
      if (erases(world, change)) whole();
      else if (own.length > 0 || (change.acked && unsent)) put();
    },
  };
}

export function incidentSource(
  world: World,
  handoffs: Handoffs,
  store: Pick<Store, 'lacksFacts' | 'wantFacts'>,
  id: string,
): Followed {
  const ref = entityRef('incident', id);
  const feed = createFeed(['incident', 'assignments', 'timeline', 'earlier', 'handoff']);
  const timeline = timelineOf(feed, world, ref);

  const rows = () => {
    const folded = world.entity(ref);
    if (!folded) {
      for (const table of ['incident', 'assignments']) for (const key of feed.keys(table)) feed.drop(table, key);
      return;
    }
    const assignments = world.assignmentsOf(ref).map(world.entity);
    feed.put('incident', id, incidentRow(folded, assignments, world));
    for (const assignment of assignments) {
      const row = assignment && assignmentRow(assignment, world);
      if (row) feed.put('assignments', row.id, row);
      // Set aside: it was never sent, whoever saw it on its way before.
      else if (assignment) feed.drop('assignments', idOf(assignment.ref));
    }
  };
  // What lies at the center alone comes while it is read, also where it was dropped here meanwhile.
  const earlier = (): void => {
    if (!store.lacksFacts(ref)) {
      feed.drop('earlier', id);
      return;
    }
    feed.put('earlier', id, { id });
    store.wantFacts(ref);
  };
  const derived = (): void => {
    const all = handoffs.of(id);
    const kept = new Set(all.map((row) => row.id));
    for (const key of feed.keys('handoff')) if (!kept.has(key)) feed.drop('handoff', key);
    for (const row of all) feed.put('handoff', row.id, row);
  };

  rows();
  timeline.whole();
  earlier();
  derived();
  feed.flush();

  const concerns = (touched: EntityRef): boolean =>
    touched === ref ||
    partsOfAssignment(touched)?.incident === ref ||
    world.assignmentsOf(ref).some((assignment) => partsOfAssignment(assignment)?.unit === touched);

  return {
    feed,
    note: (change) => {
      if (change.acked || change.entities.some(concerns)) rows();
      timeline.note(change);
      if (change.entities.includes(ref)) earlier();
      if (change.records.some((record) => record.body?.incident === id || record.body === null)) derived();
      feed.flush();
    },
    close: () => undefined,
  };
}

/** `id` is bare; whichever of the entities of this name is known. */
export function historySource(world: World, id: string): Followed {
  const feed = createFeed(['timeline']);
  const kinds = ['unit', 'incident', 'assignment'] as const;
  const ref = kinds.map((kind) => entityRef(kind, id)).find((one) => world.entity(one)) ?? entityRef('unit', id);
  const timeline = timelineOf(feed, world, ref);
  timeline.whole();
  feed.flush();
  return {
    feed,
    note: (change) => {
      timeline.note(change);
      feed.flush();
    },
    close: () => undefined,
  };
}
