/**
 * What a node remembers of an organisation between intakes. Valid only while nobody else took in between: the intake
 * counter in the database says so, for the server that it was read of, and a step that fails forgets everything. A server that took
 * over without the last of them counts to the same number by others.
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

function bounded<K, V>(most: number, onPut: () => void): Bounded<K, V> {
  const held = new Map<K, V>();
  return {
    get: (key) => held.get(key),
    forget: (key) => void held.delete(key),
    set: (key, value) => {
      onPut();
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

/** Any of the maps has room for so many, and so for whatever the last so many puts were about. */
export const LEAST_HELD = 20_000;

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

/** What was read of workstations and sessions that are there. */
export interface AuthorsKnown {
  readonly stations: Bounded<string, string>;
  readonly sessions: Bounded<string, string>;
}

/** Sites that hold an entity, and those that have only said something about it. */
export interface KnownSites {
  readonly holders: readonly string[];
  readonly guests: readonly string[];
}

/** Of an entity that nobody holds or has spoken of. */
export const NOWHERE: KnownSites = { holders: [], guests: [] };

export interface OrgMemory {
  readonly positions: Bounded<string, LogPosition>;
  readonly envelopes: Bounded<string, KeyEnvelope>;
  readonly sites: Bounded<EntityRef, KnownSites>;
  readonly entities: Bounded<EntityRef, KnownEntity>;
  readonly facts: Bounded<FactId, true>;
  /** Who may, as it was when last looked at: it may have changed since, whoever took in. */
  readonly authors: AuthorsKnown;
  readonly streams: Map<string, number>;
  readonly epoch: string;
  /** The server that it is of (db/server-of.ts). */
  readonly server: string;
  /** How often anything was put in: what was put in last is what is forgotten last. */
  readonly puts: () => number;
  /** The intake after which all this is so; one that has still to commit, where the next follows it at once. */
  seq: number;
}

export function emptyMemory(epoch: string, server: string): OrgMemory {
  let puts = 0;
  const onPut = (): void => {
    puts++;
  };
  return {
    epoch,
    server,
    positions: bounded(LEAST_HELD, onPut),
    envelopes: bounded(50_000, onPut),
    sites: bounded(50_000, onPut),
    entities: bounded(LEAST_HELD, onPut),
    facts: bounded(200_000, onPut),
    authors: { stations: bounded(5_000, onPut), sessions: bounded(5_000, onPut) },
    streams: new Map(),
    puts: () => puts,
    seq: -1,
  };
}
