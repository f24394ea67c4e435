/**
 * The center's log in memory, for simulation. Held to the same contract suite as PostgreSQL's. Nothing in it waits for
 * anything but its own turn, so a run on a virtual clock stays one; `snapshot` and `restore` are the center's backup and
 * its being put back.
 */

import { closes } from '#domain/cad/closing.ts';
import { KEPT_OF_ARCHIVED } from '#domain/cad/roster.ts';
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { Fact, Frame } from '#domain/kernel/fact.ts';
import type { Folded } from '#domain/kernel/fold.ts';
import { hlcParse } from '#domain/kernel/hlc.ts';
import { type EntityRef, kindOf } from '#domain/kernel/ids.ts';
import { isErasure } from '#domain/kernel/kernel.ts';
import type { StreamItem } from '#domain/kernel/stream.ts';
import { isOpen, touchedAt } from '../cad-rows.ts';
import { emptyPosition } from '../place.ts';
import type { CenterLog, Committed, LogPosition, StreamRead } from '../port.ts';
import { type Reading, readingOf } from '../reading.ts';
import type { Directory } from './directory.ts';
import { copyOf, emptyState, type OrgState, type StoredFact, wasErased } from './memory-state.ts';
import { beginMemoryStep, type MemoryStep } from './memory-step.ts';

const THIS_BUILD = readingOf();

/** A backup; opaque to whoever keeps it, and good to be put back any number of times. */
export type LogBackup = ReadonlyMap<string, OrgState>;

export interface MemoryLog extends CenterLog {
  readonly snapshot: () => LogBackup;
  readonly restore: (backup: LogBackup) => void;
  /** A folded state as it stands. */
  readonly entity: (org: string, ref: EntityRef) => Folded | undefined;
  /** The sites that hold an entity, and what is on a site's stream. */
  readonly holders: (org: string, ref: EntityRef) => readonly string[];
  readonly stream: (org: string, site: string) => readonly StreamItem[];
  readonly entities: (org: string) => ReadonlyMap<EntityRef, Folded>;
  readonly facts: (org: string) => Iterable<StoredFact>;
}

/** `newEpoch` names the first epoch of an organisation. `reading` is asked as each step begins: a build may follow another. */
export function memoryLog(
  directory: Directory,
  newEpoch: () => string,
  reading: () => Reading = () => THIS_BUILD,
): MemoryLog {
  let orgs = new Map<string, OrgState>();
  const turns = new Map<string, Promise<unknown>>();
  const listeners = new Set<(change: Committed) => void>();

  const stateOf = (org: string): OrgState => {
    const known = orgs.get(org);
    if (known) return known;
    const made = emptyState(newEpoch());
    orgs.set(org, made);
    return made;
  };

  const inTurn = <T>(org: string, work: () => Promise<T>): Promise<T> => {
    const mine = (turns.get(org) ?? Promise.resolve()).then(work, work);
    turns.set(
      org,
      mine.catch(() => undefined),
    );
    return mine;
  };

  const committed = (org: string, state: OrgState, step: MemoryStep): void => {
    const sites = new Map(
      [...step.grown].map(([site, from]) => {
        const stream = state.streams.get(site) ?? [];
        return [site, { items: stream.slice(from), head: stream.length }] as const;
      }),
    );
    const { facts, opened } = step;
    if (sites.size === 0 && opened.length === 0) return;
    const { keys } = withKeys(
      state,
      [...sites.values()].flatMap(({ items }) => items),
    );
    for (const listener of listeners) listener({ org, epoch: state.epoch, facts, opened, sites, keys });
  };

  return {
    intake: (org, work) =>
      inTurn(org, async () => {
        const state = stateOf(org);
        const step = beginMemoryStep(org, state, directory, reading());
        let value: Awaited<ReturnType<typeof work>>;
        try {
          value = await work(step.tx);
        } catch (error) {
          step.undo();
          throw error;
        }
        committed(org, state, step);
        return value;
      }),
    epoch: async (org) => stateOf(org).epoch,
    epochs: async (org) => stateOf(org).epochs,
    beginEpoch: (org, epoch, _reason, loss) =>
      inTurn(org, async () => {
        const state = stateOf(org);
        const forgotten = loss?.forgotten.filter((name) => !state.epochs.includes(name)) ?? [];
        state.epochs = [...state.epochs, ...forgotten];
        if (loss && loss.foundIn !== state.epoch) return;
        state.epoch = epoch;
        state.epochs = [...state.epochs, epoch];
      }),
    devices: async (org, stations) =>
      new Map(
        stations.flatMap((station) => {
          const device = directory.device(org, station);
          return device ? [[station, device] as const] : [];
        }),
      ),
    positions: async (org, logs) =>
      new Map(logs.map((log) => [log, stateOf(org).positions.get(log) ?? emptyPosition(log)])),
    awaits: async (org, sessions) => {
      const waits = new Set(stateOf(org).awaiting.values());
      return sessions.some((session) => waits.has(session));
    },
    streamHead: async (org, site) => stateOf(org).streams.get(site)?.length ?? 0,
    read: async (org, site, after, limit) => {
      const state = stateOf(org);
      return withKeys(state, (state.streams.get(site) ?? []).slice(after, after + limit));
    },
    entityFacts: async (org, site, ref) => {
      const state = stateOf(org);
      const frames = framesAbout(state, [ref]);
      const items = (state.streams.get(site) ?? []).filter((item) => 'frame' in item && frames.has(item.frame));
      return withKeys(state, items);
    },
    factsAbout: async (org, site, ref) => {
      const state = stateOf(org);
      if (site !== null && !state.sites.get(ref)?.includes(site)) return [];
      const facts = await beginMemoryStep(org, state, directory, reading()).tx.factsAbout(ref);
      return [...facts].sort((a, b) => (a.hlc < b.hlc || (a.hlc === b.hlc && a.id < b.id) ? -1 : 1));
    },
    foldedByOthers: async (org, limit) => {
      const { entities, marks } = stateOf(org);
      const { mark } = reading();
      const isByOthers = (of: number | undefined): boolean => of !== undefined && of < 0 && of !== mark;
      return [...entities.keys()].filter((ref) => isByOthers(marks.get(ref))).slice(0, limit);
    },
    logHeads: async (org, site) => headsOf(stateOf(org), site),
    startingPoint: async (org, site, since) => {
      const state = stateOf(org);
      const isHeld = ({ ref }: Folded): boolean => state.sites.get(ref)?.includes(site) ?? false;
      const known = [...state.entities.values()].filter(
        (folded) => isHeld(folded) || state.guests.get(folded.ref)?.includes(site),
      );
      const gone = new Set(known.flatMap(({ ref }) => (wasErased(state, ref) ? [ref] : [])));
      const isFresh = (folded: Folded): boolean => isOpen(folded) || touchedAt(folded) >= since;
      const isWhole = (folded: Folded): boolean => closes(kindOf(folded.ref)) || !isHeld(folded);
      const fresh = known.filter(isFresh);
      const refsOf = (of: readonly Folded[]): EntityRef[] => of.map(({ ref }) => ref);
      const frames = framesAbout(state, refsOf(fresh.filter(isWhole)));
      const lately = framesAbout(
        state,
        refsOf(fresh.filter((folded) => !isWhole(folded))),
        ({ hlc }) => hlcParse(hlc).ms >= since,
      );
      const words = framesAbout(state, [...gone], isErasure);
      const stream = state.streams.get(site) ?? [];
      const newest = new Map<string, number>();
      for (const item of stream) {
        if (!('record' in item)) continue;
        const { kind, id, body } = item.record;
        newest.set(`${kind}/${id}`, item.n);
        if (body !== null && KEPT_OF_ARCHIVED.includes(kind)) newest.set(`former ${kind}/${id}`, item.n);
      }
      const records = new Set(newest.values());
      const items = stream.filter(
        (item) =>
          ('frame' in item && [frames, lately, words].some((some) => some.has(item.frame))) || records.has(item.n),
      );
      const older = known
        .filter((folded) => isHeld(folded) && !(isFresh(folded) && isWhole(folded)) && !gone.has(folded.ref))
        .sort((a, b) => touchedAt(a) - touchedAt(b));
      return { ...withKeys(state, items), head: stream.length, folded: older, heads: headsOf(state, site) };
    },
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => new Map([...orgs].map(([org, state]) => [org, copyOf(state)])),
    restore: (backup) => {
      orgs = new Map([...backup].map(([org, state]) => [org, copyOf(state)]));
    },
    entity: (org, ref) => stateOf(org).entities.get(ref),
    holders: (org, ref) => stateOf(org).sites.get(ref) ?? [],
    stream: (org, site) => stateOf(org).streams.get(site) ?? [],
    entities: (org) => stateOf(org).entities,
    facts: (org) => stateOf(org).facts.values(),
  };
}

function withKeys(state: OrgState, items: readonly StreamItem[]): StreamRead {
  const keys = new Map<string, KeyEnvelope>();
  for (const item of items) {
    const envelope = 'frame' in item && item.frame.k !== null ? state.envelopes.get(item.frame.k) : undefined;
    if (envelope) keys.set(envelope.id, envelope);
  }
  return { items, keys: [...keys.values()] };
}

function framesAbout(
  state: OrgState,
  refs: readonly EntityRef[],
  which: (fact: Fact) => boolean = () => true,
): ReadonlySet<Frame> {
  const stored = refs.flatMap((ref) => (state.about.get(ref) ?? []).flatMap((id) => state.facts.get(id) ?? []));
  return new Set(stored.flatMap(({ fact, frame }) => (which(fact) ? [frame] : [])));
}

function headsOf(state: OrgState, site: string): LogPosition[] {
  return [...state.positions.values()]
    .filter((position) => position.site === site)
    .sort((a, b) => (a.log < b.log ? -1 : 1));
}
