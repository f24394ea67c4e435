/** What views, sentences, gates, actions and the command line may read. The station gives it; tests build one from facts. */
import type { Fact } from '../../kernel/fact.ts';
import type { Folded } from '../../kernel/fold.ts';
import type { EntityRef, FactId } from '../../kernel/ids.ts';
import type { Newer } from '../../kernel/module.ts';
import type { HeldKind, RosterBody } from '../roster.ts';
import type { StatusCode } from '../status.ts';
import type { NumberIndex } from './numbers.ts';

export interface World {
  /** The folded state of an entity; undefined where there is no fact about it here. */
  readonly entity: (ref: EntityRef) => Folded | undefined;
  /** All incidents held in memory: open and recent ones. */
  readonly incidents: () => Iterable<EntityRef>;
  /** Every assignment ever made of this incident, in any order. */
  readonly assignmentsOf: (incident: EntityRef) => readonly EntityRef[];
  /** Assignments of this unit, in any order: every one that says something of it now (`saysOfItsUnit`), and maybe others. */
  readonly assignmentsOfUnit: (unit: EntityRef) => readonly EntityRef[];
  /** The facts about an entity, as many as there are of it. Asked where somebody acts, or looks at what became of it. */
  readonly factsOf: (ref: EntityRef) => readonly Fact[];
  /** A record's body; undefined where it is unknown or archived. */
  readonly record: <K extends HeldKind>(kind: K, id: string) => RosterBody<K> | undefined;
  /** What an archived unit was last, for the name of what it did; undefined where that was never known here. */
  readonly formerUnit: (id: string) => { readonly callsign: string } | undefined;
  readonly records: <K extends HeldKind>(kind: K) => Iterable<{ readonly id: string; readonly body: RosterBody<K> }>;
  /** The statuses that an agency's units use; see `statusesFor`. */
  readonly statuses: (agency: string | null) => readonly StatusCode[];
  /** The number an incident is shown by; see `createNumberBook`. */
  readonly numberOf: (incident: EntityRef) => string;
  readonly personName: (by: string | null) => string;
  readonly positionName: (position: string | null) => string;
  /** The name of a workstation, empty where the site's roster does not know it. */
  readonly stationName: (station: string) => string;
  /** How many facts about an entity the center has not got. */
  readonly unsentOf: (ref: EntityRef) => number;
  readonly isUnsent: (fact: FactId) => boolean;
  /** A fact by its id; null where it is not held. */
  readonly fact: (id: FactId) => Fact | null;
  /** What keeps a type of fact (`type@v`) from being read by everybody at the site; null where nothing is known to. */
  readonly unread: (fact: string) => Unread | null;
}

/** A world in which incidents are found without looking through all of them: what a command line reads. */
export interface IndexedWorld extends World {
  /** Those of {@link World.incidents} that are neither closed nor merged. */
  readonly openIncidents: () => Iterable<EntityRef>;
  /** Those of {@link World.incidents} by the numbers that they are shown by. */
  readonly byNumber: NumberIndex;
  /** Whether it is one of {@link World.incidents}. */
  readonly holds: (incident: EntityRef) => boolean;
}

/** A type of fact that came after the first wire, and workstations of the site that do not read it. */
export interface Unread {
  readonly newer: Newer;
  /** Their ids; empty where none is known, and the center has not said either that all of them read it. */
  readonly by: readonly string[];
}
