/**
 * What a node remembers of an organisation between intakes. Valid only while nobody else took in between: the intake
 * counter in the database says so, and a step that fails forgets everything.
 */
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { Folded } from '#domain/kernel/fold.ts';
import type { EntityRef, FactId } from '#domain/kernel/ids.ts';
import type { LogPosition } from '../port.ts';

/** A map that forgets what was put in first once it holds more than `most`. */
export interface Bounded<K, V> {
  readonly get: (key: K) => V | undefined;
  readonly set: (key: K, value: V) => void;
  readonly forget: (key: K) => void;
}

function bounded<K, V>(most: number): Bounded<K, V> {
  const held = new Map<K, V>();
  return {
    get: (key) => held.get(key),
    forget: (key) => void held.delete(key),
    set: (key, value) => {
      held.delete(key);
      held.set(key, value);
      if (held.size > most) {
        for (const oldest of held.keys()) {
          held.delete(oldest);
          break;
        }
      }
    },
  };
}

/** What memory has of these keys, and what has to be looked up. */
export function recall<K, V>(
  memory: Bounded<K, V>,
  keys: readonly K[],
): { readonly found: Map<K, V>; readonly missing: readonly K[] } {
  const found = new Map<K, V>();
  const missing: K[] = [];
  for (const key of keys) {
    const value = memory.get(key);
    if (value === undefined) missing.push(key);
    else found.set(key, value);
  }
  return { found, missing };
}

/** A folded state and the key its stored form is sealed under. */
export interface KnownEntity {
  readonly state: Folded;
  readonly key: string;
}

export interface OrgMemory {
  readonly positions: Bounded<string, LogPosition>;
  readonly envelopes: Bounded<string, KeyEnvelope>;
  readonly sites: Bounded<EntityRef, readonly string[]>;
  readonly entities: Bounded<EntityRef, KnownEntity>;
  readonly facts: Bounded<FactId, true>;
  readonly streams: Map<string, number>;
  readonly epoch: string;
  /** The intake after which all this was so. */
  seq: number;
}

export function emptyMemory(epoch: string): OrgMemory {
  return {
    epoch,
    positions: bounded(20_000),
    envelopes: bounded(50_000),
    sites: bounded(50_000),
    entities: bounded(20_000),
    facts: bounded(200_000),
    streams: new Map(),
    seq: -1,
  };
}
