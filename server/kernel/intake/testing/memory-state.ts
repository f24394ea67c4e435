/** What a log in memory consists of. Values are never changed in place: a copy of the maps is a copy of the log. */

import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { Fact, Frame } from '#domain/kernel/fact.ts';
import type { Folded } from '#domain/kernel/fold.ts';
import type { EntityRef, FactId } from '#domain/kernel/ids.ts';
import { isErasure } from '#domain/kernel/kernel.ts';
import type { RecordVersion, StreamItem } from '#domain/kernel/stream.ts';
import type { LogPosition } from '../port.ts';

export interface StoredFact {
  readonly frame: Frame;
  readonly fact: Fact;
  readonly unread: boolean;
}

export interface Maps {
  readonly positions: Map<string, LogPosition>;
  readonly facts: Map<FactId, StoredFact>;
  readonly about: Map<EntityRef, readonly FactId[]>;
  readonly envelopes: Map<string, KeyEnvelope>;
  /** Ids of keys that were destroyed. */
  readonly destroyed: Map<string, true>;
  readonly entities: Map<EntityRef, Folded>;
  /** Which rules folded each of them. */
  readonly marks: Map<EntityRef, number>;
  readonly sites: Map<EntityRef, readonly string[]>;
  readonly guests: Map<EntityRef, readonly string[]>;
  readonly records: Map<string, { readonly site: string; readonly record: RecordVersion }>;
  /** Facts that wait for their sign-in to be shown, and its session. */
  readonly awaiting: Map<FactId, string>;
  /** `site|log|seq` of markers. */
  readonly markers: Map<string, true>;
}

export interface OrgState extends Maps {
  epoch: string;
  epochs: readonly string[];
  /** A site's stream: number n is at n − 1. Only ever longer, but for a step that is rolled back. */
  readonly streams: Map<string, StreamItem[]>;
}

export function emptyState(epoch: string): OrgState {
  return {
    epoch,
    epochs: [epoch],
    positions: new Map(),
    facts: new Map(),
    about: new Map(),
    envelopes: new Map(),
    destroyed: new Map(),
    entities: new Map(),
    marks: new Map(),
    sites: new Map(),
    guests: new Map(),
    records: new Map(),
    awaiting: new Map(),
    markers: new Map(),
    streams: new Map(),
  };
}

export function copyOf(state: OrgState): OrgState {
  return {
    epoch: state.epoch,
    epochs: state.epochs,
    positions: new Map(state.positions),
    facts: new Map(state.facts),
    about: new Map(state.about),
    envelopes: new Map(state.envelopes),
    destroyed: new Map(state.destroyed),
    entities: new Map(state.entities),
    marks: new Map(state.marks),
    sites: new Map(state.sites),
    guests: new Map(state.guests),
    records: new Map(state.records),
    awaiting: new Map(state.awaiting),
    markers: new Map(state.markers),
    streams: new Map([...state.streams].map(([site, items]) => [site, items.slice()])),
  };
}

/** Whether the center said that an entity was erased. */
export function wasErased(state: OrgState, ref: EntityRef): boolean {
  return (state.about.get(ref) ?? []).some((id) => {
    const stored = state.facts.get(id);
    return stored !== undefined && isErasure(stored.fact);
  });
}
