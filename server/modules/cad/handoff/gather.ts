/** What is known of an incident inside one step of intake, as the views of dispatch read it. */
import type { Journey } from '#domain/cad/handoff.ts';
import { journeysOf, mayHaveSeveral } from '#domain/cad/views/journeys.ts';
import { createNumberBook, openingOf } from '#domain/cad/views/numbers.ts';
import { commitmentsIn, fieldsOf } from '#domain/cad/views/reading.ts';
import type { World } from '#domain/cad/views/world.ts';
import type { Fact } from '#domain/kernel/fact.ts';
import { type Folded, foldAll } from '#domain/kernel/fold.ts';
import { type EntityRef, entityRef, kindOf } from '#domain/kernel/ids.ts';
import { effectsOf } from '#domain/modules.ts';
import type { IntakeTransaction } from '../../../kernel/intake/port.ts';
import type { Roster } from './roster.ts';

export interface Gathered {
  readonly incident: Folded;
  /** Its assignments, in the order they were made. */
  readonly assignments: readonly Folded[];
  /** Of them, those that go on at the incident which this one was a duplicate of. */
  readonly carriedOver: ReadonlySet<EntityRef>;
  /** Of those that may have taken more than one patient, the journey of each where they did. */
  readonly journeys: ReadonlyMap<EntityRef, readonly Journey[] | null>;
  readonly facts: readonly Fact[];
  readonly world: World;
}

interface Rows {
  readonly assignments: readonly string[];
  readonly carried: readonly string[];
  /** Incidents whose number is written the same, itself included. */
  readonly named: readonly string[];
}

/** Null where the incident has no facts. */
export async function gather(
  tx: Pick<IntakeTransaction, 'folded' | 'factsAbout'>,
  roster: Roster,
  id: string,
  rows: Rows,
): Promise<Gathered | null> {
  const ref = entityRef('incident', id);
  const runs = rows.assignments.map((run) => entityRef('assignment', run));
  const facts = await tx.factsAbout(ref);
  // Those that were linked or merged, and those that its units were on besides.
  const others = facts.flatMap(({ about, content }) =>
    [...about, ...commitmentsIn(fieldsOf(content))].filter((other) => kindOf(other) === 'incident'),
  );
  const named = rows.named.map((other) => entityRef('incident', other));
  const folded = await foldedOf(tx, [...new Set([ref, ...runs, ...others, ...named])]);
  const incident = folded.get(ref);
  if (!incident) return null;
  const assignments = runs.flatMap((run) => folded.get(run) ?? []);
  assignments.sort((a, b) => (a.opened < b.opened ? -1 : a.opened > b.opened ? 1 : a.ref < b.ref ? -1 : 1));
  const numbers = createNumberBook();
  for (const [of, state] of folded) {
    const opening = kindOf(of) === 'incident' ? openingOf(state) : null;
    if (opening) numbers.add(opening);
  }
  const world: World = {
    ...roster,
    // The roster has archived ones too.
    formerUnit: () => undefined,
    entity: (of) => folded.get(of),
    incidents: () => [ref],
    assignmentsOf: (of) => (of === ref ? runs : []),
    assignmentsOfUnit: () => [],
    factsOf: (of) => (of === ref ? facts : []),
    stationName: () => '',
    numberOf: (of) => numbers.numberOf(of),
    unsentOf: () => 0,
    isUnsent: () => false,
    fact: (of) => facts.find(({ id: held }) => held === of) ?? null,
    unread: () => null,
  };
  const journeys = new Map<EntityRef, readonly Journey[] | null>();
  for (const run of assignments.filter((one) => mayHaveSeveral(one.ref, facts)))
    journeys.set(run.ref, journeysOf(run, await tx.factsAbout(run.ref)));
  const carriedOver = new Set(rows.carried.map((run) => entityRef('assignment', run)));
  return { incident, assignments, carriedOver, journeys, facts, world };
}

async function foldedOf(
  tx: Pick<IntakeTransaction, 'folded' | 'factsAbout'>,
  refs: readonly EntityRef[],
): Promise<ReadonlyMap<EntityRef, Folded>> {
  const found = new Map<EntityRef, Folded>();
  for (const [ref, state] of await tx.folded(refs)) {
    found.set(ref, state ?? foldAll(ref, await tx.factsAbout(ref), effectsOf));
  }
  return found;
}
